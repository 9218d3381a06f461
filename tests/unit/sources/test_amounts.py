"""Do pence, pounds and changes of period come out exactly, to the penny?"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lift.sources.amounts import CONVERSIONS, pattern, pounds_sql, unit_problem


def pounds(text: str, unit: str, convert: str | None = None) -> Decimal:
    sql = pounds_sql("raw", unit, convert)
    row = duckdb.execute(f"SELECT {sql}, typeof({sql}) FROM (SELECT ? AS raw)", [text]).fetchone()
    assert row is not None
    assert row[1] == "DECIMAL(12,2)"
    assert isinstance(row[0], Decimal)
    return row[0]


def fits(text: str, unit: str) -> bool:
    row = duckdb.execute("SELECT regexp_full_match(?, ?)", [text, pattern(unit)]).fetchone()
    return row is not None and bool(row[0])


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("18490", "pence/week", "184.90"),
        ("1", "pence", "0.01"),
        ("-5", "pence", "-0.05"),
        ("007", "pence", "0.07"),
        ("9999999999", "pence", "99999999.99"),
        ("184.9", "GBP/week", "184.90"),
        ("£1,712.44", "GBP/year", "1712.44"),
        ("-£12", "GBP", "-12.00"),
        ("99999999.99", "GBP", "99999999.99"),
    ],
)
def test_amounts_are_read_exactly(text: str, unit: str, expected: str) -> None:
    assert fits(text, unit)
    assert pounds(text, unit) == Decimal(expected)


@pytest.mark.parametrize("text", ["12.5", "1e3", "+5", "£5", " 5", "12345678901", "0x1F", "1_000", "-"])
def test_what_is_no_whole_pence_is_refused(text: str) -> None:
    assert not fits(text, "pence/week")


@pytest.mark.parametrize("text", ["12.345", "1e3", "+5", "5.", ".5", "1,23", "12,34", "NaN", "inf", "123456789", "5 "])
def test_what_is_no_pounds_is_refused(text: str) -> None:
    assert not fits(text, "GBP")


@given(st.integers(-99_999_999, 99_999_999), st.sampled_from(sorted(CONVERSIONS)))
def test_a_change_of_period_is_rounded_once_half_away_from_zero(pence: int, name: str) -> None:
    conversion = CONVERSIONS[name]
    exact = Fraction(pence * conversion.numerator, conversion.denominator)
    expected = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    written = f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"
    assert pounds(written, f"GBP/{conversion.source}", name) == expected.scaleb(-2)


def test_the_largest_amount_survives_the_largest_conversion() -> None:
    assert pounds("99999999.99", "GBP/week", "week_to_year_52") == Decimal("5199999999.48")


@pytest.mark.parametrize(
    ("unit", "convert", "problem"),
    [
        ("pence/week", None, None),
        ("GBP/year", "year_to_week_365", None),
        ("EUR/week", None, "unit EUR/week is neither pence nor GBP"),
        ("GBP/year", None, "unit GBP/year must be converted to GBP/week: name one of "),
        (
            "GBP/year",
            "month_to_week_52_12",
            "month_to_week_52_12 goes from month to week, not from GBP/year to ",
        ),
        ("GBP/year", "guess", "no conversion is called guess: name one of "),
    ],
)
def test_a_unit_is_converted_by_name_or_not_at_all(unit: str, convert: str | None, problem: str | None) -> None:
    found = unit_problem(unit, "GBP/week", convert)
    assert found == problem or (problem is not None and found is not None and found.startswith(problem))
