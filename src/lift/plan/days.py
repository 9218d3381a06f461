"""What do ages and sums of days come to when a date is only known within a range?

A day outside the years 1 to 9999 is no day at all, and so no bound.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from lift.plan import ranges, sql
from lift.plan.sql import Sql
from lift.plan.values import Day, Number, constant, unknown_day

_YEARS = Fraction(10_000)
_DAYS = Fraction(4_000_000)
#: So many months or days from any day at all lead out of the calendar.
_MOST_MONTHS, _MOST_DAYS = 120_000, 4_000_000
_DAYS_A_MONTH = 31


def age(birth: Day, on: Day) -> Number:
    """Whole years from birth to a day: least from the latest birth and the earliest day. Born on 29 February, one
    reaches an age on 1 March of a common year."""
    if birth.constant is not None and on.constant is not None:
        before = (on.constant.month, on.constant.day) < (birth.constant.month, birth.constant.day)
        return constant(Fraction(on.constant.year - birth.constant.year - before))
    point = birth.point and on.point
    low = _age(birth.high, on.low, on)
    high = low if point else _age(birth.low, on.high, on)
    low_certain = birth.high_certain and on.low_certain
    return Number(low, high, Fraction(1), point, low_certain, birth.low_certain and on.high_certain, None, None, _YEARS)


def last_birth(on: date, years: int) -> date | None:
    """The last day of birth on which so many years are reached by a day; None where that lies outside the calendar."""
    if not date.min.year <= on.year - years <= date.max.year:
        return None
    is_leap_day = (on.month, on.day) == (2, 29)
    return (
        date(on.year - years, 2, 28)
        if is_leap_day and not isleap(on.year - years)
        else on.replace(year=on.year - years)
    )


def _age(birth: Sql | None, on: Sql | None, day: Day) -> Sql | None:
    if birth is None or on is None:
        return None
    if day.constant is not None:
        year: Sql = sql.integer(day.constant.year)
        month_day: Sql = sql.integer(day.constant.month * 100 + day.constant.day)
    else:
        year, month_day = sql.function("YEAR", on), _month_day(on)
    years = sql.add(year, sql.negate(sql.function("YEAR", birth)))
    too_early = sql.case([(sql.less(month_day, _month_day(birth)), sql.integer(1))], sql.integer(0))
    return sql.add(years, sql.negate(too_early))


def _month_day(value: Sql) -> Sql:
    return sql.add(sql.times(sql.function("MONTH", value), sql.integer(100)), sql.function("DAY", value))


def add_months(start: Day, months: Number) -> Day:
    return _moved(start, ranges.floor(months), sql.add_months, _MOST_MONTHS, _DAYS_A_MONTH)


def add_days(start: Day, days: Number) -> Day:
    return _moved(start, ranges.floor(days), sql.add_days, _MOST_DAYS, 1)


def _moved(start: Day, count: Number, move: Callable[[Sql, Sql], Sql], most: int, length: int) -> Day:
    """`start` moved on by a whole number of months or days; part of one does not count."""
    if count.low is None and count.high is None:
        return unknown_day()
    whole = count.at_scale(Fraction(1))
    farthest = int(count.size) * length
    first, last = start.first.toordinal() - farthest, start.last.toordinal() + farthest
    safe = date.min.toordinal() <= first and last <= date.max.toordinal()
    point = start.point and whole.point

    def end(day: Sql | None, n: Sql | None) -> Sql | None:
        if day is None or n is None:
            return None
        return move(day, n) if safe else _in_calendar(day, n, move, most)

    low = end(start.low, whole.low)
    high = low if point else end(start.high, whole.high)
    low_certain = safe and start.low_certain and whole.low_certain
    high_certain = safe and start.high_certain and whole.high_certain
    if not safe:
        return Day(low, high, point, False, False)
    reach = date.min + timedelta(days=first - 1), date.min + timedelta(days=last - 1)
    return Day(low, high, point, low_certain, high_certain, None, *reach)


def _in_calendar(day: Sql, n: Sql, move: Callable[[Sql, Sql], Sql], most: int) -> Sql:
    """NULL where the sum leaves the years 1 to 9999. What is too far to count is cut to what surely leaves them."""
    cut = sql.greatest([sql.integer(-most), sql.least([sql.integer(most), n])])
    moved = move(day, sql.case([(sql.negation(sql.is_null(n)), cut)]))
    inside = sql.both([sql.at_most(sql.day(date.min), moved), sql.at_most(moved, sql.day(date.max))])
    return sql.case([(inside, moved)])


def days_between(start: Day, end: Day) -> Number:
    point = start.point and end.point
    low = _between(start.high, end.low)
    high = low if point else _between(start.low, end.high)
    low_certain, high_certain = start.high_certain and end.low_certain, start.low_certain and end.high_certain
    return Number(low, high, Fraction(1), point, low_certain, high_certain, None, None, _DAYS)


def _between(start: Sql | None, end: Sql | None) -> Sql | None:
    if start is None or end is None:
        return None
    return sql.function("DATE_DIFF", sql.text("day"), start, end)
