"""Who is truly entitled to school meals, an uncapped award, Council Tax Reduction, and do the files show it?"""

from __future__ import annotations

from datetime import date

from lift.city.days import add_months
from lift.city.law import council_tax, school_meals
from lift.city.law.money import pounds
from lift.city.people import Person
from lift.city.standing import is_liable
from lift.city.truth.answers import Answer, Entitled, Verdict, as_entitled
from lift.city.truth.known import Subject

INFANT_YEARS = ("R", "1", "2")
RECOMPUTED_MARGIN = 100
OLD_RATES = "the last notice is from before the rates changed"
BANDS_PUBLISHED_FROM = date(2026, 4, 1)  # figures.yaml gives the invented council the same bands the year before


# Free school meals


def school_meals_answer(subject: Subject, child: Person) -> Answer:
    family, credit, pupil = subject.family, subject.family.credit, child.pupil
    running = credit is not None and credit.closed is None
    pay = [period.earnings for period in reversed(credit.periods)] if credit else []
    paid = running and credit is not None and credit.latest.award > 0
    entitled = as_entitled(
        pupil is not None
        and school_meals.is_entitled(paid, pay, bool(family.guarantee_credit), subject.day, subject.figures)
    )
    if pupil is not None and running and not paid:
        entitled = "not_settled"
    gap = _meals_gap(subject, child)
    return Answer(
        "free_school_meals",
        subject,
        child,
        entitled,
        in_receipt=bool(pupil and pupil.meals_registered),
        period="in_kind" if entitled == "yes" else "",
        gap=gap,
        expected=_meals_verdict(subject, child, entitled, gap),
    )


def _meals_gap(subject: Subject, child: Person) -> str:
    pupil = child.pupil
    if subject.files.minimal:
        return "no school roll in these files"
    if pupil is None:
        return "on no state-funded school's roll"
    if not (subject.is_told_of or (subject.live_claim and subject.family.guarantee_credit)):
        return "nothing tells of the parent's award"
    if subject.family.claimant.died:
        return "the parent has died"
    if not (pupil.parent_on_roll or subject.live_claim):
        return "nothing ties the child to a parent"
    by_earnings = pupil.year_group in INFANT_YEARS and not subject.family.guarantee_credit
    if by_earnings and not _is_fed_anyway(subject, child) and not _are_earnings_told(subject):
        return "the earnings of an earlier period are in no notice"
    return subject.fault


def _are_earnings_told(subject: Subject) -> bool:
    """Whether the periods that the council has kept notices of are enough to meet the old limits."""
    credit = subject.family.credit
    told = credit.periods[-credit.kept :] if credit else ()
    pay = [period.earnings for period in reversed(told)]
    return school_meals.meets_earnings_test(pay, subject.day, subject.figures)


def _is_fed_anyway(subject: Subject, child: Person) -> bool:
    """An infant whose parent earns above the old limit: fed without a claim, and the school gains nothing by one."""
    credit = subject.family.credit
    pay = [period.earnings for period in reversed(credit.periods)] if credit else []
    infant = child.pupil is not None and child.pupil.year_group in INFANT_YEARS
    return infant and not school_meals.meets_earnings_test(pay, subject.day, subject.figures)


def _meals_verdict(subject: Subject, child: Person, entitled: Entitled, gap: str) -> Verdict:
    pupil = child.pupil
    if subject.files.minimal or pupil is None or subject.fault:
        return ""
    if pupil.meals_registered:
        return "in_payment"
    if gap or subject.day < school_meals.EVERY_AWARD_COUNTS_FROM or _is_fed_anyway(subject, child):
        return ""
    return {"yes": "likely", "not_settled": "possible", "no": ""}[entitled]  # type: ignore[return-value]


# Benefit cap


def benefit_cap_answer(subject: Subject) -> Answer:
    """Entitled means: the cap takes too much. In receipt means: it takes nothing."""
    credit = subject.family.credit
    if credit is None:
        raise ValueError("only a Universal Credit family can be capped")
    latest = credit.latest
    wrong = latest.reduction - latest.right_reduction if credit.closed is None else 0
    gap = _cap_gap(subject, wrong)
    return Answer(
        "benefit_cap",
        subject,
        None,
        as_entitled(wrong > 0),
        in_receipt=latest.reduction == 0,
        amount=pounds(wrong) if wrong else "",
        period="month" if wrong else "",
        gap=gap,
        expected=_cap_verdict(subject, wrong, gap),
    )


