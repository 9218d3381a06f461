"""Is it said in plain words what an award would change, and who may lose by it?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lift.engines.duckdb.awards import Change
from lift.rulebook.load import load_rulebook
from lift.stages.rank.follows import _cost, _in_words

BOOK = load_rulebook(examples=False)
ROW = {"rule": "attendance_allowance", "reference": "p1", "family_key": "f1", "yearly_low": None, "yearly_high": None}
TAX = "Council Tax Reduction not claimed on Universal Credit (Middlemarch)"


def change(low: str | None, high: str | None, **other: Any) -> Change:
    given: dict[str, Any] = {
        "case": 1, "rule": "pension_credit", "level": "family", "unit": "f1", "family": "f1", "already": True,
        "due_before": True, "due_after": True,
        "parts": {"weekly": tuple(None if end is None else Decimal(end) for end in (low, high))},
    }  # fmt: skip
    return Change(**(given | other))


@pytest.mark.parametrize(
    ("low", "high", "said", "cost"),
    [
        ("86.05", "86.05", "about £86 a week more", ""),
        ("-86.05", "-86.05", "about £86 a week less", "yes"),
        ("-0.01", "-0.01", "about 1p a week less", "yes"),
        ("0.00", "86.05", "up to £86 a week more", ""),
        ("-86.05", "0.00", "up to £86 a week less", "check"),
        ("-86.05", "-0.01", "between 1p and £86 a week less", "yes"),
        ("5.00", None, "at least £5.00 a week more", ""),
        ("0.00", None, "more or the same, by how much is not known", ""),
        (None, None, "may change, by how much is not known", "check"),
        ("-2.00", "3.00", "may change, £2.00 a week less to £3.00 a week more", "check"),
        (None, "3.00", "may change, by how much is not known", "check"),
    ],
)
def test_what_is_paid_moves(low: str | None, high: str | None, said: str, cost: str) -> None:
    one = change(low, high)
    assert _in_words(BOOK, ROW, [one]) == (f"{BOOK.rules['pension_credit'].name}: {said}",)
    assert _cost(BOOK, ROW, [one]) == cost


@pytest.mark.parametrize(
    ("rule", "family", "cost"),
    [
        ("housing_benefit_pension_age", "f1", ""),
        ("council_tax_reduction_pension_age", "f1", ""),
        ("housing_benefit_pension_age", "f2", "yes"),
        ("housing_benefit_pension_age", None, "yes"),
        ("attendance_allowance", "f1", "yes"),
    ],
)
def test_a_fall_that_pension_credit_itself_makes_up_for_costs_its_own_family_nothing(
    rule: str, family: str | None, cost: str
) -> None:
    """But the page says so, and somebody else's loss is one all the same."""
    row = ROW | {"rule": "pension_credit", "reference": "f1"}
    one = change("-4.39", "-4.39", rule=rule, family=family)
    assert _cost(BOOK, row, [one]) == cost
    assert _cost(BOOK, ROW, [one]) == "yes"
    if family == "f1":
        assert _in_words(BOOK, row, [one]) == (f"{BOOK.rules[rule].name}: about £4.39 a week less",)


@pytest.mark.parametrize(
    ("already", "before", "after", "said"),
    [
        (None, None, None, "{}, if they get it: about £10 a week more"),
        (None, False, True, "Opens {}, about £10 a week"),
        (False, False, True, "Opens {}, about £10 a week"),
        (False, True, True, "{}, not claimed yet: about £10 a week more"),
        (False, None, None, "{}, not claimed yet: about £10 a week more"),
    ],
)
def test_what_is_not_paid_is_told_apart(
    already: bool | None, before: bool | None, after: bool | None, said: str
) -> None:
    one = change("10.00", "10.00", already=already, due_before=before, due_after=after)
    assert _in_words(BOOK, ROW, [one]) == (said.format(BOOK.rules["pension_credit"].name),)


@pytest.mark.parametrize(
    ("low", "high", "before", "after", "said"),
    [
        ("180.00", "180.00", False, True, ("Opens Free TV licence, about £180 a year",)),
        ("0.00", "180.00", False, None, ("May open Free TV licence, up to £180 a year",)),
        (None, None, False, None, ("May open Free TV licence",)),
        ("0.00", "0.00", True, True, ()),
        ("0.00", "0.00", False, False, ()),
    ],
)
def test_what_is_opened_is_told_with_its_amount(
    low: str | None, high: str | None, before: bool, after: bool | None, said: tuple[str, ...]
) -> None:
    ends = tuple(None if end is None else Decimal(end) for end in (low, high))
    one = change(low, high, rule="free_tv_licence", already=False, due_before=before, due_after=after)
    assert _in_words(BOOK, ROW, [replace(one, parts={"yearly": ends})]) == said  # type: ignore[dict-item]  # two ends


