"""What is a family's Universal Credit for an assessment period, and what does the benefit cap rightly take off?

Universal Credit Regulations 2013; every amount is pence for the assessment period, by the day it starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lift.city.figures import Figures
from lift.city.law.money import nearest, percent, week_to_month

FIRST_CHILD_BEFORE = date(2017, 4, 6)
TWO_CHILD_LIMIT_ENDED = date(2026, 4, 6)


@dataclass(frozen=True)
class Elements:
    """The parts of the maximum amount."""

    standard: int
    child: int = 0
    disabled_child_lower: int = 0
    disabled_child_higher: int = 0
    lcw: int = 0
    lcwra: int = 0
    carer: int = 0
    childcare: int = 0
    housing: int = 0

    @property
    def maximum(self) -> int:
        disabled = self.disabled_child_lower + self.disabled_child_higher
        health = self.lcw + self.lcwra + self.carer
        return self.standard + self.child + disabled + health + self.childcare + self.housing


@dataclass(frozen=True)
class Exemptions:
    """What lifts the cap besides the elements of the award itself: benefits of claimant, partner or dependent child."""

    disability_benefit: bool = False
    carers_allowance: bool = False


def standard_allowance(couple: bool, of_25: bool, day: date, figures: Figures) -> int:
    name = "universal_credit_couple" if couple else "universal_credit_single"
    return figures.rate(name if of_25 else name + "_under_25", day)


def child_count(births: Sequence[date], start: date) -> int:
    """How many child elements: every child from 6 April 2026, else the two-child limit in birth order."""
    if start >= TWO_CHILD_LIMIT_ENDED:
        return len(births)
    early = sum(born < FIRST_CHILD_BEFORE for born in births)
    return early + min(len(births) - early, max(2 - early, 0))


def child_element(births: Sequence[date], start: date, figures: Figures) -> int:
    count = child_count(births, start)
    if count == 0:
        return 0
    first = "universal_credit_first_child" if min(births) < FIRST_CHILD_BEFORE else "universal_credit_child"
    return figures.rate(first, start) + (count - 1) * figures.rate("universal_credit_child", start)


def earnings_deduction(elements: Elements, earnings: int, start: date, figures: Figures) -> int:
    """55 pence in the pound above the work allowance, which needs a child or limited capability for work."""
    allowance = 0
    if elements.child or elements.lcw or elements.lcwra:
        lower = "lower" if elements.housing else "higher"
        allowance = figures.rate(f"universal_credit_work_allowance_{lower}", start)
    return percent(max(earnings - allowance, 0), figures.rate("universal_credit_taper_percent", start))


def entitlement(elements: Elements, earnings: int, other_income: int, start: date, figures: Figures) -> int:
    """The award after income and before the benefit cap."""
    taken = earnings_deduction(elements, earnings, start, figures) + other_income
    return max(elements.maximum - taken, 0)


def child_benefit_week(children: int, day: date, figures: Figures) -> int:
    if children == 0:
        return 0
    return figures.rate("child_benefit_eldest", day) + (children - 1) * figures.rate("child_benefit_other", day)


def is_exempt(elements: Elements, earnings: int, exempt: Exemptions, start: date, figures: Figures) -> bool:
    """Regs 82-83: earnings of the period, or an element or benefit that lifts the cap (LCW alone does not)."""
    if earnings >= figures.rate("cap_earnings_threshold", start):
        return True
    by_element = elements.lcwra or elements.carer or elements.disabled_child_lower or elements.disabled_child_higher
    return bool(by_element) or exempt.disability_benefit or exempt.carers_allowance


def excess_over_cap(total_month: int, family: bool, childcare: int, start: date, figures: Figures) -> int:
    """Reg 81: what counts, less the cap, less the childcare element."""
    cap = figures.rate("cap_family" if family else "cap_single", start)
    return max(total_month - cap - childcare, 0)


def cap_reduction(
    elements: Elements, entitled: int, child_benefit: int, family: bool, start: date, figures: Figures
) -> int:
    """The reduction for a family that nothing exempts; `child_benefit` is pence a week and counts at 52/12."""
    total = entitled + week_to_month(child_benefit)
    return min(excess_over_cap(total, family, elements.childcare, start, figures), entitled)


def housing_element(rent_week: int, allowance_week: int | None) -> int:
    """Rent a month, at most the Local Housing Allowance for a private tenant."""
    met = rent_week if allowance_week is None else min(rent_week, allowance_week)
    return nearest(Fraction(met * 52, 12))
