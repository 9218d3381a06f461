"""How are some homes of a finished run looked at again: copied whole, so that a plan can be run over them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from lift.plan.layout import key_of
from lift.rulebook.answers import Range, Value
from lift.rulebook.model import Fact
from lift.rulebook.nodes import LEVELS


def copy_homes(connection: DuckDBPyConnection, homes: Sequence[str]) -> None:
    """Makes the tables of every level and `possible_couple` of these households, from those of the run that is attached
    as `run`."""
    connection.execute(
        "CREATE OR REPLACE TABLE wanted_home AS SELECT unnest(?::VARCHAR[]) AS household_key", [list(homes)]
    )
    for level in LEVELS:
        connection.execute(
            f"""CREATE OR REPLACE TABLE {level} AS SELECT * FROM run.{level} SEMI JOIN wanted_home USING (household_key)
            ORDER BY {key_of(level)}"""
        )
    connection.execute(
        """CREATE OR REPLACE TABLE possible_couple AS SELECT c.* FROM run.possible_couple c
        SEMI JOIN family USING (family_key) ORDER BY ALL"""
    )


def held(fact: Fact, row: Mapping[str, Any]) -> tuple[Value, bool]:
    """What a unit's row holds of a fact, and whether it is fresh."""
    fresh = row.get(f"{fact.name}_fresh") is not False
    if fact.type.is_ranged:
        return Range(row.get(f"{fact.name}_low"), row.get(f"{fact.name}_high")), fresh
    return row.get(fact.name), fresh
