"""What do people live on: pensions, pay, savings, health, and the terms of their Universal Credit?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from lift.city.days import add_months, age
from lift.city.law import pension_age
from lift.city.law.school_meals import EVERY_AWARD_COUNTS_FROM
from lift.city.people import Family, Health, Need, Person, Rate, Sex, Terms
from lift.city.town import Town

NEW_STATE_PENSION_WOMEN = date(1953, 4, 6)
NEW_STATE_PENSION_MEN = date(1951, 4, 6)
OTHER_SEX: dict[Sex, Sex] = {"female": "male", "male": "female"}
MOST_PERIODS = 20  # as many as figures.yaml has rates for, from April 2025
LEAST_KEPT = 2  # a notice may leave out what the one before it told
PENSIONERS_FROM, OLDEST = 66, 101


def aged(town: Town, youngest: int, oldest: int) -> date:
    """A date of birth of somebody of these ages, as often as the published ages of the city say."""
    ages = range(youngest, oldest + 1)
    years = town.chance.choices(ages, cum_weights=_up_to(town.figures.lists["ages"], youngest, oldest))[0]
    return town.registrar.birth(years, years)


@cache
def _up_to(counts: tuple[int, ...], youngest: int, oldest: int) -> list[int]:
    return list(accumulate(_people_of(years, counts) for years in range(youngest, oldest + 1)))


def _people_of(years: int, counts: tuple[int, ...]) -> int:
    """The last count is that of everybody of that age or over: half as many in each further year."""
    last = len(counts) - 1
    return counts[years] if years < last else counts[last] >> (years - last + 1)


def pensioner(town: Town, surname: str = "", other: Person | None = None, rents: bool = False) -> Person:
    """Somebody past pension age: State Pension, perhaps a works pension (smaller for tenants), perhaps care needed."""
    chance, registrar = town.chance, town.registrar
    born = min(aged(town, PENSIONERS_FROM, OLDEST), town.latest_birth)
    if other is not None:
        born = min(other.born + timedelta(days=chance.randrange(-2000, 2000)), town.latest_birth)
    person = registrar.adult(born, OTHER_SEX[other.sex] if other else None, surname)
    new = born >= (NEW_STATE_PENSION_WOMEN if person.sex == "female" else NEW_STATE_PENSION_MEN)
    full = town.rate("new_state_pension" if new else "basic_state_pension")
    share = chance.choice((100, 100, 100, 95, 90, 85, 75, 60, 40))
    state = full * share // 100 + (0 if new else chance.choice((0, 0, 1240, 2875, 4510)))
    none, most = (0.60, 15000) if rents else (0.45, 35000)
    private = 0 if chance.random() < none else 500 + int(chance.random() ** 2 * most)
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
    since = max(lately(town, 8), pension_age.reached_on(person.born, town.figures))
    return replace(person, care_need=need, attendance_allowance=rate, attendance_allowance_from=since)


def lately(town: Town, years: int) -> date:
    """A day of the last years, not of the last three weeks."""
    return town.day - timedelta(days=town.chance.randrange(21, years * 365))


def worker(town: Town, youngest: int, oldest: int, surname: str = "", other: Person | None = None) -> Person:
    """An adult below pension age; a partner is near the other's age."""
    chance, registrar = town.chance, town.registrar
    born = aged(town, youngest, oldest)
    if other is not None:
        born = other.born + timedelta(days=chance.randrange(-1800, 1800))
        latest, earliest = add_months(town.day, -12 * youngest), add_months(town.day, -12 * (oldest + 1))
        born = min(max(born, earliest + timedelta(days=1)), latest)
    person = registrar.adult(born, OTHER_SEX[other.sex] if other else None, surname)
    return replace(person, pip_daily_living="lower" if chance.random() < 0.04 else "")


def children(town: Town, parent: Person) -> tuple[Person, ...]:
    """One to five children, born when the parent was between 18 and 45, under 18 now; eldest first."""
    chance, registrar = town.chance, town.registrar
    oldest = min(max(age(parent.born, town.day) - 20, 0), 17)
    number = chance.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5))
    births = sorted(registrar.birth(0, oldest) for _ in range(number))
    return tuple(registrar.child(born, parent.surname) for born in births)


def savings(town: Town, tenure: str) -> int:
    """Pence; most tenants have little, owners more."""
    chance = town.chance
    if tenure == "owner":
        return int(chance.random() ** 2 * 40000) * 100
    return int(chance.random() ** 4 * 16000) * 100


def terms(town: Town, family: Family) -> Terms:
    """How an ordinary family stands with Universal Credit."""
    chance, single = town.chance, town.figures.single
    earnings: tuple[int, ...] = (0,)
    share = "universal_credit_parents_with_earnings" if family.children else "universal_credit_has_earnings"
    if town.happens(single[share]):
        usual = chance.randrange(200, 2200) * 100
        earnings = tuple(usual + chance.randrange(-80, 80) * 100 for _ in range(MOST_PERIODS))
    healths: tuple[Health, ...] = ("", "", "", "", "", "", "lcwra", "lcwra_new")
    health: Health = chance.choice(healths) if earnings == (0,) else ""
    new = town.happens(single["universal_credit_new_in_the_year"])
    whole = town.happens(single["full_history"])
    return Terms(
        earnings=earnings,
        savings=min(family.savings, 600000),
        health=health,
        carer=chance.random() < 0.06,
        childcare=chance.choice((0, 0, 25000, 48000)) if family.children and earnings != (0,) else 0,
        periods=chance.randrange(1, 13) if new else MOST_PERIODS,
        kept=MOST_PERIODS if whole else chance.randrange(LEAST_KEPT, 5),
        day_of_month=chance.randrange(1, 29),
    )


def with_registrations(town: Town, family: Family, terms: Terms) -> Family:
    """Some of the children already have free school meals on the roll; most rolls name a parent.

    Parents who earn above the old limit could ask from September 2026 only.
    """
    registered = town.happens(town.figures.single["meals_registered"])
    named = town.chance.random() < 0.8
    start = add_months(town.day.replace(day=1), -town.chance.randrange(1, 48))
    category = "targeted"
    if terms.earnings[-1] > town.rate("meals_earnings_one_period"):
        category, start = "expanded", EVERY_AWARD_COUNTS_FROM
        registered = registered and start <= town.day
    kept = []
    for child in family.children:
        pupil = child.pupil
        if pupil is not None:
            pupil = replace(
                pupil,
                meals_registered=registered,
                meals_category=category if registered else "",
                meals_start=start if registered else None,
                parent_on_roll=named,
            )
        kept.append(replace(child, pupil=pupil))
    return replace(family, children=tuple(kept))
