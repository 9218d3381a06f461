"""How are some homes of a finished run looked at again: copied whole, so that a plan can be run over them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from lift.plan.layout import key_of
from lift.rulebook.answers import Range, Value
from lift.rulebook.model import Fact
from lift.rulebook.nodes import LEVELS


def copy_homes(
    connection: DuckDBPyConnection, homes: Sequence[str], *, run: str = "run", temporary: bool = False
) -> None:
    """Makes the tables of every level and `possible_couple` of these households, from those of a run; `run`: where they
    are. `temporary`: as temporary tables, which are found before any others of their names."""
    create = "CREATE OR REPLACE TEMP TABLE" if temporary else "CREATE OR REPLACE TABLE"
    connection.execute(f"{create} wanted_home AS SELECT unnest(?::VARCHAR[]) AS household_key", [list(homes)])
    for level in LEVELS:
        connection.execute(
            f"""{create} {level} AS SELECT * FROM {run}.{level}
            SEMI JOIN wanted_home USING (household_key) ORDER BY {key_of(level)}"""
        )
    connection.execute(
        f"""{create} possible_couple AS SELECT c.* FROM {run}.possible_couple c
        SEMI JOIN family USING (family_key) ORDER BY ALL"""
    )


def held(fact: Fact, row: Mapping[str, Any]) -> tuple[Value, bool]:
    """What a unit's row holds of a fact, and whether it is fresh."""
    fresh = row.get(f"{fact.name}_fresh") is not False
    if fact.type.is_ranged:
        return Range(row.get(f"{fact.name}_low"), row.get(f"{fact.name}_high")), fresh
    return row.get(fact.name), fresh
