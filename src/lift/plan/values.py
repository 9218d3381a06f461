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

from lift.errors import EngineError
from lift.plan import sql
from lift.plan.sql import FALSE, NULL, TRUE, Sql

PENNY = Fraction(1, 100)
_BIGINT = Fraction(2**62)
_HUGEINT = Fraction(2**125)


def needs_hugeint(size: Fraction, scale: Fraction) -> bool:
    """Whether a number up to `size` counted in `scale` may pass BIGINT. Raises EngineError if it may pass HUGEINT."""
    count = size / scale
    if count > _HUGEINT:
        raise EngineError(
            "a step could grow past what the engine can count exactly. "
            "Narrow the limits of its facts, or round an earlier step."
        )
    return count > _BIGINT


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
    """Proved of every completion, known or not (the dictionary's bounds and what follows from them): where it is not
    None, the low end is never NULL and never below it."""
    most: Fraction | None = None
    size: Fraction = Fraction(0)
    """No value that comes up is larger than this, by the facts' plausible limits: it proves that nothing overflows."""
    constant: Fraction | None = None
    infinite: bool = False
    """`no_limit` in every row: only ever compared."""
    unlimited: Sql | None = None
    """TRUE in the rows where it is exactly `no_limit` (both ends are then NULL), where it is so in some rows only."""

    @property
    def certain(self) -> bool:
        return self.point and self.low_certain

    def at_scale(self, scale: Fraction) -> Number:
        """The same number counted in `scale`, which must divide this one's."""
        if self.constant is not None:
            return constant(self.constant, scale)
        if self.low is None and self.high is None:
            return replace(self, scale=scale)
        factor = self.scale / scale
        assert factor.denominator == 1, "a scale that does not divide"
        if factor == 1:
            return self
        wide = self.widened(scale)
        low = None if wide.low is None else sql.scaled(wide.low, factor.numerator)
        high = low if wide.point else (None if wide.high is None else sql.scaled(wide.high, factor.numerator))
        return replace(wide, low=low, high=high, scale=scale)

    def widened(self, scale: Fraction, size: Fraction | None = None) -> Number:
        """The number with its ends as HUGEINT, if a result up to `size` (its own) in `scale` could pass BIGINT."""
        if not needs_hugeint(self.size if size is None else size, scale):
            return self
        low = None if self.low is None else sql.cast(self.low, "HUGEINT")
        high = low if self.point else (None if self.high is None else sql.cast(self.high, "HUGEINT"))
        return replace(self, low=low, high=high)


@dataclass(frozen=True)
class Day:
    low: Sql | None
    high: Sql | None
    point: bool
    low_certain: bool
    high_certain: bool
    constant: date | None = None
    first: date = date.min
    """No day that comes up is before this, or after `last`, by the facts' plausible limits."""
    last: date = date.max

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
    # A bare literal would be an INTEGER, which a few thousand pounds times a fine scale would overflow.
    kind = "HUGEINT" if needs_hugeint(abs(value), scale) else "BIGINT"
    literal = sql.cast(sql.integer(count.numerator), kind)
    return Number(literal, literal, scale, True, True, True, value, value, abs(value), value)


def unknown_number(scale: Fraction = Fraction(1)) -> Number:
    return Number(None, None, scale, False, False, False)


def infinity() -> Number:
    return Number(None, None, Fraction(1), False, False, False, infinite=True)


def known_day(value: date) -> Day:
    literal = sql.day(value)
    return Day(literal, literal, True, True, True, value, value, value)


def unknown_day() -> Day:
    return Day(None, None, False, False, False)


def flag(value: bool) -> Flag:
    return Flag(TRUE if value else FALSE, True, value)


def unknown_flag() -> Flag:
    return Flag(sql.cast(NULL, "BOOLEAN"), False)


def code(value: str) -> Code:
    return Code(sql.text(value), True, value)


def unknown_code() -> Code:
    return Code(sql.cast(NULL, "VARCHAR"), False)


def the_same_everywhere(value: Value) -> Value:
    """The value, with what its SQL turned out to be in every row said of it: a constant, or an end that is missing."""
    if value.constant is not None:
        return value
    if isinstance(value, Flag):
        known = sql.literal_value(value.sql)
        return flag(known) if isinstance(known, bool) else value
    if isinstance(value, Code):
        known = sql.literal_value(value.sql)
        return code(known) if isinstance(known, str) else value
    low, high = (None if end is None or sql.is_unknown(end) else end for end in (value.low, value.high))
    if low is not value.low or high is not value.high:
        certain = value.low_certain and low is not None, value.high_certain and high is not None
        value = replace(
            value, low=low, high=high, point=value.point and low is not None,
            low_certain=certain[0], high_certain=certain[1],
        )  # fmt: skip
    ends = [None if end is None else sql.literal_value(end) for end in (low, high)]
    if ends[0] is None or ends[0] != ends[1]:
        return value
    if isinstance(value, Day):
        return known_day(ends[0]) if isinstance(ends[0], date) else value
    return constant(ends[0] * value.scale) if isinstance(ends[0], int) and value.unlimited is None else value
