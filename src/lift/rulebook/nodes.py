"""What is a checked formula made of?

A formula is parsed once (`expressions.py`) into this small typed tree. Every name in it is resolved and every unit
checked, so an engine only has to say what each node means. The tree knows nothing of SQL and nothing of ranges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal as OneOf

Kind = OneOf["number", "date", "flag", "code"]
Level = OneOf["person", "family", "household", "period"]
LEVELS: tuple[Level, ...] = ("person", "family", "household", "period")


@dataclass(frozen=True)
class Unit:
    """A number's unit as exponents of its parts, sorted: GBP/week is (("GBP", 1), ("week", -1)); a count is ()."""

    parts: tuple[tuple[str, int], ...] = ()

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """The unit of a product (`sign` 1) or a quotient (-1)."""
        total: dict[str, int] = dict(self.parts)
        for name, power in other.parts:
            total[name] = total.get(name, 0) + sign * power
        return Unit(tuple(sorted((n, p) for n, p in total.items() if p)))

    @property
    def is_money(self) -> bool:
        return any(name == "GBP" for name, _ in self.parts)

    def __str__(self) -> str:
        over = " x ".join(n if p == 1 else f"{n}^{p}" for n, p in self.parts if p > 0)
        under = "".join("/" + (n if p == -1 else f"{n}^{-p}") for n, p in self.parts if p < 0)
        return (over + under) or "count"


@dataclass(frozen=True)
class Type:
    """The type of a value. A number without unit (None) is a bare literal, which takes the unit beside it."""

    kind: Kind
    unit: Unit | None = None
    codes: tuple[str, ...] = ()

    @property
    def is_ranged(self) -> bool:
        """Whether a value is known by its ends: numbers and dates have an order."""
        return self.kind in ("number", "date")

    @property
    def is_money(self) -> bool:
        """Whether a value is an amount of money, by whatever time."""
        return self.unit is not None and self.unit.is_money

    def __str__(self) -> str:
        return str(self.unit) if self.kind == "number" and self.unit is not None else self.kind


@dataclass(frozen=True)
class Span:
    """Where in its formula a node stands: offsets of the first character and of the one behind the last."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Node:
    type: Type
    at: Span


@dataclass(frozen=True)
class Constant(Node):
    """A literal: an exact number, TRUE or FALSE, or a code; in a question also a day."""

    value: Fraction | bool | str | date


@dataclass(frozen=True)
class RunDay(Node):
    """The day the plan is run for."""


@dataclass(frozen=True)
class FactRef(Node):
    """A fact of the unit in hand, of a unit above it (`level` differs from the level in hand), or, with `outer`,
    of the unit that a gather was started from (`this.x`)."""

    level: Level
    name: str
    outer: bool = False


@dataclass(frozen=True)
class StepRef(Node):
    """A step by its full name (`owner.step`), with the same reading of `level` and `outer` as a fact."""

    level: Level
    name: str
    outer: bool = False


@dataclass(frozen=True)
class AmountRef(Node):
    """A dated amount by its full name. `day` is the node whose date picks the version; None is the plan's own day."""

    name: str
    day: Node | None = None


@dataclass(frozen=True)
class Lookup(Node):
    """A dated table looked up by keys, one for each of the table's `by`. `day` as for an amount."""

    table: str
    keys: tuple[Node, ...]
    day: Node | None = None


