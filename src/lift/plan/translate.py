"""How does a checked formula become ranges in SQL?

One `Translator` for one level, one evaluation (proved or indicative) and one place in the plan. It asks `Columns` where
facts and earlier steps stand, and hands gathers to whoever lays out the plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Protocol

from lift.plan import choices, conditions, days, figures, ranges, sql
from lift.plan.lookups import Given, Reading, look_up
from lift.plan.sql import Sql
from lift.plan.values import Code, Day, Flag, Number, Value, flag, infinity, known_day, the_same_everywhere
from lift.rulebook.model import Rulebook, Step
from lift.rulebook.nodes import (
    CONVERSIONS,
    AmountRef,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Constant,
    FactRef,
    Gather,
    IsOneOf,
    Logic,
    Lookup,
    Negate,
    Node,
    Not,
    RunDay,
    StepRef,
)

#: More conditions than this that may be unknown, and a CASE is written flat.
_FEW = 2


class Columns(Protocol):
    """Where values stand while one formula is translated."""

    def fact(self, node: FactRef) -> Value: ...

    def step(self, node: StepRef) -> Value: ...

    def gather(self, node: Gather, outside: Translator) -> Value: ...


@dataclass(frozen=True)
class Translator:
    book: Rulebook
    day: date
    proved: bool
    columns: Columns
    fixed: tuple[tuple[Node, bool], ...] = ()
    """Flags put as true or false while a split is evaluated."""
    inside_gather: bool = False

    def value(self, node: Node) -> Value:
        """The node's value in SQL. An end that is NULL in every row is none: a bare NULL has no type, and DuckDB would
        not know which YEAR of it was meant."""
        handler = _HANDLERS[type(node)]
        return the_same_everywhere(handler(self, node))

    def number(self, node: Node) -> Number:
        found = self.value(node)
        assert isinstance(found, Number)
        return found

    def flag(self, node: Node) -> Flag:
        found = self.value(node)
        assert isinstance(found, Flag)
        return found

    def of_day(self, node: Node) -> Day:
        found = self.value(node)
        assert isinstance(found, Day)
        return found

    # ---- steps ----

    def step(self, step: Step) -> Value:
        """The step's value on this level: the version in force, split, bounded, rounded, assumed."""
        found = self._split(step, list(step.split_on))
        if step.within is not None and isinstance(found, Number | Day):
            low, high = (None if n is None else self.value(n) for n in step.within)
            found = choices.within(found, low, high)
        if isinstance(found, Number):
            found = ranges.round_step(found, step.rounding)
        if step.assume is not None and not self.proved:
            found = _assumed(found, figures.known(step.assume))
        return found

    def _split(self, step: Step, flags: list[Node]) -> Value:
        if not flags:
            return self._version(step)
        first, rest = flags[0], flags[1:]
        test = self.flag(first)
        if test.constant is not None or test.certain:
            return self._split(step, rest)
        cases = [self.fixing(first, choice)._split(step, rest) for choice in (True, False)]
        return choices.choose(test, cases[0], cases[1])

    def fixing(self, split: Node, choice: bool) -> Translator:
        """The same translator with one flag put as true or false."""
        return replace(self, fixed=(*self.fixed, (split, choice)))

    def _version(self, step: Step) -> Value:
        """The formula in force; where a fact picks it, every one in reach. (`in_reach` has left out the others.)"""
        if step.day_node is None:
            return self.value(step.formulas[0].node) if step.formulas else figures.nothing(step.type)
        picked = self.of_day(step.day_node)
        dated = [(f.start, self.value(f.node)) for f in step.formulas if f.start is not None]
        return figures.by_day(picked, dated, step.type)

    # ---- figures ----

    def amount(self, node: AmountRef) -> Value:
        return self._by_version(node, lambda value: value)

    def _by_version(self, node: AmountRef, use: Callable[[Value], Value]) -> Value:
        """`use` of the amount in force; where a date picks the version, of every version in reach."""
        amount = self.book.amounts[node.name]
        lapsed = figures.is_lapsed(amount, self.day)
        if node.day is None:
            cell = figures.in_force(amount.versions, figures.version_day(amount.day, self.day))
            return use(figures.cell_value(cell, amount.type, proved=self.proved, lapsed=lapsed))
        values = [
            (start, use(figures.cell_value(cell, amount.type, proved=self.proved, lapsed=lapsed, by_fact=True)))
            for start, cell in amount.versions
        ]
        return figures.by_day(self.of_day(node.day), values, amount.type)

    def look_up(self, node: Lookup) -> Value:
        table = self.book.tables[node.table]
        given = [
            Given(column, key, self.value(of), of.type.codes or key.type.codes)
            for column, (key, of) in enumerate(zip(table.keys, node.keys, strict=True))
        ]
        reading = Reading(table.type, self.proved, node.day is not None)
        if node.day is None:
            rows = figures.in_force(table.versions, figures.version_day(table.day, self.day))
            return look_up(rows or (), given, reading)
        values = [(start, look_up(rows, given, reading)) for start, rows in table.versions]
        return figures.by_day(self.of_day(node.day), values, table.type)

    def arithmetic(self, node: Arithmetic) -> Value:
        left = self.number(node.left)
        if node.operator == "/":
            if isinstance(node.right, AmountRef):
                return self._by_version(node.right, lambda k: ranges.divide(left, k) if isinstance(k, Number) else left)
            return ranges.divide(left, self.number(node.right))
        right = self.number(node.right)
        if node.operator == "*":
            return ranges.times(left, right)
        return ranges.add(left, right if node.operator == "+" else ranges.negate(right))

    # ---- the rest ----

    def fact(self, node: FactRef) -> Value:
        return self._put(node) or self.columns.fact(node)

    def earlier(self, node: StepRef) -> Value:
        return self._put(node) or self.columns.step(node)

    def _put(self, node: FactRef | StepRef) -> Flag | None:
        """The flag as a split has put it. Inside a gather only `this.` reads the unit that was split."""
        wanted = (type(node), node.level, node.name)
        for split, choice in self.fixed if node.outer == self.inside_gather else ():
            if isinstance(split, FactRef | StepRef) and (type(split), split.level, split.name) == wanted:
                return flag(choice)
        return None

    def gather(self, node: Gather) -> Value:
        return self.columns.gather(node, self)

    def compare(self, node: Compare) -> Flag:
        return self._by_birthday(node) or conditions.compare(
            node.operator, self.value(node.left), self.value(node.right)
        )

    def _by_birthday(self, node: Compare) -> Flag | None:
        """An age on a known day against a known number says on which side of a day the birth lies: to count the years
        of everybody takes four times as long."""
        at_least = isinstance(node.right, Call) and node.right.function == "AGE"
        age, limit = (node.right, node.left) if at_least else (node.left, node.right)
        if not isinstance(age, Call) or age.function != "AGE" or node.operator not in ("<", "<="):
            return None
        on, years = self.of_day(age.arguments[1]).constant, self.number(limit).constant
        if on is None or years is None:
            return None
        # `AGE <= 4` is not to have reached 5; `4 < AGE` is to have reached 5.
        reached = math.floor(years) + 1 if at_least == (node.operator == "<") else math.ceil(years)
        last = days.last_birth(on, reached)
        if last is None:
            return None
        birth, latest = self.of_day(age.arguments[0]), known_day(last)
        return conditions.compare("<=", birth, latest) if at_least else conditions.compare("<", latest, birth)

    def one_of(self, node: IsOneOf) -> Value:
        value = self.value(node.value)
        return conditions.logic("OR", [conditions.compare("=", value, self.value(o)) for o in node.options])

    def choose(self, node: Choose) -> Value:
        pairs = [(self.flag(test), self.value(value)) for test, value in node.branches]
        otherwise = self.value(node.otherwise)
        open_tests = [test for test, _ in pairs if test.constant is None and not test.certain]
        if len(open_tests) > _FEW:
            return _choose_flat(pairs, otherwise)
        found = otherwise
        for test, value in reversed(pairs):
            found = choices.choose(test, value, found)
        return found

    def call(self, node: Call) -> Value:
        if node.function in CONVERSIONS:
            return ranges.by_constant(self.number(node.arguments[0]), self._factor(node.function))
        if node.function in ("GREATEST", "LEAST"):
            parts = [self.value(a) for a in node.arguments]
            return choices.greatest(parts) if node.function == "GREATEST" else choices.least(parts)
        if node.function in _OF_ONE:
            return _OF_ONE[node.function](self.number(node.arguments[0]))
        first = self.of_day(node.arguments[0])
        if node.function == "AGE":
            return days.age(first, self.of_day(node.arguments[1]))
        if node.function == "DAYS_BETWEEN":
            return days.days_between(first, self.of_day(node.arguments[1]))
        move = days.add_months if node.function == "ADD_MONTHS" else days.add_days
        return move(first, self.number(node.arguments[1]))

    def _factor(self, name: str) -> Fraction:
        factor = CONVERSIONS[name][2]
        if factor is not None:
            return factor
        year = self.day.year if (self.day.month, self.day.day) >= (4, 1) else self.day.year - 1
        return Fraction(7, (date(year + 1, 4, 1) - date(year, 4, 1)).days)


