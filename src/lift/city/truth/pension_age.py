"""Who is truly entitled to Pension Credit and Attendance Allowance, and do the files show it?"""

from __future__ import annotations

from dataclasses import replace

from lift.city.claims import pension_credit_case
from lift.city.law import pension_age, pension_credit
from lift.city.law.money import pounds
from lift.city.people import Claim, Person
from lift.city.standing import others_block
from lift.city.truth.answers import Answer, Verdict, as_entitled
from lift.city.truth.known import Subject

SMALLEST = 10


# Pension Credit


def pension_credit_answer(subject: Subject) -> Answer:
    family = subject.family
    block = others_block(family, subject.household, subject.day)
    case = pension_credit_case(family, block, subject.day, subject.figures)
    due = 0 if family.claimant.died else pension_credit.pension_credit(case, subject.figures)
    gap = _pension_credit_gap(subject) or _pension_credit_doubt(subject, case, due)
    return Answer(
        "pension_credit",
        subject,
        None,
        as_entitled(due > 0),
        in_receipt=bool(family.guarantee_credit or family.savings_credit),
        amount=pounds(due) if due else "",
        period="week" if due else "",
        gap=gap,
        expected=_pension_credit_verdict(subject, case, due, gap),
    )


def _pension_credit_gap(subject: Subject) -> str:
    """Why the files do not hold the family's means; empty if they do."""
    if subject.family.claimant.died:
        return "the claimant has died"
    return means_gap(subject)


def means_gap(subject: Subject) -> str:
    """Why the files do not hold the means of a family that has a claim there; empty if they do."""
    family, claim = subject.family, subject.claim
    if claim is None:
        return "no claim in these files"
    if family.partner and family.saved_mixed_age:
        return "no file says that a mixed-age couple is a saved case"
    if family.claim_lags and family.guarantee_credit:
        return "awarded since the claim was assessed"
    return _claim_gap(claim) or _savings_gap(claim, subject) or subject.fault


def _claim_gap(claim: Claim) -> str:
    if claim.status != "live":
        return f"the claim is {claim.status}"
    if claim.alternative_maximum:
        return "the alternative maximum says nothing of means"
    if claim.passport != "standard":
        return "a passported claim holds no means"
    if claim.state_pension_year is not None:
        return "assessed before the last uprating"
    return ""


def _savings_gap(claim: Claim, subject: Subject) -> str:
    if claim.savings_shown is None:
        return "savings are blank"
    if _savings_conflict(subject):
        return "two files differ about savings"
    if _savings_held(claim, subject) != subject.family.savings:
        return "the file gives other savings than there are"
    return ""


def _savings_held(claim: Claim, subject: Subject) -> int | None:
    """Savings as the files give them, where they agree."""
    if subject.files.minimal and claim.savings_in_reduction is not None:
        return claim.savings_in_reduction
    return claim.savings_shown


def _pension_credit_doubt(subject: Subject, case: pension_credit.Case, due: int) -> str:
    """With means known: whether the files prove that something is due. An addition may go unrecorded."""
    if not due:
        return "a disability benefit or a carer may go unrecorded"
    if _provable(case, subject, case.savings) >= SMALLEST:
        return ""
    return "an addition rests on a fact that no file holds"


def _savings_conflict(subject: Subject) -> bool:
    claim = subject.claim
    return bool(claim and claim.savings_in_reduction not in (None, claim.savings_shown) and not subject.files.minimal)


def _provable(case: pension_credit.Case, subject: Subject, savings: int) -> int:
    """What the files prove to be due: by the standard guarantee, and the premiums of somebody who lives alone. Sex and
    dates of birth stand on every claim, so that savings credit is as sure as the income."""
    claim, figures = subject.claim, subject.figures
    guarantee = figures.rate("pension_credit_couple" if case.partner else "pension_credit_single", case.day)
    if claim and case.partner is None and len(subject.household.families) == 1:
        # Only the Housing Benefit extract counts the other adults, so only it proves that nobody there is in the way.
        counted = claim.in_benefit_extract and not subject.files.minimal
        if counted and claim.severe_premium and claim.shows_disability_benefits:
            guarantee += pension_credit.severe_disability_addition(case, figures)
        guarantee += figures.rate("pension_credit_carer", case.day) * case.claimant.entitled_as_carer
    held = replace(case, savings=savings)
    income = pension_credit.income(held, figures)
    return max(guarantee - income, 0) + pension_credit.savings_credit(held, guarantee, income, figures)


def _pension_credit_verdict(subject: Subject, case: pension_credit.Case, due: int, gap: str) -> Verdict:
    family, claim = subject.family, subject.live_claim
    paid = family.guarantee_credit or family.savings_credit
    if claim and paid and not subject.fault and not family.claim_lags:
        return "in_payment"
    if subject.births_are_known and subject.is_all_under_pension_age:
        return "ruled_out"
    if not due or claim is None or subject.fault:
        return ""
    if not gap:
        return "likely"
    if _savings_conflict(subject) and claim.savings_in_reduction is not None:
        sure = _provable(case, subject, max(case.savings, claim.savings_in_reduction)) >= SMALLEST
        return "likely" if sure else "possible"
    return ""


# Attendance Allowance


def attendance_allowance_answer(subject: Subject, one: Person) -> Answer:
    of_age = pension_age.has_reached(one.born, subject.day, subject.figures)
    needs = one.care_need != "none" and not one.gets_dla_or_pip and not one.died
    rate = "higher" if one.care_need == "day_and_night" else "lower"
    entitled = of_age and needs
    amount = subject.figures.rate(f"attendance_allowance_{rate}", subject.day)
    return Answer(
        "attendance_allowance",
        subject,
        one,
        as_entitled(entitled),
        in_receipt=bool(one.attendance_allowance),
        amount=pounds(amount) if entitled else "",
        period="week" if entitled else "",
        gap="no file holds the need for care",
        expected=_attendance_verdict(subject, one, of_age),
    )


def _attendance_verdict(subject: Subject, one: Person, of_age: bool) -> Verdict:
    claim = subject.live_claim
    if subject.births_are_known and not of_age:
        return "ruled_out"
    if claim is None or subject.fault or not one.attendance_allowance or not claim.shows_disability_benefits:
        return ""
    shown = bool(claim.ctr_ref) or (claim.passport == "standard" and not subject.files.minimal)
    return "in_payment" if shown and not claim.alternative_maximum else ""
