"""How is money rounded? Whole pence throughout; a fraction of a penny goes to the nearest, half upwards."""

from __future__ import annotations

from fractions import Fraction


def nearest(exact: Fraction) -> int:
    """The nearest penny of an amount of nought or more, half a penny upwards."""
    return (exact.numerator * 2 + exact.denominator) // (exact.denominator * 2)


def percent(pence: int, share: int) -> int:
    return nearest(Fraction(pence * share, 100))


def week_to_month(pence: int) -> int:
    return nearest(Fraction(pence * 52, 12))


def month_to_week(pence: int) -> Fraction:
    return Fraction(pence * 12, 52)


def year_to_week(pence: int, days: int) -> Fraction:
    return Fraction(pence * 7, days)


def pounds(pence: int) -> str:
    """Pounds and pence as suppliers write them: 1234 -> 12.34."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"
