"""Does what an example says would follow from an award come out so?

`if_awarded: {RULE: 86.05}` is by how much the first part of what the family receives under that rule changes, a number
or {low, high}; `true`, `false` and `null` say whether an entitlement begins there, or that it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from lift.engines.base import Engine
from lift.plan.scenario import mark_units, scenario
from lift.rulebook.answers import Answer, Range, Value
from lift.rulebook.model import Example, Rule, Rulebook
from lift.rulebook.units import Units

WANTED = "if_awarded"


def changes(
    engine: Engine, book: Rulebook, rule: Rule, units: Units, example: Example, answer: Answer
) -> Mapping[str, Value]:
    """For each rule that the example names, what would change for the family that the answer is about."""
    wanted: Mapping[str, Any] = example.then[WANTED]
    supposed = scenario(book, [rule.id], list(book.rules), example.day)
    marked = mark_units(units, rule.level, {answer.key}, supposed.marks[rule.id])
    found = engine.with_rulebook(supposed.book).answers(supposed.rules, marked)
    names = {one.rule: one.name for one in supposed.affected}
    own = _own(units, answer)
    by_rule: dict[str, Answer] = {}
    for one in found:
        if one.key in own:
            by_rule.setdefault(names[one.rule], one)
    return {name: _told(by_rule.get(name), value) for name, value in wanted.items()}


def _own(units: Units, answer: Answer) -> Sequence[str]:
    """The keys of the unit itself, of its family and home, and of whoever is of its family."""
    (unit,) = (one for one in units.of(answer.level) if one.key == answer.key)
    family = [one.key for one in units.units if unit.family is not None and one.family == unit.family]
    return [unit.key, *family, unit.household]


def _told(one: Answer | None, wanted: Any) -> Value:
    """What the scenario's rule tells, in the form in which the example asks it. Where a rule does not move nothing is
    told of it."""
    if wanted is None or isinstance(wanted, bool):
        if one is None or one.eligible is False or one.advice_first is True:
            return False
        return True if one.eligible is True and one.advice_first is False else None
    if one is None or not one.worth:
        return Range(_NOUGHT, _NOUGHT)
    return next(iter(one.worth.values()))


_NOUGHT = Fraction(0)
