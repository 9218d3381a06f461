"""Who lives in an ordinary home? Kinds, ages, means and claims by the shares of `figures.yaml`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lift.city import means
from lift.city.names import FIRMS
from lift.city.people import Family, Home, Person, Tenure
from lift.city.places import pick
from lift.city.town import Town


def home(town: Town) -> Home:
    """An ordinary home at the town's index."""
    weights = dict(town.figures.shares["unoccupied"])
    weights["occupied"] = 1000 - sum(weights.values())
    kind = pick(town.chance, weights)
    if kind != "occupied":
        return EMPTY[kind](town)
    if town.chance.randrange(1000) < town.figures.single["pensioner_households"]:
        return _pensioner_home(town)
    kind = pick(town.chance, town.figures.shares["households_working_age"])
    tenure = _tenure(town, "tenure_working_age")
    if kind == "shared_house":
        return shared_house(town)
    return _working_age_home(town, kind, tenure)


def _tenure(town: Town, table: str) -> Tenure:
    return pick(town.chance, town.figures.shares[table])  # type: ignore[return-value]  # the keys are tenures


# Homes nobody's family lives in


def void(town: Town) -> Home:
    dwelling = town.place("private")
    owner = town.registrar.adult(town.registrar.birth(30, 75))
    return Home(dwelling, town.account(owner, kind="void", exemption="", forwarding=_elsewhere(town)), landlord=owner)


def second_home(town: Town) -> Home:
    owner = town.registrar.adult(town.registrar.birth(35, 80))
    account = town.account(owner, kind="second_home", forwarding=_elsewhere(town))
    return Home(town.place("owner"), account, landlord=owner)


def estate(town: Town) -> Home:
    """The executors of somebody who has died; class F, and nobody there to write to."""
    born = town.registrar.birth(70, 95)
    dead = replace(town.registrar.adult(born), died=town.day - timedelta(days=town.chance.randrange(20, 300)))
    name = f"EXECUTORS OF {dead.forename.upper()} {dead.surname.upper()} (DECD)"
    return Home(town.place("owner"), town.account(dead, kind="estate", name=name, exemption="F"), landlord=dead)


def business(town: Town) -> Home:
    account = town.account(kind="business", name=town.chance.choice(FIRMS), forwarding=_elsewhere(town))
    return Home(town.place("private"), account)


def students(town: Town) -> Home:
    """A house of students: class N, nothing charged."""
    dwelling = town.place("private")
    lodgers = [town.registrar.adult(town.registrar.birth(18, 23)) for _ in range(town.chance.randrange(2, 5))]
    families = [town.registrar.family(one, role="head" if one is lodgers[0] else "joint_tenant") for one in lodgers]
    account = town.account(*lodgers[:2], kind="students", exemption="N", disregard="student")
    return Home(dwelling, account, (town.household(*families),))


EMPTY: dict[str, Callable[[Town], Home]] = {
    "void": void,
    "second_home": second_home,
    "estate": estate,
    "business": business,
    "students": students,
}


def _elsewhere(town: Town) -> tuple[str, ...]:
    return (f"{town.chance.randrange(1, 200)} Elsewhere Road", "Othertown", "MM98 1AA")


# Pensioners


def _pensioner_home(town: Town) -> Home:
    kind = pick(town.chance, town.figures.shares["households_pensioner"])
    tenure = _tenure(town, "tenure_pensioner")
    surname = town.registrar.surname()
    claimant = means.pensioner(town, surname)
    partner = None
    if kind == "pensioner_couple":
        partner = means.pensioner(town, surname, other=claimant)
    elif kind == "mixed_age_couple":
        partner = means.worker(town, 50, 65, surname, other=claimant)
    family = town.registrar.family(claimant, partner=partner, savings=means.savings(town, tenure))
    others: tuple[Family, ...] = ()
    if kind == "pensioner_with_adult_child":
        child = means.worker(town, 25, 50, surname)
        others = (town.registrar.family(child, role="non_dependant", close_relative=True),)
    due = 0 if partner and kind == "mixed_age_couple" else town.guarantee_credit(family, others)
    if due and town.chance.randrange(1000) < town.figures.single["pension_credit_taken_up"]:
        family = replace(family, guarantee_credit=due)
    claims = town.chance.randrange(1000) < town.figures.shares["claims_by_tenure"][tenure]
    claims = claims and kind != "mixed_age_couple"
    return town.pensioner_home(family, tenure, others, claim=claims, changes=_course(town))


