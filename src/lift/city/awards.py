"""What was a home like on a day, and what was everybody there awarded?

People, once made, are as they are on the city's last day. Earlier days follow from it: who was not yet born, still a
child, still alive or still living somewhere else; benefits at the rates of the day; claims as far as they had got.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lift.city import claims, credit
from lift.city.days import Dates, age, uprating
from lift.city.figures import Figures
from lift.city.law import pension_age
from lift.city.law import pension_credit as credit_law
from lift.city.names import PRIMARIES, SCHOOLS
from lift.city.people import Application, Claim, Dwelling, Family, Home, Household, Person
from lift.city.registrar import year_group
from lift.city.standing import others_block

GROWN_AT = 18
LAST_YEAR_GROUP = 13


# Who is there


def on(home: Home, day: date) -> Home:
    """The dwelling with whoever lived there on the day."""
    while home.since is not None and day < home.since:
        if home.before is None:
            raise ValueError("a home with a day it is so since has a state before")
        home = home.before
    then = tuple(_as_they_were(household, day) for household in home.households)
    return (
        home
        if all(one is other for one, other in zip(then, home.households, strict=True))
        else replace(home, households=then)
    )


def _as_they_were(household: Household, day: date) -> Household:
    """Without those not yet born; who was under 18 is still a child of the head of the home."""
    head, *others = household.families
    young = [one.claimant for one in others if one.close_relative and age(one.claimant.born, day) < GROWN_AT]
    children = (*young, *(child for child in head.children if child.born <= day))
    others = [one for one in others if one.claimant not in young]
    if len(children) == len(head.children) and not young:
        return household
    return replace(household, families=(replace(head, children=children), *others))


def whereabouts(home: Home, family_id: str) -> credit.Whereabouts:
    """Where a family of today's home was on an earlier day, and who belonged to it."""

    def found(day: date) -> tuple[Family, Dwelling] | None:
        then: Home | None = home
        while then is not None and then.since is not None and day < then.since:
            then = then.origin
        if then is None:
            return None
        for household in then.households:
            for family in _as_they_were(household, day).families:
                if family.id == family_id:
                    return family, then.dwelling
        return None

    return found


# What they live on


