"""What do people live on: pensions, pay, savings, health, and the terms of their Universal Credit?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from lift.city import credit
from lift.city.days import add_months, age
from lift.city.people import Family, Need, Person, Rate, Sex
from lift.city.town import Town

NEW_STATE_PENSION_WOMEN = date(1953, 4, 6)
NEW_STATE_PENSION_MEN = date(1951, 4, 6)
OTHER_SEX: dict[Sex, Sex] = {"female": "male", "male": "female"}
MANY_PERIODS = (12, 13, 14)


def pensioner(town: Town, surname: str = "", other: Person | None = None) -> Person:
    """Somebody past pension age: State Pension, perhaps a works pension, perhaps care needed."""
    chance, registrar = town.chance, town.registrar
    latest = town.latest_birth
    born = latest - timedelta(days=int(chance.random() ** 1.4 * 365 * 27))
    if other is not None:
        born = min(other.born + timedelta(days=chance.randrange(-2000, 2000)), latest)
    person = registrar.adult(born, OTHER_SEX[other.sex] if other else None, surname)
    new = born >= (NEW_STATE_PENSION_WOMEN if person.sex == "female" else NEW_STATE_PENSION_MEN)
    full = town.rate("new_state_pension" if new else "basic_state_pension")
    share = chance.choice((100, 100, 100, 95, 90, 85, 75, 60, 40))
    state = full * share // 100 + (0 if new else chance.choice((0, 0, 1240, 2875, 4510)))
    private = 0 if chance.random() < 0.45 else 500 + int(chance.random() ** 2 * 35000)
    return _with_care(town, replace(person, state_pension=state, private_pension=private))


def _with_care(town: Town, person: Person) -> Person:
    """Care needed by some, more of them the older; Attendance Allowance for those who asked for it."""
    chance, single = town.chance, town.figures.single
    years = age(person.born, town.day)
    weight = 40 if years < 72 else 100 if years < 82 else 190
    if chance.randrange(100_000) >= single["care_need"] * weight:
        return person
    higher = chance.randrange(1000) < single["attendance_allowance_higher_share"]
    need: Need = "day_and_night" if higher else "day_or_night"
    rate: Rate = ""
    if chance.randrange(1000) < single["attendance_allowance_taken_up"]:
        rate = "higher" if higher else "lower"
    return replace(person, care_need=need, attendance_allowance=rate)


def worker(town: Town, youngest: int, oldest: int, surname: str = "", other: Person | None = None) -> Person:
    """An adult below pension age; a partner is near the other's age."""
    chance, registrar = town.chance, town.registrar
    born = registrar.birth(youngest, oldest)
    if other is not None and oldest < 64:
        born = other.born + timedelta(days=chance.randrange(-1800, 1800))
        born = min(max(born, add_months(town.day, -12 * 63)), add_months(town.day, -12 * 18))
    person = registrar.adult(born, OTHER_SEX[other.sex] if other else None, surname)
    return replace(person, pip_daily_living="lower" if chance.random() < 0.04 else "")


def children(town: Town, parent: Person) -> tuple[Person, ...]:
    """One to five children, born when the parent was between 18 and 45, under 18 now; eldest first."""
    chance, registrar = town.chance, town.registrar
    years = age(parent.born, town.day)
    oldest = min(max(years - 18, 0), 17)
    number = chance.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5))
    births = sorted(registrar.birth(0, oldest) for _ in range(number))
    return tuple(registrar.child(born, parent.surname) for born in births)


def savings(town: Town, tenure: str) -> int:
    """Pence; most tenants have little, owners more."""
    chance = town.chance
    if tenure == "owner":
        return int(chance.random() ** 2 * 40000) * 100
    return int(chance.random() ** 4 * 16000) * 100


def terms(town: Town, family: Family) -> credit.Terms:
    """How an ordinary family stands with Universal Credit."""
    chance, single = town.chance, town.figures.single
    earnings: tuple[int, ...] = (0,)
    share = "universal_credit_parents_with_earnings" if family.children else "universal_credit_has_earnings"
    if chance.randrange(1000) < single[share]:
        usual = chance.randrange(200, 2200) * 100
        earnings = tuple(usual + chance.randrange(-80, 80) * 100 for _ in range(3))
    healths: tuple[credit.Health, ...] = ("", "", "", "", "", "", "lcwra", "lcwra_new")
    health: credit.Health = chance.choice(healths) if earnings == (0,) else ""
    long = chance.randrange(1000) < single["full_history"]
    return credit.Terms(
        earnings=earnings,
        savings=min(family.savings, 600000),
        health=health,
        carer=chance.random() < 0.06,
        childcare=chance.choice((0, 0, 25000, 48000)) if family.children and earnings != (0,) else 0,
        periods=chance.choice(MANY_PERIODS) if long else chance.randrange(1, 5),
        day_of_month=chance.randrange(1, 29),
    )


def with_registrations(town: Town, family: Family) -> Family:
    """Some of the children already have free school meals on the roll; most rolls name a parent."""
    registered = town.chance.randrange(1000) < town.figures.single["meals_registered"]
    named = town.chance.random() < 0.8
    start = add_months(town.day.replace(day=1), -town.chance.randrange(1, 14))
    kept = []
    for child in family.children:
        pupil = child.pupil
        if pupil is not None:
            pupil = replace(
                pupil,
                meals_registered=registered,
                meals_category="targeted" if registered else "",
                meals_start=start if registered else None,
                parent_on_roll=named,
            )
        kept.append(replace(child, pupil=pupil))
    return replace(family, children=tuple(kept))
