"""Who is held back from every list: whom does the list point at, and who shares home, family or phone with them?

Matching is wider than linkage on purpose: a person wrongly held back can still be helped by hand, and a person wrongly
listed may come to harm. Everything is worked out anew at each export, over all rows of the run's extracts.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from lift.errors import DisclosureError
from lift.sources.frames import insert_frame
from lift.stages.export.protection import Protection, Suppressed, in_places

# A death on a claim holds back the whole claim for half a year: the survivor is helped by a person, not from a list.
DAYS_AFTER_A_DEATH = 183

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


@dataclass(frozen=True)
class Held:
    """How many people and homes are held back; who they are stands in `held_person` and `held_home`."""

    people: int
    homes: int


def hold_back(connection: DuckDBPyConnection, protection: Protection, run_day: datetime.date) -> Held:
    """Makes `held_person` and `held_home`. Raises DisclosureError if a row matches nobody unacknowledged."""
    _macros(connection)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held_row ({_TYPES})")
    frame = pl.DataFrame([_keys(i, row) for i, row in enumerate(protection.rows)], schema=_SCHEMA, orient="row")
    insert_frame(connection, "held_row", frame)
    connection.execute(_RECORDS)
    connection.execute(_MATCHES)
    _refuse_unmatched(connection, protection)
    connection.execute(_DEAD)
    connection.execute(_SEEDS, {"since": run_day - datetime.timedelta(days=DAYS_AFTER_A_DEATH)})
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE held_person AS SELECT DISTINCT person_key FROM held_seed WHERE person_key IS "
        "NOT NULL"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE held_home AS SELECT DISTINCT household_key FROM held_seed WHERE "
        "household_key IS NOT NULL"
    )
    _spread(connection)
    return Held(*_sizes(connection))


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


_RECORDS = """
    CREATE OR REPLACE TEMP TABLE held_record AS
    SELECT r.record_id, r.kind, r.part, r.file_id, r.line, r.entity, r.uprn, r.account_ref, r.nino8, r.postcode,
        phone_key(r.phone) AS phone, r.surname_key AS surname, r.forename_key AS forename, r.date_of_birth AS born,
        string_split(split_part(r.address_match, '|', 2), '/') AS numbers, p.person_key, a.household_key
    FROM record r LEFT JOIN person_link p USING (record_id) LEFT JOIN address_link a USING (record_id)
    WHERE r.kind <> 'suppression'"""

_MATCHES = """
    CREATE OR REPLACE TEMP TABLE held_match AS
    SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.uprn = s.uprn
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.account_ref = s.account_ref
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.nino8 = s.nino8
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.phone = s.phone
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.postcode = s.postcode
        AND is_close(r.surname, s.surname)
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.born = s.born
        AND (is_like(r.surname, s.surname) OR r.forename = s.forename)
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.born = s.swapped
        AND is_close(r.surname, s.surname)
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON r.postcode = s.postcode
        AND s.has_address AND (len(s.numbers) = 0 OR list_has_any(r.numbers, s.numbers))
    -- Rows that say little are taken at their word: everybody of that name, everybody in that postcode.
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON s.is_weak AND r.surname = s.surname
        AND (s.forename IS NULL OR r.forename IS NULL OR left(r.forename, 1) = left(s.forename, 1))
    UNION SELECT s.id, r.record_id FROM held_row s JOIN held_record r ON s.is_weak AND s.surname IS NULL
        AND r.postcode = s.postcode"""

# Besides the rows that the list points at: what the extracts themselves say.
_SEEDS = """
    CREATE OR REPLACE TEMP TABLE held_seed AS
    SELECT r.person_key, r.household_key FROM held_record r SEMI JOIN held_match USING (record_id)
    UNION ALL
    SELECT NULL, a.household_key FROM address a JOIN held_row s ON a.uprn = s.uprn
    UNION ALL
    SELECT r.person_key, r.household_key
    FROM held_record r JOIN council_tax_account c ON c.file_id = r.file_id AND c.line = r.line
    WHERE r.kind = 'council_tax_account'
        AND (c.do_not_contact OR c.sensitive OR c.breathing_space OR c.exemption_class = 'F' OR r.entity = 'estate')
    UNION ALL
    SELECT r.person_key, r.household_key
    FROM held_record r JOIN ctr_award c ON c.file_id = r.file_id AND c.line = r.line
    WHERE r.kind = 'ctr_award' AND c.partner_death_date >= $since
    UNION ALL
    SELECT r.person_key, r.household_key
    FROM held_record r JOIN benefit_claim c ON c.file_id = r.file_id AND c.line = r.line
    WHERE r.kind = 'benefit_claim' AND c.partner_death_date >= $since
    UNION ALL
    -- A partner who died, however long ago, where another file still names them.
    SELECT r.person_key, NULL FROM held_record r JOIN held_dead d ON r.nino8 = d.nino8
    UNION ALL
    SELECT r.person_key, NULL FROM held_record r JOIN held_dead d ON r.born = d.born AND r.surname = d.surname"""

_DEAD = """
    CREATE OR REPLACE TEMP TABLE held_dead AS
    SELECT left(regexp_replace(upper(partner_nino), '[^A-Z0-9]', '', 'g'), 8) AS nino8, partner_date_of_birth AS born,
        regexp_replace(upper(strip_accents(partner_surname)), '[^A-Z]', '', 'g') AS surname
    FROM (SELECT partner_nino, partner_date_of_birth, partner_surname, partner_death_date FROM ctr_award
        UNION ALL SELECT partner_nino, partner_date_of_birth, partner_surname, partner_death_date FROM benefit_claim)
    WHERE partner_death_date IS NOT NULL"""


def _refuse_unmatched(connection: DuckDBPyConnection, protection: Protection) -> None:
    matched = {
        row[0]
        for row in connection.execute("""SELECT id FROM held_match
        UNION SELECT s.id FROM held_row s JOIN address a ON a.uprn = s.uprn""").fetchall()
    }
    unmatched = [(r.file, r.line) for i, r in enumerate(protection.rows) if i not in matched and not r.acknowledged]
    if unmatched:
        raise DisclosureError(
            f"rows of the suppression list that match nobody in this run's extracts: {in_places(unmatched)}. "
            "Somebody may be missed, so nothing was exported. Correct them, or have a lead write Y under acknowledged and a name "  # noqa: E501
            "under acknowledged_by."
        )


_MORE_HOMES = """
    INSERT INTO held_home
    SELECT household_key FROM person SEMI JOIN held_person USING (person_key)
    UNION SELECT household_key FROM held_record SEMI JOIN held_person USING (person_key) WHERE household_key IS NOT NULL
    UNION SELECT b.household_key FROM address a SEMI JOIN held_home USING (household_key)
        JOIN address b ON b.uprn = a.uprn
    EXCEPT SELECT household_key FROM held_home"""
_MORE_PEOPLE = """
    INSERT INTO held_person
    SELECT person_key FROM person SEMI JOIN held_home USING (household_key)
    UNION SELECT person_key FROM held_record SEMI JOIN held_home USING (household_key) WHERE person_key IS NOT NULL
    UNION SELECT person_key FROM person
        WHERE family_key IN (SELECT family_key FROM person SEMI JOIN held_person USING (person_key))
    UNION SELECT p.person_key FROM person p JOIN possible_couple c ON p.family_key = c.other_family_key
        WHERE c.family_key IN (SELECT family_key FROM person SEMI JOIN held_person USING (person_key))
    UNION SELECT b.person_key FROM held_record a SEMI JOIN held_person USING (person_key)
        JOIN held_record b ON b.phone = a.phone
        WHERE b.person_key IS NOT NULL
    EXCEPT SELECT person_key FROM held_person"""


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
