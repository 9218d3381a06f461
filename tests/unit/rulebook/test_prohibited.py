"""Is a discount review refused however it is written, and everything else let through?"""

from __future__ import annotations

import pytest

from lift.errors import DisclosureError
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.prohibited import refuse_discount_review
from lift.rulebook.query import read_query


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False)


def put(book: Rulebook, condition: str, each: Level = "family", select: str = "", by: str = "") -> None:
    asked = read_query(book, ["pension_credit"], each, condition, select=select, by=by)
    refuse_discount_review(asked.book, asked.condition, asked.shown)


@pytest.mark.parametrize(
    ("condition", "each", "select"),
    [
        ("has_single_person_discount AND is_couple", "family", ""),
        ("household.has_single_person_discount AND COUNT(adults) > 1", "family", ""),
        ("has_single_person_discount AND COUNT(members) >= 2", "family", ""),
        ("has_single_person_discount AND COUNT(residents WHERE AGE(date_of_birth) >= 18) > 1", "household", ""),
        ("has_single_person_discount AND ANY(non_dependants)", "family", ""),
        ("has_single_person_discount AND SUM(others_18_plus.net_earnings) > 0", "family", ""),
        ("has_single_person_discount AND ANY(residents WHERE gross_income > 100)", "household", ""),
        ("NOT (NOT has_single_person_discount OR NOT is_couple)", "family", ""),
        ("has_single_person_discount = is_couple", "family", ""),
        ("IF(has_single_person_discount, is_couple, FALSE)", "family", ""),
        ("has_single_person_discount", "family", "is_couple"),
        ("is_couple", "family", "has_single_person_discount"),
        ("savings > 3", "family", "has_single_person_discount, COUNT(adults)"),
        ("", "family", "has_single_person_discount, is_couple"),
        ("has_single_person_discount AND pension_credit.severe_disability_addition > 0", "family", ""),
        ("household.has_single_person_discount AND role = 'partner'", "person", ""),
        ("NOT has_single_person_discount OR is_couple", "family", ""),
    ],
)
def test_a_discount_review_is_refused(book: Rulebook, condition: str, each: Level, select: str) -> None:
    with pytest.raises(DisclosureError, match="which would be a discount review") as error:
        put(book, condition, each, select)
    assert error.value.exit_code == 15


@pytest.mark.parametrize("by", ["has_single_person_discount, is_couple"])
def test_counts_of_it_are_refused_too(book: Rulebook, by: str) -> None:
    with pytest.raises(DisclosureError):
        put(book, "", by=by)


@pytest.mark.parametrize(
    ("condition", "each", "select"),
    [
        ("has_single_person_discount AND pension_credit.verdict = 'likely'", "family", "savings"),
        ("has_single_person_discount AND ANY(adults WHERE AGE(date_of_birth) >= 80)", "family", ""),
        ("has_single_person_discount AND SUM(adults.state_pension) < 200", "family", ""),
        ("is_couple AND COUNT(adults) = 2", "family", "household.tenure"),
        # Who misses the discount.
        ("NOT has_single_person_discount AND NOT is_couple AND COUNT(adults) = 1 AND adults_complete", "family", ""),
        ("has_single_person_discount = FALSE AND COUNT(adults) = 1", "family", ""),
        ("has_single_person_discount <> TRUE AND COUNT(adults) = 1", "family", ""),
        ("NOT (has_single_person_discount OR is_couple)", "family", "has_single_person_discount"),
    ],
)
def test_what_looks_for_help_is_let_through(book: Rulebook, condition: str, each: Level, select: str) -> None:
    put(book, condition, each, select)


def test_the_reason_names_what_was_set_against_the_discount(book: Rulebook) -> None:
    with pytest.raises(DisclosureError) as error:
        put(book, "has_single_person_discount AND (is_couple OR COUNT(adults) > 1)")
    assert str(error.value) == (
        "this sets single person discounts against signs of a second adult (COUNT(adults), is_couple), which would "
        "be a "
        "discount review. LIFT only offers help: no list of it may be used to stop, reduce or investigate an award. "
        "Leave one of the two out; to find who misses the discount, ask for NOT has_single_person_discount."
    )
