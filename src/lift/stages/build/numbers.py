"""Which number has each unit?

Plans go by numbers (docs/tables.md). Homes in which nobody has an amount or a date that any file tells come last: a
plan for them alone is short (`engines/duckdb/apart.py`). Homes are numbered in order of key otherwise, and other units
in order of home, family and key: tables stand in order of number, and what is joined then lies near. With tables in
order of key, which is as good as none, a plan took a quarter longer.
"""

from __future__ import annotations

from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from lift.plan.inputs import any_known
from lift.rulebook.nodes import Level
from lift.stages.build.combine import Group

#: The units above a unit first: it takes their numbers.
IN_ORDER: tuple[Level, ...] = ("household", "family", "person", "period")


def number_homes(connection: DuckDBPyConnection, groups: Iterable[Group]) -> None:
    """`b_number`: the number of each home of an account, lived in or not, and of every other that somebody lives in.
    `groups` are those of every level, combined."""
    told = [
        "SELECT household_key FROM b_period_key",
        "SELECT household_key FROM b_person JOIN b_born USING (person_key) WHERE born IS NOT NULL",
        *(_told(group) for group in groups if group.level in ("family", "person")),
    ]
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_number AS
        SELECT h.household_key,
            row_number() OVER (ORDER BY t.household_key IS NULL, h.household_key) - 1 AS household_id
        FROM (SELECT household_key FROM b_account UNION SELECT household_key FROM b_person) h
        LEFT JOIN ({" UNION ".join(told)}) t USING (household_key)""")


def _told(group: Group) -> str:
    """The homes of the units of which a group knows an amount or a date."""
    known = any_known([fact for fact in group.facts if fact.type.is_ranged], "k")
    units, key = ("b_family", "family_key") if group.level == "family" else ("b_person", "person_key")
    return f"SELECT household_key FROM {units} u JOIN b_known_{group.table} k ON k.unit_key = u.{key} WHERE {known}"


def number_couples(connection: DuckDBPyConnection) -> None:
    """Writes the possible couples with the numbers of their families."""
    connection.execute("""
        CREATE OR REPLACE TABLE possible_couple AS
        SELECT c.family_key, c.other_family_key, f.family_id, o.family_id AS other_family_id FROM b_possible_couple c
        LEFT JOIN family f ON f.family_key = c.family_key LEFT JOIN family o ON o.family_key = c.other_family_key
        ORDER BY ALL""")
