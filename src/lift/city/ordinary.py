"""Who lives in an ordinary home? Kinds, ages, means and claims by the shares of `figures.yaml`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from lift.city import means
from lift.city.awards import guarantee_credit
from lift.city.claims import benefit_ref
from lift.city.days import add_months
from lift.city.lots import Lot
from lift.city.names import FIRMS, HALLS
from lift.city.people import Account, Family, Home, Household, Person, Tenure, Terms
from lift.city.places import pick
from lift.city.town import RENTED, SOCIAL, Town, account_ref

WHOLE = 1000


def home(town: Town, lot: Lot) -> Home:
    """An ordinary home at the town's index, of the kind that its lot says."""
    shares = town.figures.shares
    weights = dict(shares["unoccupied"])
    weights["occupied"] = WHOLE - sum(weights.values())
    kind = lot.pick(weights)
    if kind != "occupied":
        return EMPTY[kind](town, lot.pick(shares["bands_unoccupied"]))
    if lot.falls(town.figures.single["pensioner_households"]):
        kind = lot.pick(shares["households_pensioner"])
        return _pensioner_home(town, kind, _tenure(town, lot, "tenure_pensioner"), lot)
    kind = lot.pick(shares["households_working_age"])
    tenure: Tenure = "private" if kind == "shared_house" else _tenure(town, lot, "tenure_working_age")
    return _working_age_home(town, kind, tenure, lot)


def _tenure(town: Town, lot: Lot, table: str) -> Tenure:
    return lot.pick(town.figures.shares[table])  # type: ignore[return-value]  # the keys are tenures


def former_occupiers(town: Town, tenure: Tenure) -> Home:
    """A working-age household of a tenure, to have lived somewhere before those who live there now."""
    shares = town.figures.shares
    weights = {kind: share for kind, share in shares["households_working_age"].items() if kind != "shared_house"}
    lot = Lot(town.chance.randrange(WHOLE), WHOLE)
    return _working_age_home(town, lot.pick(weights), tenure, lot)


# Homes nobody's family lives in


def void(town: Town, band: str = "") -> Home:
    owner = town.registrar.adult(means.aged(town, 30, 75))
    account = town.account(owner, kind="void", exemption="", forwarding=_elsewhere(town))
    return Home(town.place("private", band), account, landlord=owner)


def second_home(town: Town, band: str = "") -> Home:
    owner = town.registrar.adult(means.aged(town, 35, 80))
    account = town.account(owner, kind="second_home", forwarding=_elsewhere(town))
    return Home(town.place("owner", band), account, landlord=owner)


def estate(town: Town, band: str = "") -> Home:
    """The executors of somebody who lived alone and has died; class F, and nobody there to write to."""
    alive = means.pensioner(town)
    died = town.day - timedelta(days=town.chance.randrange(20, 300))
    dead = replace(alive, died=died)
    name = f"EXECUTORS OF {dead.forename.upper()} {dead.surname.upper()} (DECD)"
    family = town.registrar.family(alive, savings=means.savings(town, "owner"))
    claim = town.happens(town.figures.shares["claims_by_tenure"]["owner"])
    before = town.pensioner_home(family, "owner", claim=claim, band=band)
    account = replace(town.account(dead, kind="estate", name=name, exemption="F"), started=died)
    return Home(before.dwelling, account, landlord=dead, since=died, before=former(before))


def business(town: Town, band: str = "") -> Home:
    account = town.account(kind="business", name=town.chance.choice(FIRMS), forwarding=_elsewhere(town))
    return Home(town.place("private", band), account)


def halls(town: Town, band: str = "") -> Home:
    """A flat in a hall of residence: class M, and no file names who lives there."""
    account = town.account(kind="halls", name=town.chance.choice(HALLS), exemption="M", forwarding=_elsewhere(town))
    return Home(town.place("private", band), account)


def students(town: Town, band: str = "") -> Home:
    """A house of students: class N, nothing charged."""
    dwelling = town.place("private", band)
    lodgers = [town.registrar.adult(means.aged(town, 18, 23)) for _ in range(town.chance.randrange(2, 5))]
    families = [town.registrar.family(one, role="head" if one is lodgers[0] else "joint_tenant") for one in lodgers]
    account = town.account(*lodgers[:2], kind="students", exemption="N", disregard="student")
    return Home(dwelling, account, (town.household(*families),))


EMPTY: dict[str, Callable[[Town, str], Home]] = {
    "void": void,
    "second_home": second_home,
    "estate": estate,
    "business": business,
    "halls": halls,
    "students": students,
}


def _elsewhere(town: Town) -> tuple[str, ...]:
    return (f"{town.chance.randrange(1, 200)} Elsewhere Road", "Othertown", "MM98 1AA")