def _choose_flat(pairs: list[tuple[Flag, Value]], otherwise: Value) -> Value:
    """CASE with many conditions that may be unknown, each branch written once: nested, it would double with each."""
    cases: list[choices.Case] = []
    passed: list[Sql] = []
    for test, value in pairs:
        cases.append((sql.both([*passed, sql.is_not_false(test.sql)]), value))
        passed.append(sql.negation(sql.is_true(test.sql)))
    cases.append((sql.both(passed), otherwise))
    return choices.reached(cases, None, otherwise, covered=True)


def _assumed(found: Value, assumed: Value) -> Value:
    """The assumed value where the formula did not come to one point. (no_limit is known.)"""
    if found.certain or found.constant is not None:
        return found
    if isinstance(found, Flag | Code):
        return choices.choose(Flag(sql.is_null(found.sql), True), assumed, replace(found, certain=True))
    if isinstance(found, Number) and (found.infinite or found.unlimited is not None):
        if found.infinite:
            return found
        return choices.choose(
            Flag(sql.is_true(conditions.endless(found)), True), infinity(), _assumed(conditions.limited(found), assumed)
        )
    if found.low is None or found.high is None:
        return assumed
    settled = Flag(sql.is_true(sql.equal(found.low, found.high)), True)
    point = replace(found, high=found.low, point=True, low_certain=True, high_certain=True)
    return choices.choose(settled, point, assumed)


