"""Who is held back from every list, and why: whom does the suppression list point at, what do the extracts themselves
say, and who shares a home, a family or a telephone with them?

Matching is wider than linkage on purpose: a person wrongly held back can still be helped by hand, and a person wrongly
listed may come to harm. Everything is worked out anew at each export, over all rows of the run's extracts. What keeps
somebody off lists for a while only (a move, an appointee) is in `waiting`.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from lift.sources.frames import insert_frame
from lift.stages.export.protection import Suppressed

# A death on a claim holds back the whole claim for half a year: the survivor is helped by a person, not from a list.
DAYS_AFTER_A_DEATH = 183
# The oldest person in the country is about 115. A record of somebody older has outlived its person, or is wrong.
GREATEST_AGE = 113

# Nine times the same digit at the end fills a space and is nobody's number.
_ONE_DIGIT = f"({'|'.join(f'{digit}{{9}}' for digit in range(10))})$"
_TEXT = pl.String()
_SCHEMA: dict[str, Any] = {
    "id": pl.Int32(), "uprn": _TEXT, "account_ref": _TEXT, "nino8": _TEXT, "phone": _TEXT, "surname": _TEXT,
    "forename": _TEXT, "born": pl.Date(), "swapped": pl.Date(), "postcode": _TEXT, "numbers": pl.List(_TEXT),
    "has_address": pl.Boolean(), "is_weak": pl.Boolean(),
}  # fmt: skip
_TYPES = """id INTEGER, uprn VARCHAR, account_ref VARCHAR, nino8 VARCHAR, phone VARCHAR, surname VARCHAR,
    forename VARCHAR, born DATE, swapped DATE, postcode VARCHAR, numbers VARCHAR[],
    has_address BOOLEAN, is_weak BOOLEAN"""


class Reason(IntEnum):
    """Why a family is on no list; where there are several, the first counts."""

    MUST_NOT = 1
    DIED = 2
    BREATHING_SPACE = 3
    NOT_READ = 4
    MOVED = 5
    APPOINTEE = 6
    NOBODY_TO_ASK = 7
    CONTACTED = 8


REASONS: dict[Reason, str] = {
    Reason.MUST_NOT: "must not be contacted, or shares a home, a family or a telephone with somebody who must not",
    Reason.DIED: "somebody of the home or family has died",
    Reason.BREATHING_SPACE: "in a debt breathing space",
    Reason.NOT_READ: "a row about them could not be read, so what it says of their safety is not known",
    Reason.MOVED: "moved or separated in the last 90 days, or one claim with two addresses",
    Reason.APPOINTEE: "an appointee, deputy or attorney acts for them",
    Reason.NOBODY_TO_ASK: "no adult of the family is known whom one could ask for",
    Reason.CONTACTED: "in contact from another list this month, or in a campaign that is still open",
}


def link_records(connection: DuckDBPyConnection) -> None:
    """Makes what `hold_back` and `find_waiting` read of every record, whoever the list names."""
    _macros(connection)
    for statement in _RECORDS:
        connection.execute(statement)


def hold_back(connection: DuckDBPyConnection, rows: Sequence[Suppressed], day: datetime.date) -> None:
    """Makes `held_person` and `held_home` (key, reason), and `held_match` (row of the list, row of `record`). After
    `link_records`."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held_row ({_TYPES})")
    frame = pl.DataFrame([_keys(i, row) for i, row in enumerate(rows)], schema=_SCHEMA, orient="row")
    insert_frame(connection, "held_row", frame)
    connection.execute(_MATCHES)
    connection.execute(_UNREAD)
    connection.execute(_DEAD)
    connection.execute(_SEEDS, {"since": day - datetime.timedelta(days=DAYS_AFTER_A_DEATH), "oldest": _oldest(day)})
    for kind in ("person", "household"):
        connection.execute(f"""CREATE OR REPLACE TEMP TABLE held_{"home" if kind == "household" else kind} AS
            SELECT DISTINCT {kind}_key, reason FROM held_seed WHERE {kind}_key IS NOT NULL""")
    _spread(connection)


