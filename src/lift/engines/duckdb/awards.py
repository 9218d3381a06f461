"""What would follow from awards, home by home? (The plan, run again over copies of some homes of a run.)

A home is copied once for each case: an award, or several at once, to units who live there. So two awards that are
looked at apart never meet, though they be in one home.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.homes import copy_homes
from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.plan.compile import Options, compile_plan
from lift.plan.layout import KEYS, key_of
from lift.plan.scenario import Affected, Scenario, scenario
from lift.plan.verdicts import AnswerTable
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import LEVELS, Level


@dataclass(frozen=True)
class Case:
    """Awards that are supposed together: rule to the units to which it is awarded, all of one home."""

    number: int
    home: str
    awards: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Change:
    """What a case would change in one answer. `low` and `high`: of each part of its worth, the change in what is
    received; None is no bound. `already` as before; `due_before` and `due_after`: whether there is an entitlement."""

    case: int
    rule: str
    level: Level
    unit: str
    family: str | None
    already: bool | None
    due_before: bool | None
    due_after: bool | None
    parts: Mapping[str, tuple[Decimal | None, Decimal | None]]


def follow(
    connection: DuckDBPyConnection, book: Rulebook, among: Sequence[str], day: date, cases: Iterable[Case]
) -> list[Change]:
    """Every change in the answers of `among` that the cases bring or may bring, in the order of cases, rules and units.

    `connection` holds the tables that build made. Raises EngineError."""
    by_awards: dict[tuple[str, ...], list[Case]] = defaultdict(list)
    for case in cases:
        by_awards[tuple(sorted(case.awards))].append(case)
    found: list[Change] = []
    with _copies(connection) as run:
        for awards, some in sorted(by_awards.items()):
            supposed = scenario(book, awards, among, day)
            for wave in _waves(some) if supposed.affected else ():
                found += _run(connection, run, supposed, day, wave)
    return sorted(found, key=lambda one: (one.case, one.rule, one.unit))


def _waves(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """The cases, so that of each home there is one at a time."""
    waiting = list(cases)
    while waiting:
        homes: dict[str, Case] = {}
        later = [case for case in waiting if homes.setdefault(case.home, case) is not case]
        yield list(homes.values())
        waiting = later


@contextmanager
def _copies(connection: DuckDBPyConnection) -> Iterator[str]:
    """Temporary tables of the levels' names, which stand before the run's own meanwhile; where the run's own are."""
    ((run,),) = connection.execute("SELECT current_database()").fetchall()
    try:
        yield f"{run}.main"
    finally:
        for table in (*LEVELS, "possible_couple", "wanted_home"):
            connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _run(
    connection: DuckDBPyConnection, run: str, supposed: Scenario, day: date, cases: Sequence[Case]
) -> list[Change]:
    copy_homes(connection, [case.home for case in cases], run=run, temporary=True)
    for rule, mark in supposed.marks.items():
        keys = [key for case in cases for key in case.awards[rule]]
        _mark(connection, supposed.book.rules[rule].level, mark, keys)
    profiles, has_couples = fact_profiles(connection, supposed.book)
    plan = compile_plan(supposed.book, supposed.rules, day, Options(profiles, has_couples))
    run_plan(connection, plan)
    numbers = {case.home: case.number for case in cases}
    affected = {one.rule: one for one in supposed.affected}
    return [
        change
        for table in plan.answers
        for rule in table.rules
        for change in _read(connection, table, affected[rule], numbers)
    ]


def _mark(connection: DuckDBPyConnection, level: Level, mark: str, keys: Sequence[str]) -> None:
    """Sets the mark on the awarded units, on what they belong to and on what belongs to them."""
    own = key_of(level)
    connection.execute("CREATE OR REPLACE TEMP TABLE awarded AS SELECT unnest(?::VARCHAR[]) AS key", [list(keys)])
    above = [key for key in KEYS[level] if key != own]
    chosen = ", ".join([own, *above])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE awarded_unit AS SELECT {chosen} FROM {level} WHERE {own} IN (FROM awarded)"
    )
    for other in LEVELS:
        key = key_of(other)
        if own in KEYS[other]:
            test = f"coalesce({own} IN (SELECT {own} FROM awarded_unit), FALSE)"
        elif key in above:
            test = f"{key} IN (SELECT {key} FROM awarded_unit WHERE {key} IS NOT NULL)"
        else:
            test = "FALSE"
        connection.execute(f"ALTER TABLE {other} ADD COLUMN {mark} BOOLEAN")
        connection.execute(f"UPDATE {other} SET {mark} = {test}")
    connection.execute("DROP TABLE awarded; DROP TABLE awarded_unit")


def _read(
    connection: DuckDBPyConnection, table: AnswerTable, one: Affected, numbers: Mapping[str, int]
) -> Iterator[Change]:
    """The rows in which something changes or may change."""
    parts, r = table.worth[one.rule], f"a.{one.rule}__"
    ends = [f"{r}{part}_{end}" for part in parts for end in ("low", "high")]
    moved = [f"{end} IS DISTINCT FROM 0" for end in ends]
    newly = f"{r}eligible IS NOT FALSE AND {r}advice_first IS NOT TRUE AND {r}already IS NOT TRUE"
    family = "u.family_key" if "family_key" in KEYS[one.level] else "NULL"
    rows = connection.execute(
        f"""SELECT u.{table.key}, u.household_key, {family}, {r}already, {r}advice_first, {r}eligible
        {"".join(f", {end}" for end in ends)}
        FROM {table.table} a JOIN {one.level} u USING ({table.key})
        WHERE {r}asked AND ({" OR ".join([*moved, f"({newly})"])})"""
    ).fetchall()
    for unit, home, own_family, already, before, after, *found in rows:
        pairs = {part: (found[2 * i], found[2 * i + 1]) for i, part in enumerate(parts)}
        yield Change(numbers[home], one.name, one.level, unit, own_family, already, before, after, pairs)