def _exempt_by_notice(subject: Subject) -> bool:
    """Whether the notice itself shows what lifts the cap, beyond doubt."""
    latest = subject.family.credit.latest if subject.family.credit else None
    if latest is None:
        return False
    parts = latest.elements
    enough = latest.earnings >= subject.figures.rate("cap_earnings_threshold", latest.start)
    return bool(parts.lcwra or parts.carer or parts.disabled_child_lower) or enough


def _is_claim_fresh(subject: Subject) -> bool:
    """Whether a live claim was assessed within two months, as a working-age assessment must be to be believed."""
    claim = subject.live_claim
    return bool(claim and claim.assessed and claim.assessed >= add_months(subject.day, -2))


def _is_recomputable(subject: Subject) -> bool:
    """Whether the claim tells the Child Benefit that counts, so that too large a reduction shows by sums alone."""
    return _is_claim_fresh(subject) and subject.family.child_benefit and bool(subject.family.children)


def _exempt_by_claim(subject: Subject) -> bool:
    """Whether a fresh claim shows a benefit of claimant or partner that lifts the cap."""
    claim = subject.live_claim
    shown = any(adult.gets_disability_benefit or adult.gets_dla_or_pip for adult in subject.family.adults)
    return bool(claim and claim.shows_disability_benefits) and shown and _is_claim_fresh(subject)


def _cap_gap(subject: Subject, wrong: int) -> str:
    if not subject.is_told_of:
        return "no notices of a running award"
    if subject.fault:
        return subject.fault
    if not subject.is_told_at_new_rates:
        return OLD_RATES
    if _exempt_by_notice(subject) or (wrong and _exempt_by_claim(subject)):
        return ""
    if _is_wrong_by_sums(subject) and _is_recomputable(subject):
        return ""
    return (
        "a benefit that lifts the cap is in no file beyond doubt"
        if wrong
        else "a benefit that lifts the cap may go unrecorded"
    )


def _is_wrong_by_sums(subject: Subject) -> bool:
    """Whether the reduction is too large even if nothing exempts the family."""
    credit = subject.family.credit
    return bool(credit and credit.latest.reduction - credit.latest.right_unexempted > RECOMPUTED_MARGIN)


def _cap_verdict(subject: Subject, wrong: int, gap: str) -> Verdict:
    credit = subject.family.credit
    if credit is None or wrong <= 0 or not subject.is_told_of or subject.fault:
        return ""
    if not gap:
        return "likely"
    return "possible" if credit.latest.elements.disabled_child_higher else ""


# Council Tax Reduction not claimed by a liable Universal Credit family


def reduction_answer(subject: Subject) -> Answer:
    credit, claim = subject.family.credit, subject.family.claim
    if credit is None:
        raise ValueError("the rule is about Universal Credit families")
    latest = credit.latest
    means = council_tax.Means(latest.elements.maximum, latest.award, latest.earnings, latest.other_income)
    in_receipt = bool(claim and claim.ctr_ref and claim.status == "live")
    possible = is_liable(subject.family, subject.home.account) and subject.charge > 0 and credit.closed is None
    entitled: Entitled = "no"
    year: int | None = None
    if possible:
        entitled = "yes" if council_tax.surely_entitled(means, subject.day, subject.figures) else "not_settled"
        if len(subject.household.families) == 1:
            year = council_tax.working_age_reduction_year(subject.charge, means, subject.day, subject.figures)
    return Answer(
        "council_tax_reduction_not_claimed",
        subject,
        None,
        entitled,
        in_receipt,
        amount=pounds(year) if year and entitled == "yes" else "",
        period="year" if year and entitled == "yes" else "",
        gap=_reduction_gap(subject),
        expected=_reduction_verdict(subject, entitled, in_receipt),
    )


def _reduction_gap(subject: Subject) -> str:
    credit = subject.family.credit
    if subject.day < BANDS_PUBLISHED_FROM:
        return "the bands of that year were not published"
    if not subject.is_told_of:
        return "no notices of a running award"
    if subject.fault:
        return subject.fault
    if not subject.is_told_at_new_rates:
        return OLD_RATES
    if credit and credit.latest.earnings:
        return "which earnings the scheme ignores is not known"
    if not subject.home.account.single_person_discount:
        return "other adults may live there"
    return ""


def _reduction_verdict(subject: Subject, entitled: Entitled, in_receipt: bool) -> Verdict:
    if subject.fault or not subject.is_told_of:
        return ""
    if in_receipt:
        return "in_payment"
    if entitled == "yes" and not _reduction_gap(subject):
        return "likely"
    return "ruled_out" if subject.home.account.exemption and entitled == "no" else ""
