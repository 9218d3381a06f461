"""What do dates give: ages, months and days further on, days between, weeks and council-tax years?

A date outside the years 1 to 9999 is no date at all and so no bound.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from lift.engines.reference.ranges import dates, numbers
from lift.rulebook.answers import Range


def completed_years(birth: date, day: date) -> Fraction:
    """Whole years lived. Whoever was born on 29 February reaches an age on 1 March of a common year."""
    not_yet = (day.month, day.day) < (birth.month, birth.day)
    return Fraction(day.year - birth.year - not_yet)


def age(birth: Range, day: Range) -> Range:
    """Youngest if born last and asked about first."""
    (first_birth, last_birth), (first_day, last_day) = dates(birth), dates(day)
    low = None if last_birth is None or first_day is None else completed_years(last_birth, first_day)
    high = None if first_birth is None or last_day is None else completed_years(first_birth, last_day)
    return Range(low, high)


def months_later(day: date, months: int) -> date | None:
    """The same day of another month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_later(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def add(day: Range, number: Range, later: Callable[[date, int], date | None]) -> Range:
    """`day` moved on by `number` months or days. Part of a month or day does not count."""
    (first, last), (fewest, most) = dates(day), numbers(number)
    low = None if first is None or fewest is None else later(first, floor(fewest))
    high = None if last is None or most is None else later(last, floor(most))
    return Range(low, high)


def days_between(start: Range, end: Range) -> Range:
    (first_start, last_start), (first_end, last_end) = dates(start), dates(end)
    low = None if last_start is None or first_end is None else Fraction((first_end - last_start).days)
    high = None if first_start is None or last_end is None else Fraction((last_end - first_start).days)
    return Range(low, high)


def benefit_week_of(day: date) -> date:
    """The Monday on or before the day."""
    return day - timedelta(days=day.weekday())


def days_in_council_tax_year(day: date) -> int:
    """365 or 366: from 1 April to 31 March around the day."""
    year = day.year if day.month >= 4 else day.year - 1
    return (date(year + 1, 4, 1) - date(year, 4, 1)).days