def matches_nobody(connection: DuckDBPyConnection, rows: Sequence[Suppressed]) -> list[Suppressed]:
    """The rows that point at nobody and no address of the run. After `hold_back`."""
    matched = {
        row[0]
        for row in connection.execute("""SELECT id FROM held_match
        UNION SELECT s.id FROM held_row s JOIN address a ON a.uprn = s.uprn""").fetchall()
    }
    return [row for i, row in enumerate(rows) if i not in matched and row.must_match]


def _oldest(day: datetime.date) -> datetime.date:
    """Whoever was born before this is taken to have died unnoticed, or the date is wrong: a person looks first."""
    return day.replace(year=day.year - GREATEST_AGE, day=min(day.day, 28))


def _macros(connection: DuckDBPyConnection) -> None:
    # The last ten digits: 07700 900123, +44 7700 900123 and 0044(0)7700900123 are one. 00000000000 is nobody's.
    connection.execute(f"""
        CREATE OR REPLACE TEMP MACRO phone_key(said) AS CASE
            WHEN length(regexp_replace(said, '[^0-9]', '', 'g')) >= 10
                AND NOT regexp_matches(regexp_replace(said, '[^0-9]', '', 'g'), '{_ONE_DIGIT}')
            THEN right(regexp_replace(said, '[^0-9]', '', 'g'), 10) END""")
    connection.execute("""
        CREATE OR REPLACE TEMP MACRO is_close(a, b) AS a = b
            OR least(length(a), length(b)) >= 4 AND (contains(a, b) OR contains(b, a))
            OR least(length(a), length(b)) >= 2 AND (ends_with(a, b) OR ends_with(b, a))
            OR damerau_levenshtein(a, b) <= CASE WHEN least(length(a), length(b)) >= 5 THEN 2
                WHEN least(length(a), length(b)) >= 3 THEN 1 ELSE 0 END""")
    # With the same date of birth a name may be further off: the check on the finished file must never be the wider one.
    connection.execute("""
        CREATE OR REPLACE TEMP MACRO is_like(a, b) AS is_close(a, b)
            OR damerau_levenshtein(a, b) <= 0.4 * greatest(length(a), length(b))""")


# Of each record of an extract whom and which home it is of: narrow, for every record passes through the joins. What it
# says beside that is read from the record itself, of the few that something points at.
_RECORDS = (
    """CREATE OR REPLACE TEMP TABLE held_link AS
    SELECT r.rowid AS record_row, r.kind, r.file_id, r.line, r.entity, p.person_key, a.household_key
    FROM record r LEFT JOIN person_link p USING (record_id) LEFT JOIN address_link a USING (record_id)
    WHERE r.kind <> 'suppression'""",
    """CREATE OR REPLACE TEMP VIEW held_record AS
    SELECT rowid AS record_row, uprn, account_ref, nino8, postcode, phone_key(phone) AS phone, surname_key AS surname,
        forename_key AS forename, date_of_birth AS born,
        string_split(split_part(address_match, '|', 2), '/') AS numbers
    FROM record WHERE kind <> 'suppression'""",
    """CREATE OR REPLACE TEMP TABLE held_phone AS
    SELECT r.phone, l.* FROM held_record r JOIN held_link l USING (record_row) WHERE r.phone IS NOT NULL""",
    """CREATE OR REPLACE TEMP TABLE held_lives AS
    SELECT person_key, household_key FROM held_link UNION SELECT person_key, household_key FROM person""",
)

_MATCHES = """
    CREATE OR REPLACE TEMP TABLE held_match AS
    SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON r.uprn = s.uprn
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON r.account_ref = s.account_ref
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON r.nino8 = s.nino8
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_phone r ON r.phone = s.phone
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON r.postcode = s.postcode
        AND is_close(r.surname, s.surname)
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON r.born = s.born
        AND (is_like(r.surname, s.surname) OR r.forename = s.forename)
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON r.born = s.swapped
        AND is_close(r.surname, s.surname)
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON r.postcode = s.postcode
        AND s.has_address AND (len(s.numbers) = 0 OR list_has_any(r.numbers, s.numbers))
    -- Rows that say little are taken at their word: everybody of that name, everybody in that postcode.
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON s.is_weak AND r.surname = s.surname
        AND (s.forename IS NULL OR r.forename IS NULL OR left(r.forename, 1) = left(s.forename, 1))
    UNION SELECT s.id, r.record_row FROM held_row s JOIN held_record r ON s.is_weak AND s.surname IS NULL
        AND r.postcode = s.postcode"""

