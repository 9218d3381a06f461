"""What does the compiler know of a value while it writes SQL for it?

A number is a whole number in SQL times an exact `scale` known while compiling: 12.34 pounds is 1234 at 1/100. Sums,
products and quotients by constants only move the scale, so nothing is ever divided before it is rounded, and every
comparison, CEIL and ROUND is decided on whole numbers.

`low` and `high` are SQL; None (or NULL when it runs) is no bound on that side. A *point* has one expression for both,
and NULL then means nothing is known. A *certain* value is never NULL.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from lift.plan.sql import FALSE, NULL, TRUE, Sql, day, integer, scaled, text

PENNY = Fraction(1, 100)


@dataclass(frozen=True)
class Number:
    low: Sql | None
    high: Sql | None
    scale: Fraction
    point: bool
    low_certain: bool
    """The low end is never NULL."""
    high_certain: bool
    least: Fraction | None = None
    """Proved of every completion, known or not (the dictionary's bounds and what follows from them)."""
    most: Fraction | None = None
    size: Fraction = Fraction(0)
    """No value that comes up is larger than this, by the facts' plausible limits: it proves that nothing overflows."""
    constant: Fraction | None = None
    infinite: bool = False
    """`no_limit`: only ever compared."""

    @property
    def certain(self) -> bool:
        return self.point and self.low_certain

    def at_scale(self, scale: Fraction) -> Number:
        """The same number counted in `scale`, which must divide this one's."""
        if self.constant is not None:
            return constant(self.constant, scale)
        factor = self.scale / scale
        assert factor.denominator == 1, "a scale that does not divide"
        if factor == 1:
            return self
        low = None if self.low is None else scaled(self.low, factor.numerator)
        high = low if self.point else (None if self.high is None else scaled(self.high, factor.numerator))
        return replace(self, low=low, high=high, scale=scale)


@dataclass(frozen=True)
class Day:
    low: Sql | None
    high: Sql | None
    point: bool
    low_certain: bool
    high_certain: bool
    constant: date | None = None

    @property
    def certain(self) -> bool:
        return self.point and self.low_certain


@dataclass(frozen=True)
class Flag:
    sql: Sql
    certain: bool
    constant: bool | None = None


@dataclass(frozen=True)
class Code:
    sql: Sql
    certain: bool
    constant: str | None = None


Value = Number | Day | Flag | Code


def constant(value: Fraction, scale: Fraction | None = None) -> Number:
    """A known number; its own scale is the coarsest that holds it whole."""
    if scale is None:
        scale = Fraction(1, value.denominator)
    count = value / scale
    assert count.denominator == 1, "a scale too coarse for the constant"
    sql = integer(count.numerator)
    return Number(sql, sql, scale, True, True, True, value, value, abs(value), value)


def unknown_number(scale: Fraction = Fraction(1)) -> Number:
    return Number(None, None, scale, False, False, False)


def infinity() -> Number:
    return Number(None, None, Fraction(1), False, False, False, infinite=True)


def known_day(value: date) -> Day:
    sql = day(value)
    return Day(sql, sql, True, True, True, value)


def flag(value: bool) -> Flag:


    return Flag(TRUE if value else FALSE, True, value)


def unknown_flag() -> Flag:
    return Flag(NULL, False)


def code(value: str) -> Code:
    return Code(text(value), True, value)
