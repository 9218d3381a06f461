"""Which units are there, and which of them fit together?"""

from __future__ import annotations

import pytest

from lift.rulebook.dimensions import described, parse_unit
from lift.rulebook.expressions import parse_formula
from lift.rulebook.nodes import CONVERSIONS, Type, Unit
from lift.rulebook.scope import FormulaProblem
from tests.unit.rulebook.names_in_scope import SCOPE, unit


@pytest.mark.parametrize(
    "text",
    ["GBP", "GBP/week", "GBP/month", "GBP/year", "GBP/four_weeks", "years", "months", "days", "weeks", "hours/week"],
)
def test_a_unit_is_read_and_written_the_same(text: str) -> None:
    assert str(unit(text)) == text


@pytest.mark.parametrize("text", ["count", "fraction"])
def test_counts_and_fractions_have_no_unit(text: str) -> None:
    assert unit(text) == Type("number", Unit())


@pytest.mark.parametrize(
    "text", ["", "GBP/", "/week", "GBP/fortnight", "EUR", "gbp", "GBP/week/week", "week", "Flag", "number"]
)
def test_what_is_no_unit_is_none(text: str) -> None:
    assert parse_unit(text) is None


def test_products_and_quotients_of_units() -> None:
    a_week, pounds = unit("GBP/week").unit, unit("GBP").unit
    assert a_week is not None
    assert pounds is not None
    assert str(pounds.times(pounds)) == "GBP^2"
    assert str(a_week.times(pounds, -1)) == "/week"
    assert str(pounds.times(pounds, -1)) == "count"
    assert str(a_week.times(a_week)) == "GBP^2/week^2"
    assert a_week.is_money
    assert not Unit().is_money


def test_types_in_words() -> None:
    assert described(unit("GBP/week")) == "a number of GBP/week"
    assert described(unit("count")) == "a number"
    assert described(Type("number")) == "a number"
    assert described(Type("flag")) == "a flag"


@pytest.mark.parametrize(
    "text",
    [
        "need + 0",
        "savings >= 0",
        "need * 0.5",
        "2 * (need + 0)",
        "rooms + 1",
        "AGE(moved_in) >= 18",
        "DAYS_BETWEEN(moved_in, run_day) > 28",
        "IF(is_couple, 0, need)",
        "ADD_MONTHS(run_day, -3) = run_day",
        "ADD_DAYS(run_day, DAYS_BETWEEN(moved_in, run_day)) = run_day",
    ],
)
def test_numbers_that_may_stand_beside_a_unit(text: str) -> None:
    assert parse_formula(text, SCOPE).type.kind in ("number", "flag")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("need + 5", "a bare number stands beside money"),
        ("savings > 16000", "a bare number stands beside money"),
        ("savings IN (1, 2)", "a bare number stands beside money"),
        ("GREATEST(need, 5)", "a bare number stands beside money"),
        ("IF(is_couple, need, 5)", "a bare number stands beside money"),
        ("need + savings", "GBP and GBP/week do not go together"),
        ("rent < need", "GBP/month and GBP/week do not go together"),
        ("AGE(moved_in) + DAYS_BETWEEN(moved_in, run_day)", "days and years do not go together"),
        ("is_couple < TRUE", "flag values have no order"),
        ("run_day + 1", "a number is needed here, this is a date"),
        ("is_couple + 1", "a number is needed here, this is a flag"),
        ("is_couple AND 1", "a condition is needed here, this is a number"),
        ("CEIL(is_couple)", "a number is needed here, this is a flag"),
        ("AGE(need)", "a date is needed here, this is a number of GBP/week"),
        ("ADD_DAYS(need, 1)", "a date is needed here, this is a number of GBP/week"),
        ("ADD_DAYS(run_day, need)", "ADD_DAYS adds days, this is a number of GBP/week"),
        ("ADD_MONTHS(run_day, AGE(moved_in))", "ADD_MONTHS adds months, this is a number of years"),
        ("ADD_DAYS(run_day, 0.5)", "ADD_DAYS adds whole days"),
        ("LEAST(is_couple, TRUE)", "flag values have no order"),
        ("MONTH_TO_WEEK_12_52(need)", "MONTH_TO_WEEK_12_52 converts GBP/month, this is a number of GBP/week"),
        ("MONTH_TO_WEEK_12_52()", "MONTH_TO_WEEK_12_52 converts GBP/month, this is nothing"),
        ("need / 0", "division by 0"),
        ("need / (1 - 1)", "division by something that may be 0"),
        ("need / rooms", "division by something that may be 0"),
        ("need / is_couple", "a number is needed here, this is a flag"),
        ("costs()", "costs is looked up by 1, not 0"),
        ("costs(need)", "key rooms of costs is a number, this is a number of GBP/week"),
        ("SUM(adults.born)", "a number is needed here, this is a date"),
        ("ANY(adults.wage)", "a condition is needed here, this is a number of GBP/week"),
        ("MIN(adults.is_ill)", "a number is needed here, this is a flag"),
    ],
)
def test_what_does_not_fit_together(text: str, what: str) -> None:
    with pytest.raises(FormulaProblem) as raised:
        parse_formula(text, SCOPE)
    assert raised.value.what == what


def test_every_conversion_takes_and_gives_units_that_exist() -> None:
    for source, target, factor in CONVERSIONS.values():
        assert unit(source).kind == unit(target).kind == "number"
        assert factor is None or factor > 0
