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

from lift.engines.duckdb.homes import copy_cases
from lift.engines.duckdb.run import fact_profiles, run_long_plan, run_plan
from lift.plan.compile import Options, compile_plan
from lift.plan.layout import IDS, KEYS, id_of, key_of
from lift.plan.scenario import Affected, Scenario, all_in_one, mark_of, scenario
from lift.plan.verdicts import AnswerTable
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import LEVELS, Level

#: So many cases of the same awards are worth a plan of their own.
MANY = 1000


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
    connection: DuckDBPyConnection, book: Rulebook, among: Sequence[str], day: date, cases: Sequence[Case]
) -> list[Change]:
    """Every change in the answers of `among` that the cases bring or may bring, in the order of cases, rules and units.

    Cases of the same awards share a scenario, which is exact only where what no award touches can be struck out of both
    worlds. `connection` holds the tables that build made. Raises EngineError."""
    found: list[Change] = []
    for supposed in _plans(_supposed(book, among, day, cases)):
        together = [case for one in supposed for case in one.cases]
        with _copies(connection, supposed, together):
            found += _run(connection, supposed, day, together)
    return sorted(found, key=lambda one: (one.case, one.rule, one.unit))


@dataclass(frozen=True)
class _Supposed:
    """A scenario and its cases."""

    scenario: Scenario
    cases: Sequence[Case]


def _supposed(book: Rulebook, among: Sequence[str], day: date, cases: Sequence[Case]) -> Iterator[_Supposed]:
    """The scenarios in which something can change."""
    by_awards: dict[tuple[str, ...], list[Case]] = defaultdict(list)
    for case in cases:
        by_awards[tuple(sorted(case.awards))].append(case)
    for number, (awards, some) in enumerate(sorted(by_awards.items())):
        made = scenario(book, awards, among, day, label=str(number))
        if made.affected:
            yield _Supposed(made, some)


def _plans(supposed: Iterable[_Supposed]) -> Iterator[list[_Supposed]]:
    """Which scenarios share a plan. To make one takes longer than to run it over some homes, so all that have few cases
    stand beside each other in one, and what is the same before is worked out once."""
    few: list[_Supposed] = []
    for one in supposed:
        if len(one.cases) < MANY:
            few.append(one)
        else:
            yield [one]
    if few:
        yield few


def _run(
    connection: DuckDBPyConnection, supposed: Sequence[_Supposed], day: date, cases: Sequence[Case]
) -> Iterator[Change]:
    book = all_in_one([one.scenario for one in supposed])
    profiles, has_couples = fact_profiles(connection, book)
    rules = [rule for one in supposed for rule in one.scenario.rules]
    plan = compile_plan(book, rules, day, Options(profiles, has_couples, proved_only=True))
    run = run_plan if len(supposed[0].cases) >= MANY else run_long_plan
    run(connection, plan)
    own: dict[str, tuple[Affected, range]] = {}
    first = 0
    for one in supposed:
        own |= {told.rule: (told, range(first, first + len(one.cases))) for told in one.scenario.affected}
        first += len(one.cases)
    for table in plan.answers:
        for rule in table.rules:
            yield from _read(connection, table, *own[rule], cases)


@contextmanager
def _copies(connection: DuckDBPyConnection, supposed: Sequence[_Supposed], cases: Sequence[Case]) -> Iterator[None]:
    """A copy of its home for each case, with the awards marked, in temporary tables of the levels' names, which stand
    before the run's own meanwhile."""
    ((run,),) = connection.execute("SELECT current_database()").fetchall()
    try:
        apart = copy_cases(connection, [case.home for case in cases], run=f"{run}.main")
        levels = {rule: one.scenario.book.rules[rule].level for one in supposed for rule in one.scenario.marks}
        for rule in sorted(levels):
            _mark(connection, rule, levels[rule], cases, run=f"{run}.main", apart=apart)
        yield
    finally:
        for table in (*LEVELS, "possible_couple"):
            connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _mark(
    connection: DuckDBPyConnection, rule: str, level: Level, cases: Sequence[Case], *, run: str, apart: int
) -> None:
    """Sets a rule's mark on the units to which it is awarded, on what they belong to and on what belongs to them."""
    awarded = [(number, key) for number, case in enumerate(cases) for key in case.awards.get(rule, ())]
    own, mark = id_of(level), mark_of(rule)
    ids = ", ".join(f"{one} + {apart} * number AS {one}" for one in IDS[level])
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE awarded AS SELECT {ids} FROM {run}.{level}
        JOIN (SELECT unnest(?::BIGINT[]) AS number, unnest(?::VARCHAR[]) AS {key_of(level)})
        USING ({key_of(level)})""",
        [[number for number, _ in awarded], [key for _, key in awarded]],
    )
    for other in LEVELS:
        shared = own if own in IDS[other] else id_of(other) if id_of(other) in IDS[level] else None
        test = "FALSE" if shared is None else f"coalesce({shared} IN (SELECT {shared} FROM awarded), FALSE)"
        connection.execute(f"ALTER TABLE temp.{other} ADD COLUMN {mark} BOOLEAN")
        connection.execute(f"UPDATE temp.{other} SET {mark} = {test}")
    connection.execute("DROP TABLE awarded")


def _read(
    connection: DuckDBPyConnection, table: AnswerTable, one: Affected, own: range, cases: Sequence[Case]
) -> Iterator[Change]:
    """The rows of a scenario's `own` cases in which something changes or may change."""
    parts, r = table.worth[one.rule], f"a.{one.rule}__"
    ends = [f"{r}{part}_{end}" for part in parts for end in ("low", "high")]
    moved = [f"{end} IS DISTINCT FROM 0" for end in ends]
    newly = f"{r}eligible IS NOT FALSE AND {r}advice_first IS NOT TRUE AND {r}already IS NOT TRUE"
    family = "u.family_key" if "family_key" in KEYS[one.level] else "NULL"
    unit_id = id_of(one.level)
    rows = connection.execute(
        f"""SELECT u.{table.key}, u.case_number, {family}, {r}already, {r}advice_first, {r}eligible
        {"".join(f", {end}" for end in ends)}
        FROM {table.table} a JOIN {one.level} u USING ({unit_id})
        WHERE {r}asked AND ({" OR ".join([*moved, f"({newly})"])})
        AND u.case_number BETWEEN {own.start} AND {own.stop - 1}"""
    ).fetchall()
    for unit, number, own_family, already, before, after, *found in rows:
        pairs = {part: (found[2 * i], found[2 * i + 1]) for i, part in enumerate(parts)}
        yield Change(cases[number].number, one.name, one.level, unit, own_family, already, before, after, pairs)
