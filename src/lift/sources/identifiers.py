"""What is left of an identifier once everything that differs from system to system is taken off? (SQL expressions)"""

from __future__ import annotations

# Shapes and placeholders as in the inputs' list of values to expect (9.2).
_NINO = "^[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]?$"
_NEVER_ALLOTTED = "('BG','GB','NK','KN','TN','NT','ZZ')"
_EXAMPLE = "'AB123456'"  # printed on every specimen form
_UPN = "^[A-Z][0-9]{11}[0-9A-Z]$"  # a temporary one ends in a letter
_POSTCODE = "^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"


def plain(text: str) -> str:
    """Capitals and digits, without the signs that people put between them."""
    return f"translate(upper({text}), ' -./,_', '')"


def nino(text: str) -> str:
    """A National Insurance number without spaces; none where the shape is wrong or it only fills a space."""
    tight = plain(text)
    digits = f"substr({tight}, 3, 6)"
    return f"""CASE WHEN regexp_matches({tight}, '{_NINO}') AND left({tight}, 2) NOT IN {_NEVER_ALLOTTED}
        AND {digits} <> repeat(left({digits}, 1), 6) AND left({tight}, 8) <> {_EXAMPLE} THEN {tight} END"""


def uprn(text: str) -> str:
    """Digits without leading noughts, twelve at most."""
    number = f"TRY_CAST({text} AS BIGINT)"
    return f"""CASE WHEN {number} BETWEEN 1 AND 999999999999 AND NOT contains(upper({text}), 'E')
        THEN {number}::VARCHAR END"""


def upn(text: str) -> str:
    """A Unique Pupil Number without spaces; none where the shape is wrong."""
    tight = plain(text)
    return f"CASE WHEN regexp_matches({tight}, '{_UPN}') THEN {tight} END"


def year_group(text: str) -> str:
    """The National Curriculum year as a number: -2 and -1 are the nursery years N1 and N2, 0 is reception. None where
    it is anything else, or no single year."""
    number = f"TRY_CAST(regexp_extract(upper({text}), '^ *(NC)? *(YEAR|YR|Y)? *([0-9][0-9]?) *$', 3) AS INTEGER)"
    return f"""CASE upper(regexp_replace({text}, '[^A-Za-z0-9]', '', 'g'))
        WHEN 'N1' THEN -2 WHEN 'N2' THEN -1 WHEN 'R' THEN 0 WHEN 'RECEPTION' THEN 0 WHEN 'YEARR' THEN 0
        ELSE CASE WHEN {number} BETWEEN 0 AND 14 THEN {number} END END"""


def reference(text: str) -> str:
    """A reference for comparing: 000123, 12-3 and TEMP123 are one. Only letters and digits count, whatever else is
    written between them: the check on finished files compares so too, and must never find more than whoever chose."""
    letters = f"regexp_replace(upper({text}), '[^A-Z0-9]+', '', 'g')"
    return f"""nullif(ltrim(CASE WHEN regexp_full_match({text}, '[0-9]+') THEN {text}
        WHEN starts_with({letters}, 'TEMP') THEN substr({letters}, 5) ELSE {letters} END, '0'), '')"""


def postcode(text: str) -> str:
    tight = plain(text)
    return f"""CASE WHEN regexp_matches({tight}, '{_POSTCODE}')
        THEN concat(substr({tight}, 1, length({tight}) - 3), ' ', right({tight}, 3)) END"""


def address_match(lines: str, clean_postcode: str) -> str:
    """Postcode with the numbers of house and flat, or with the first words where it has no number. Suppliers cut lines
    at 30, 32 or 35 characters, so words are no use for comparing. `lines`: a column of capitals."""
    numbers = f"array_to_string(regexp_extract_all({lines}, '[0-9]+[A-Z]?'), '/')"
    lettered = f"regexp_extract({lines}, '(?:FLAT|APARTMENT|APT|UNIT|ROOM) *([A-Z])\\b', 1)"
    flat = f"CASE WHEN regexp_matches({lines}, 'FLAT|APARTMENT|APT|UNIT|ROOM') THEN {lettered} ELSE '' END"
    words = f"left(translate({lines}, ' -./,', ''), 24)"
    return f"""CASE WHEN {lines} <> '' AND {clean_postcode} IS NOT NULL THEN concat({clean_postcode}, '|',
        coalesce(nullif({numbers}, ''), {words}), '|', {flat}) END"""


def birth(born: str, extract_day: str, grown: bool) -> str:
    """A date of birth worth comparing: after 1900-01-01, which stands for none, and not after the extract; of somebody
    of 16 or over where the part is always grown up, and else of a child or young person, under 20."""
    if grown:
        return f"CASE WHEN {born} > DATE '1900-01-01' AND {born} <= {extract_day} - INTERVAL 16 YEAR THEN {born} END"
    return f"CASE WHEN {born} > {extract_day} - INTERVAL 20 YEAR AND {born} <= {extract_day} THEN {born} END"
