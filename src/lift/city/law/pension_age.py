"""On which day does a person reach State Pension age (Pensions Act 1995 Sch 4 para 1)?"""

from __future__ import annotations

from datetime import date, timedelta

from lift.city.days import add_months
from lift.city.figures import Figures


def reached_on(born: date, figures: Figures) -> date:
    """The day somebody born from 6 October 1954 reaches pension age; those born before are past it since 2020."""
    months = 66 * 12
    for first, length in figures.pension_age:
        if born >= first:
            months = length
    return add_months(born, months)


def has_reached(born: date, day: date, figures: Figures) -> bool:
    return reached_on(born, figures) <= day


def latest_birth(day: date, figures: Figures) -> date:
    """The last date of birth that has reached pension age on the day (22 July 1960 on 22 November 2026)."""
    born = add_months(day, -65 * 12)
    while not has_reached(born, day, figures):
        born -= timedelta(days=1)
    return born
