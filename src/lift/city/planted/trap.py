"""What is a planted case: a household built to try one line of law, one hole in the files or one promise?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lift.city.days import add_months
from lift.city.people import Family, Home, Person, Pupil, Tenure
from lift.city.town import Town

HEAD = 0


@dataclass(frozen=True)
class Trap:
    """`rule` is the entitlement it tries; `subject` which family of the home; `says` what is planted."""

    name: str
    rule: str
    says: str
    build: Callable[[Town], Home]
    subject: int = HEAD


def pounds(amount: str) -> int:
    """Whole pence of an amount written in pounds."""
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def old(town: Town, years: int, state_pension: str, private_pension: str = "0", **known: Any) -> Person:
    """Somebody of an age past pension age with pensions in pounds a week."""
    person = town.registrar.adult(town.registrar.birth(years, years), **known)
    return replace(person, state_pension=pounds(state_pension), private_pension=pounds(private_pension))


def born_on(town: Town, born: date, state_pension: str) -> Person:
    return replace(town.registrar.adult(born), state_pension=pounds(state_pension))


def grown(town: Town, years: int, surname: str = "", **known: Any) -> Person:
    """An adult below pension age."""
    return town.registrar.adult(town.registrar.birth(years, years), surname=surname, **known)


def child(town: Town, parent: Person, years: int, **known: Any) -> Person:
    """A child of about an age, on a school roll where old enough, a parent named there."""
    made = town.registrar.child(town.registrar.birth(years, years), parent.surname, **known)
    if made.pupil is None:
        return made
    return replace(made, pupil=replace(made.pupil, parent_on_roll=True))


def registered(made: Person, town: Town, category: str = "targeted") -> Person:
    """The child with free school meals on the roll since last year."""
    pupil: Pupil | None = made.pupil
    if pupil is None:
        raise ValueError("only a pupil can be registered")
    start = add_months(town.day.replace(day=1), -13)
    return replace(made, pupil=replace(pupil, meals_registered=True, meals_category=category, meals_start=start))


def one(town: Town, person: Person, savings: str = "0", **known: Any) -> Family:
    """A family of one adult."""
    return town.registrar.family(person, savings=pounds(savings), **known)


def pair(town: Town, person: Person, partner: Person, savings: str = "0", **known: Any) -> Family:
    return town.registrar.family(person, partner=partner, savings=pounds(savings), **known)


def non_dependant(town: Town, person: Person, **known: Any) -> Family:
    return town.registrar.family(person, role="non_dependant", close_relative=True, **known)


def pensioner(
    town: Town, years: int, state_pension: str, savings: str = "0", tenure: Tenure = "council", **about: Any
) -> Home:
    """A pensioner alone with a full standard claim."""
    return town.pensioner_home(one(town, old(town, years, state_pension), savings), tenure, **about)
