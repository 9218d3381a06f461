"""Which homes make up the city, and on which days do its suppliers write their files?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from lift.city import ordinary
from lift.city.days import second_thursday
from lift.city.extracts import accounts, lists, notices, reductions, schools, shbe
from lift.city.extracts.row import Extract, Row
from lift.city.figures import Figures
from lift.city.mess import spoil
from lift.city.names import WARDS
from lift.city.people import Home
from lift.city.places import stream
from lift.city.planted import TRAPS
from lift.city.planted.trap import Trap
from lift.city.registrar import Registrar
from lift.city.town import Town

FIRST_MONTH, LAST_MONTH = date(2026, 5, 1), date(2027, 3, 1)  # figures.yaml holds the rates of these
DWELLINGS_FOR_EACH_SET = 10_000
ROLL_SET_ASIDE = 3


@dataclass(frozen=True)
class City:
    """Everybody and everything, as at the run's day."""

    homes: list[Home]
    day: date
    notices_on: date
    accounts_on: date
    roll_on: date
    phones: dict[str, str]
    figures: Figures
    seed: int


def make(figures: Figures, dwellings: int, seed: int, month: date, minimal: bool) -> City:
    """The city of a month; the same for the same arguments."""
    if not FIRST_MONTH <= month.replace(day=1) <= LAST_MONTH:
        raise ValueError("figures.yaml holds the rates for May 2026 to March 2027: choose a month among them")
    if dwellings < 1:
        raise ValueError("a city needs at least one dwelling")
    day = second_thursday(month)
    town = Town(figures, day, day - timedelta(days=1), Registrar(figures, day, stream(seed, "town")))
    planted = _places_of_traps(dwellings, seed, minimal)
    homes = [_home(town, index, planted.get(index), seed) for index in range(dwellings)]
    roll = day.replace(day=1)
    roll += timedelta(days=(7 - roll.weekday()) % 7)
    phones = _phones(homes, town, seed)
    return City(homes, day, day - timedelta(days=1), day - timedelta(days=2), roll, phones, figures, seed)


def _places_of_traps(dwellings: int, seed: int, minimal: bool) -> dict[int, Trap]:
    """Which dwellings hold which trap: every trap once for each ten thousand dwellings, in at most half."""
    traps = [trap for trap in TRAPS if not (minimal and trap.rule == "suppression")]
    order = list(range(dwellings))
    chance = stream(seed, "traps")
    chance.shuffle(order)
    chance.shuffle(traps)
    wanted = traps * max(1, dwellings // DWELLINGS_FOR_EACH_SET)
    return dict(zip(order[: (dwellings + 1) // 2], wanted, strict=False))


def _home(town: Town, index: int, trap: Trap | None, seed: int) -> Home:
    town.index = index
    town.registrar.begin_home(stream(seed, "home", index))
    if trap is None:
        return ordinary.home(town)
    return replace(trap.build(town), trap=trap.name)


def _phones(homes: list[Home], town: Town, seed: int) -> dict[str, str]:
    """The telephone numbers the council holds, by person: one for a family, if any."""
    phones: dict[str, str] = {}
    share = town.figures.single["has_phone"]
    for home in homes:
        for family in home.families:
            held = stream(seed, "phone", family.id).randrange(1000) < share
            number = town.registrar.phone() if held or home.suppressed == "phone" else ""
            if number:
                phones[family.claimant.id] = number
    return phones


def extracts(city: City, minimal: bool) -> list[Extract]:
    """The files of the month, faults and all."""
    made = _spine(city)
    if not minimal:
        made += _full(city)
    return [spoil(extract, city.figures.mess, city.seed) for extract in made]


def _spine(city: City) -> list[Extract]:
    """Accounts, reduction and Universal Credit: the least a council can begin with."""
    wards = {name: f"E0599{place:04d}" for place, name in enumerate(WARDS, start=1)}
    homes, figures = city.homes, city.figures
    account_rows = tuple(accounts.rows(homes, city.accounts_on, figures, wards))
    awards = tuple(row for home in homes for row in reductions.rows(home, city.day, figures))
    members = tuple(row for home in homes for row in reductions.member_rows(home, city.day, figures))
    told = tuple(row for home in homes for row in notices.rows(home, city.notices_on, figures, city.seed))
    return [
        accounts.extract(account_rows, city.accounts_on),
        reductions.award_extract(awards, city.day),
        reductions.member_extract(members, city.day),
        notices.extract(told, city.notices_on),
    ]


def _full(city: City) -> list[Extract]:
    homes, day, phones = city.homes, city.day, city.phones
    claims: list[Row] = [row for home in homes for row in shbe.rows(home, day, city.figures)]
    claims += [shbe.set_aside(900_000 + number, day) for number in range(ROLL_SET_ASIDE)]
    made = [shbe.extract(tuple(claims), day)]
    for primary in (True, False):
        pupils = tuple(row for home in homes for row in schools.rows(home, city.roll_on, phones, primary))
        made.append(schools.extract(pupils, city.roll_on, primary))
    contacts = tuple(row for home in homes for row in lists.contact_rows(home, city.accounts_on, phones, city.seed))
    residents = tuple(
        row for home in homes for row in lists.resident_rows(home, city.accounts_on, city.figures, city.seed)
    )
    return [
        *made,
        lists.contact_extract(contacts, city.accounts_on),
        lists.resident_extract(residents, city.accounts_on),
        lists.suppression_extract(tuple(lists.suppression_rows(homes, day, phones)), day),
    ]
