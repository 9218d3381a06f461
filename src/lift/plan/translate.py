"""How does a checked formula become ranges in SQL?

One `Translator` for one level, one evaluation (proved or indicative) and one place in the plan. It asks `Columns` where
facts and earlier steps stand, and hands gathers to whoever lays out the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Protocol

from lift.plan import days, figures, ranges
from lift.plan.values import Day, Flag, Number, Value, constant, known_day, unknown_flag
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


class Columns(Protocol):
    """Where values stand while one formula is translated."""

    def fact(self, node: FactRef) -> Value: ...

    def step(self, node: StepRef) -> Value: ...

    def gather(self, node: Gather) -> Value: ...


@dataclass(frozen=True)
class Translator:
    book: Rulebook
    day: date
    proved: bool
    columns: Columns
    fixed: tuple[tuple[Node, bool], ...] = ()
    """Flags put as true or false while a split is evaluated."""

    def value(self, node: Node) -> Value:
        """The node's value in SQL."""
        handler = _HANDLERS[type(node)]
        return handler(self, node)

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
        if step.within is not None and isinstance(found, Number):
            low, high = (None if n is None else self.number(n) for n in step.within)
            found = ranges.intersect(found, low, high)
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
        cases = [replace(self, fixed=(*self.fixed, (first, choice)))._split(step, rest) for choice in (True, False)]
        return ranges.choose(test, cases[0], cases[1])

    def _version(self, step: Step) -> Value:
        versions = step.formulas
        if versions[0].start is None:
            return self.value(versions[0].node)
        if step.day_node is None:
            day = figures.version_day(step.day, self.day)
            begun = [f for f in versions if f.start is not None and f.start <= day]
            return self.value(begun[-1].node) if begun else figures.nothing(step.type)
        picked = self.of_day(step.day_node)
        values = [(f.start, self.value(f.node)) for f in versions if f.start is not None]
        return figures.by_day(picked, values, figures.nothing(step.type))

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
        values = [(start, use(figures.cell_value(cell, amount.type, proved=self.proved, lapsed=lapsed))) for start, cell in amount.versions]
        return figures.by_day(self.of_day(node.day), values, figures.nothing(amount.type))

    def look_up(self, node: Lookup) -> Value:
        table = self.book.tables[node.table]
        keys = [self.value(key) for key in node.keys]
        if node.day is None:
            rows = figures.rows_in_force(table, figures.version_day(table.day, self.day))
            return figures.look_up(table.keys, rows, keys, table.type, proved=self.proved)
        values = [(start, figures.look_up(table.keys, rows, keys, table.type, proved=self.proved)) for start, rows in table.versions]
        return figures.by_day(self.of_day(node.day), values, figures.nothing(table.type))

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
        for split, choice in self.fixed:
            same = type(split) is type(node) and isinstance(split, FactRef | StepRef)
            if same and (split.level, split.name, split.outer) == (node.level, node.name, node.outer):  # type: ignore[union-attr]  # narrowed by same
                return _flag(choice)
        return None

    def one_of(self, node: IsOneOf) -> Value:
        value = self.value(node.value)
        tests = [ranges.compare("=", value, self.value(option)) for option in node.options]
        return ranges.logic("OR", tests)

    def choose(self, node: Choose) -> Value:
        found = self.value(node.otherwise)
        for test, value in reversed(node.branches):
            found = ranges.choose(self.flag(test), self.value(value), found)
        return found

    def call(self, node: Call) -> Value:
        if node.function in CONVERSIONS:
            return ranges.by_constant(self.number(node.arguments[0]), self._factor(node.function))
        if node.function in ("GREATEST", "LEAST"):
            parts = [self.value(a) for a in node.arguments]
            return ranges.greatest(parts) if node.function == "GREATEST" else ranges.least(parts)
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


def _flag(choice: bool) -> Flag:
    found = figures.known(choice)
    assert isinstance(found, Flag)
    return found


def _assumed(found: Value, assumed: Value) -> Value:
    """The assumed value where the formula did not come to one point."""
    from lift.plan import sql

    if isinstance(found, Number | Day):
        if found.certain:
            return found
        if found.low is None or found.high is None:
            return assumed
        one = Flag(sql.is_true(sql.equal(found.low, found.high)), True)
        chosen = ranges.choose(one, _point(found), assumed)
        return chosen
    if found.certain:
        return found
    return ranges.choose(Flag(sql.is_null(found.sql), True), assumed, _surely(found))


def _point(found: Number | Day) -> Number | Day:
    return replace(found, high=found.low, point=True, low_certain=True, high_certain=True)


def _surely(found: Value) -> Value:
    return found if isinstance(found, Number | Day) else replace(found, certain=True)


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
    Compare: lambda t, n: ranges.compare(n.operator, t.value(n.left), t.value(n.right)),  # type: ignore[attr-defined]
    IsOneOf: Translator.one_of,  # type: ignore[dict-item]
    Logic: lambda t, n: ranges.logic(n.operator, [t.flag(p) for p in n.parts]),  # type: ignore[attr-defined]
    Not: lambda t, n: ranges.negation(t.flag(n.value)),  # type: ignore[attr-defined]
    Choose: Translator.choose,  # type: ignore[dict-item]
    Call: Translator.call,  # type: ignore[dict-item]
    Gather: lambda t, n: t.columns.gather(n),  # type: ignore[arg-type]
}
