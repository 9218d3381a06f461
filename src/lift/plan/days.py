"""What do ages and sums of days come to when a date is only known within a range?"""

from __future__ import annotations

from fractions import Fraction

from lift.plan import sql
from lift.plan.sql import Sql
from lift.plan.values import Day, Number, constant, known_day

_YEARS = Fraction(200)
_DAYS = Fraction(4_000_000)


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
    return _moved(start, months, sql.add_months)


def add_days(start: Day, days: Number) -> Day:
    return _moved(start, days, sql.add_days)


def _moved(start: Day, count: Number, move: object) -> Day:
    whole = count.at_scale(Fraction(1)) if count.constant is not None or count.scale.denominator == 1 else count
    if whole.scale.denominator != 1:
        # A fraction of a month or a day means nothing in law; the checker's units keep it out.
        return Day(None, None, False, False, False)
    point = start.point and whole.point
    low = None if start.low is None or whole.low is None else move(start.low, whole.low)  # type: ignore[operator]  # add_months or add_days
    high = low if point else (None if start.high is None or whole.high is None else move(start.high, whole.high))  # type: ignore[operator]
    return Day(low, high, point, start.low_certain and whole.low_certain, start.high_certain and whole.high_certain)


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


