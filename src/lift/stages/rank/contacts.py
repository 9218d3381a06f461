"""Whom would the team write to about each answer, at which address, and from which line of which file is that known?

SQL over the tables of link and build. A person's name is shown as the source holds it that knows people best.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from duckdb import DuckDBPyConnection

from lift.rulebook.answered import A_YEAR
from lift.stages.rank.check_sample import draw

# Kind, part of the row, and its columns for title, forename and surname. Accounts hold names in one text, and often two
# people in one: of them, the cleaned parts that link made are shown (`record`).
_HELD: tuple[tuple[str, str, str, str, str], ...] = (
    ("contact", "contact", "title", "forename", "surname"),
    ("benefit_claim", "claimant", "claimant_title", "claimant_forename1", "claimant_surname"),
    ("benefit_claim", "partner", "partner_title", "partner_forename1", "partner_surname"),
    ("ctr_award", "claimant", "claimant_title", "claimant_forename1", "claimant_surname"),
    ("ctr_award", "partner", "partner_title", "partner_forename1", "partner_surname"),
    ("universal_credit_notice", "claimant", "NULL", "claimant_forename", "claimant_surname"),
    ("universal_credit_notice", "partner", "NULL", "partner_forename", "partner_surname"),
    ("pupil", "pupil", "NULL", "forename", "surname"),
    ("pupil", "parent_1", "parent1_title", "parent1_forename", "parent1_surname"),
    ("pupil", "parent_2", "parent2_title", "parent2_forename", "parent2_surname"),
    ("ctr_person", "child", "title", "forename", "surname"),
    ("ctr_person", "non_dependant", "title", "forename", "surname"),
    ("benefit_person", "child", "title", "forename", "surname"),
    ("benefit_person", "non_dependant", "title", "forename", "surname"),
    ("council_tax_resident", "resident", "title", "forename", "surname"),
    ("council_tax_resident", "child", "title", "forename", "surname"),
)

# Which source is shown to an officer who wants to look an answer up.
_BEST_KNOWN = (
    "benefit_claim", "ctr_award", "universal_credit_notice", "pupil", "benefit_person", "ctr_person",
    "council_tax_account", "council_tax_resident",
)  # fmt: skip


def make_contacts(
    connection: DuckDBPyConnection,
    rules: Sequence[str],
    day: datetime.date,
    smallest_worth: Decimal,
    *,
    sample: bool,
) -> None:
    """`rank_answer` (answers worth acting on, with whom to contact), `rank_sample` (families drawn for the check, if it
    is wanted), `rank_name`, `rank_place`, `rank_source`."""
    connection.execute(_CONTACT)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE rank_rule AS SELECT unnest($rules) AS rule", {"rules": list(rules)}
    )
    connection.execute(_ANSWER, {"smallest": smallest_worth * A_YEAR["weekly"]})
    draw(connection, day, wanted=sample)
    connection.execute(_WANTED)
    connection.execute(_names(connection))
    connection.execute(_PLACE)
    connection.execute(_sources())


# A family's first contact is its claimant; a household's, the claimant of the family at its head.
_CONTACT = """
    CREATE OR REPLACE TEMP TABLE rank_contact AS
    WITH adult AS (
        SELECT family_key, min(household_key) AS household_key,
            arg_min(person_key, (CASE role WHEN 'claimant' THEN 0 WHEN 'partner' THEN 1 WHEN 'child' THEN 3 ELSE 2 END,
                person_key)) AS contact_key
        FROM person GROUP BY family_key
    )
    SELECT a.family_key, a.household_key, a.contact_key,
        row_number() OVER (PARTITION BY a.household_key
            ORDER BY f.household_role IS DISTINCT FROM 'head', a.family_key) AS place
    FROM adult a JOIN family f USING (family_key)"""

# Too small: paid in money, by the year alone, and even the high end of a year is below the smallest worth.
_ANSWER = """
    CREATE OR REPLACE TEMP TABLE rank_answer AS
    SELECT a.*, coalesce(a.yearly_high < $smallest AND a.one_off_high IS NULL AND a.in_kind IS NULL, false)
            AS is_too_small,
        coalesce(a.family_key, h.family_key) AS contact_family_key,
        coalesce(c.contact_key, h.contact_key) AS contact_key
    FROM answer a SEMI JOIN rank_rule USING (rule)
    LEFT JOIN rank_contact c ON c.family_key = a.family_key
    LEFT JOIN rank_contact h ON a.family_key IS NULL AND h.household_key = a.household_key AND h.place = 1
    WHERE a.verdict IN ('likely', 'possible')"""

_WANTED = """
    CREATE OR REPLACE TEMP TABLE rank_wanted AS
    SELECT contact_key AS person_key FROM rank_answer WHERE contact_key IS NOT NULL
    UNION SELECT unit_key FROM rank_answer WHERE level = 'person'
    UNION SELECT contact_key FROM rank_sample"""


def _names(connection: DuckDBPyConnection) -> str:
    there = {str(row[0]) for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    ranks = {kind: rank for rank, kind in enumerate(dict.fromkeys(held[0] for held in _HELD))}
    unions = [
        f"""SELECT r.person_key, {ranks[kind]} AS rank, k.extract_date, r.file_id, r.line,
            {title if title == "NULL" else f"k.{title}"} AS title, k.{forename} AS forename, k.{surname} AS surname
        FROM rank_record r JOIN {kind} k USING (file_id, line) WHERE r.kind = '{kind}' AND r.part = '{part}'"""
        for kind, part, title, forename, surname in _HELD
        if kind in there
    ]
    unions.append(
        f"""SELECT person_key, {len(ranks)}, NULL, file_id, line, title, given, surname FROM rank_record
        WHERE kind = 'council_tax_account'"""
    )
    return f"""
        CREATE OR REPLACE TEMP TABLE rank_name AS
        WITH rank_record AS (
            SELECT l.person_key, r.* FROM record r JOIN person_link l USING (record_id)
            SEMI JOIN rank_wanted USING (person_key)
        )
        SELECT person_key, title, forename, surname FROM ({" UNION ALL ".join(unions)})
        WHERE surname IS NOT NULL OR forename IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY surname IS NULL, coalesce(length(forename), 0) < 2,
            rank, extract_date DESC, file_id, line) = 1"""


_PLACE = """
    CREATE OR REPLACE TEMP TABLE rank_place AS
    SELECT a.household_key, concat_ws(', ', a.address1, a.address2, a.address3, a.address4) AS address, a.postcode,
        h.ward
    FROM address a LEFT JOIN household h USING (household_key)"""


def _sources() -> str:
    order = " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(_BEST_KNOWN))
    return f"""
        CREATE OR REPLACE TEMP TABLE rank_source AS
        SELECT u.level, u.unit_key, concat(f.name, ' line ', u.line) AS source
        FROM unit_source u SEMI JOIN rank_answer USING (level, unit_key) JOIN extract_file f USING (file_id)
        QUALIFY row_number() OVER (PARTITION BY u.level, u.unit_key
            ORDER BY CASE u.kind {order} ELSE {len(_BEST_KNOWN)} END, u.as_at DESC, u.file_id, u.line DESC) = 1"""
