"""Which day is meant: months added, ages, assessment periods, the day of a month's extract?"""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

THURSDAY = 3
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last day of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    longest = 29 if month == 1 and isleap(year) else LENGTHS[month]
    return date(year, month + 1, min(day.day, longest))


def age(born: date, day: date) -> int:
    """Whole years on a day; a birthday of 29 February is kept on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def second_thursday(month: date) -> date:
    """The day on which a month's Housing Benefit claims are counted."""
    first = month.replace(day=1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 7)


@dataclass(frozen=True)
class Dates:
    """The days of a month's extracts: `day` is that of the benefits extract, as at which everything is true."""

    day: date
    notices: date
    accounts: date
    roll: date


def dates_of(month: date) -> Dates:
    """Benefits on the second Thursday, notices and accounts a little before, the rolls on the first Monday."""
    day = second_thursday(month)
    first = month.replace(day=1)
    monday = first + timedelta(days=-first.weekday() % 7)
    return Dates(day, day - timedelta(days=1), day - timedelta(days=2), monday)


def tax_year_start(day: date) -> date:
    """1 April of the council-tax year that holds the day."""
    return date(day.year if (day.month, day.day) >= (4, 1) else day.year - 1, 4, 1)


def days_in_tax_year(day: date) -> int:
    first = tax_year_start(day)
    return (first.replace(year=first.year + 1) - first).days


def uprating(day: date) -> date:
    """The Monday from which the benefit rates in force on the day apply (6 April 2026, 7 April 2025)."""
    for year in (day.year, day.year - 1):
        sixth = date(year, 4, 6)
        monday = sixth + timedelta(days=(0 - sixth.weekday()) % 7)
        if monday <= day:
            return monday
    raise AssertionError("two Aprils cannot both lie in the future")


def last_period(day_of_month: int, known_on: date) -> tuple[date, date]:
    """The latest assessment period, beginning on that day of the month, that has ended before `known_on`."""
    start = date(known_on.year, known_on.month, day_of_month)
    while add_months(start, 1) > known_on:
        start = add_months(start, -1)
    return start, add_months(start, 1) - timedelta(days=1)