# Tokens of the rows that intake refused, of the kinds that carry marks of safety: what a row that cannot be read would
# have said of somebody is not known, so whoever it names is held back until it is mended.
_UNREAD = """
    CREATE OR REPLACE TEMP TABLE held_unread AS
    WITH word AS (
        SELECT r.file_id, r.line, unnest(list_filter(list_transform(string_split_regex(upper(strip_accents(r.raw)),
            '[,;|\t"]'), lambda x: regexp_replace(x, '[^A-Z0-9]', '', 'g')), lambda x: x <> '')) AS word
        FROM refused_line r JOIN extract_file f USING (file_id)
        WHERE f.kind IN ('council_tax_account', 'ctr_award', 'benefit_claim', 'contact')
    ), row AS (SELECT file_id, line, list(word) AS words FROM word GROUP BY ALL)
    SELECT unnest(list_distinct(list_concat(words, list_transform(words, lambda x: ltrim(x, '0')),
            list_transform(words, lambda x: left(x, 8)),
            list_transform(range(1, len(words)), lambda i: ltrim(words[i] || words[i + 1], '0'))))) AS word,
        array_to_string(words, ' ') AS said
    FROM row"""

# Besides the rows that the list points at: what the extracts themselves say.
_SEEDS = """
    CREATE OR REPLACE TEMP TABLE held_seed AS
    WITH said AS (
        SELECT record_row, 1 AS reason FROM held_match
        UNION ALL SELECT record_row, 2 FROM held_record WHERE born < $oldest
        UNION ALL SELECT r.record_row, 4 FROM held_record r JOIN held_unread u ON u.word = r.uprn
        UNION ALL SELECT r.record_row, 4 FROM held_record r JOIN held_unread u ON u.word = r.account_ref
        UNION ALL SELECT r.record_row, 4 FROM held_record r JOIN held_unread u ON u.word = r.nino8
        UNION ALL SELECT r.record_row, 4 FROM held_record r
            JOIN held_unread u ON u.word = replace(r.postcode, ' ', '') AND contains(u.said, r.surname)
    ), dead AS (
        -- A partner who died, however long ago, where another file still names them.
        SELECT r.record_row FROM held_record r JOIN held_dead d ON r.nino8 = d.nino8
        UNION SELECT r.record_row FROM held_record r JOIN held_dead d ON r.born = d.born AND r.surname = d.surname
    )
    SELECT l.person_key, l.household_key, s.reason
    FROM held_link l JOIN (SELECT DISTINCT * FROM said) s USING (record_row)
    UNION ALL
    SELECT l.person_key, NULL, 2 FROM held_link l SEMI JOIN dead USING (record_row)
    UNION ALL
    SELECT NULL, a.household_key, 1 FROM address a JOIN held_row s ON a.uprn = s.uprn
    UNION ALL
    SELECT person_key, household_key, 2 FROM held_link WHERE entity = 'estate'
    UNION ALL
    SELECT l.person_key, l.household_key, CASE WHEN c.do_not_contact OR c.sensitive THEN 1
        WHEN c.exemption_class = 'F' OR l.entity = 'estate' THEN 2 ELSE 3 END
    FROM held_link l JOIN council_tax_account c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'council_tax_account'
        AND (c.do_not_contact OR c.sensitive OR c.breathing_space OR c.exemption_class = 'F' OR l.entity = 'estate')
    UNION ALL
    SELECT l.person_key, l.household_key, 2
    FROM held_link l JOIN ctr_award c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'ctr_award' AND (c.partner_death_date >= $since OR c.refusal_reason = 'died')
    UNION ALL
    SELECT l.person_key, l.household_key, 2
    FROM held_link l JOIN benefit_claim c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'benefit_claim' AND c.partner_death_date >= $since"""