_OF_ONE: dict[str, Callable[[Number], Value]] = {
    "CEIL": ranges.ceil,
    "FLOOR": ranges.floor,
    "ROUND": ranges.round_whole,
    "ABS": ranges.absolute,
}

_HANDLERS: dict[type[Node], Callable[[Translator, object], Value]] = {
    Constant: lambda t, n: figures.known(n.value),  # type: ignore[attr-defined]
    RunDay: lambda t, n: known_day(t.day),
    FactRef: Translator.fact,  # type: ignore[dict-item]
    StepRef: Translator.earlier,  # type: ignore[dict-item]
    AmountRef: Translator.amount,  # type: ignore[dict-item]
    Lookup: Translator.look_up,  # type: ignore[dict-item]
    Arithmetic: Translator.arithmetic,  # type: ignore[dict-item]
    Negate: lambda t, n: ranges.negate(t.number(n.value)),  # type: ignore[attr-defined]
    Compare: Translator.compare,  # type: ignore[dict-item]
    IsOneOf: Translator.one_of,  # type: ignore[dict-item]
    Logic: lambda t, n: conditions.logic(n.operator, [t.flag(p) for p in n.parts]),  # type: ignore[attr-defined]
    Not: lambda t, n: conditions.negation(t.flag(n.value)),  # type: ignore[attr-defined]
    Choose: Translator.choose,  # type: ignore[dict-item]
    Call: Translator.call,  # type: ignore[dict-item]
    Gather: Translator.gather,  # type: ignore[dict-item]
}
