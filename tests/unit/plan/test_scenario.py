"""What do the rules alone already show of an award: whose answers it can move, and which way?"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from lift.engines.reference import ReferenceEngine
from lift.plan.pence import Pence
from lift.plan.scenario import mark_units, scenario
from lift.rulebook.answers import Range
from lift.rulebook.load import load_rulebook
from lift.rulebook.nodes import StepRef, Type
from lift.trial.given import laid_over, read_given

DAY = date(2026, 11, 22)
BOOK = load_rulebook(examples=False, bases=True)


def directions(*awards: str) -> dict[str, str]:
    return {one.name: one.direction for one in scenario(BOOK, awards, list(BOOK.rules), DAY).affected}


def test_pension_credit_only_ever_opens() -> None:
    found = directions("pension_credit")
    opened = ("cold_weather_payment", "free_tv_licence", "help_with_nhs_costs", "warm_home_discount")
    assert {found[name] for name in opened} == {"up"}
    assert "pension_credit" not in found, "what it is worth does not rest on its being paid"


def test_a_carer_may_cost_the_other_an_addition() -> None:
    assert directions("carers_allowance")["pension_credit"] == "either"


def test_attendance_allowance_moves_pension_credit_and_what_follows_from_it() -> None:
    found = directions("attendance_allowance")
    assert found["help_with_nhs_costs"] == "up"
    assert found["pension_credit"] in ("up", "either")


def test_what_changes_nothing_elsewhere_affects_nobody() -> None:
    assert directions("benefit_cap") == {}


def test_rules_that_do_not_cover_the_day_are_left_out() -> None:
    made = scenario(BOOK, ["pension_credit"], list(BOOK.rules), date(2025, 8, 23))
    assert "warm_home_discount" not in {one.name for one in made.affected}


def test_two_awards_at_once_move_one_upon_the_other() -> None:
    """Attendance Allowance for both of a couple who care for each other, and their carer's entitlement: two severe
    disability additions and two carer additions, 172.10 + 96.30 more. No Carer's Allowance is paid, so no more income
    counts."""
    made = scenario(BOOK, ["attendance_allowance", "carers_allowance"], ["pension_credit"], DAY)
    members = [{"date_of_birth": date(1956, 1, 1), "state_pension": 100}, {"state_pension": 100}]
    given = read_given(BOOK, laid_over(BOOK.bases["pensioner_couple"], {"members": members}))
    units = given.units
    for rule, mark in made.marks.items():
        level = BOOK.rules[rule].level
        units = mark_units(units, level, {given.key("members[0]"), given.key("members[1]")}, mark)
    (answer,) = ReferenceEngine(made.book, DAY).answers(made.rules, units)
    more = Fraction("172.10") + Fraction("96.30")
    assert answer.worth["weekly"] == Range(more, more)


@pytest.mark.parametrize(
    ("step", "is_whole"),
    [
        ("pension_credit.guarantee", True),
        ("pension_credit.amount_a", False),
        ("pension_credit.award_a_week", True),
        ("deemed_income.deemed_income", True),
    ],
)
def test_what_is_always_whole_pence(step: str, is_whole: bool) -> None:
    found = BOOK.steps[step]
    node = StepRef(Type("number"), found.formulas[0].node.at, found.level, step)
    assert Pence(BOOK, DAY, BOOK.steps).always(node) is is_whole