# Pensioners


def _pensioner_home(town: Town, kind: str, tenure: Tenure, lot: Lot) -> Home:
    surname = town.registrar.surname()
    rents = tenure in RENTED
    claimant = means.pensioner(town, surname, rents=rents)
    partner = None
    if kind == "pensioner_couple":
        partner = means.pensioner(town, surname, other=claimant, rents=rents)
    elif kind == "mixed_age_couple":
        partner = means.worker(town, 50, 65, surname, other=claimant)
    family = town.registrar.family(claimant, partner=partner, savings=means.savings(town, tenure))
    others: tuple[Family, ...] = ()
    if kind == "pensioner_with_adult_child":
        others = (grown_child(town, means.worker(town, 25, 50, surname)),)
    claims = town.happens(town.figures.shares["claims_by_tenure"][tenure]) and kind != "mixed_age_couple"
    due = guarantee_credit(family, Household("", (family, *others)), town.day, town.figures)
    if due and kind != "mixed_age_couple" and town.happens(town.figures.single["pension_credit_taken_up"]):
        years = 1 if town.happens(town.figures.single["pension_credit_new_in_the_year"]) else 10
        family = replace(family, guarantee_credit_from=max(means.lately(town, years), town.of_age_since(family)))
    if family.guarantee_credit_from and family.guarantee_credit_from > town.day - timedelta(days=90):
        family = replace(family, claim_lags=town.happens(town.figures.single["claims_that_lag"]))
    changes = _course(town)
    if claims and town.happens(town.figures.single["claims_new_in_the_year"]):
        changes["started"] = max(means.lately(town, 1), town.of_age_since(family))
    band = lot.pick(town.figures.shares[f"bands_{tenure}"])
    made = town.pensioner_home(family, tenure, others, claims, changes, band=band)
    return replace(made, account=in_arrears(town, made.account, tenure, False))


def _course(town: Town) -> dict[str, Any]:
    """How the claim runs: in payment, suspended or just closed; and whether it records Attendance Allowance."""
    recorded = town.happens(town.figures.single["attendance_allowance_recorded"])
    weights = dict(town.figures.shares["claim_status"])
    weights["live"] = WHOLE - sum(weights.values())
    status = pick(town.chance, weights)
    ended = town.day - timedelta(days=town.chance.randrange(3, 28)) if status == "ended" else None
    return {"shows_disability_benefits": recorded, "status": status, "ended": ended}


# Working age


def _working_age_home(town: Town, kind: str, tenure: Tenure, lot: Lot) -> Home:
    shares, single = town.figures.shares, town.figures.single
    band = lot.pick(shares[f"bands_{tenure}"])
    if kind == "shared_house":
        return shared_house(town, band)
    family = _working_family(town, kind)
    others = _others(town, kind, family.claimant.surname)
    share = shares["universal_credit_by_tenure"][tenure] * shares["universal_credit_by_kind"][kind] // 100
    if not lot.falls(share):
        return _home_without_credit(town, family, tenure, others, band)
    terms = means.terms(town, family)
    if tenure in SOCIAL and kind == "single" and town.happens(single["supported_housing"]):
        return supported_home(town, family, terms, band)
    family = means.with_registrations(town, family, terms)
    reduced = town.happens(single["universal_credit_with_reduction"])
    if not reduced:
        terms = replace(terms, told=town.happens(single["universal_credit_told_without_reduction"]))
    changes: dict[str, Any] = {}
    if town.happens(single["claims_assessed_lately"]):
        changes["assessed"] = town.day - timedelta(days=town.chance.randrange(4, 55))
    if terms.periods < means.MOST_PERIODS:
        changes["started"] = _begun(town, terms) + timedelta(days=town.chance.randrange(0, 40))
    home = town.credit_home(family, terms, tenure, others, reduction=reduced, changes=changes, band=band)
    return replace(home, account=in_arrears(town, home.account, tenure, True))


def _begun(town: Town, terms: Terms) -> date:
    """When a claim of the last year was made: a month or two before its first period was over."""
    return add_months(town.day, -terms.periods - 1)


def _working_family(town: Town, kind: str) -> Family:
    surname = town.registrar.surname()
    youngest, oldest = (38, 65) if kind in ("with_adult_child", "with_parent") else (20, 65)
    if kind in ("couple_with_children", "lone_parent"):
        youngest, oldest = 26, 58
    claimant = means.worker(town, youngest, oldest, surname)
    partner: Person | None = None
    coupled = kind == "with_adult_child" and town.happens(town.figures.single["adult_child_with_both_parents"])
    if coupled or kind in ("couple", "couple_with_children", "with_parent"):
        partner_name = surname if town.chance.random() < 0.7 else ""
        partner = means.worker(town, youngest, oldest, partner_name, other=claimant)
    children: tuple[Person, ...] = ()
    if kind in ("couple_with_children", "lone_parent"):
        children = means.children(town, claimant)
    return town.registrar.family(claimant, partner=partner, children=children, savings=means.savings(town, "private"))