@dataclass(frozen=True)
class Arithmetic(Node):
    """`+`, `-`, `*`, or `/` by a literal or an amount."""

    operator: OneOf["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True)
class Negate(Node):
    value: Node


@dataclass(frozen=True)
class Compare(Node):
    """`<`, `<=`, `=`, `<>` (the parser turns `>` round); numbers, dates; `=` and `<>` also codes and flags."""

    operator: OneOf["<", "<=", "=", "<>"]
    left: Node
    right: Node


@dataclass(frozen=True)
class IsOneOf(Node):
    """`x IN (a, b)` for codes and numbers; the options are constants."""

    value: Node
    options: tuple[Constant, ...]


@dataclass(frozen=True)
class Logic(Node):
    operator: OneOf["AND", "OR"]
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    value: Node


@dataclass(frozen=True)
class Choose(Node):
    """IF and CASE: the first branch whose condition is true, else the last."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True)
class Call(Node):
    """CEIL FLOOR ROUND ABS GREATEST LEAST AGE ADD_MONTHS ADD_DAYS DAYS_BETWEEN, and the named conversions.

    AGE always has two arguments here (birth, day)."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Gather(Node):
    """SUM COUNT MIN MAX ANY EVERY over a relation. `body` is read on the related unit (None for COUNT and a bare ANY),
    `where` too; inside both, `outer` references belong to the unit that gathers.

    `relation_where` is the relation's own condition (same reading), `complete_when` is read on the gathering unit."""

    function: OneOf["SUM", "COUNT", "MIN", "MAX", "ANY", "EVERY"]
    relation: str
    body: Node | None
    where: Node | None
    relation_where: Node | None
    complete_when: Node | None


#: Exact factors of the named conversions; None where it depends on the day (365 or 366 days in the year).
CONVERSIONS: dict[str, tuple[str, str, Fraction | None]] = {
    "MONTH_TO_WEEK_12_52": ("GBP/month", "GBP/week", Fraction(12, 52)),
    "WEEK_TO_MONTH_52_12": ("GBP/week", "GBP/month", Fraction(52, 12)),
    "FOUR_WEEKS_TO_MONTH_13_12": ("GBP/four_weeks", "GBP/month", Fraction(13, 12)),
    "YEAR_TO_MONTH_12": ("GBP/year", "GBP/month", Fraction(1, 12)),
    "MONTH_TO_YEAR_12": ("GBP/month", "GBP/year", Fraction(12)),
    "YEAR_TO_WEEK_52": ("GBP/year", "GBP/week", Fraction(1, 52)),
    "WEEK_TO_YEAR_52": ("GBP/week", "GBP/year", Fraction(52)),
    "YEAR_TO_WEEK_7_365": ("GBP/year", "GBP/week", None),
}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, gather bodies and conditions included, in reading order."""
    if isinstance(node, Arithmetic | Compare):
        return (node.left, node.right)
    if isinstance(node, Negate | Not):
        return (node.value,)
    if isinstance(node, IsOneOf):
        return (node.value, *node.options)
    if isinstance(node, Logic):
        return node.parts
    if isinstance(node, Choose):
        return (*[n for pair in node.branches for n in pair], node.otherwise)
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, AmountRef):
        return (node.day,) if node.day is not None else ()
    if isinstance(node, Lookup):
        return (*node.keys, *((node.day,) if node.day is not None else ()))
    if isinstance(node, Gather):
        inner = (node.body, node.where, node.relation_where, node.complete_when)
        return tuple(n for n in inner if n is not None)
    return ()


def walk(node: Node) -> list[Node]:
    """The node and everything below it, in reading order."""
    found = [node]
    for below in children(node):
        found += walk(below)
    return found


def over_children(node: Node, make: Callable[[Node], Node]) -> Node:
    """The same node over what `make` makes of each node directly below it."""
    if isinstance(node, Arithmetic | Compare):
        return replace(node, left=make(node.left), right=make(node.right))
    if isinstance(node, Negate | Not):
        return replace(node, value=make(node.value))
    if isinstance(node, IsOneOf):
        return replace(node, value=make(node.value))
    if isinstance(node, Logic):
        return replace(node, parts=tuple(make(part) for part in node.parts))
    if isinstance(node, Choose):
        branches = tuple((make(test), make(value)) for test, value in node.branches)
        return replace(node, branches=branches, otherwise=make(node.otherwise))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(make(argument) for argument in node.arguments))
    if isinstance(node, AmountRef):
        return replace(node, day=None if node.day is None else make(node.day))
    if isinstance(node, Lookup):
        day = None if node.day is None else make(node.day)
        return replace(node, keys=tuple(make(key) for key in node.keys), day=day)
    if isinstance(node, Gather):
        inner = (node.body, node.where, node.relation_where, node.complete_when)
        body, where, relation_where, complete_when = (None if part is None else make(part) for part in inner)
        return replace(node, body=body, where=where, relation_where=relation_where, complete_when=complete_when)
    return node
