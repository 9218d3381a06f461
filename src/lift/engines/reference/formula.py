"""What does each node of a formula mean?

One short function a node. Where a value comes from (facts, steps, amounts, related units) is a `World`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import singledispatch
from typing import Protocol

from lift.engines.reference import dates, gathers, ranges, rounding
from lift.engines.reference.dated import KeyReading
from lift.engines.reference.gathers import Member
from lift.engines.reference.logic import all_of, any_of, opposite, same
from lift.engines.reference.values import NO_LIMIT, Evaluated, as_flag, as_range, hull, known
from lift.errors import EngineError
from lift.rulebook.answers import Range
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
from lift.rulebook.signs import Sign
from lift.rulebook.units import OneUnit


def reference(node: Node) -> tuple[str, str, str]:
    """What tells one fact or step from another, wherever in a formula it stands."""
    if isinstance(node, FactRef | StepRef):
        return (type(node).__name__, node.level, node.name)
    raise EngineError("split_on names something that is neither a fact nor a step; name a flag")


@dataclass(frozen=True)
class Here:
    """Where a formula is read: on which unit, gathered from where, and with which flags put as true or false."""

    unit: OneUnit
    outer: Here | None = None
    split: Mapping[tuple[str, str, str], bool] = field(default_factory=dict)


class World(Protocol):
    """Everything a formula can ask about."""

    @property
    def day(self) -> date: ...
    def fact(self, level: Level, name: str, unit: OneUnit) -> Evaluated: ...
    def step(self, level: Level, name: str, unit: OneUnit) -> Evaluated: ...
    def amount(self, name: str, day: Range | None) -> Evaluated: ...
    def table_row(self, table: str, keys: list[KeyReading], day: Range | None) -> Evaluated: ...
    def key_readings(self, table: str, values: list[tuple[Node, Evaluated]]) -> list[KeyReading]: ...
    def related(self, relation: str, unit: OneUnit) -> list[tuple[OneUnit, bool | None]]: ...
    def may_miss(self, relation: str, unit: OneUnit) -> bool: ...
    def sign(self, node: Node) -> Sign: ...


@singledispatch
def value_of(node: Node, world: World, here: Here) -> Evaluated:
    """The value of a formula. Raises EngineError for what a checked formula can't hold."""
    raise EngineError(f"the reference engine has no meaning for {type(node).__name__}")


def condition(node: Node, world: World, here: Here) -> bool | None:
    return as_flag(value_of(node, world, here))


def quantity(node: Node, world: World, here: Here) -> Range:
    return as_range(value_of(node, world, here))


@value_of.register
def constant(node: Constant, world: World, here: Here) -> Evaluated:
    return known(node.value)


@value_of.register
def run_day(node: RunDay, world: World, here: Here) -> Evaluated:
    return ranges.exactly(world.day)


def _where_read(node: FactRef | StepRef, here: Here) -> Here:
    if not node.outer:
        return here
    if here.outer is None:
        raise EngineError(f"this.{node.name} stands outside a gather; leave out this.")
    return here.outer


@value_of.register
def fact(node: FactRef, world: World, here: Here) -> Evaluated:
    place = _where_read(node, here)
    split = place.split.get(reference(node))
    return split if split is not None else world.fact(node.level, node.name, place.unit)


@value_of.register
def step(node: StepRef, world: World, here: Here) -> Evaluated:
    place = _where_read(node, here)
    split = place.split.get(reference(node))
    return split if split is not None else world.step(node.level, node.name, place.unit)


def _picking_day(day: Node | None, world: World, here: Here) -> Range | None:
    return None if day is None else quantity(day, world, here)


@value_of.register
def amount(node: AmountRef, world: World, here: Here) -> Evaluated:
    return world.amount(node.name, _picking_day(node.day, world, here))


@value_of.register
def lookup(node: Lookup, world: World, here: Here) -> Evaluated:
    keys = world.key_readings(node.table, [(key, value_of(key, world, here)) for key in node.keys])
    return world.table_row(node.table, keys, _picking_day(node.day, world, here))


@value_of.register
def arithmetic(node: Arithmetic, world: World, here: Here) -> Evaluated:
    a, b = quantity(node.left, world, here), quantity(node.right, world, here)
    operators = {"+": ranges.add, "-": ranges.subtract, "*": ranges.multiply, "/": ranges.divide}
    return operators[node.operator](a, b)


@value_of.register
def negate(node: Negate, world: World, here: Here) -> Evaluated:
    return ranges.negate(quantity(node.value, world, here))


