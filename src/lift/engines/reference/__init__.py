"""What does a rulebook mean? The slow and obvious engine that every other one is tested against.

It reads the checked formulas as they stand, unit by unit, in exact fractions, with range arithmetic of its own
(`docs/expressions.md` has the table). It imports nothing but the rulebook: an oracle that shared code with the
compiler would share its mistakes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from lift.engines.reference.assumed import facts_read, in_force
from lift.engines.reference.evaluate import Evaluation, named
from lift.engines.reference.values import as_answer
from lift.engines.reference.verdict import Readings, answer
from lift.rulebook.answers import Answer, Value
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.units import Units

__all__ = ["ReferenceEngine"]

_DEEP_ENOUGH = 50_000


class ReferenceEngine:
    """Answers a rulebook's rules for one day. `assumptions` False leaves standing assumptions out (for trials)."""

    def __init__(self, rulebook: Rulebook, day: date, *, assumptions: bool = True) -> None:
        self._rulebook = rulebook
        self._day = day
        self._assumptions = assumptions

    def answers(self, rules: Sequence[str], units: Units, *, keep_steps: bool = False) -> list[Answer]:
        """One answer for each rule and unit of its level, rule by rule in the order asked, units in the order given.

        A unit that a rule is surely not about has none. Raises EngineError for what a checked rulebook can't hold."""
        both = Readings(self._evaluation(units, indicative=False), self._evaluation(units, indicative=True))
        with _deep_formulas():
            asked = [named(rule, self._rulebook.rules, "rule") for rule in rules]
            return [one for rule in asked for one in self._of_rule(rule, units, both, keep_steps)]

    def answers_and_steps(self, rules: Sequence[str], units: Units) -> tuple[list[Answer], dict[str, dict[str, Value]]]:
        """The answers, and unit key to full step name to proved value for every unit and shown step."""
        answers = self.answers(rules, units, keep_steps=True)
        evaluation = self._evaluation(units, indicative=False)
        names = dict.fromkeys(name for rule in rules for name in self._rulebook.rules[rule].step_names)
        found: dict[str, dict[str, Value]] = {}
        with _deep_formulas():
            for name in names:
                level = self._rulebook.steps[name].level
                for unit in units.of(level):
                    found.setdefault(unit.key, {})[name] = as_answer(evaluation.step(level, name, unit))
        return answers, found

    def step_value(self, units: Units, step: str, key: str, *, indicative: bool = False) -> Value:
        """The value of one step, by its full name, on the unit of the step's level that has this key."""
        level = named(step, self._rulebook.steps, "step").level
        evaluation = self._evaluation(units, indicative=indicative)
        with _deep_formulas():
            return as_answer(evaluation.step(level, step, evaluation.neighbours.one(level, key)))

    def with_rulebook(self, rulebook: Rulebook) -> ReferenceEngine:
        """The same engine for the same day over another rulebook."""
        return ReferenceEngine(rulebook, self._day, assumptions=self._assumptions)

    def _evaluation(self, units: Units, *, indicative: bool) -> Evaluation:
        return Evaluation(self._rulebook, self._day, units, indicative=indicative, assumptions=self._assumptions)

    def _of_rule(self, rule: Rule, units: Units, both: Readings, keep_steps: bool) -> list[Answer]:
        read = facts_read(self._rulebook, rule, self._day)
        standing = list(self._rulebook.assumptions.values()) if self._assumptions else []
        found: list[Answer] = []
        for unit in units.of(rule.level):
            assumptions = in_force(standing, read, unit, both.proved.neighbours, self._rulebook)
            one = answer(rule, unit, both, assumptions, keep_steps=keep_steps)
            if one is not None:
                found.append(one)
        return found


@contextmanager
def _deep_formulas() -> Iterator[None]:
    """Steps are followed by plain recursion, and a chain of steps through related units grows longer than Python's
    own limit. It ends at a circle in any case."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP_ENOUGH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
