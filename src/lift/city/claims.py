"""What does the council award a family that claims Housing Benefit or Council Tax Reduction?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lift.city.figures import Figures
from lift.city.law import council_tax, pension_age
from lift.city.law import pension_credit as credit_law
from lift.city.law.money import month_to_week
from lift.city.people import Account, Claim, Dwelling, Family, Passport, Person

RENTED = ("council", "housing_association", "private")
HIGHER_ALLOWANCE_UNTIL = date(2021, 4, 1)


@dataclass(frozen=True)
class Bill:
    """The home's council tax for the year, in pence."""

    full: int
    discount: int
    exempt: bool

    @property
    def charge(self) -> int:
        return 0 if self.exempt else self.full - self.discount


def benefit_ref(number: int) -> str:
    """A Housing Benefit claim's number: longer than any reduction's, so that the two are never one."""
    return f"7{number:07d}"


def reduction_ref(number: int) -> str:
    """A reduction claim's number with its leading nought and check digit, as the benefits system keeps it."""
    return f"0{number:06d}{number % 97 % 10}"


def bill(dwelling: Dwelling, account: Account, day: date, figures: Figures) -> Bill:
    """The full charge of the band charged, less a quarter where a single person discount applies."""
    band = council_tax.REDUCED_BAND[dwelling.band] if account.disabled_band_reduction else dwelling.band
    full = council_tax.full_charge(band, figures.rate("charge_band_d", day))
    return Bill(full, full // 4 if account.single_person_discount else 0, bool(account.exemption))


def as_claimant(person: Person, day: date, figures: Figures) -> credit_law.Claimant:
    """A person of the city as the Pension Credit arithmetic looks at them."""
    return credit_law.Claimant(
        of_age=pension_age.has_reached(person.born, day, figures),
        early=person.born < credit_law.SAVINGS_CREDIT_BORN_BEFORE[person.sex],
        state_pension=person.state_pension,
        private_pension=person.private_pension,
        net_earnings=person.net_earnings,
        carers_allowance=person.carers_allowance,
        other_income=person.other_income,
        gets_disability_benefit=person.gets_disability_benefit,
        is_blind=person.is_blind,
        has_paid_carer=person.has_paid_carer,
        entitled_as_carer=person.entitled_as_carer,
    )


def pension_credit_case(family: Family, others_block: bool, day: date, figures: Figures) -> credit_law.Case:
    """The family's case, everything true included."""
    children = tuple(
        credit_law.Child(child.born, child.child_disability == "lower", child.child_disability == "higher")
        for child in family.children
    )
    return credit_law.Case(
        day=day,
        claimant=as_claimant(family.claimant, day, figures),
        partner=as_claimant(family.partner, day, figures) if family.partner else None,
        children=children,
        savings=family.savings,
        others_block=others_block,
        housing_costs=family.housing_costs,
        saved_mixed_age=family.saved_mixed_age,
    )


def severe_disability_addition(family: Family, others_block: bool, day: date, figures: Figures) -> int:
    return credit_law.severe_disability_addition(pension_credit_case(family, others_block, day, figures), figures)


def applicable_amount(family: Family, others_block: bool, day: date, figures: Figures) -> int:
    """Pension-age applicable amount, pence a week: the older allowance for those of age before 1 April 2021."""
    name = "pensioner_allowance_couple" if family.partner else "pensioner_allowance_single"
    earliest = min(pension_age.reached_on(adult.born, figures) for adult in family.adults)
    if earliest < HIGHER_ALLOWANCE_UNTIL:
        name += "_before_2021"
    carers = sum(adult.entitled_as_carer for adult in family.adults)
    return (
        figures.rate(name, day)
        + severe_disability_addition(family, others_block, day, figures)
        + carers * figures.rate("pension_credit_carer", day)
        + len(family.children) * figures.rate("pensioner_child", day)
    )


def counted_income(family: Family, day: date, figures: Figures) -> int:
    """Income as the claim counts it: as for Pension Credit, savings credit besides."""
    case = pension_credit_case(family, False, day, figures)
    return credit_law.income(case, figures) + family.savings_credit


@dataclass(frozen=True)
class Circumstances:
    """Where a claim is made: the home, its year's charge, whether an adult there blocks the disability addition."""

    dwelling: Dwelling
    charge: int
    block: bool
    number: int
    started: date
    day: date
    figures: Figures


def pensioner_claim(family: Family, at: Circumstances) -> Claim | None:
    """The claim of a pension-age family, or None where nothing would be awarded."""
    day, figures = at.day, at.figures
    passport: Passport = "guarantee" if family.guarantee_credit else "standard"
    if passport == "standard" and family.savings > figures.rate("pensioner_capital_limit", day):
        return None
    income = 0 if passport == "guarantee" else counted_income(family, day, figures)
    applicable = applicable_amount(family, at.block, day, figures)
    reduction = council_tax.pensioner_reduction_week(at.charge, income, applicable, day, figures)
    benefit = 0
    if at.dwelling.tenure in RENTED:
        rent = at.dwelling.rent_week
        benefit = council_tax.pensioner_housing_benefit_week(rent, income, applicable, day, figures)
    if not (reduction or benefit):
        return None
    return Claim(
        scheme="pension_age",
        passport=passport,
        started=at.started,
        hb_ref=benefit_ref(at.number) if benefit else "",
        ctr_ref=reduction_ref(at.number) if reduction else "",
        hb_week=benefit,
        ctr_week=reduction,
        savings_shown=None if passport == "guarantee" else family.savings,
        severe_premium=severe_disability_addition(family, at.block, day, figures) > 0,
        applicable=applicable,
        income=income,
    )


def working_age_claim(
    family: Family, charge: int, number: int, started: date, day: date, figures: Figures
) -> Claim | None:
    """The reduction of a liable Universal Credit family under the council's bands, or None."""
    if family.credit is None:
        return None
    latest = family.credit.latest
    means = council_tax.Means(latest.elements.maximum, latest.award, latest.earnings, latest.other_income)
    excess = council_tax.excess_week(means)
    applicable = int(month_to_week(latest.elements.maximum))
    award = council_tax.weekly(charge, day) * council_tax.band_percent(excess, day, figures) // 100
    if not award:
        return None
    return Claim(
        scheme="working_age",
        passport="universal_credit",
        started=started,
        ctr_ref=reduction_ref(number),
        ctr_week=award,
        savings_shown=family.savings,
        applicable=applicable,
        income=applicable + max(int(excess), 0),
    )