def _course(town: Town) -> dict[str, Any]:
    """How the claim runs: in payment, suspended or just closed; and whether it records Attendance Allowance."""
    recorded = town.chance.randrange(1000) < town.figures.single["attendance_allowance_recorded"]
    weights = dict(town.figures.shares["claim_status"])
    weights["live"] = 1000 - sum(weights.values())
    status = pick(town.chance, weights)
    ended = town.day - timedelta(days=town.chance.randrange(3, 28)) if status == "ended" else None
    return {"shows_disability_benefits": recorded, "status": status, "ended": ended}


# Working age


def _working_age_home(town: Town, kind: str, tenure: Tenure) -> Home:
    family = _working_family(town, kind)
    others: tuple[Family, ...] = ()
    if kind == "with_adult_child":
        grown = means.worker(town, 18, 30, family.claimant.surname)
        others = (town.registrar.family(grown, role="non_dependant", close_relative=True),)
    share = town.figures.shares["universal_credit_by_tenure"][tenure]
    factor = town.figures.shares["universal_credit_by_kind"][kind]
    if town.chance.randrange(100_000) >= share * factor:
        return _home_without_credit(town, family, tenure, others)
    terms = means.terms(town, family)
    family = means.with_registrations(town, family)
    reduced = town.chance.randrange(1000) < town.figures.single["universal_credit_with_reduction"]
    if not reduced:
        told = town.chance.randrange(1000) < town.figures.single["universal_credit_told_without_reduction"]
        terms = replace(terms, told=told)
    changes: dict[str, Any] = {}
    if town.chance.randrange(1000) < town.figures.single["claims_assessed_lately"]:
        changes["assessed"] = town.day - timedelta(days=town.chance.randrange(4, 55))
    return town.credit_home(family, terms, tenure, others, reduction=reduced, changes=changes)


def _working_family(town: Town, kind: str) -> Family:
    surname = town.registrar.surname()
    youngest, oldest = (30, 62) if kind == "with_adult_child" else (20, 62)
    claimant = means.worker(town, youngest, oldest, surname)
    partner: Person | None = None
    if kind in ("couple", "couple_with_children"):
        partner_name = surname if town.chance.random() < 0.7 else ""
        partner = means.worker(town, youngest, oldest, partner_name, other=claimant)
    children: tuple[Person, ...] = ()
    if kind in ("couple_with_children", "lone_parent"):
        children = means.children(town, claimant)
    return town.registrar.family(claimant, partner=partner, children=children, savings=means.savings(town, "private"))


def _home_without_credit(town: Town, family: Family, tenure: Tenure, others: tuple[Family, ...]) -> Home:
    dwelling = town.place(tenure)
    alone = len(family.adults) + sum(len(other.adults) for other in others) == 1
    joint = family.adults if town.chance.random() < 0.75 else family.adults[:1]
    account = town.account(*joint, single_person_discount=alone and town.chance.random() < 0.9)
    return Home(dwelling, account, (town.household(family, *others),))


def shared_house(town: Town) -> Home:
    """Several families at one property number; the landlord pays the council tax."""
    dwelling = town.place("private", "B")
    landlord = town.registrar.adult(town.registrar.birth(35, 70))
    households = []
    for _ in range(town.chance.randrange(3, 6)):
        lodger = means.worker(town, 19, 55)
        family = town.registrar.family(lodger, role="joint_tenant", savings=means.savings(town, "private"))
        if town.chance.random() < 0.4:
            terms = replace(means.terms(town, family), rent_week=9000, told=town.chance.random() < 0.3)
            family = town.with_credit(family, dwelling, terms)
        households.append(town.household(family))
    account = town.account(landlord, forwarding=_elsewhere(town))
    return Home(dwelling, account, tuple(households), landlord=landlord)
