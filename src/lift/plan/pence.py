"""Does a formula always come to whole pence, so that rounding it to the penny changes nothing?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from lift.rulebook.model import Cell, Rulebook, Step
from lift.rulebook.nodes import (
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

_PENNY = Fraction(1, 100)


@dataclass
class Pence:
    """Reads off the rulebook of what a number is a multiple. A weak figure may be anything between its bounds."""

    book: Rulebook
    day: date
    steps: Mapping[str, Step]
    known: dict[tuple[str, Fraction], bool] = field(default_factory=dict)

    def always(self, node: Node) -> bool:
        """Whether it is whole pence in every world."""
        return self._of(node, _PENNY)

    def _of(self, node: Node, unit: Fraction) -> bool:
        """Whether it is a multiple of `unit`, a penny or one. A date, a flag or a conversion is none."""
        reader = _READERS.get(type(node))
        return reader is not None and reader(self, node, unit)

    def _fact(self, node: FactRef, unit: Fraction) -> bool:
        return _is_multiple(self.book.facts[node.level, node.name].smallest_step, unit)

    def _amount(self, node: AmountRef, unit: Fraction) -> bool:
        amount = self.book.amounts[node.name]
        lapsed = amount.covers_to is not None and self.day > amount.covers_to
        return not lapsed and _are_multiples([cell for _, cell in amount.versions], unit)

    def _look_up(self, node: Lookup, unit: Fraction) -> bool:
        return _are_multiples([cell for _, rows in self.book.tables[node.table].versions for _, cell in rows], unit)

    def _choose(self, node: Choose, unit: Fraction) -> bool:
        return all(self._of(value, unit) for value in (*[value for _, value in node.branches], node.otherwise))

    def _call(self, node: Call, unit: Fraction) -> bool:
        if node.function in ("CEIL", "FLOOR", "ROUND"):
            return True
        return node.function in ("GREATEST", "LEAST", "ABS") and all(self._of(a, unit) for a in node.arguments)

    def _gather(self, node: Gather, unit: Fraction) -> bool:
        return node.body is None or self._of(node.body, unit)

    def _arithmetic(self, node: Arithmetic, unit: Fraction) -> bool:
        if node.operator in ("+", "-"):
            return self._of(node.left, unit) and self._of(node.right, unit)
        whole = Fraction(1)
        return node.operator == "*" and (
            (self._of(node.left, whole) and self._of(node.right, unit))
            or (self._of(node.left, unit) and self._of(node.right, whole))
        )

    def _step(self, node: StepRef, unit: Fraction) -> bool:
        name = node.name
        if (name, unit) not in self.known:
            self.known[name, unit] = False  # of what rests on itself nothing is said
            step = self.steps[name]
            rounded = unit == _PENNY and step.rounding != "none"
            self.known[name, unit] = rounded or all(self._of(formula.node, unit) for formula in step.formulas)
        return self.known[name, unit]


def _is_multiple(value: object, unit: Fraction) -> bool:
    return isinstance(value, Fraction) and (value / unit).denominator == 1


def _are_multiples(cells: Sequence[Cell], unit: Fraction) -> bool:
    return all(not cell.is_weak and _is_multiple(cell.value, unit) for cell in cells)


_READERS: dict[type[Node], Callable[[Pence, Node, Fraction], bool]] = {
    Constant: lambda pence, node, unit: _is_multiple(node.value, unit),  # type: ignore[attr-defined]
    FactRef: Pence._fact,  # type: ignore[dict-item]
    AmountRef: Pence._amount,  # type: ignore[dict-item]
    Lookup: Pence._look_up,  # type: ignore[dict-item]
    StepRef: Pence._step,  # type: ignore[dict-item]
    Negate: lambda pence, node, unit: pence._of(node.value, unit),  # type: ignore[attr-defined]
    Choose: Pence._choose,  # type: ignore[dict-item]
    Arithmetic: Pence._arithmetic,  # type: ignore[dict-item]
    Call: Pence._call,  # type: ignore[dict-item]
    Gather: Pence._gather,  # type: ignore[dict-item]
}
