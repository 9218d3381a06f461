"""Is a name that of a person, and if so, what is the surname and what the forename?

Council tax holds names as one text (`SURNAME,MR FORENAME`), with couples in one (`SMITH,MR & MRS JOHN`), and with
firms, estates, voids and occupiers in the place of people. Everything here is an SQL expression over such a text.
Names come by the hundred thousand: plain character mapping first, patterns only where a name needs them.
"""

from __future__ import annotations

TITLES = "MR|MRS|MISS|MS|MX|MSTR|MASTER|DR|REV|REVD|FR|SR|SIR|LADY|LORD|DAME|PROF|CLLR|CAPT|MAJOR|COL|HON"
_MEN = "'MR','MSTR','MASTER','SIR','LORD'"
_WOMEN = "'MRS','MISS','MS','LADY','DAME'"

# Words that no person's name holds, whatever else stands there.
_BUSINESS = (
    "LTD|LIMITED|PLC|LLP|LLC|CIC|INC|HOUSING ASSOCIATION|HOUSING TRUST|HOUSING GROUP|COUNCIL|UNIVERSITY|NHS|"
    "PROPERTIES|PROPERTY|LETTINGS|INVESTMENTS|HOLDINGS|DEVELOPMENTS|ASSOCIATES|PARTNERSHIP|PENSION FUND|TRUSTEES|"
    "CHARITY|FOUNDATION|DIOCESE|MINISTRY OF|SECRETARY OF STATE|CITY OF|BOROUGH OF"
)
# Words that are surnames too: a firm only where neither title nor forename stands beside them.
_PERHAPS_BUSINESS = "CHURCH|SCHOOL|BANK|TRUST|GROUP|COMPANY|SOCIETY|ESTATES|HOMES|COLLEGE|SERVICES|MANAGEMENT"
_ESTATE = (
    "EXECUTORS?|EXECUTRIX|EXORS?|EXECS|PERSONAL REPRESENTATIVES?|PERS REPS?|ESTATE OF|ADMINISTRATORS? OF|DECEASED|"
    "DECEASD|DECD|THE LATE"
)
_OCCUPIER = "OCCUPIERS?|OCCUPANTS?|THE RESIDENTS?|HOUSEHOLDER|THE OWNERS?|NAME UNKNOWN|UNKNOWN"
_VOID = "VOID|VACANT|EMPTY PROPERTY|SUSPENSE"


def capitals(text: str) -> str:
    """Capitals without accents and without the stops, quotes and brackets that clerks put in."""
    return f"nullif(trim(translate(upper(strip_accents({text})), '.''`´’\"()*', '')), '')"


def squeezed(text: str) -> str:
    """Capitals, one space at a time, none around commas, and one sign for `and`."""
    joined = f"regexp_replace({capitals(text)}, ' AND |\\+', '&', 'g')"
    tidy = f"regexp_replace({joined}, ' *([,&]) *', '\\1', 'g')"
    return f"nullif(trim(regexp_replace({tidy}, ' +', ' ', 'g')), '')"


def without_title(text: str) -> str:
    return f"trim(regexp_replace(concat({text}, ' '), '^ *(?:(?:{TITLES}) +)+', ''))"


def title_in(text: str) -> str:
    return f"nullif(regexp_extract({text}, '^ *({TITLES})\\b', 1), '')"


def letters(text: str) -> str:
    """A name in capitals for comparing: without spaces and hyphens; 0 and 1 typed for O and L are put right."""
    return f"nullif(translate({text}, '01 -,&/', 'OL'), '')"


def first_word(text: str) -> str:
    return f"split_part({text}, ' ', 1)"


def last_word(text: str) -> str:
    return f"regexp_extract({text}, '([^ ]*)$', 1)"


def all_but_last_word(text: str) -> str:
    return f"trim(regexp_replace({text}, '[^ ]*$', ''))"


def sex_of_title(title: str) -> str:
    return f"CASE WHEN {title} IN ({_MEN}) THEN 'male' WHEN {title} IN ({_WOMEN}) THEN 'female' END"


def entity(everything: str, has_given_name: str) -> str:
    """person, business, estate, void or occupier, from the whole name in capitals."""

    def holds(words: str) -> str:
        return f"regexp_matches({everything}, '\\b({words})\\b')"

    suspicious = holds("|".join((_ESTATE, _VOID, _OCCUPIER, _BUSINESS, _PERHAPS_BUSINESS)))
    return f"""CASE WHEN NOT {suspicious} THEN 'person' WHEN {holds(_ESTATE)} THEN 'estate'
        WHEN {holds(_VOID)} THEN 'void' WHEN {holds(_OCCUPIER)} THEN 'occupier' WHEN {holds(_BUSINESS)} THEN 'business'
        WHEN {has_given_name} THEN 'person' ELSE 'business' END"""


def parsed_names(source: str) -> str:
    """A SELECT over `source` (which has `node`, `whole`, in squeezed form, and `second`) that gives, per node, `title`,
    `surname` and `given` of the first or, where `second`, of the second person that the text names."""
    stripped_1, stripped_2 = without_title("seg1"), without_title("seg2")
    after_1, after_2 = "split_part(seg1, ',', 2)", "split_part(seg2, ',', 2)"
    return f"""
    WITH halves AS (
        SELECT node, second, split_part(whole, '&', 1) AS seg1, split_part(whole, '&', 2) AS seg2 FROM {source}
    ), cut AS (
        SELECT *, contains(seg1, ',') AS comma1, contains(seg2, ',') AS comma2,
            {stripped_1} AS bare1, {stripped_2} AS bare2 FROM halves
    ), named AS (
        SELECT *,
            CASE WHEN comma1 THEN split_part(seg1, ',', 1)
                WHEN seg2 = '' OR contains(bare1, ' ') THEN {last_word("bare1")}
                ELSE {last_word("bare2")} END AS surname1,
            CASE WHEN comma1 THEN {without_title(after_1)}
                WHEN seg2 = '' OR contains(bare1, ' ') THEN {all_but_last_word("bare1")} ELSE bare1 END AS given1,
            CASE WHEN comma2 THEN split_part(seg2, ',', 1) WHEN comma1 THEN split_part(seg1, ',', 1)
                ELSE {last_word("bare2")} END AS surname2,
            CASE WHEN comma2 THEN {without_title(after_2)} WHEN comma1 THEN bare2
                ELSE {all_but_last_word("bare2")} END AS given2,
            {title_in("CASE WHEN comma1 THEN split_part(seg1, ',', 2) ELSE seg1 END")} AS title1,
            {title_in("CASE WHEN comma2 THEN split_part(seg2, ',', 2) ELSE seg2 END")} AS title2
        FROM cut
    )
    SELECT node,
        CASE WHEN second THEN title2 ELSE title1 END AS title,
        nullif(CASE WHEN second THEN surname2 ELSE surname1 END, '') AS surname,
        -- MR & MRS JOHN: the one forename is the first person's.
        nullif(CASE WHEN second THEN CASE WHEN given1 = '' THEN '' ELSE given2 END
            WHEN given1 = '' THEN given2 ELSE given1 END, '') AS given
    FROM named"""
