"""Who is truly entitled to pension-age Housing Benefit and to the pensioners' Council Tax Reduction, and is it paid?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lift.city.claims import RENTED, applicable_amount, pension_credit_case
from lift.city.days import age
from lift.city.law import council_tax, pension_age, pension_credit
from lift.city.law.money import month_to_week, nearest, pounds
from lift.city.law.rent_and_council_tax import Other, rent_deduction, second_adult_rebate, tapered, tax_deduction
from lift.city.people import Claim, Family
from lift.city.standing import is_liable, others_block
from lift.city.truth.answers import Answer, Entitled, as_entitled
from lift.city.truth.known import Subject
from lift.city.truth.pension_age import means_gap

Class = Literal["pensioner", "other", "open"]
SMALLEST_BENEFIT = 50
NOT_HEADS = ("non_dependant", "lodger")


def concerns(subject: Subject) -> bool:
    """Whether there is anything to say: a family of its own home in which somebody has reached pension age."""
    reached = any(pension_age.has_reached(one.born, subject.day, subject.figures) for one in subject.family.adults)
    return reached and subject.family.role not in NOT_HEADS


def housing_benefit_answer(subject: Subject) -> Answer:
    family, dwelling = subject.family, subject.home.dwelling
    claim = _running(family)
    paid = claim.hb_week if claim else 0
    due: _Due = _Due(0, 0)
    if dwelling.tenure in RENTED and dwelling.rent_week and not family.claimant.died:
        due = _benefit(subject, _class_for_benefit(subject))
    entitled = due.entitled
    if family.role != "head" and entitled == "yes":
        entitled = "not_settled"  # how joint tenants share the rent no file says
    return _answer("housing_benefit_pension_age", subject, entitled, due, bool(paid), _gap(subject, "rent"))


def council_tax_reduction_answer(subject: Subject) -> Answer:
    family, account = subject.family, subject.home.account
    claim = _running(family)
    paid = claim.ctr_week if claim else 0
    due: _Due = _Due(0, 0)
    if subject.charge and is_liable(family, account) and not family.claimant.died:
        due = _reduction(subject, _class_for_reduction(subject))
    return _answer("council_tax_reduction_pension_age", subject, due.entitled, due, bool(paid), _gap(subject, "charge"))


def _answer(entitlement: str, subject: Subject, entitled: Entitled, due: _Due, in_receipt: bool, gap: str) -> Answer:
    sure = entitled == "yes" and due.low == due.high
    return Answer(
        entitlement,
        subject,
        None,
        entitled,
        in_receipt,
        amount=pounds(due.low) if sure else "",
        period="week" if sure else "",
        gap=gap,
    )


# What is due


@dataclass(frozen=True)
class _Due:
    """Between what, pence a week: what the law gives turns on a class or a disregard that is not settled."""

    low: int
    high: int

    @property
    def entitled(self) -> Entitled:
        return as_entitled(self.high > 0) if bool(self.low) == bool(self.high) else "not_settled"


def _benefit(subject: Subject, belongs: Class) -> _Due:
    """Regs 50, 51 and 56."""
    deductions = 0 if _waived(subject.family) else sum(
        rent_deduction(other, subject.day, subject.figures) for other in _others(subject)
    )  # fmt: skip
    most = max(subject.home.dwelling.rent_week - deductions, 0)
    low, high = (_tapered(subject, most, income, "housing_benefit_taper_percent") for income in _incomes(subject))
    return _of_class(belongs, *(amount if amount >= SMALLEST_BENEFIT else 0 for amount in (low, high)))


def _reduction(subject: Subject, belongs: Class) -> _Due:
    """Sch 1 paras 2 to 4 and 10: by one's own means or the second adult rebate, whichever is more."""
    figures, day = subject.figures, subject.day
    account, family = subject.home.account, subject.family
    charge = council_tax.weekly(subject.charge, day)
    liable = [one for one in subject.household.families if is_liable(one, account)]
    # A discount for one counted adult says that whoever else lives there is disregarded.
    others = [] if account.single_person_discount else _others(subject)
    deductions = 0 if _waived(family) else sum(tax_deduction(other, day, figures) for other in others)
    rebate = 0
    if len(liable) == 1 and family.partner is None and not _lets_rooms(subject):
        rebate = second_adult_rebate(charge, others, day, figures)
    most = max((charge - deductions) // len(liable), 0)
    low, high = (_tapered(subject, most, income, "pensioner_reduction_taper_percent") for income in _incomes(subject))
    return _of_class(belongs, max(low, rebate), max(high, rebate))


def _of_class(belongs: Class, low: int, high: int) -> _Due:
    return _Due(low if belongs == "pensioner" else 0, 0 if belongs == "other" else high)


def _tapered(subject: Subject, most: int, income: int | None, taper: str) -> int:
    """`income`: none where savings shut the family out."""
    if income is None:
        return 0
    block = others_block(subject.family, subject.household, subject.day)
    applicable = applicable_amount(subject.family, block, subject.day, subject.figures)
    return tapered(most, income, applicable, taper, subject.day, subject.figures)


def _incomes(subject: Subject) -> tuple[int | None, int | None]:
    """The most and the least that may count. How much of earnings is ignored is not confirmed, so either all or
    nothing of them counts."""
    family, figures = subject.family, subject.figures
    if family.guarantee_credit:
        return 0, 0
    if family.savings > figures.rate("pensioner_capital_limit", subject.day):
        return None, None
    earned = sum(adult.net_earnings for adult in family.adults)
    case = pension_credit_case(family, False, subject.day, figures)
    adults = [case.claimant, *([case.partner] if case.partner else [])]
    without = sum(one.state_pension + one.private_pension + one.carers_allowance + one.other_income for one in adults)
    without += pension_credit.tariff_income(case.savings, case.day, figures) + family.savings_credit
    return without + earned, without


# Who belongs under these rules


def _class_for_benefit(subject: Subject) -> Class:
    """Reg 5: both of a couple of age, or a couple saved in May 2019."""
    if _has_universal_credit(subject.family):
        return "open" if _all_of_age(subject) else "other"
    return "pensioner" if _all_of_age(subject) or subject.family.saved_mixed_age else "other"


def _class_for_reduction(subject: Subject) -> Class:
    """Reg 3. Whether a couple of mixed age belongs here is not settled."""
    if _has_universal_credit(subject.family):
        return "open" if _all_of_age(subject) else "other"
    return "pensioner" if _all_of_age(subject) else "open"


def _all_of_age(subject: Subject) -> bool:
    return all(pension_age.has_reached(one.born, subject.day, subject.figures) for one in subject.family.adults)


def _has_universal_credit(family: Family) -> bool:
    """It may run on past pension age for a while without counting."""
    return family.credit is not None and family.credit.closed is None


# The others of the home


def _others(subject: Subject) -> list[Other]:
    account = subject.home.account
    found = []
    for family in subject.household.families:
        if family.id == subject.family.id or family.role != "non_dependant":
            continue
        credit = family.credit if _has_universal_credit(family) else None
        gross = sum(
            one.gross_earnings + one.state_pension + one.private_pension + one.carers_allowance + one.other_income
            for one in family.adults
        )
        found.append(
            Other(
                ages=tuple(age(one.born, subject.day) for one in family.adults),
                gross=gross + (nearest(month_to_week(credit.latest.award)) if credit else 0),
                hours=max(one.hours for one in family.adults),
                on_pension_credit=bool(family.guarantee_credit or family.savings_credit),
                on_universal_credit=credit is not None,
                earns=any(one.gross_earnings for one in family.adults),
                is_disregarded=all(one.is_mentally_impaired for one in family.adults) and bool(account.disregard),
            )
        )
    return found


def _lets_rooms(subject: Subject) -> bool:
    return any(one.role == "lodger" for one in subject.household.families)


def _waived(family: Family) -> bool:
    """Reg 55(6), Sch 1 para 8(6): no deductions where claimant or partner is blind or gets a disability benefit."""
    return any(one.is_blind or one.gets_disability_benefit for one in family.adults)


# What the files hold


def _running(family: Family) -> Claim | None:
    claim = family.claim
    return claim if claim and claim.scheme == "pension_age" and claim.status in ("live", "suspended") else None


def _gap(subject: Subject, what: Literal["rent", "charge"]) -> str:
    """Why the files do not prove what is due; empty if they do."""
    claim = subject.claim
    if subject.family.claimant.died:
        return "the claimant has died"
    if claim is None:
        return "no claim in these files"
    if what == "rent" and not (claim.hb_ref and claim.in_benefit_extract and not subject.files.minimal):
        return "no claim for the rent in these files"
    if len(subject.household.families) > 1:
        return "no file says what the others in the home have"
    return means_gap(subject)
