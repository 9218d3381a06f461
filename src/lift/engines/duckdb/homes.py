"""How are some homes of a finished run looked at again: copied whole, so that a plan can be run over them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from lift.plan.layout import IDS, id_of, key_of
from lift.rulebook.answers import Range, Value
from lift.rulebook.model import Fact
from lift.rulebook.nodes import LEVELS


def copy_homes(connection: DuckDBPyConnection, homes: Sequence[str]) -> None:
    """Makes the tables of every level and `possible_couple` of these households, from those of the attached `run`."""
    connection.execute(
        "CREATE OR REPLACE TABLE wanted_home AS SELECT unnest(?::VARCHAR[]) AS household_key", [list(homes)]
    )
    for level in LEVELS:
        connection.execute(
            f"""CREATE OR REPLACE TABLE {level} AS SELECT * FROM run.{level}
            SEMI JOIN wanted_home USING (household_key) ORDER BY {key_of(level)}"""
        )
    connection.execute(
        """CREATE OR REPLACE TABLE possible_couple AS SELECT c.* FROM run.possible_couple c
        SEMI JOIN family USING (family_key) ORDER BY ALL"""
    )


def copy_cases(connection: DuckDBPyConnection, homes: Sequence[str], *, run: str) -> int:
    """Makes temporary tables as `copy_homes` does, from those of `run` and found before them.

    One copy of each of these households, in order, though one be named twice: `case_number` is the copy's place in the
    order, and every number of a unit is by that place times what is returned more than the run's own, so that copies of
    one home know nothing of each other."""
    ends = [f"(SELECT max({id_of(level)}) FROM {run}.{level})" for level in LEVELS]
    ((apart,),) = connection.execute(f"SELECT greatest({', '.join(ends)}) + 1").fetchall()
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE wanted_home AS
        SELECT unnest(?::VARCHAR[]) AS household_key, unnest(?::BIGINT[]) AS case_number""",
        [list(homes), list(range(len(homes)))],
    )

    def moved(*names: str) -> str:
        return ", ".join(f"{name} + {apart} * case_number AS {name}" for name in names)

    for level in LEVELS:
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE {level} AS SELECT * REPLACE ({moved(*IDS[level])}) FROM {run}.{level}
            JOIN wanted_home USING (household_key) ORDER BY case_number, {key_of(level)}"""
        )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE possible_couple AS SELECT * REPLACE ({moved("family_id", "other_family_id")})
        FROM {run}.possible_couple JOIN (SELECT family_key, household_key FROM {run}.family) USING (family_key)
        JOIN wanted_home USING (household_key) ORDER BY case_number, family_key, other_family_key"""
    )
    connection.execute("DROP TABLE wanted_home")
    return int(apart)


def held(fact: Fact, row: Mapping[str, Any]) -> tuple[Value, bool]:
    """What a unit's row holds of a fact, and whether it is fresh."""
    fresh = row.get(f"{fact.name}_fresh") is not False
    if fact.type.is_ranged:
        return Range(row.get(f"{fact.name}_low"), row.get(f"{fact.name}_high")), fresh
    return row.get(fact.name), fresh
