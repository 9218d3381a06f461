"""How are a plan's SELECTs executed over the tables of one connection?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import duckdb

from lift.engines.duckdb.tables import column_names
from lift.errors import EngineError
from lift.plan.compile import FAMILY_KEY, Plan
from lift.plan.inputs import FactProfile, ends_of
from lift.plan.render import Named
from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import LEVELS, Level

#: So many columns, counted again in each layer that hands them on, make a statement of a plan for few homes. DuckDB's
#: time to plan a statement grows faster than its length, and to store what lies between is nothing there.
LONG = 1000
_FEW = 20
#: What takes the square of a plan's length to find the best place for a projection, which few rows never notice.
_SLOW_OPTIMIZERS = "projection_placement"

#: Held while a plan is made and written where several are at a time: their trees share nodes, and sqlglot writes into
#: them.
PLANNING = Lock()

Profiles = dict[tuple[Level, str], FactProfile]
_OF_A_FAMILY: tuple[Level, ...] = ("person", "period")


def fact_profiles(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, *, homes: range | None = None
) -> tuple[Profiles, bool]:
    """What is true of each fact and of the family key in every row (one pass over each table), and whether any couple
    is uncertain. `homes`: the numbers of the households that are looked at; None is all."""
    only = "" if homes is None else f" WHERE household_id BETWEEN {homes.start} AND {homes.stop - 1}"
    found: Profiles = {}
    for level in LEVELS:
        names = set(column_names(connection, level))
        facts = facts_in(names, book, level)
        # Counts are several times as quick as a test of each row, so that a test is left for what a count cannot say.
        counted = dict.fromkeys(end for fact in facts for end in ends_of(fact))
        tested = [test for fact in facts for test in _tests(fact, names)]
        measures = ["count(*)", *[f"count({end})" for end in counted], *tested]
        row = connection.execute(f"SELECT {', '.join(measures)} FROM {level}{only}").fetchone()
        assert row is not None
        by_measure = dict(zip(measures, row, strict=True))
        for fact in facts:
            found[level, fact.name] = _profile(fact, by_measure)
    for level in _OF_A_FAMILY:
        known = connection.execute(f"SELECT bool_and({FAMILY_KEY} IS NOT NULL) FROM {level}{only}").fetchone()
        found[level, FAMILY_KEY] = FactProfile(certain=known is None or known[0] is not False)
    couples = connection.execute("SELECT count(*) FROM possible_couple").fetchone()
    return found, bool(couples and couples[0])


def facts_in(names: Collection[str], book: Rulebook, level: Level) -> list[Fact]:
    """The facts of a level that a table with these columns holds."""
    return [fact for (own, _), fact in book.facts.items() if own == level and ends_of(fact)[0] in names]


def _profile(fact: Fact, measured: Mapping[str, Any]) -> FactProfile:
    """A fact of which nothing is known in any row is as good as absent."""
    rows, known = measured["count(*)"], [measured[f"count({end})"] for end in ends_of(fact)]
    fresh = f"bool_and({fact.name}_fresh)"
    return FactProfile(
        present=any(known),
        certain=all(count == rows for count in known),
        point=len(known) == 1 or known[0] == known[1] == measured[_same(fact)],
        all_fresh=measured.get(fresh) is not False,
    )


def _same(fact: Fact) -> str:
    low, high = ends_of(fact)
    return f"count(*) FILTER ({low} = {high})"


def _tests(fact: Fact, names: set[str]) -> list[str]:
    ranged = [_same(fact)] if len(ends_of(fact)) > 1 else []
    return ranged + ([f"bool_and({fact.name}_fresh)"] if f"{fact.name}_fresh" in names else [])


@dataclass(frozen=True)
class Statements:
    """A plan written as SQL and parsed: each temporary table with what makes it, in order, and those that are dropped
    at the end. To parse a plan takes as long as to run it over few households."""

    made: tuple[tuple[str, duckdb.Statement], ...]
    dropped: tuple[str, ...]


def run_plan(connection: duckdb.DuckDBPyConnection, plan: Plan, *, outputs: Iterable[str] | None = None) -> None:
    """Makes the plan's last tables (or `outputs`) as temporary tables of their own names."""
    run_statements(connection, write_plan(connection, plan, outputs=outputs))


