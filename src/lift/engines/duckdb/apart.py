"""Which homes are looked at apart, so that the plan for them is short?

Of most homes the council holds no claim: nobody there has an amount or a date that any file tells. Build numbers them
last. A plan for them alone leaves out nearly every formula, since hardly a fact is known anywhere in it.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from lift.engines.duckdb.run import fact_profiles
from lift.plan.compile import Options
from lift.plan.inputs import Profiles, any_known
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import Level

#: Fewer homes than this are not worth a plan of their own: to write and to read it takes as long as it saves.
WORTH_A_PLAN = 10_000
_AMOUNTS: tuple[Level, ...] = ("person", "family", "period")


def parts_of(connection: duckdb.DuckDBPyConnection, book: Rulebook, whole: Options) -> list[Options]:
    """How to make a plan for each part of the homes; `whole` alone where a part would be small."""
    assert whole.profiles is not None
    first, end = _first_silent(connection, book, whole.profiles)
    if first == 0 or end - first < WORTH_A_PLAN:
        return [whole]
    silent = range(first, end)
    profiles, _ = fact_profiles(connection, book, homes=silent)
    return [replace(whole, homes=range(first)), replace(whole, homes=silent, profiles=profiles)]


def _first_silent(connection: duckdb.DuckDBPyConnection, book: Rulebook, profiles: Profiles) -> tuple[int, int]:
    """The number from which on no home has an amount or a date, and the one after the last home's."""
    ranged = [fact for fact in book.facts.values() if fact.type.is_ranged and fact.level in _AMOUNTS]
    known = [fact for fact in ranged if (fact.level, fact.name) in profiles and profiles[fact.level, fact.name].present]
    told_of = {level: any_known([fact for fact in known if fact.level == level], "u") for level in _AMOUNTS}
    last = [f"(SELECT max(household_id) FROM {level} u WHERE {test})" for level, test in told_of.items()]
    ((told, homes),) = connection.execute(
        f"SELECT greatest({', '.join(last)}, -1) + 1, coalesce((SELECT max(household_id) FROM household), -1) + 1"
    ).fetchall()
    return int(told), int(homes)
