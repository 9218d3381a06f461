"""What is run, and what is said, on a day for which not every rule is up to date?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lift.rulebook.check import amounts_of
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.stages.due import awaited, up_to_date

RULES = ("benefit_cap", "council_tax_reduction_not_claimed", "pension_credit")
HOW = "(CONTRIBUTING.md, April rates in an afternoon)."


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The rules with days of their own, whatever year their rates have come to."""
    read = load_rulebook(examples=False)
    rules = {name: replace(read.rules[name], covers=(date(2025, 4, 7), date(2028, 4, 9))) for name in RULES}
    local = "council_tax_reduction_not_claimed"
    rules[local] = replace(rules[local], name="Local help", covers=(date(2025, 4, 7), date(2027, 3, 31)))
    running_out = {amount.name for amount in amounts_of(rules["pension_credit"], read) if amount.covers_to is not None}
    assert running_out
    amounts = {
        name: replace(amount, covers_to=date(2027, 4, 11) if name in running_out else None)
        for name, amount in read.amounts.items()
    }
    return replace(read, rules=rules, amounts=amounts)


def test_the_last_day_that_every_rule_covers(book: Rulebook) -> None:
    due = up_to_date(book, RULES, date(2027, 3, 31))
    assert (due.rules, due.warnings) == (RULES, ())


def test_the_day_after_a_rule_is_left_out_and_named(book: Rulebook) -> None:
    due = up_to_date(book, RULES, date(2027, 4, 1))
    assert due.rules == ("benefit_cap", "pension_credit")
    assert due.warnings == (
        f"Local help is not in this run: its rule covers 7 April 2025 to 31 March 2027. Bring it up to date {HOW}",
    )


def test_figures_hold_on_their_last_day_and_have_run_out_on_the_next(book: Rulebook) -> None:
    assert up_to_date(book, ["pension_credit"], date(2027, 4, 11)).warnings == ()
    due = up_to_date(book, ["pension_credit"], date(2027, 4, 12))
    assert due.rules == ("pension_credit",)
    assert due.warnings == (
        "April rates are due: figures of Pension Credit are known to 11 April 2027 only, so nobody "
        f"is called likely on them. Bring them up to date {HOW}",
    )


def test_a_day_that_no_rule_covers_leaves_none_out(book: Rulebook) -> None:
    assert up_to_date(book, RULES, date(2019, 1, 1)).rules == RULES


def test_families_last_told_at_the_rates_before_are_said_and_nothing_of_none() -> None:
    since = date(2027, 4, 12)
    assert awaited(0, since) == ()
    assert awaited(1, since) == (
        "New rates since 12 April 2027: the Universal Credit of 1 family was last told before them. Until notices at "
        "the new rates come, lists that rest on it may lack them.",
    )
    assert awaited(1412, since)[0].startswith(
        "New rates since 12 April 2027: the Universal Credit of 1,412 families was last told before them."
    )
