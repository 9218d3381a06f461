"""Which related units does a condition surely leave out, by what an explanation holds?

The reference engine reads the condition; the facts and steps that it asks for are those of the explanation.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lift.engines.reference.evaluate import Evaluation
from lift.engines.reference.formula import Here, condition
from lift.engines.reference.values import Evaluated, unknown
from lift.rulebook.answers import Range, Value
from lift.rulebook.nodes import Level, Node
from lift.rulebook.units import OneUnit, Units

if TYPE_CHECKING:
    from lift.rulebook.model import Rulebook
    from lift.stages.explain import Explanation, KnownFact, ShownStep


class ToldWorld(Evaluation):
    """The units of one explanation, as formulas read them."""

    def __init__(
        self,
        book: Rulebook,
        one: Explanation,
        facts: Mapping[tuple[str, str], KnownFact],
        steps: Mapping[tuple[str, str], ShownStep],
    ) -> None:
        home = next((unit.key for unit in one.units if unit.level == "household"), "")
        self.units = {unit.key: OneUnit(unit.level, unit.key, unit.family, home) for unit in one.units}
        super().__init__(book, one.day, Units(tuple(self.units.values())), indicative=False, assumptions=True)
        self.held, self.worked = facts, steps

    def leaves_out(self, test: Node, key: str, gathering: str) -> bool:
        """Whether a unit surely does not meet the condition under which another one gathers it."""
        return condition(test, self, Here(self.units[key], outer=Here(self.units[gathering]))) is False

    def fact(self, level: Level, name: str, unit: OneUnit) -> Evaluated:
        owner = self.neighbours.above(unit, level)
        fact = None if owner is None else self.held.get((owner.key, name))
        if fact is None or not fact.fresh or (fact.value is None and fact.assumed is None):
            return unknown(self.rulebook.facts[level, name].type.kind)
        return _exact(fact.value) if fact.value is not None else fact.assumed

    def step(self, level: Level, name: str, unit: OneUnit) -> Evaluated:
        owner = self.neighbours.above(unit, level)
        step = None if owner is None else self.worked.get((owner.key, name))
        return unknown(self.rulebook.steps[name].type.kind) if step is None else _exact(step.proved)


def _exact(value: Value) -> Evaluated:
    return Range(_end(value.low), _end(value.high)) if isinstance(value, Range) else value


def _end(end: Any) -> Any:
    return Fraction(end) if isinstance(end, int | Decimal) else end
