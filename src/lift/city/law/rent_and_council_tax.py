"""How much of a pensioner's rent and council tax is met (SI 2006/214; SI 2012/2885)? Whole pence a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lift.city.figures import Figures
from lift.city.law.money import nearest, percent

GROWN_UP, YOUNG_UNTIL = 18, 25
HOURS_OF_WORK = 16
HUNDREDTHS = 10_000


@dataclass(frozen=True)
class Other:
    """Another family of the home, none of them liable or paying rent. `gross` is that of all its adults together."""

    ages: tuple[int, ...]
    gross: int
    hours: int = 0
    on_pension_credit: bool = False
    on_universal_credit: bool = False
    earns: bool = False
    is_disregarded: bool = False

    @property
    def is_grown_up(self) -> bool:
        return max(self.ages) >= GROWN_UP

    @property
    def income_in_work(self) -> int:
        """What decides the deduction: gross income in work of 16 hours or more, or else the lowest."""
        return self.gross if self.hours >= HOURS_OF_WORK else 0


def rent_deduction(other: Other, day: date, figures: Figures) -> int:
    """Reg 55: nothing for those under 18, on Pension Credit, or under 25 on Universal Credit without earnings."""
    young = max(other.ages) < YOUNG_UNTIL and other.on_universal_credit and not other.earns
    if not other.is_grown_up or other.on_pension_credit or young:
        return 0
    return figures.band("housing_benefit_deduction", other.income_in_work, day)


def tax_deduction(other: Other, day: date, figures: Figures) -> int:
    """Sch 1 para 8: nothing for those under 18, disregarded, on Pension Credit, or on Universal Credit without
    earnings at any age."""
    on_benefit = other.on_pension_credit or (other.on_universal_credit and not other.earns)
    if not other.is_grown_up or other.is_disregarded or on_benefit:
        return 0
    return figures.band("pensioner_reduction_deduction", other.income_in_work, day)


def second_adult_rebate(charge_week: int, others: Sequence[Other], day: date, figures: Figures) -> int:
    """Sch 3: a quarter where every second adult is on Pension Credit, otherwise a share by their gross incomes."""
    counted = [other for other in others if other.is_grown_up and not other.is_disregarded]
    if not counted:
        return 0
    if all(other.on_pension_credit for other in counted):
        return percent(charge_week, 25)
    gross = sum(other.gross for other in counted if not other.on_pension_credit)
    return nearest(Fraction(charge_week * figures.band("second_adult_percent", gross, day), HUNDREDTHS))


def tapered(most: int, income: int, applicable: int, taper: str, day: date, figures: Figures) -> int:
    """The most that can be met, less the taper of income above the applicable amount."""
    share = Fraction(max(income - applicable, 0) * figures.rate(taper, day), 100)
    return nearest(max(most - share, Fraction(0)))