_DEAD = """
    CREATE OR REPLACE TEMP TABLE held_dead AS
    SELECT left(regexp_replace(upper(partner_nino), '[^A-Z0-9]', '', 'g'), 8) AS nino8, partner_date_of_birth AS born,
        regexp_replace(upper(strip_accents(partner_surname)), '[^A-Z]', '', 'g') AS surname
    FROM (SELECT partner_nino, partner_date_of_birth, partner_surname, partner_death_date FROM ctr_award
        UNION ALL SELECT partner_nino, partner_date_of_birth, partner_surname, partner_death_date FROM benefit_claim)
    WHERE partner_death_date IS NOT NULL"""


_MORE_HOMES = """
    INSERT INTO held_home
    SELECT l.household_key, h.reason FROM held_lives l JOIN held_person h USING (person_key)
        WHERE l.household_key IS NOT NULL
    UNION SELECT b.household_key, h.reason FROM address a JOIN held_home h USING (household_key)
        JOIN address b ON b.uprn = a.uprn
    EXCEPT SELECT household_key, reason FROM held_home"""
_MORE_PEOPLE = """
    INSERT INTO held_person
    WITH held_family AS (
        SELECT DISTINCT p.family_key, h.reason FROM person p JOIN held_person h USING (person_key)
        WHERE p.family_key IS NOT NULL
    )
    SELECT l.person_key, h.reason FROM held_lives l JOIN held_home h USING (household_key)
        WHERE l.person_key IS NOT NULL
    UNION SELECT p.person_key, f.reason FROM person p JOIN held_family f USING (family_key)
    UNION SELECT p.person_key, f.reason FROM person p
        JOIN possible_couple c ON p.family_key = c.other_family_key JOIN held_family f ON f.family_key = c.family_key
    UNION SELECT b.person_key, h.reason FROM held_phone a JOIN held_person h USING (person_key)
        JOIN held_phone b ON b.phone = a.phone
        WHERE b.person_key IS NOT NULL
    EXCEPT SELECT person_key, reason FROM held_person"""


def _spread(connection: DuckDBPyConnection) -> None:
    """Until nobody is added: the home, the family, the perhaps-partner, the same property number, the same phone."""
    before = (-1, -1)
    while before != (now := _sizes(connection)):
        before = now
        connection.execute(_MORE_HOMES)
        connection.execute(_MORE_PEOPLE)


def _sizes(connection: DuckDBPyConnection) -> tuple[int, int]:
    ((people, homes),) = connection.execute(
        "SELECT (SELECT count(*) FROM held_person), (SELECT count(*) FROM held_home)"
    ).fetchall()
    return people, homes


def _keys(number: int, row: Suppressed) -> tuple[Any, ...]:
    """A row of the list as link cleans its records, so that they can be compared."""
    surname, forename = _letters(row.surname), _letters((row.forename or "").split(" ")[0])
    postcode = _postcode(row.postcode)
    nino = re.sub(r"[^A-Z0-9]", "", (row.nino or "").upper())[:8] or None
    phone = re.sub(r"\D", "", row.phone or "")[-10:] or None
    uprn = re.sub(r"\D", "", row.uprn or "").lstrip("0") or None
    account = re.sub(r"[^A-Z0-9]", "", (row.account_ref or "").upper()).removeprefix("TEMP").lstrip("0") or None
    numbers = re.findall(r"[0-9]+[A-Z]?", (row.address1 or "").upper())
    has_address = bool(row.address1 and postcode)
    strong = nino or phone or uprn or account or has_address or (surname and (postcode or row.date_of_birth))
    return (
        number, uprn, account, nino, phone, surname, forename, row.date_of_birth, _swapped(row.date_of_birth), postcode,
        numbers, has_address, not strong,
    )  # fmt: skip


def _letters(text: str | None) -> str | None:
    """Capitals without accents; 0 and 1 typed for O and L are put right."""
    plain = unicodedata.normalize("NFKD", text or "").upper().translate(str.maketrans("01", "OL"))
    return re.sub(r"[^A-Z]", "", plain) or None


def _postcode(text: str | None) -> str | None:
    tight = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    return f"{tight[:-3]} {tight[-3:]}" if len(tight) >= 5 else None


def _swapped(born: datetime.date | None) -> datetime.date | None:
    """The date with day and month the other way round, where that is a date."""
    return born.replace(month=born.day, day=born.month) if born is not None and born.day <= 12 else None