@pytest.mark.parametrize(
    ("already", "before", "after", "said"),
    [
        (False, False, True, ("Opens Free school meals",)),
        (False, None, True, ("May open Free school meals",)),
        (False, False, None, ("May open Free school meals",)),
        (False, True, True, ()),
        (True, False, True, ()),
        (False, False, False, ()),
    ],
)
def test_what_is_given_in_kind_begins_or_not(
    already: bool, before: bool | None, after: bool | None, said: tuple[str, ...]
) -> None:
    one = change(None, None, rule="free_school_meals", already=already, due_before=before, due_after=after, parts={})
    assert _in_words(BOOK, ROW, [one]) == said
    assert _cost(BOOK, ROW, [one]) == ""


def test_what_is_neither_paid_nor_due_cannot_be_lost() -> None:
    assert _in_words(BOOK, ROW, [change("-5.00", "0.00", already=False, due_before=None)]) == ()
    assert _in_words(BOOK, ROW, [change("-5.00", "1.00", already=False, due_before=None)]) != ()
    assert _in_words(BOOK, ROW, [change("-5.00", "0.00", already=None, due_before=None)]) != ()
    assert _cost(BOOK, ROW, [change("-5.00", "-5.00", already=False, due_before=False)]) == ""
    assert _cost(BOOK, ROW, [change("-5.00", "-5.00", already=False, due_before=None)]) == ""
    assert _cost(BOOK, ROW, [change("-5.00", "-5.00", already=False, due_before=True)]) == "yes"
    assert _cost(BOOK, ROW, [change("-5.00", "-5.00", already=None, due_before=None)]) == "yes"


def test_what_is_opened_anyway_is_not_told_again() -> None:
    one = change("-100.00", "100.00", rule="winter_fuel_payment", already=False, due_before=True, due_after=True)
    assert _in_words(BOOK, ROW, [one]) == ()
    assert _cost(BOOK, ROW, [one]) == ""


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("-5.00", "-5.00", ("Somebody else in the home would get less",)),
        ("-5.00", "5.00", ("Somebody else in the home may get less: not known",)),
        ("5.00", "5.00", ()),
    ],
)
def test_of_another_family_of_the_home_neither_award_nor_amount_is_told(
    low: str, high: str, said: tuple[str, ...]
) -> None:
    other = change(low, high, rule="council_tax_reduction_not_claimed", unit="f2", family="f2")
    told = _in_words(BOOK, ROW, [other])
    assert told == said
    assert not any(TAX in line or "£" in line for line in told)


@pytest.mark.parametrize(
    ("least", "changes", "cost"),
    [
        ("260.00", [change("-5.00", "-5.00")], ""),
        ("260.00", [change("-5.01", "-5.01")], "yes"),
        ("259.99", [change("-5.00", "-5.00")], "yes"),
        ("260.00", [change("-5.01", "3.00")], "check"),
        ("260.00", [change("-5.00", "3.00")], ""),
        ("260.00", [change("-3.00", "-3.00"), change("-2.00", "-2.00", rule="benefit_cap")], ""),
        ("260.00", [change("-3.00", "-3.00"), change("-2.01", "-2.01", rule="benefit_cap")], "yes"),
        ("0.00", [change("86.05", "86.05"), change("-1.00", "-1.00", rule="benefit_cap")], "yes"),
        ("260.00", [change(None, "3.00")], "check"),
        (None, [change("-5.00", "-5.00")], "yes"),
        ("260.00", [change("-1.00", "-1.00", family="f2")], "yes"),
        ("260.00", [change("-1.00", "-1.00", family=None)], "yes"),
        ("260.00", [change("-1.00", "-1.00", parts={"one_off": (Decimal(-1), Decimal(-1))})], "yes"),
    ],
)
def test_what_an_award_surely_brings_makes_up_for_what_falls(
    least: str | None, changes: list[Change], cost: str
) -> None:
    """5 pounds a week are 260 a year; what the family gets makes up for nobody else's loss."""
    row = ROW | {"yearly_low": None if least is None else Decimal(least)}
    assert _cost(BOOK, row, changes) == cost


@pytest.mark.parametrize(("high", "cost"), [("-0.20", ""), ("-0.21", "yes"), (None, "")])
def test_what_surely_takes_away_more_than_it_brings_costs_whatever_is_said_of_it(high: str | None, cost: str) -> None:
    """Savings credit of 20p a week, and Housing Benefit that is no longer paid at all."""
    row = ROW | {"rule": "pension_credit", "yearly_low": Decimal(0), "yearly_high": Decimal("10.40")}
    assert _cost(BOOK, row, [change("-0.55", high, rule="housing_benefit_pension_age")]) == cost
