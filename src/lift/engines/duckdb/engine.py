"""How are rules run by DuckDB over units held in memory: examples, `lift rules try`, property tests?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb

from lift.engines.base import UnitSteps
from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.engines.duckdb.tables import make_tables
from lift.plan import sql
from lift.plan.compile import Options, Plan, compile_plan
from lift.plan.inputs import WORST
from lift.plan.layout import Stored
from lift.plan.sql import Sql
from lift.plan.values import Code, Day, Flag, Number
from lift.plan.verdicts import AnswerTable, answer_columns
from lift.rulebook.answers import Answer, Range, Value
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.units import Units

Row = dict[str, object]
Steps = dict[tuple[Level, str], dict[tuple[str, bool], Value]]


class DuckDBEngine:
    """DuckDB over a rulebook and a day. `specialise` looks at the facts first and leaves out what they do not need, as
    a monthly run does; without it the plan provides for everything."""

    def __init__(
        self, rulebook: Rulebook, day: date, *, assumptions: bool = True, specialise: bool = True, threads: int = 1
    ) -> None:
        self.book, self.day, self.assumptions, self.specialise, self.threads = (
            rulebook,
            day,
            assumptions,
            specialise,
            threads,
        )

    def answers(self, rules: Sequence[str], units: Units, *, keep_steps: bool = False) -> list[Answer]:
        """See engines.base.Engine."""
        return self._run(rules, units, keep_steps)[0]

    def answers_and_steps(self, rules: Sequence[str], units: Units) -> tuple[list[Answer], UnitSteps]:
        """See engines.base.Engine."""
        answers, steps = self._run(rules, units, True)
        shown = {name for rule in rules for name in self.book.rules[rule].step_names}
        found = {
            key: {name: value for (name, proved), value in mine.items() if proved and name in shown}
            for (_, key), mine in steps.items()
        }
        return answers, found

    def with_rulebook(self, rulebook: Rulebook) -> DuckDBEngine:
        """See engines.base.Engine."""
        return DuckDBEngine(
            rulebook, self.day, assumptions=self.assumptions, specialise=self.specialise, threads=self.threads
        )

    def _run(self, rules: Sequence[str], units: Units, keep_steps: bool) -> tuple[list[Answer], Steps]:
        with duckdb.connect(":memory:", config={"threads": self.threads}) as connection:
            make_tables(connection, self.book, units)
            profiles, has_couples = fact_profiles(connection, self.book)
            if not self.specialise:
                profiles = dict.fromkeys(profiles, WORST)  # of a fact that has no column, nothing can be read
            options = Options(profiles, has_couples, self.assumptions, keep_steps)
            plan = compile_plan(self.book, rules, self.day, options)
            step_tables = sorted({table for table, _ in plan.steps.values()})
            run_plan(connection, plan, outputs=[*[a.table for a in plan.answers], *step_tables])
            order = {(unit.level, unit.key): index for index, unit in enumerate(units.units)}
            steps = read_steps(connection, plan)
            found = answers_of(connection, self.book, plan, steps)
            places = {name: index for index, name in enumerate(plan.rules)}
            found.sort(key=lambda answer: (places[answer.rule], order[answer.level, answer.key]))
            return found, steps


def answers_of(connection: duckdb.DuckDBPyConnection, book: Rulebook, plan: Plan, steps: Steps) -> list[Answer]:
    """The answers in a plan's last tables, which have been made on this connection; by rule and key. `steps` as
    `read_steps` gives them."""
    found: list[Answer] = []
    for table in plan.answers:
        for row in read_rows(connection, table.table):
            asked = [name for name in table.rules if row[f"{name}__asked"]]
            found += [_answer(book.rules[name], table, row, steps) for name in asked]
    return sorted(found, key=lambda answer: (answer.rule, answer.key))


def read_rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_steps(connection: duckdb.DuckDBPyConnection, plan: Plan) -> Steps:
    """Level and unit key to (step, proved) to value, for every kept step."""
    found: Steps = {}
    for table in sorted({table for table, _ in plan.steps.values()}):
        kept = {step: stored for step, (own, stored) in plan.steps.items() if own == table}
        level = next(iter(kept.values())).level
        readers = {step: reader_of(stored) for step, stored in kept.items()}
        for row in read_rows(connection, table):
            key = str(next(iter(row.values())))
            found[level, key] = {step: reader(row) for step, reader in readers.items()}
    return found


def reader_of(stored: Stored) -> Callable[[Row], Value]:
    """How a kept value is read as exact numbers from the columns it stands in."""
    value = stored.read("u", "")
    if value.constant is not None:
        plain = isinstance(value, Flag | Code)
        constant = value.constant if plain else Range(value.constant, value.constant)  # type: ignore[arg-type]
        return lambda row: constant  # type: ignore[return-value]  # of the value's own type
    if isinstance(value, Flag | Code):
        column = stored.columns[0] if stored.columns else None
        return lambda row: _plain(row[column]) if column is not None else None
    low, high = (_reader_of_end(end, value) for end in (value.low, value.high))
    return lambda row: Range(low(row), high(row))


def _reader_of_end(end: Sql | None, value: Number | Day) -> Callable[[Row], Fraction | date | None]:
    if end is None or sql.is_literal(end):
        known = None if end is None else _point(sql.literal_value(end), value)
        return lambda row: known
    name = end.name
    return lambda row: _point(row[name], value)


def _plain(found: object) -> Value:
    return found if isinstance(found, bool | str) else None


def _point(raw: object, value: Number | Day) -> Fraction | date | None:
    if isinstance(raw, int) and isinstance(value, Number):
        return raw * value.scale
    return raw if isinstance(raw, date) else None


def _answer(rule: Rule, table: AnswerTable, row: Row, steps: Steps) -> Answer:
    worth = (*table.worth[rule.id], *(["in_kind"] if rule.id in table.in_kind else []))
    mine = {name.removeprefix(f"{rule.id}__"): row[name] for name in answer_columns(rule.id, worth)}
    key = str(row[table.key])
    own = steps.get((rule.level, key), {})
    assumptions = str(mine["assumptions"] or "")
    return Answer(
        rule=rule.id,
        level=rule.level,
        key=key,
        verdict=mine["verdict"],  # type: ignore[arg-type]  # the plan writes only verdicts
        eligible=_flag(mine["eligible"]),
        already=_flag(mine["already"]),
        possible_when=_flag(mine["possible_when"]),
        may_already_have=bool(mine["may_already_have"]),
        worth={part: Range(_money(mine[f"{part}_low"]), _money(mine[f"{part}_high"])) for part in worth},
        indicative_worth={
            part: Range(_money(mine[f"{part}_indicative_low"]), _money(mine[f"{part}_indicative_high"]))
            for part in worth
        },
        steps={name: own[name, True] for name in rule.step_names if (name, True) in own},
        indicative_steps={name: own[name, False] for name in rule.step_names if (name, False) in own},
        assumptions=tuple(assumptions.split(",")) if assumptions else (),
        evidence=mine["evidence"],  # type: ignore[arg-type]  # the plan writes only strengths
        advice_first=_flag(mine["advice_first"]),
    )


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _money(value: object) -> Fraction | None:
    return Fraction(value) if isinstance(value, Decimal) else None
