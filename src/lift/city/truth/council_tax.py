"""Whose council tax bill should be lower for who lives there, and is it?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lift.city.claims import bill
from lift.city.days import age, days_in_tax_year
from lift.city.extracts.accounts import live_reduction
from lift.city.law.council_tax_discount import HALF, QUARTER, Adult, counted, discount, with_impairment
from lift.city.law.money import nearest, pounds, year_to_week
from lift.city.people import Account, Person
from lift.city.standing import is_liable
from lift.city.truth.answers import Answer, as_entitled
from lift.city.truth.known import Subject

GROWN = 18


def answers(subject: Subject) -> Iterator[Answer]:
    """Of a family that is liable for the home it lives in; a discount is nobody else's.

    Nobody in the city has a home altered for a disability but those whom the account shows, and who looks after whom
    for how long the city does not know, so that nothing is said of carers."""
    if not is_liable(subject.family, subject.home.account):
        return
    account = subject.home.account
    yield _answer("single_person_discount", subject, _quarter(subject), account.single_person_discount)
    yield _answer("nobody_counts_discount", subject, _second_quarter(subject), False)
    shown = _shows_impairment(account)
    yield _answer("severe_mental_impairment_disregard", subject, _impairment(subject), shown)
    reduced = account.disabled_band_reduction
    yield Answer(
        "disabled_band_reduction", subject, None, as_entitled(reduced), reduced, gap="no file tells of the home's rooms"
    )


def _answer(entitlement: str, subject: Subject, share: Fraction, in_receipt: bool) -> Answer:
    """`share`: the part of the full charge that is due and not taken off, if it is not in receipt."""
    due = share > 0 or in_receipt
    entitled = as_entitled(due and not subject.family.claimant.died)
    amount = _worth(subject, share) if entitled == "yes" and not in_receipt else None
    return Answer(
        entitlement,
        subject,
        None,
        entitled,
        in_receipt,
        amount="" if amount is None else pounds(amount),
        period="" if amount is None else "week",
        gap=_gap(subject),
    )


# Who lives there


def _adults(subject: Subject, *, recorded: bool) -> list[Adult]:
    """Everybody of 18 or over in the dwelling who is no dependent child; `recorded`: with those impairments only that
    the council has on record, as the discounts are told."""
    students = subject.home.account.disregard == "student"
    return [
        Adult(is_student=students, is_impaired=_is_impaired(one) and (not recorded or _is_on_record(one, subject)))
        for household in subject.home.households
        for family in household.families
        for one in family.adults
        if one.died is None and age(one.born, subject.day) >= GROWN
    ]


def _is_impaired(one: Person) -> bool:
    """Attendance Allowance would be due with such an impairment, whether it is claimed or not."""
    return one.is_mentally_impaired and (one.gets_disability_benefit or one.care_need != "none")


def _is_on_record(one: Person, subject: Subject) -> bool:
    """The account shows it of those liable, the list of other adults of anybody else."""
    account = subject.home.account
    return _shows_impairment(account) or one.id not in account.liable


def _shows_impairment(account: Account) -> bool:
    return account.disregard == "severe_mental_impairment" or account.exemption == "U"


# What is due


def _quarter(subject: Subject) -> Fraction:
    alone = counted(_adults(subject, recorded=True)) <= 1
    return QUARTER if _is_charged(subject) and alone else Fraction(0)


def _second_quarter(subject: Subject) -> Fraction:
    return HALF - QUARTER if _is_charged(subject) and discount(_adults(subject, recorded=True)) == HALF else Fraction(0)


def _impairment(subject: Subject) -> Fraction:
    if not _is_charged(subject):
        return Fraction(0)
    return with_impairment(_adults(subject, recorded=False)) - discount(_adults(subject, recorded=True))


def _is_charged(subject: Subject) -> bool:
    return not subject.home.account.exemption


def _worth(subject: Subject, share: Fraction) -> int | None:
    """What the family's bill falls by a week; none where others share it, or where a reduction falls with the charge by
    what its scheme says."""
    home = subject.home
    if sum(is_liable(family, home.account) for family in home.families) > 1:
        return None
    off = nearest(bill(home.dwelling, home.account, subject.day, subject.figures).full * share)
    claim = live_reduction(home)
    if claim is not None and (claim.scheme != "pension_age" or claim.alternative_maximum):
        return None
    credited = claim.ctr_week * days_in_tax_year(subject.day) // 7 if claim else 0
    return nearest(year_to_week(max(off - credited, 0), days_in_tax_year(subject.day)))


# What the files hold


def _gap(subject: Subject) -> str:
    """Why the files do not prove it. A claim that names everybody comes nearest, and no file says that it does."""
    if subject.family.claimant.died:
        return "the claimant has died"
    if subject.live_claim is None:
        return "no claim that runs says who lives there"
    if subject.fault:
        return subject.fault
    if sum(len(household.families) for household in subject.home.households) > 1:
        return "no file says whether the others there count"
    return "a claim may not name everybody there"
