"""What do the pension-age rules themselves say that an award changes, where a claim can cost somebody an addition?"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from lift.engines.reference import ReferenceEngine
from lift.plan.scenario import mark_of, mark_units, scenario
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import Level
from lift.trial.given import laid_over, read_given

DAY = date(2026, 5, 1)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False, bases=True)


def change(book: Rulebook, base: str, given: dict[str, Any], awarded: str, unit: str, of: str) -> Any:
    """By how much a rule's worth a week moves, low and high, if an award is made to a unit."""
    made = scenario(book, [awarded], [of], DAY)
    units = read_given(book, laid_over(book.bases[base], given))
    level: Level = book.rules[awarded].level
    marked = mark_units(units.units, level, frozenset([units.key(unit)]), mark_of(awarded))
    (answer,) = ReferenceEngine(made.book, DAY).answers(made.rules, marked)
    worth = answer.worth["weekly"]
    return worth.low, worth.high


_BOTH_DISABLED = {
    "family": {"gets_pension_credit": True, "gets_guarantee_credit": True},
    "members": [{"gets_attendance_allowance": True}, {"gets_attendance_allowance": True}],
}


def test_a_carer_who_is_paid_costs_the_partner_an_addition(book: Rulebook) -> None:
    """48.15 more as a carer, 86.05 less for the partner, and the 26.45 that are paid count as income."""
    members = [{"gets_attendance_allowance": True, "state_pension": 60}, {"gets_attendance_allowance": True}]
    given = {**_BOTH_DISABLED, "members": members}
    lost = Fraction("48.15") - Fraction("86.05") - Fraction("26.45")
    assert change(book, "pensioner_couple", given, "carers_allowance", "members[0]", "pension_credit") == (lost, lost)


def test_underlying_entitlement_costs_nobody_anything(book: Rulebook) -> None:
    gained = Fraction("48.15")
    moved = change(book, "pensioner_couple", _BOTH_DISABLED, "carers_allowance", "members[0]", "pension_credit")
    assert moved == (gained, gained)