@value_of.register
def compare(node: Compare, world: World, here: Here) -> Evaluated:
    a, b = value_of(node.left, world, here), value_of(node.right, world, here)
    if node.operator == "<>":
        return opposite(_equal(a, b))
    if node.operator == "=":
        return _equal(a, b)
    if a is NO_LIMIT or b is NO_LIMIT:
        # Everything else is less than no_limit, and no_limit only as much as itself.
        return (node.operator == "<=") if a is b else b is NO_LIMIT
    return (ranges.less if node.operator == "<" else ranges.less_or_equal)(as_range(a), as_range(b))


def _equal(a: Evaluated, b: Evaluated) -> bool | None:
    if a is NO_LIMIT or b is NO_LIMIT:
        return a is b
    if isinstance(a, Range) and isinstance(b, Range):
        return ranges.equal(a, b)
    if isinstance(a, bool | str | None) and isinstance(b, bool | str | None):
        return same(a, b)
    raise EngineError("a number or date is compared with a flag or code; check the formula's types")


@value_of.register
def is_one_of(node: IsOneOf, world: World, here: Here) -> Evaluated:
    value = value_of(node.value, world, here)
    return any_of(_equal(value, known(option.value)) for option in node.options)


@value_of.register
def logic(node: Logic, world: World, here: Here) -> Evaluated:
    parts = (condition(part, world, here) for part in node.parts)
    return all_of(parts) if node.operator == "AND" else any_of(parts)


@value_of.register
def negation(node: Not, world: World, here: Here) -> Evaluated:
    return opposite(condition(node.value, world, here))


@value_of.register
def choose(node: Choose, world: World, here: Here) -> Evaluated:
    """The hull of the branches still reachable: a true condition ends the list, an unknown one keeps it going."""
    reachable: list[Evaluated] = []
    for test, branch in node.branches:
        outcome = condition(test, world, here)
        if outcome is not False:
            reachable.append(value_of(branch, world, here))
        if outcome is True:
            return hull(reachable)
    return hull([*reachable, value_of(node.otherwise, world, here)])


@value_of.register
def call(node: Call, world: World, here: Here) -> Evaluated:
    values = [value_of(argument, world, here) for argument in node.arguments]
    if node.function == "GREATEST":
        return NO_LIMIT if NO_LIMIT in values else ranges.greatest([as_range(v) for v in values])
    if node.function == "LEAST":
        limited = [as_range(v) for v in values if v is not NO_LIMIT]
        return ranges.least(limited) if limited else NO_LIMIT
    arguments = [as_range(v) for v in values]
    if node.function in CONVERSIONS:
        return ranges.multiply(arguments[0], ranges.exactly(_conversion_factor(node.function, world.day)))
    return _function(node.function, arguments)


def _conversion_factor(name: str, day: date) -> Fraction:
    factor = CONVERSIONS[name][2]
    return factor if factor is not None else Fraction(7, dates.days_in_council_tax_year(day))


def _function(name: str, arguments: list[Range]) -> Range:
    first, second = arguments[0], arguments[-1]
    rounded = {"CEIL": rounding.whole_up, "FLOOR": rounding.whole_down, "ROUND": rounding.nearest_whole}
    if name in rounded:
        return ranges.each_end(first, rounded[name])
    if name == "ABS":
        return ranges.absolute(first)
    if name == "AGE":
        return dates.age(first, second)
    if name == "ADD_MONTHS":
        return dates.add(first, second, dates.months_later)
    if name == "ADD_DAYS":
        return dates.add(first, second, dates.days_later)
    if name == "DAYS_BETWEEN":
        return dates.days_between(first, second)
    raise EngineError(f"the reference engine has no function {name}")


@value_of.register
def gather(node: Gather, world: World, here: Here) -> Evaluated:
    members = _members(node, world, here)
    # A relation without `complete_when` is one that nobody can be missing from.
    complete = node.complete_when is None or condition(node.complete_when, world, here) is True
    complete = complete and not world.may_miss(node.relation, here.unit)
    if node.function == "COUNT":
        return gathers.count(members, complete=complete)
    if node.function == "SUM":
        sign = world.sign(node.body) if node.body is not None else Sign(False, False)
        return gathers.total(members, sign, complete=complete)
    if node.function == "MIN":
        return gathers.lowest(members, complete=complete)
    if node.function == "MAX":
        return gathers.highest(members, complete=complete)
    if node.function == "ANY":
        return gathers.anybody(members, complete=complete)
    return gathers.everybody(members, complete=complete)


def _members(node: Gather, world: World, here: Here) -> list[Member]:
    """Everybody not surely out, with the body read on them."""
    members: list[Member] = []
    for unit, link in world.related(node.relation, here.unit):
        there = Here(unit, outer=here)
        conditions = [n for n in (node.relation_where, node.where) if n is not None]
        belongs = all_of([link, *(condition(n, world, there) for n in conditions)])
        if belongs is not False:
            body = True if node.body is None else value_of(node.body, world, there)
            members.append(Member(belongs is True, body))
    return members