def _ratio(pence: int, name: str, day: date, last: date, figures: Figures) -> int:
    """An amount of the last day's rates at those of an earlier day."""
    then, now = figures.rate(name, day), figures.rate(name, last)
    return pence if then == now else (pence * then + now // 2) // now


def _person(one: Person, day: date, last: date, figures: Figures) -> Person:
    """Income and benefits as on the day; nothing that starts at pension age before it."""
    if one.pupil is not None or not one.nino:
        return _pupil(one, day)
    changes: dict[str, object] = {}
    if uprating(day) != uprating(last):
        changes["state_pension"] = _ratio(one.state_pension, "basic_state_pension", day, last, figures)
        changes["carers_allowance"] = _ratio(one.carers_allowance, "carers_allowance", day, last, figures)
    if one.died is not None and one.died > day:
        changes["died"] = None
    starts = one.attendance_allowance_from
    if one.attendance_allowance and starts is not None and day < starts:
        changes["attendance_allowance"] = ""
    if one.state_pension and not pension_age.has_reached(one.born, day, figures):
        changes |= {"state_pension": 0, "private_pension": 0, "attendance_allowance": ""}
    return replace(one, **changes) if changes else one  # type: ignore[arg-type]


def _pupil(one: Person, day: date) -> Person:
    """The child in the class of the day; free meals from the day they were granted."""
    pupil = one.pupil
    if pupil is None:
        return one
    year = year_group(one.born, day)
    if not 0 <= year <= LAST_YEAR_GROUP:
        return replace(one, pupil=None)
    named = "R" if year == 0 else str(year)
    registered = pupil.meals_registered and (pupil.meals_start is None or pupil.meals_start <= day)
    if named == pupil.year_group and registered == pupil.meals_registered:
        return one
    school = pupil.school
    if (year <= 6) != (school < PRIMARIES):
        school = int(pupil.upn[1:]) % PRIMARIES if year <= 6 else PRIMARIES + school % (len(SCHOOLS) - PRIMARIES)
    pupil = replace(
        pupil,
        year_group=named,
        school=school,
        meals_registered=registered,
        meals_category=pupil.meals_category if registered else "",
        meals_start=pupil.meals_start if registered else None,
    )
    return replace(one, pupil=pupil)


def _family(family: Family, day: date, last: date, figures: Figures) -> Family:
    claimant = _person(family.claimant, day, last, figures)
    partner = _person(family.partner, day, last, figures) if family.partner else None
    children = tuple(_person(child, day, last, figures) for child in family.children)
    if (claimant, partner, children) == (family.claimant, family.partner, family.children):
        return family
    return replace(family, claimant=claimant, partner=partner, children=children)


# What they are awarded


def awarded(home: Home, dates: Dates, last: date, figures: Figures) -> Home:
    """The home of the day with every award in payment. `last` is the city's last day."""
    now = on(home, dates.day)
    if not now.households:
        return now
    then = [
        replace(household, families=tuple(_family(family, dates.day, last, figures) for family in household.families))
        for household in now.households
    ]
    return replace(now, households=tuple(_household(household, now, dates, figures) for household in then))


def _household(household: Household, home: Home, dates: Dates, figures: Figures) -> Household:
    if not any(family.application or family.terms or family.guarantee_credit_from for family in household.families):
        return household
    families = tuple(_awards(family, household, home, dates, figures) for family in household.families)
    return replace(household, families=families)


def _awards(family: Family, household: Household, home: Home, dates: Dates, figures: Figures) -> Family:
    if family.guarantee_credit_from is not None and family.guarantee_credit_from <= dates.day:
        family = replace(family, guarantee_credit=guarantee_credit(family, household, dates.day, figures))
    application = family.application
    if family.terms is not None:
        number = application.number if application else family.terms.number
        ref = claims.reduction_ref(number)
        known_on = dates.notices
        family = replace(
            family, credit=credit.award(whereabouts(home, family.id), family.terms, known_on, figures, ref)
        )
    if application is not None and application.started <= dates.day:
        told = replace(family, guarantee_credit=0) if family.claim_lags else family
        family = replace(family, claim=_claim(told, application, household, home, dates.day, figures))
    return family


def guarantee_credit(family: Family, household: Household, day: date, figures: Figures) -> int:
    """What the family is truly entitled to a week, pence."""
    block = others_block(family, household, day)
    return credit_law.guarantee_credit(claims.pension_credit_case(family, block, day, figures), figures)


def _claim(
    family: Family, application: Application, household: Household, home: Home, day: date, figures: Figures
) -> Claim | None:
    made = application.by_hand or _worked_out(family, application, household, home, day, figures)
    if made is None:
        return None
    others = tuple(one.id for one in household.families if one.id != family.id and one.role == "non_dependant")
    made = replace(made, non_dependants=others, **application.changes)
    if made.ended is not None and day < made.ended:
        made = replace(made, status="live", ended=None)
    if made.assessed is not None and day < made.assessed:
        made = replace(made, assessed=None)
    return made


def _worked_out(
    family: Family, application: Application, household: Household, home: Home, day: date, figures: Figures
) -> Claim | None:
    charge = claims.bill(home.dwelling, home.account, day, figures).charge
    number, started = application.number, application.started
    if application.scheme == "working_age":
        return claims.working_age_claim(family, charge, number, started, day, figures)
    if not any(pension_age.has_reached(adult.born, day, figures) for adult in family.adults):
        return None
    block = others_block(family, household, day)
    at = claims.Circumstances(home.dwelling, charge, block, number, started, day, figures)
    return claims.pensioner_claim(family, at)
