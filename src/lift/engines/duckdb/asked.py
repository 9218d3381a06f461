"""How are a question's steps worked out for every unit of a run?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.engine import Row, reader_of
from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.plan.compile import Options, compile_plan
from lift.plan.layout import Stored
from lift.plan.values import Code, Flag
from lift.rulebook.answers import Value
from lift.rulebook.check import facts_read
from lift.rulebook.model import Rulebook


@dataclass(frozen=True)
class Worked:
    """The temporary table in which the steps stand, one row a unit; what is not sure of them is unknown."""

    table: str
    _stored: Mapping[str, Stored]

    def sql(self, step: str) -> str:
        """A flag or a code as it stands in the table: a column, or what it is in every row."""
        stored = self._stored[step]
        if stored.columns:
            return stored.columns[0]
        value = stored.read("u", "")
        assert isinstance(value, Flag | Code)
        return value.sql.sql(dialect="duckdb")

    def reader(self, step: str) -> Callable[[Row], Value]:
        """Reads a step's value from a row of the table."""
        return reader_of(self._stored[step])


def work_out(connection: DuckDBPyConnection, book: Rulebook, day: date, rule: str, steps: Sequence[str]) -> Worked:
    """Works out these steps of one rule, all of the rule's level. The tables of units are as in docs/tables.md."""
    profiles, has_couples = fact_profiles(connection, replace(book, facts=facts_read(book, [rule])))
    plan = compile_plan(book, [rule], day, Options(profiles, has_couples, keep_proved=tuple(steps)))
    stored = {name: found for (name, _), (_, found) in plan.steps.items()}
    (table,) = {own for own, _ in plan.steps.values()}
    run_plan(connection, plan, outputs=[table])
    return Worked(table, stored)
