"""What is charged for a home, and which reduction does the council's scheme give?

Working age: the income bands Middlemarch borrows from Coventry's scheme for 2026 to 2027. Pension age: SI 2012/2885.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lift.city.days import days_in_tax_year
from lift.city.figures import Figures
from lift.city.law.money import month_to_week, nearest, percent, year_to_week

NINTHS = {"A-": 5, "A": 6, "B": 7, "C": 8, "D": 9, "E": 11, "F": 13, "G": 15, "H": 18}
REDUCED_BAND = {"A": "A-", "B": "A", "C": "B", "D": "C", "E": "D", "F": "E", "G": "F", "H": "G"}
BANDS = ((0, "reduction_band_0"), (1500, "reduction_band_15"), (4000, "reduction_band_40"), (7000, "reduction_band_70"))
NOTHING_FROM = 8000


@dataclass(frozen=True)
class Means:
    """A Universal Credit family as the working-age scheme sees it, pence for the assessment period."""

    maximum: int
    award: int
    earnings: int
    other_income: int


def full_charge(band: str, band_d: int) -> int:
    return nearest(Fraction(band_d * NINTHS[band], 9))


def excess_week(means: Means) -> Fraction:
    """Weekly income above the applicable amount, no earnings ignored (the scheme's disregards are not known)."""
    return month_to_week(means.award + means.earnings + means.other_income - means.maximum)


def band_percent(excess: Fraction, day: date, figures: Figures) -> int:
    if excess >= NOTHING_FROM:
        return 0
    name = BANDS[0][1]
    for lowest, band in BANDS:
        if excess >= lowest:
            name = band
    return figures.rate(name, day)


def working_age_reduction_year(charge: int, means: Means, day: date, figures: Figures) -> int | None:
    """The year's reduction; None where it turns on earnings ignored, which are not known."""
    share = band_percent(excess_week(means), day, figures)
    if means.earnings and excess_week(means) > 0:
        return None
    return percent(charge, share)


def surely_entitled(means: Means, day: date, figures: Figures) -> bool:
    """Whether some reduction is due even if no earnings at all were ignored."""
    return band_percent(excess_week(means), day, figures) > 0


def weekly(charge: int, day: date) -> int:
    return nearest(year_to_week(charge, days_in_tax_year(day)))


def pensioner_reduction_week(charge: int, income: int, applicable: int, day: date, figures: Figures) -> int:
    """SI 2012/2885 Sch 1: the whole charge, less 20 pence in the pound of income above the applicable amount."""
    taper = figures.rate("pensioner_reduction_taper_percent", day)
    return max(weekly(charge, day) - percent(max(income - applicable, 0), taper), 0)


def pensioner_housing_benefit_week(rent: int, income: int, applicable: int, day: date, figures: Figures) -> int:
    """SI 2006/214 regs 50-51; less than fifty pence is not paid (reg 56)."""
    taper = figures.rate("housing_benefit_taper_percent", day)
    award = max(rent - percent(max(income - applicable, 0), taper), 0)
    return award if award >= 50 else 0
