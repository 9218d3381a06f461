"""How is a day written for people? 12 November 2026, whatever language the computer speaks."""

from __future__ import annotations

from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def in_words(day: date | None) -> str:
    """12 November 2026; nothing for no day."""
    return "" if day is None else f"{day.day} {month_and_year(day)}"


def month_and_year(day: date) -> str:
    """November 2026."""
    return f"{_MONTHS[day.month - 1]} {day.year}"
