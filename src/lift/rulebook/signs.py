"""Can a formula ever be negative, or ever positive, whatever the facts are?

A sum over a roster with members missing keeps its low end only if no member can lower it. That is decided from what
the rulebook declares, never from the household in hand, so it is the same for every unit. Where it cannot be seen,
the answer is the careful one: it may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lift.rulebook.model import Cell, Rulebook, Special, Step
from lift.rulebook.nodes import (
    CONVERSIONS,
    AmountRef,
    Arithmetic,
    Call,
    Choose,
    Constant,
    FactRef,
    Gather,
    Lookup,
    Negate,
    Node,
    StepRef,
)


@dataclass(frozen=True)
class Sign:
    never_negative: bool
    never_positive: bool

    @property
    def turned(self) -> Sign:
        return Sign(self.never_positive, self.never_negative)


MAY_BE_EITHER = Sign(False, False)
#: Functions that leave a sign as it is: nothing is rounded across nought, and every conversion factor is positive.
_KEEP_SIGN = {"CEIL", "FLOOR", "ROUND", *CONVERSIONS}


def _of_point(point: Fraction) -> Sign:
    return Sign(point >= 0, point <= 0)


def _every(signs: list[Sign]) -> Sign:
    return Sign(all(s.never_negative for s in signs), all(s.never_positive for s in signs))


@dataclass(frozen=True)
class Signs:
    """Reads signs off one rulebook for one day (a figure past its `covers_to` may be anything)."""

    rulebook: Rulebook
    day: date

    def of(self, node: Node, passed: tuple[str, ...] = ()) -> Sign:
        """`passed` are the steps on the way here, so that a circle ends."""
        if isinstance(node, Arithmetic):
            return self._arithmetic(node, passed)
        if isinstance(node, Call):
            return self._call(node, passed)
        if isinstance(node, Negate):
            return self.of(node.value, passed).turned
        if isinstance(node, Choose):
            return _every([self.of(n, passed) for n in (*[value for _, value in node.branches], node.otherwise)])
        if isinstance(node, StepRef):
            return self._step(self.rulebook.steps.get(node.name), passed)
        if isinstance(node, Gather):
            return self._gather(node, passed)
        return self._leaf(node)

    def _leaf(self, node: Node) -> Sign:
        if isinstance(node, Constant) and isinstance(node.value, Fraction):
            return _of_point(node.value)
        if isinstance(node, FactRef):
            fact = self.rulebook.facts[node.level, node.name]
            low, high = fact.low, fact.high
            return Sign(isinstance(low, Fraction) and low >= 0, isinstance(high, Fraction) and high <= 0)
        if isinstance(node, AmountRef):
            amount = self.rulebook.amounts[node.name]
            outdated = amount.covers_to is not None and self.day > amount.covers_to
            return _every([_of_cell(cell, outdated) for _, cell in amount.versions])
        if isinstance(node, Lookup):
            versions = self.rulebook.tables[node.table].versions
            return _every([_of_cell(cell, False) for _, rows in versions for _, cell in rows])
        return MAY_BE_EITHER

    def _arithmetic(self, node: Arithmetic, passed: tuple[str, ...]) -> Sign:
        a, b = self.of(node.left, passed), self.of(node.right, passed)
        if node.operator == "-":
            b = b.turned
        if node.operator in ("+", "-"):
            return _every([a, b])
        alike = (a.never_negative and b.never_negative) or (a.never_positive and b.never_positive)
        opposed = (a.never_negative and b.never_positive) or (a.never_positive and b.never_negative)
        return Sign(alike, opposed)

    def _call(self, node: Call, passed: tuple[str, ...]) -> Sign:
        signs = [self.of(argument, passed) for argument in node.arguments]
        if node.function in _KEEP_SIGN:
            return signs[0]
        if node.function == "ABS":
            return Sign(True, _every(signs) == Sign(True, True))
        if node.function == "GREATEST":
            return Sign(any(s.never_negative for s in signs), all(s.never_positive for s in signs))
        if node.function == "LEAST":
            return Sign(all(s.never_negative for s in signs), any(s.never_positive for s in signs))
        return MAY_BE_EITHER

    def _gather(self, node: Gather, passed: tuple[str, ...]) -> Sign:
        if node.function == "COUNT":
            return Sign(True, False)
        return MAY_BE_EITHER if node.body is None else self.of(node.body, passed)

    def _step(self, step: Step | None, passed: tuple[str, ...]) -> Sign:
        """Every version's sign, or what `within` proves. An assumed value must not stand against it."""
        if step is None or step.name in passed:
            return MAY_BE_EITHER
        on_the_way = (*passed, step.name)
        sign = _every([self.of(formula.node, on_the_way) for formula in step.formulas])
        if step.within is not None:
            low, high = step.within
            floor = low is not None and self.of(low, on_the_way).never_negative
            ceiling = high is not None and self.of(high, on_the_way).never_positive
            sign = Sign(sign.never_negative or floor, sign.never_positive or ceiling)
        return _every([sign, _of_point(step.assume)]) if isinstance(step.assume, Fraction) else sign


def _of_cell(cell: Cell, outdated: bool) -> Sign:
    """A weak figure may be anything that `within` allows, and its indicative value."""
    if cell.value is Special.ENDED:
        return Sign(True, True)
    value = Sign(True, False) if cell.value is Special.NO_LIMIT else MAY_BE_EITHER
    if isinstance(cell.value, Fraction):
        value = _of_point(cell.value)
    if not cell.is_weak and not outdated:
        return value
    if cell.within is None:
        return MAY_BE_EITHER
    low, high = cell.within
    within = Sign(isinstance(low, Fraction) and low >= 0, isinstance(high, Fraction) and high <= 0)
    return within if cell.value is None else _every([within, value])