def _others(town: Town, kind: str, surname: str) -> tuple[Family, ...]:
    """Other families of the home: grown-up children, or the father or mother of the one named first."""
    if kind == "with_parent":
        parent = means.pensioner(town, surname)
        savings = means.savings(town, "private")
        return (town.registrar.family(parent, role="non_dependant", close_relative=True, savings=savings),)
    if kind != "with_adult_child":
        return ()
    number = 2 if town.happens(town.figures.single["second_adult_child"]) else 1
    return tuple(_grown_with_credit(town, surname) for _ in range(number))


def _grown_with_credit(town: Town, surname: str) -> Family:
    family = grown_child(town, means.worker(town, 18, 29, surname))
    if not town.happens(town.figures.single["universal_credit_of_adult_children"]):
        return family
    told = town.happens(town.figures.single["universal_credit_told_of_others"])
    return town.with_terms(family, None, replace(means.terms(town, family), told=told))


def grown_child(town: Town, one: Person) -> Family:
    return town.registrar.family(one, role="non_dependant", close_relative=True)


def _home_without_credit(town: Town, family: Family, tenure: Tenure, others: tuple[Family, ...], band: str) -> Home:
    dwelling = town.place(tenure, band)
    alone = len(family.adults) + sum(len(other.adults) for other in others) == 1
    joint = family.adults if town.chance.random() < 0.75 else family.adults[:1]
    account = town.account(*joint, single_person_discount=alone and town.chance.random() < 0.9)
    if town.happens(town.figures.single["universal_credit_ended_in_the_year"]):
        family = town.with_terms(family, dwelling, _ended(town, family))
    account = in_arrears(town, account, tenure, False)
    return Home(dwelling, account, (town.household(family, *others),))


def _ended(town: Town, family: Family) -> Terms:
    """Universal Credit that closed some months ago."""
    terms = means.terms(town, family)
    last = add_months(town.day.replace(day=terms.day_of_month), -town.chance.randrange(2, 12))
    return replace(terms, last=last, closed=True, told=town.chance.random() < 0.5)


def supported_home(town: Town, family: Family, terms: Terms, band: str = "") -> Home:
    """Supported housing: Universal Credit for living costs, Housing Benefit for the rent."""
    terms = replace(terms, without_housing=True)
    home = town.credit_home(family, terms, "housing_association", band=band)
    (head,) = home.families
    if head.application is None:
        raise AssertionError("a home that has asked for Council Tax Reduction")
    ref = benefit_ref(town.registrar.claim_number())
    changes = {"hb_ref": ref, "hb_week": home.dwelling.rent_week, "specified_accommodation": True}
    head = replace(head, application=replace(head.application, changes=changes))
    return replace(home, households=(replace(home.households[0], families=(head,)),))


def shared_house(town: Town, band: str = "B") -> Home:
    """Several families at one property number; the landlord pays the council tax."""
    dwelling = town.place("private", band)
    landlord = town.registrar.adult(means.aged(town, 35, 70))
    households = []
    for _ in range(town.chance.randrange(3, 6)):
        lodger = means.worker(town, 19, 55)
        family = town.registrar.family(lodger, role="joint_tenant", savings=means.savings(town, "private"))
        if town.happens(town.figures.single["universal_credit_in_shared_houses"]):
            told = town.happens(town.figures.single["universal_credit_told_of_others"])
            family = town.with_terms(family, dwelling, replace(means.terms(town, family), rent_week=9000, told=told))
        households.append(town.household(family))
    account = town.account(landlord, forwarding=_elsewhere(town))
    return Home(dwelling, account, tuple(households), landlord=landlord)


# The account


def in_arrears(town: Town, account: Account, tenure: Tenure, on_credit: bool) -> Account:
    """The account with what is owed from earlier and how far recovery has got, for some."""
    single = town.figures.single
    owes = single["arrears_on_universal_credit" if on_credit else "arrears_of_others"]
    if tenure == "owner":
        owes //= 3
    if not town.happens(owes):
        return account
    stage = pick(town.chance, town.figures.shares["recovery_stage"])
    return replace(account, arrears=town.chance.randrange(80, 1900) * 100, stage=stage)


def former(home: Home) -> Home:
    """The home under the account that its former occupiers had."""
    return replace(home, account=replace(home.account, ref=account_ref(home.dwelling.index, former=True)))
