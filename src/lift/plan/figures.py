"""Which figure is in force, and which of several dated ones may be?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from lift.errors import CoverageError
from lift.plan import choices, ranges, sql
from lift.plan.conditions import compare
from lift.plan.sql import Sql
from lift.plan.values import (
    Day,
    Number,
    Value,
    code,
    constant,
    flag,
    infinity,
    known_day,
    unknown_code,
    unknown_day,
    unknown_flag,
    unknown_number,
)
from lift.rulebook.model import Amount, Cell, Special
from lift.rulebook.nodes import Type

Version = TypeVar("Version")


def version_day(name: str, day: date) -> date:
    """The day that picks a version where the plan's own day does: the run's day, or the Monday of its benefit week."""
    return day - timedelta(days=day.weekday()) if name == "benefit_week" else day


def cell_value(cell: Cell | None, kind: Type, *, proved: bool, lapsed: bool = False, by_fact: bool = False) -> Value:
    """What a cell counts as. Proved: a weak or lapsed figure is its `within`, or nothing. Nothing is known
    where there is no cell, or where a fact picks one that has ended; the run's own day after the end is a
    mistake in the rule."""
    if cell is None or (by_fact and cell.value is Special.ENDED):
        return nothing(kind)
    if cell.value is Special.ENDED:
        raise CoverageError("a formula uses an amount that has ended by this day. Give the step a dated formula.")
    if cell.value is None or (proved and (cell.is_weak or lapsed)):
        return _within(cell, kind)
    return infinity() if cell.value is Special.NO_LIMIT else known(cell.value)


def _within(cell: Cell, kind: Type) -> Value:
    if cell.within is None:
        return nothing(kind)
    low, high = cell.within
    if isinstance(low, date) and isinstance(high, date):
        return known_day(low) if low == high else Day(sql.day(low), sql.day(high), False, True, True, None, low, high)
    assert isinstance(low, Fraction) and isinstance(high, Fraction)
    return ranges.constant_range(low, high)


def known(value: object) -> Value:
    if isinstance(value, bool):
        return flag(value)
    if isinstance(value, Fraction):
        return constant(value)
    if isinstance(value, date):
        return known_day(value)
    return code(str(value))


def nothing(kind: Type) -> Value:
    """A value of which nothing is known."""
    if kind.kind == "number":
        return unknown_number()
    if kind.kind == "date":
        return unknown_day()
    return unknown_flag() if kind.kind == "flag" else unknown_code()


def in_force(versions: Sequence[tuple[date, Version]], day: date) -> Version | None:
    """The last version that has begun; None before the first."""
    found = [version for start, version in versions if start <= day]
    return found[-1] if found else None


def is_lapsed(amount: Amount, day: date) -> bool:
    return amount.covers_to is not None and day > amount.covers_to


def by_day(picked: Day, versions: Sequence[tuple[date, Value]], kind: Type) -> Value:
    """The value in force on a day that may itself be a range: the hull of every version in reach."""
    return by_band(picked, versions, nothing(kind))


def by_band(given: Number | Day, bands: Sequence[tuple[object, Value]], unknown: Value) -> Value:
    """The value of the band that holds `given`; bands are half-open, in order of their starts, and nothing is known
    below the first. Of a range, the hull of all bands it touches."""
    if given.constant is not None:
        return _band_of(given.constant, bands, unknown)
    inside = _never_below(given, bands[0][0])
    if given.point:
        begun = [(_begun(start, given), value) for start, value in reversed(bands)]
        return choices.first_of(begun, unknown, covered=inside)
    if given.low is None:
        return unknown
    if len(bands) == 1 and inside:
        return bands[0][1]
    if _is_sloped([value for _, value in bands]):
        return _between_ends(given, bands, unknown)
    low, high = _end(given, low=True), _end(given, low=False)
    touched = [(_touched(index, bands, low, high), bands[index][1]) for index in range(len(bands))]
    if inside:
        return choices.reached(touched, None, unknown, covered=True)
    return choices.reached(touched, _is_below(bands[0][0], low), unknown)


def _band_of(point: Fraction | date, bands: Sequence[tuple[object, Value]], unknown: Value) -> Value:
    begun = [value for start, value in bands if start <= point]  # type: ignore[operator]  # of one kind
    return begun[-1] if begun else unknown


def _never_below(given: Number | Day, start: object) -> bool:
    """Whether it is proved that no value lies below the first band, and that the low end is always there."""
    if isinstance(given, Day):
        return given.low_certain and given.first >= start  # type: ignore[operator]  # of one kind
    return given.least is not None and given.least >= start  # type: ignore[operator]  # of one kind


def _is_below(start: object, low: Number | Day) -> Sql:
    """Whether the low end does not surely reach the first band."""
    return sql.negation(sql.is_true(compare("<=", known(start), low).sql))


def _begun(start: object, given: Number | Day) -> Sql:
    return compare("<=", known(start), given).sql


def _touched(index: int, bands: Sequence[tuple[object, Value]], low: Number | Day, high: Number | Day) -> Sql:
    """Whether a range reaches the band: it has begun by the high end, and is not over by the low one."""
    begun = sql.is_not_false(compare("<=", known(bands[index][0]), high).sql)
    if index + 1 == len(bands):
        return begun
    return sql.both([begun, sql.is_not_false(compare("<", low, known(bands[index + 1][0])).sql)])


def _end(given: Number | Day, *, low: bool) -> Number | Day:
    """One end of a range as a point; NULL where it has none."""
    end = given.low if low else given.high
    if isinstance(given, Day):
        day = end if end is not None else sql.cast(sql.NULL, "DATE")
        return Day(day, day, True, False, False)
    found = end if end is not None else sql.cast(sql.NULL, "BIGINT")
    return Number(found, found, given.scale, True, False, False, None, None, given.size)


# ---- figures that only rise or only fall: the two ends of the key are enough ---------------------------------------


def _is_sloped(values: Sequence[Value]) -> bool:
    return len(values) > 1 and _slope(values) != 0


def _slope(values: Sequence[Value]) -> int:
    """1 for figures that never fall, -1 for figures that never rise, 0 for others or figures that are not all known."""
    points = [v.constant if isinstance(v, Number | Day) else None for v in values]
    if any(p is None for p in points):
        return 0
    pairs = list(pairwise(points))
    if all(a <= b for a, b in pairs):  # type: ignore[operator]  # all of one kind
        return 1
    return -1 if all(a >= b for a, b in pairs) else 0  # type: ignore[operator]  # all of one kind


def _between_ends(given: Number | Day, bands: Sequence[tuple[object, Value]], unknown: Value) -> Value:
    """The table read at the low end and at the high end of the key."""
    low, high = _end(given, low=True), _end(given, low=False)
    inside = _never_below(given, bands[0][0])
    at_low = [(_begun(start, low), value) for start, value in reversed(bands)]
    outside = [] if inside else [(_is_below(bands[0][0], low), unknown)]
    endless = [] if high.low is not None and given.high_certain else [(_is_missing(given), bands[-1][1])]
    at_high = [*endless, *[(_begun(start, high), value) for start, value in reversed(bands)]]
    from_low = choices.first_of(at_low, unknown, covered=inside)
    from_high = choices.first_of([*outside, *at_high], unknown, covered=inside)
    if _slope([value for _, value in bands]) < 0:
        from_low, from_high = from_high, from_low
    if isinstance(from_low, Day) and isinstance(from_high, Day):
        first, last = min(from_low.first, from_high.first), max(from_low.last, from_high.last)
        return Day(from_low.low, from_high.high, False, False, False, None, first, last)
    assert isinstance(from_low, Number) and isinstance(from_high, Number)
    scale = ranges.common_scale([from_low, from_high])
    size = max(from_low.size, from_high.size)
    low_end, high_end = from_low.at_scale(scale), from_high.at_scale(scale)
    certain = low_end.low_certain, high_end.high_certain
    return Number(low_end.low, high_end.high, scale, False, *certain, from_low.least, from_high.most, size)


def _is_missing(given: Number | Day) -> Sql:
    return sql.TRUE if given.high is None else sql.is_null(given.high)
