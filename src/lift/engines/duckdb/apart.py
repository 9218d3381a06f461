"""Which homes are looked at apart, so that the plan for them is short?

Of most homes the council holds no claim: nobody there has an amount or a date that any file tells. Build numbers them
last. A plan for them alone leaves out nearly every formula, since hardly a fact is known anywhere in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from lift.engines.duckdb.run import fact_profiles, facts_in
from lift.engines.duckdb.tables import column_names
from lift.plan.compile import Options
from lift.plan.inputs import any_known
from lift.rulebook.check import facts_read
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import Level

#: Fewer homes than this are not worth a plan of their own: to write and to read it takes as long as it saves.
WORTH_A_PLAN = 10_000
_AMOUNTS: tuple[Level, ...] = ("person", "family", "period")


def parts_of(connection: duckdb.DuckDBPyConnection, book: Rulebook, rules: Sequence[str]) -> list[Options]:
    """How to make a plan of these rules for each part of the homes; one for all where a part would be small. Only facts
    that the rules read are looked at."""
    book = replace(book, facts=facts_read(book, rules))
    first, end = _first_silent(connection, book)
    if first == 0 or end - first < WORTH_A_PLAN:
        return [Options(*fact_profiles(connection, book))]
    parts = (range(first), range(first, end))
    return [Options(*fact_profiles(connection, book, homes=part), homes=part) for part in parts]


def _first_silent(connection: duckdb.DuckDBPyConnection, book: Rulebook) -> tuple[int, int]:
    """The number from which on no home has an amount or a date, and the one after the last home's."""
    last = [f"(SELECT max(household_id) FROM {level} u WHERE {_told(connection, book, level)})" for level in _AMOUNTS]
    ((told, homes),) = connection.execute(
        f"SELECT greatest({', '.join(last)}, -1) + 1, coalesce((SELECT max(household_id) FROM household), -1) + 1"
    ).fetchall()
    return int(told), int(homes)


def _told(connection: duckdb.DuckDBPyConnection, book: Rulebook, level: Level) -> str:
    """Whether any amount or date of a unit is known, of those that the table holds."""
    facts = facts_in(column_names(connection, level), book, level)
    return any_known([fact for fact in facts if fact.type.is_ranged], "u")
