"""Are names and sums put in words that can be read out, and sums so that they come out when done by hand?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import AmountRef, Node
from lift.rulebook.plain import Put, is_sum, plain_conditions, plain_name, plain_sum

_RULES = Path(__file__).parents[3] / "rules"


@pytest.fixture(scope="module")
def formula() -> Callable[[str], Node]:
    book: Rulebook = load_rulebook(_RULES, examples=False)
    return lambda name: book.steps[name].formulas[-1].node


def _figure(amount: AmountRef) -> Put:
    name = plain_name(amount.name)
    return Put(f"{name} (£1)", is_one=name.startswith("pound"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pension_credit.of_age", "of age"),
        ("gets_pip_daily_living", "gets PIP daily living"),
        ("gets_income_based_jobseekers_allowance", "gets income-based Jobseeker's Allowance"),
        ("has_council_tax_reduction", "has Council Tax Reduction"),
        ("is_exempt_from_council_tax", "is exempt from Council Tax"),
        ("pipe", "pipe"),
    ],
)
def test_a_name_in_words(name: str, words: str) -> None:
    assert plain_name(name) == words


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("pension_credit.guarantee_credit", "guarantee − income, but not less than 0"),
        ("pension_credit.income", "pensions and other income of all adults + counted earnings + deemed income"),
        (
            "pension_credit_additions.carer_addition",
            "carer rate (£1) × number of adults (entitled to Carer's Allowance)",
        ),
        (
            "deemed_income.deemed_income",
            "deemed rate (£1) × ((savings − capital ignored (£1), but not less than 0) ÷ deemed step (£1), rounded up "
            "to a whole number)",
        ),
        ("benefit_cap.child_benefit_a_month", "Child Benefit × 52 ÷ 12"),
        ("benefit_cap.overcharge_now", "overcharge of the latest period"),
        # What changes the unit alone goes into no sum.
        ("benefit_cap.overcharge_of_the_period", "overcharge"),
        ("council_tax_reduction_not_claimed.share", "the support share for excess income"),
        ("council_tax_reduction_not_claimed.weekly_charge", "Council Tax charge × 7 ÷ the days of the year"),
        ("council_tax_reduction_not_claimed.reduction", "(weekly charge − deductions, but not less than 0) × share"),
        # With conditions it is no sum.
        ("pension_credit.standard_guarantee", None),
        ("benefit_cap.overcharge", None),
        ("free_school_meals.earnings_one_period_before", None),
    ],
)
def test_a_sum_in_words(formula: Callable[[str], Node], step: str, words: str | None) -> None:
    assert plain_sum(formula(step), _figure) == words
    assert is_sum(formula(step)) is (words is not None)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("pension_credit.eligible", "habitually resident, of age and is payable"),
        (
            "attendance_allowance.eligible",
            "habitually resident, has reached pension age, does not get another disability benefit, does not live in "
            "funded care home and needs care",
        ),
        ("benefit_cap.is_exempt_by_earnings", "period earnings is at least earnings threshold (£1)"),
        # Nested conditions would mislead.
        ("benefit_cap.is_exempt", None),
        ("pension_credit.of_age", None),
    ],
)
def test_conditions_in_words(formula: Callable[[str], Node], step: str, words: str | None) -> None:
    assert plain_conditions(formula(step), _figure) == words
