"""What does a formula come to when everything is known? The simplest reading there is: one exact value, no ranges.

The third opinion of the property tests. Where the law leaves a value undefined (the least of nobody, a key outside a
table, a day before the first figure) it is UNDEFINED, and so is whatever rests on it.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from lift.rulebook.model import Cell, Relation, Rulebook, Special, Step, Table
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
    Level,
    Logic,
    Lookup,
    Negate,
    Node,
    Not,
    RunDay,
    StepRef,
)
from lift.rulebook.units import Scalar


class Undefined(Enum):
    UNDEFINED = "undefined"


UNDEFINED = Undefined.UNDEFINED
ENDLESS = Special.NO_LIMIT
Exact = Scalar | Undefined | Special
Figure = tuple[str, int, int]
"""Amount or table, version, row (0 for an amount)."""


@dataclass(frozen=True)
class Being:
    """A unit of which everything is known."""

    level: Level
    key: str
    family: str | None
    household: str
    facts: Mapping[str, Exact]


@dataclass
class World:
    """One way things could really be: every unit, which possible couples are couples, and every weak figure."""

    book: Rulebook
    day: date
    beings: list[Being]
    couples: frozenset[tuple[str, str]]
    figures: Mapping[Figure, Exact]
    steps: dict[tuple[str, str, str], Exact] = field(default_factory=dict)

    def above(self, being: Being, level: Level) -> Being | None:
        if being.level == level:
            return being
        key = being.family if level == "family" else being.household
        return next((b for b in self.beings if b.level == level and b.key == key), None)

    def are_family(self, a: Being, b: Being) -> bool:
        if "household" in (a.level, b.level):
            return False
        return a is b or a.family == b.family or (a.family, b.family) in self.couples

    def is_related(self, relation: Relation, a: Being, b: Being) -> bool:
        if b.level != relation.target:
            return False
        family = self.are_family(a, b)
        linked = family if relation.link == "family" else a.household == b.household
        if relation.other:
            linked = linked and (not family if relation.target == "family" else a is not b)
        return linked and not (relation.outside and family)

    def step(self, name: str, being: Being) -> Exact:
        place = (name, being.level, being.key)
        if place not in self.steps:
            self.steps[place] = _step(self.book.steps[name], self, being)
        return self.steps[place]


@dataclass(frozen=True)
class Here:
    world: World
    being: Being
    gatherer: Being | None = None


def exact(node: Node, here: Here) -> Exact:
    return _READERS[type(node)](node, here)  # each reader is of its own node


def _step(step: Step, world: World, being: Being) -> Exact:
    here = Here(world, being)
    day = _day(step.day_node, step.day, here)
    number = _version([f.start for f in step.formulas], day)
    if number is None:
        return UNDEFINED
    value = exact(step.formulas[number].node, here)
    if step.within is not None and isinstance(value, Fraction):
        _check_bound(step, value, [None if n is None else exact(n, here) for n in step.within])
    return rounded(value, step.rounding) if isinstance(value, Fraction) else value


def _check_bound(step: Step, value: Fraction, ends: list[Exact | None]) -> None:
    low, high = ends
    assert not isinstance(low, Fraction) or low <= value, (
        f"the random rule {step.name} declares a bound that is not true"
    )
    assert not isinstance(high, Fraction) or value <= high, (
        f"the random rule {step.name} declares a bound that is not true"
    )


def rounded(value: Fraction, how: str) -> Fraction:
    if how == "none":
        return value
    pence = value * 100
    if how == "up":
        return Fraction(ceil(pence), 100)
    if how == "down":
        return Fraction(floor(pence), 100)
    return nearest(pence) / 100


def nearest(value: Fraction) -> Fraction:
    """Half goes away from nought."""
    away = floor(abs(value) + Fraction(1, 2))
    return Fraction(away if value >= 0 else -away)


def _day(node: Node | None, name: str, here: Here) -> Exact:
    if node is not None:
        return exact(node, here)
    day = here.world.day
    return day - timedelta(days=day.weekday()) if name == "benefit_week" else day


def _version(starts: Sequence[date | None], day: Exact) -> int | None:
    if not isinstance(day, date):
        return None
    begun = [number for number, start in enumerate(starts) if start is None or start <= day]
    return begun[-1] if begun else None


# --- names ------------------------------------------------------------------------------------------------------------


def _owner(node: FactRef | StepRef, here: Here) -> Being | None:
    being = here.being
    if node.outer:
        assert here.gatherer is not None
        being = here.gatherer
    return here.world.above(being, node.level)


def _fact(node: FactRef, here: Here) -> Exact:
    owner = _owner(node, here)
    return UNDEFINED if owner is None else owner.facts[node.name]


def _step_ref(node: StepRef, here: Here) -> Exact:
    owner = _owner(node, here)
    return UNDEFINED if owner is None else here.world.step(node.name, owner)


def _amount(node: AmountRef, here: Here) -> Exact:
    amount = here.world.book.amounts[node.name]
    number = _version([day for day, _ in amount.versions], _day(node.day, amount.day, here))
    return UNDEFINED if number is None else _cell(amount.versions[number][1], (node.name, number, 0), here)


def _cell(cell: Cell, figure: Figure, here: Here) -> Exact:
    value = here.world.figures.get(figure, cell.value)
    return UNDEFINED if value is None or value is Special.ENDED else value


def _lookup(node: Lookup, here: Here) -> Exact:
    table = here.world.book.tables[node.table]
    number = _version([day for day, _ in table.versions], _day(node.day, table.day, here))
    keys = [exact(key, here) for key in node.keys]
    if number is None or UNDEFINED in keys:
        return UNDEFINED
    row = _row(table, number, keys)
    return UNDEFINED if row is None else _cell(table.versions[number][1][row][1], (node.table, number, row), here)


def _row(table: Table, version: int, keys: list[Exact]) -> int | None:
    """Rows that match exactly first; among them the last band that has begun."""
    rows = list(enumerate(table.versions[version][1]))
    order = sorted(range(len(keys)), key=lambda column: table.keys[column].banded)
    for column in order:
        wanted = keys[column]
        if table.keys[column].banded:
            begun = [values[column] for _, (values, _) in rows if values[column] <= wanted]  # type: ignore[operator]  # of one type
            if not begun:
                return None
            wanted = max(begun)  # of one type
        rows = [(number, row) for number, row in rows if row[0][column] == wanted]
    return rows[0][0] if rows else None


# --- numbers and dates ------------------------------------------------------------------------------------------------


def _arithmetic(node: Arithmetic, here: Here) -> Exact:
    a, b = exact(node.left, here), exact(node.right, here)
    if not isinstance(a, Fraction) or not isinstance(b, Fraction):
        return UNDEFINED
    if node.operator == "/":
        return a / b if b else UNDEFINED
    return {"+": a + b, "-": a - b, "*": a * b}[node.operator]


def _negate(node: Negate, here: Here) -> Exact:
    value = exact(node.value, here)
    return -value if isinstance(value, Fraction) else UNDEFINED


def _call(node: Call, here: Here) -> Exact:
    values = [exact(argument, here) for argument in node.arguments]
    if UNDEFINED in values:
        return UNDEFINED
    if node.function in ("GREATEST", "LEAST"):
        finite = [v for v in values if v is not ENDLESS]
        if (node.function == "GREATEST" and len(finite) < len(values)) or not finite:
            return ENDLESS
        return max(finite) if node.function == "GREATEST" else min(finite)  # type: ignore[type-var]  # of one type
    if node.function in CONVERSIONS:
        factor = CONVERSIONS[node.function][2] or Fraction(7, _days_in_year(here.world.day))
        return values[0] * factor  # type: ignore[operator]  # a number
    return _FUNCTIONS[node.function](*values)


def _days_in_year(day: date) -> int:
    """Of the council-tax year around the day: 366 where it holds a 29 February."""
    begins = day.year - ((day.month, day.day) < (4, 1))
    return 366 if calendar.isleap(begins + 1) else 365


def _age(birth: date, day: date) -> Fraction:
    return Fraction(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))


def _add_months(day: date, months: Fraction) -> Exact:
    count = day.year * 12 + day.month - 1 + floor(months)
    if not 12 <= count < 120_000:
        return UNDEFINED
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _add_days(day: date, days: Fraction) -> Exact:
    number = day.toordinal() + floor(days)
    return date.fromordinal(number) if 1 <= number <= date.max.toordinal() else UNDEFINED


_FUNCTIONS: Mapping[str, Callable[..., Exact]] = {
    "CEIL": lambda x: Fraction(ceil(x)),
    "FLOOR": lambda x: Fraction(floor(x)),
    "ROUND": nearest,
    "ABS": abs,
    "AGE": _age,
    "ADD_MONTHS": _add_months,
    "ADD_DAYS": _add_days,
    "DAYS_BETWEEN": lambda a, b: Fraction((b - a).days),
}


# --- conditions -------------------------------------------------------------------------------------------------------


def _compare(node: Compare, here: Here) -> Exact:
    a, b = exact(node.left, here), exact(node.right, here)
    if UNDEFINED in (a, b):
        return UNDEFINED
    if node.operator in ("=", "<>"):
        return (a == b) == (node.operator == "=")
    if ENDLESS in (a, b):
        return (b is ENDLESS) and (node.operator == "<=" or a is not ENDLESS)
    return a < b if node.operator == "<" else a <= b  # type: ignore[operator]  # of one type


def _is_one_of(node: IsOneOf, here: Here) -> Exact:
    value = exact(node.value, here)
    return UNDEFINED if value is UNDEFINED else any(value == option.value for option in node.options)


def both(values: Sequence[Exact]) -> Exact:
    """AND: one false settles it, even beside what is undefined."""
    if any(value is False for value in values):
        return False
    return UNDEFINED if UNDEFINED in values else True


def _not(value: Exact) -> Exact:
    return UNDEFINED if value is UNDEFINED else not value


def _logic(node: Logic, here: Here) -> Exact:
    values = [exact(part, here) for part in node.parts]
    return both(values) if node.operator == "AND" else _not(both([_not(value) for value in values]))


def _choose(node: Choose, here: Here) -> Exact:
    for test, value in node.branches:
        outcome = exact(test, here)
        if outcome is UNDEFINED:
            return UNDEFINED
        if outcome is True:
            return exact(value, here)
    return exact(node.otherwise, here)


# --- gathers ----------------------------------------------------------------------------------------------------------


def _gather(node: Gather, here: Here) -> Exact:
    relation = here.world.book.relations[node.relation]
    inside: list[tuple[Exact, Exact]] = []
    for being in here.world.beings:
        if here.world.is_related(relation, here.being, being):
            there = Here(here.world, being, here.being)
            belongs = both([exact(n, there) for n in (node.relation_where, node.where) if n is not None])
            if belongs is not False:
                inside.append((belongs, True if node.body is None else exact(node.body, there)))
    if node.function == "ANY":
        return _not(both([_not(both([belongs, body])) for belongs, body in inside]))
    if node.function == "EVERY":
        return both([_not(both([belongs, _not(body)])) for belongs, body in inside])
    if any(UNDEFINED in pair for pair in inside):
        return UNDEFINED
    bodies = [body for _, body in inside]
    if node.function == "COUNT":
        return Fraction(len(bodies))
    if node.function == "SUM":
        return sum((body for body in bodies if isinstance(body, Fraction)), Fraction(0))
    if not bodies:
        return UNDEFINED
    return max(bodies) if node.function == "MAX" else min(bodies)  # type: ignore[type-var]  # of one type


_READERS: Mapping[type[Node], Callable[..., Exact]] = {
    Constant: lambda node, here: node.value,
    RunDay: lambda node, here: here.world.day,
    FactRef: _fact,
    StepRef: _step_ref,
    AmountRef: _amount,
    Lookup: _lookup,
    Arithmetic: _arithmetic,
    Negate: _negate,
    Call: _call,
    Compare: _compare,
    IsOneOf: _is_one_of,
    Logic: _logic,
    Not: lambda node, here: _not(exact(node.value, here)),
    Choose: _choose,
    Gather: _gather,
}