def run_long_plan(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """As `run_plan`, for a plan with many steps over few homes. Nothing else may run in this database meanwhile."""
    connection.execute(f"SET disabled_optimizers = '{_SLOW_OPTIMIZERS}'")
    try:
        run_statements(connection, write_plan(connection, plan, long=LONG))
    finally:
        connection.execute("RESET disabled_optimizers")


def run_parts(connection: duckdb.DuckDBPyConnection, plans: Sequence[Plan]) -> None:
    """Runs plans of the same rules for different homes. Their answers stand together in the first one's last tables."""
    for number, plan in enumerate(plans):
        run_statements(connection, write_plan(connection, plan, added=number > 0))


def write_plan(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    *,
    outputs: Iterable[str] | None = None,
    added: bool = False,
    long: int | None = None,
) -> Statements:
    """The plan as SQL, to be run once or more often. `added`: the tables of the outputs are there, with the answers for
    other homes.

    A SELECT that several others read is made once, as a temporary table; one that a single other reads is written
    into it, unless that one leaves rows out: DuckDB takes most of a second to carry such a test down through many
    layers of formulas, however few the rows. `long`: unless, too, a statement would come to more columns than that."""
    wanted = list(outputs) if outputs is not None else [a.table for a in plan.answers]
    named = {n.name: n for n in plan.selects}
    uses = _uses(named, wanted)
    shared = {name for name, count in uses.items() if count > 1}
    shared |= {entry.filtered for entry in plan.selects if entry.filtered is not None and uses[entry.name]}
    kept = {name for name in shared if not named[name].light} | set(wanted)
    if long is not None:
        kept |= _cuts(plan, kept, long)

    def making(name: str) -> str:
        return f"INSERT INTO {name} BY NAME" if added and name in wanted else f"CREATE OR REPLACE TEMP TABLE {name} AS"

    made = [
        (entry.name, parsed(connection, f"{making(entry.name)} {_statement(entry, named, kept)}"))
        for entry in plan.selects
        if entry.name in kept and uses[entry.name]
    ]
    return Statements(tuple(made), tuple(sorted(kept - set(wanted))))


def _cuts(plan: Plan, kept: Collection[str], long: int) -> set[str]:
    """The SELECTs that are made as tables besides `kept`, so that no statement comes to many more columns than `long`;
    a SELECT of a few columns never."""
    cuts: set[str] = set()
    columns: dict[str, int] = {}
    for entry in plan.selects:
        own = len(entry.select.expressions)
        written_into_it = (columns[read] for read in entry.reads if read not in kept and read not in cuts)
        columns[entry.name] = own + sum(written_into_it)
        if columns[entry.name] > long and own > _FEW:
            cuts.add(entry.name)
    return cuts


def parsed(connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    """One statement, read once so that it can be run often."""
    (statement,) = connection.extract_statements(text)
    return statement


def run_statements(connection: duckdb.DuckDBPyConnection, statements: Statements) -> None:
    """Runs a plan written as SQL. Raises EngineError."""
    for name, statement in statements.made:
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            raise EngineError(_message(name, error)) from error
    for name in statements.dropped:
        connection.execute(f"DROP TABLE IF EXISTS {name}")


def _uses(named: dict[str, Named], wanted: list[str]) -> Counter[str]:
    """How many SELECTs read each one, counting only what leads to the wanted ones."""
    uses: Counter[str] = Counter(wanted)
    done: set[str] = set()
    queue = list(wanted)
    while queue:
        name = queue.pop()
        if name in done:
            continue
        done.add(name)
        for read in named[name].reads:
            uses[read] += 1
            queue.append(read)
    return uses


def _statement(entry: Named, named: dict[str, Named], kept: set[str]) -> str:
    parts: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        for read in named[name].reads:
            if read not in kept and read not in seen:
                seen.add(read)
                visit(read)
                parts.append(f"{read} AS NOT MATERIALIZED ({named[read].select.sql(dialect='duckdb', copy=False)})")

    visit(entry.name)
    body = entry.select.sql(dialect="duckdb", copy=False)
    return f"WITH {', '.join(parts)} {body}" if parts else body


def _message(name: str, error: duckdb.Error) -> str:
    """The engine's complaint by kind alone: its text may quote a resident's value."""
    kind = type(error).__name__
    return f"the engine could not work out {name} ({kind}). Check the facts' limits, memory and disk space; run again."
