"""What can a number or a date still be, once parts of it are not known?

Plain arithmetic on `Range`, one function for each row of the table in `docs/expressions.md`. None is no bound on
that side. Nothing is shared with the plan's ranges: tests compare the two, and shared code would agree with itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction

from lift.errors import EngineError
from lift.rulebook.answers import Range

Point = Fraction | date

NOTHING_KNOWN = Range(None, None)


def exactly(point: Point) -> Range:
    return Range(point, point)


def is_point(value: Range) -> bool:
    return value.low is not None and value.low == value.high


def rank(point: Point) -> Fraction | int:
    """Numbers and dates on one line, so that both are compared by the same code."""
    return point.toordinal() if isinstance(point, date) else point


def numbers(value: Range) -> tuple[Fraction | None, Fraction | None]:
    """The two ends, which must be numbers."""
    low, high = value.low, value.high
    if isinstance(low, date) or isinstance(high, date):
        raise EngineError("a date stands where a number is needed; check the formula's types")
    return low, high


def dates(value: Range) -> tuple[date | None, date | None]:
    """The two ends, which must be dates."""
    low, high = value.low, value.high
    if isinstance(low, Fraction) or isinstance(high, Fraction):
        raise EngineError("a number stands where a date is needed; check the formula's types")
    return low, high


# --- the least and the greatest of several ends ------------------------------------------------------------------


def _known(ends: Iterable[Point | None]) -> list[Point]:
    return [end for end in ends if end is not None]


def lowest_known(ends: Iterable[Point | None]) -> Point | None:
    return min(_known(ends), key=rank, default=None)


def highest_known(ends: Iterable[Point | None]) -> Point | None:
    return max(_known(ends), key=rank, default=None)


def lowest_if_all_known(ends: Iterable[Point | None]) -> Point | None:
    every = list(ends)
    return None if None in every else lowest_known(every)


def highest_if_all_known(ends: Iterable[Point | None]) -> Point | None:
    every = list(ends)
    return None if None in every else highest_known(every)


def hull(ranges: list[Range]) -> Range:
    """Everything that any of them allows."""
    return Range(lowest_if_all_known(r.low for r in ranges), highest_if_all_known(r.high for r in ranges))


def greatest(ranges: list[Range]) -> Range:
    """One known low is enough to hold the greatest up; one missing high lets it go anywhere."""
    return Range(highest_known(r.low for r in ranges), highest_if_all_known(r.high for r in ranges))


def least(ranges: list[Range]) -> Range:
    return Range(lowest_if_all_known(r.low for r in ranges), lowest_known(r.high for r in ranges))


def intersection(ranges: list[Range]) -> Range | None:
    """What all of them allow; None where they contradict each other."""
    both = Range(highest_known(r.low for r in ranges), lowest_known(r.high for r in ranges))
    empty = both.low is not None and both.high is not None and rank(both.low) > rank(both.high)
    return None if empty else both


# --- arithmetic --------------------------------------------------------------------------------------------------


def _sum(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def add(a: Range, b: Range) -> Range:
    (a_low, a_high), (b_low, b_high) = numbers(a), numbers(b)
    return Range(_sum(a_low, b_low), _sum(a_high, b_high))


def negate(a: Range) -> Range:
    low, high = numbers(a)
    return Range(None if high is None else -high, None if low is None else -low)


def subtract(a: Range, b: Range) -> Range:
    return add(a, negate(b))


#: A number that may be infinite: (-1, 0) is below and (1, 0) above every (0, x), and tuples compare just like that.
_Extended = tuple[int, Fraction]


def _extended(a: Range) -> tuple[_Extended, _Extended]:
    low, high = numbers(a)
    zero = Fraction(0)
    return ((-1, zero) if low is None else (0, low)), ((1, zero) if high is None else (0, high))


def _sign(a: _Extended) -> int:
    infinity, finite = a
    return infinity or (finite > 0) - (finite < 0)


def _corner(a: _Extended, b: _Extended) -> _Extended:
    """The product of two ends. Nothing times no bound is nothing: an unknown rate for no children taints nobody."""
    sign = _sign(a) * _sign(b)
    if sign == 0:
        return (0, Fraction(0))
    return (sign, Fraction(0)) if a[0] or b[0] else (0, a[1] * b[1])


def multiply(a: Range, b: Range) -> Range:
    corners = [_corner(x, y) for x in _extended(a) for y in _extended(b)]
    low, high = min(corners), max(corners)
    return Range(None if low[0] else low[1], None if high[0] else high[1])


def divide(a: Range, k: Range) -> Range:
    """`k` is a constant or an amount. One that may be nought says nothing about the quotient."""
    low, high = numbers(k)
    above, below = low is not None and low > 0, high is not None and high < 0
    if not above and not below:
        return NOTHING_KNOWN
    # One over no bound comes as near to nought as one likes.
    least, most = (Fraction(0) if end is None else 1 / end for end in (high, low))
    return multiply(a, Range(least, most))


def absolute(a: Range) -> Range:
    low, high = numbers(a)
    farthest = None if low is None or high is None else max(abs(low), abs(high))
    if low is not None and low >= 0:
        return Range(low, farthest)
    if high is not None and high <= 0:
        return Range(-high, farthest)
    return Range(Fraction(0), farthest)


def each_end(a: Range, function: Callable[[Fraction], Fraction]) -> Range:
    """A function that never falls as its argument rises, such as a rounding, put to both ends."""
    low, high = numbers(a)
    return Range(None if low is None else function(low), None if high is None else function(high))


# --- comparison: true, false, or None where both are still possible ----------------------------------------------


def less(a: Range, b: Range) -> bool | None:
    if a.high is not None and b.low is not None and rank(a.high) < rank(b.low):
        return True
    if a.low is not None and b.high is not None and rank(a.low) >= rank(b.high):
        return False
    return None


def less_or_equal(a: Range, b: Range) -> bool | None:
    greater = less(b, a)
    return None if greater is None else not greater


def equal(a: Range, b: Range) -> bool | None:
    if less(a, b) is True or less(b, a) is True:
        return False
    return True if is_point(a) and is_point(b) else None
