"""Who is entitled to Pension Credit, and to how much a week (State Pension Credit Regulations 2002)?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lift.city.figures import Figures

FIRST_CHILD_BEFORE = date(2017, 4, 6)
# Men of 65 and women of their own pension age before 6 April 2016 (State Pension Credit Act 2002 s.3(1)).
SAVINGS_CREDIT_BORN_BEFORE = {"male": date(1951, 4, 6), "female": date(1953, 4, 6)}


@dataclass(frozen=True)
class Claimant:
    """One adult as the law looks at them. Money is pence a week."""

    of_age: bool
    early: bool = False
    """Reached pension age before 6 April 2016, when savings credit was closed to those who had not."""
    state_pension: int = 0
    private_pension: int = 0
    net_earnings: int = 0
    carers_allowance: int = 0
    other_income: int = 0
    gets_disability_benefit: bool = False
    is_blind: bool = False
    has_paid_carer: bool = False
    entitled_as_carer: bool = False


@dataclass(frozen=True)
class Child:
    born: date
    disabled_lower: bool = False
    disabled_higher: bool = False


@dataclass(frozen=True)
class Case:
    """A claimant, perhaps a partner, children, savings; `others_block`: an adult there blocks an addition."""

    day: date
    claimant: Claimant
    partner: Claimant | None = None
    children: tuple[Child, ...] = ()
    savings: int = 0
    others_block: bool = False
    housing_costs: int = 0
    saved_mixed_age: bool = False


def tariff_income(savings: int, day: date, figures: Figures) -> int:
    """Income assumed from savings: a pound for each 500 pounds, or part of it, above 10,000."""
    above = savings - figures.rate("pension_credit_savings_ignored", day)
    step = figures.rate("pension_credit_savings_step", day)
    steps = -(-max(above, 0) // step)
    return steps * figures.rate("pension_credit_income_a_step", day)


def severe_disability_addition(case: Case, figures: Figures) -> int:
    """Reg 6(4)-(5) and Sch I paras 1-2: nobody else there who blocks it, and no paid carer."""
    single = figures.rate("pension_credit_severe_disability", case.day)
    one, other = case.claimant, case.partner
    if case.others_block:
        return 0
    if other is None:
        return single if one.gets_disability_benefit and not one.has_paid_carer else 0
    if one.gets_disability_benefit and other.gets_disability_benefit:
        paid_carers = int(one.has_paid_carer) + int(other.has_paid_carer)
        return (2 * single, single, 0)[paid_carers]
    disabled, sighted = (one, other) if one.gets_disability_benefit else (other, one)
    if disabled.gets_disability_benefit and sighted.is_blind and not disabled.has_paid_carer:
        return single
    return 0


def child_additions(children: Sequence[Child], day: date, figures: Figures) -> int:
    """Sch IIA paras 9-10: a higher amount for the first child where born before 6 April 2017."""
    total = 0
    for position, child in enumerate(sorted(children, key=lambda one: one.born)):
        first = position == 0 and child.born < FIRST_CHILD_BEFORE
        total += figures.rate("pension_credit_first_child" if first else "pension_credit_child", day)
        if child.disabled_higher:
            total += figures.rate("pension_credit_disabled_child_higher", day)
        elif child.disabled_lower:
            total += figures.rate("pension_credit_disabled_child_lower", day)
    return total


def guarantee(case: Case, figures: Figures) -> int:
    """The appropriate minimum guarantee, pence a week (reg 6)."""
    adults = [case.claimant] + ([case.partner] if case.partner else [])
    standard = "pension_credit_couple" if case.partner else "pension_credit_single"
    carers = sum(adult.entitled_as_carer for adult in adults)
    return (
        figures.rate(standard, case.day)
        + severe_disability_addition(case, figures)
        + carers * figures.rate("pension_credit_carer", case.day)
        + child_additions(case.children, case.day, figures)
        + case.housing_costs
    )


def income(case: Case, figures: Figures) -> int:
    """Counted income, pence a week. Earnings of a couple are not worked out: their disregard is unconfirmed."""
    adults = [case.claimant] + ([case.partner] if case.partner else [])
    earnings = sum(adult.net_earnings for adult in adults)
    if earnings and case.partner:
        raise ValueError("the earnings disregard of a couple is unconfirmed: plant no earnings in a pensioner couple")
    ignored = figures.rate("pension_credit_earnings_ignored_single", case.day)
    counted = max(earnings - ignored, 0)
    for adult in adults:
        counted += adult.state_pension + adult.private_pension + adult.carers_allowance + adult.other_income
    return counted + tariff_income(case.savings, case.day, figures)


def is_of_age(case: Case) -> bool:
    """Both of a couple, unless theirs is a case saved since 14 May 2019; a saved couple needs one."""
    if case.partner is None:
        return case.claimant.of_age
    if case.saved_mixed_age:
        return case.claimant.of_age or case.partner.of_age
    return case.claimant.of_age and case.partner.of_age


def payable(amount: int, day: date, figures: Figures) -> int:
    """Less than ten pence a week is not paid (reg 13)."""
    return amount if amount >= figures.rate("pension_credit_smallest_payment", day) else 0


def guarantee_credit(case: Case, figures: Figures) -> int:
    """The guarantee credit alone, pence a week; nought where less than ten pence or not of age."""
    if not is_of_age(case):
        return 0
    return payable(max(guarantee(case, figures) - income(case, figures), 0), case.day, figures)


def savings_credit(case: Case, minimum: int, counted: int, figures: Figures) -> int:
    """Act s.3, pence a week to the nearest: 60p of each pound above the threshold up to a most, less 40p of each pound
    above the guarantee (`minimum`, with its additions). The city has no income that reg 9 leaves out."""
    adults = [case.claimant] + ([case.partner] if case.partner else [])
    if not (is_of_age(case) and all(adult.early for adult in adults)):
        return 0  # of a couple both (reg 7A); nobody in the city has kept savings credit since 2016 without a partner's
    kind, day = ("couple" if case.partner else "single"), case.day
    threshold = figures.rate(f"savings_credit_threshold_{kind}", day)
    share, taper = figures.rate("savings_credit_percent", day), figures.rate("savings_credit_taper_percent", day)
    most = (share * (figures.rate(f"pension_credit_{kind}", day) - threshold) + 50) // 100 * 100
    hundredths = min(share * max(counted - threshold, 0), most) - taper * max(counted - minimum, 0)
    return max(hundredths + 50, 0) // 100


def pension_credit(case: Case, figures: Figures) -> int:
    """Guarantee credit and savings credit together, pence a week; nought where less than ten pence."""
    if not is_of_age(case):
        return 0
    minimum, counted = guarantee(case, figures), income(case, figures)
    return payable(max(minimum - counted, 0) + savings_credit(case, minimum, counted, figures), case.day, figures)
