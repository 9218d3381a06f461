"""Does what an example says would follow from an award come out so?

`if_awarded: {RULE: 86.05}` is by how much the first part of what the family receives under that rule changes, a number
or {low, high}; `true`, `false` and `null` say whether an entitlement begins there, or that it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from fractions import Fraction
from typing import Any

from lift.engines.base import Engine
from lift.plan.scenario import mark_units, scenario
from lift.rulebook.answers import Answer, Range, Value
from lift.rulebook.model import Example, Rule, Rulebook
from lift.rulebook.units import Units

WANTED = "if_awarded"


def changes(
    engine: Engine, book: Rulebook, rule: Rule, day: date, units: Units, asked: Mapping[int, tuple[Example, Answer]]
) -> Mapping[int, Mapping[str, Value]]:
    """For each example, with the answer that it is about, what would change for that family under each rule that the
    example names. All are supposed at once: no two of them are of one home."""
    supposed = scenario(book, [rule.id], list(book.rules), day)
    keys = {answer.key for _, answer in asked.values()}
    found = engine.with_rulebook(supposed.book).answers(
        supposed.rules, mark_units(units, rule.level, keys, supposed.marks[rule.id])
    )
    names = {one.rule: one.name for one in supposed.affected}
    told: dict[int, Mapping[str, Value]] = {}
    for number, (example, answer) in asked.items():
        own = _own(units, answer)
        by_rule: dict[str, Answer] = {}
        for one in found:
            if one.key in own:
                by_rule.setdefault(names[one.rule], one)
        wanted: Mapping[str, Any] = example.then[WANTED]
        told[number] = {name: _told(by_rule.get(name), value) for name, value in wanted.items()}
    return told


def _own(units: Units, answer: Answer) -> Set[str]:
    """The keys of the unit itself, of its family and home, and of whoever is of its family."""
    (unit,) = (one for one in units.of(answer.level) if one.key == answer.key)
    family = {one.key for one in units.units if unit.family is not None and one.family == unit.family}
    return {unit.key, *family, unit.household}


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
