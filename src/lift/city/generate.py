"""Which homes make up the city, district by district, and what do its suppliers' files say in a month?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from lift.city import events, ordinary
from lift.city.awards import awarded
from lift.city.days import Dates, add_months, dates_of
from lift.city.extracts import accounts, lists, notices, reductions, schools, shbe
from lift.city.extracts.row import Extract, Row
from lift.city.figures import Figures
from lift.city.lots import deal
from lift.city.mess import spoil
from lift.city.names import WARDS
from lift.city.people import Home
from lift.city.places import stream
from lift.city.planted import TRAPS
from lift.city.planted.trap import Trap
from lift.city.registrar import NINOS, SERIALS_OF_A_DISTRICT, Registrar
from lift.city.town import Town

FIRST_LAST_MONTH, LAST_MONTH = date(2026, 5, 1), date(2027, 3, 1)  # figures.yaml holds the rates of these
MOST_MONTHS = 12
HOMES_OF_A_DISTRICT = 2_000
MOST_DWELLINGS = NINOS // SERIALS_OF_A_DISTRICT * HOMES_OF_A_DISTRICT  # 250,000
DWELLINGS_FOR_EACH_SET = 10_000
ROLL_SET_ASIDE = 3
WARD_CODES = {name: f"E0599{place:04d}" for place, name in enumerate(WARDS, start=1)}


@dataclass(frozen=True)
class Brief:
    """What a city is made from. `month` is its last; everybody is first made as they are then."""

    figures: Figures
    dwellings: int
    seed: int
    month: date
    minimal: bool = False

    def __post_init__(self) -> None:
        if not FIRST_LAST_MONTH <= self.month.replace(day=1) <= LAST_MONTH:
            raise ValueError("figures.yaml holds the rates for May 2026 to March 2027: choose a month among them")
        if self.dwellings < 1:
            raise ValueError("a city needs at least one dwelling")
        if self.dwellings > MOST_DWELLINGS:
            raise ValueError(
                f"a city has at most {MOST_DWELLINGS:,} dwellings: there are no more numbers for its people"
            )

    @property
    def last(self) -> Dates:
        return dates_of(self.month)

    @property
    def districts(self) -> range:
        return range((self.dwellings + HOMES_OF_A_DISTRICT - 1) // HOMES_OF_A_DISTRICT)

    @cached_property
    def traps(self) -> dict[int, Trap]:
        """Which dwellings hold which trap: every trap once for each ten thousand dwellings, in at most half."""
        traps = [trap for trap in TRAPS if not (self.minimal and trap.rule == "suppression")]
        order = list(range(self.dwellings))
        chance = stream(self.seed, "traps")
        chance.shuffle(order)
        chance.shuffle(traps)
        wanted = traps * max(1, self.dwellings // DWELLINGS_FOR_EACH_SET)
        return dict(zip(order[: (self.dwellings + 1) // 2], wanted, strict=False))


@dataclass(frozen=True)
class District:
    """Two thousand homes as on the last day, with their year behind them, and the telephone numbers of their people."""

    number: int
    homes: list[Home]
    phones: dict[str, str]


@dataclass(frozen=True)
class City:
    """Everybody and everything in a month: a district's part of it, or a small city whole."""

    homes: list[Home]
    dates: Dates
    phones: dict[str, str]
    figures: Figures
    seed: int

    @property
    def day(self) -> date:
        return self.dates.day


def district(brief: Brief, number: int) -> District:
    """A district of the city; the same whichever others are made."""
    first = number * HOMES_OF_A_DISTRICT
    indexes = range(first, min(first + HOMES_OF_A_DISTRICT, brief.dwellings))
    registrar = Registrar(brief.figures, brief.last.day, stream(brief.seed, "town"), number)
    town = Town(brief.figures, brief.last.day, brief.last.notices, registrar)
    lots = deal([index for index in indexes if index not in brief.traps], brief.seed, number)
    homes = []
    for index in indexes:
        town.index = index
        registrar.begin_home(stream(brief.seed, "home", index))
        trap = brief.traps.get(index)
        homes.append(ordinary.home(town, lots[index]) if trap is None else replace(trap.build(town), trap=trap.name))
    homes = events.Year(town, homes, stream(brief.seed, "year", number)).pass_by()
    return District(number, homes, _phones(homes, town, brief.seed))


def _phones(homes: list[Home], town: Town, seed: int) -> dict[str, str]:
    """The telephone numbers the council holds, by person: one for a family, if any."""
    phones: dict[str, str] = {}
    share = town.figures.single["has_phone"]
    for home in homes:
        for family in (*home.families, *(home.before.families if home.before else ())):
            if family.claimant.id in phones:
                continue
            held = stream(seed, "phone", family.id).randrange(1000) < share
            if held or home.suppressed == "phone":
                phones[family.claimant.id] = town.registrar.phone()
    return phones


def in_month(brief: Brief, part: District, month: date) -> City:
    """The district as it was in a month, and what its people were awarded then."""
    dates = dates_of(month)
    homes = [awarded(home, dates, brief.last.day, brief.figures) for home in part.homes]
    return City(homes, dates, part.phones, brief.figures, brief.seed)


def months(brief: Brief, number: int) -> list[date]:
    """The months of a city: its last, and as many before it as make that number."""
    if not 1 <= number <= MOST_MONTHS:
        raise ValueError(f"a city has one month to {MOST_MONTHS} months")
    last = brief.month.replace(day=1)
    return [add_months(last, -back) for back in range(number - 1, -1, -1)]


def make(figures: Figures, dwellings: int, seed: int, month: date, minimal: bool = False) -> City:
    """A small city whole, as in its last month."""
    brief = Brief(figures, dwellings, seed, month, minimal)
    parts = [in_month(brief, district(brief, number), month) for number in brief.districts]
    phones = {person: phone for part in parts for person, phone in part.phones.items()}
    return City([home for part in parts for home in part.homes], parts[0].dates, phones, figures, seed)


def extracts(city: City, minimal: bool, number: int = 0) -> list[Extract]:
    """A district's part of the month's files, faults and all."""
    made = _spine(city)
    if not minimal:
        made += _full(city, number)
    return [spoil(extract, city.figures.mess, city.seed, number) for extract in made]


def _spine(city: City) -> list[Extract]:
    """Accounts, reduction and Universal Credit: the least a council can begin with."""
    homes, figures, dates = city.homes, city.figures, city.dates
    account_rows = tuple(accounts.rows(homes, dates.accounts, figures, WARD_CODES))
    awards = tuple(row for home in homes for row in reductions.rows(home, dates.day, figures))
    members = tuple(row for home in homes for row in reductions.member_rows(home, dates.day, figures))
    told = tuple(row for home in homes for row in notices.rows(home, dates.notices, figures, city.seed))
    return [
        accounts.extract(account_rows, dates.accounts),
        reductions.award_extract(awards, dates.day),
        reductions.member_extract(members, dates.day),
        notices.extract(told, dates.notices),
    ]


def _full(city: City, number: int) -> list[Extract]:
    homes, dates, phones = city.homes, city.dates, city.phones
    claims: list[Row] = [row for home in homes for row in shbe.rows(home, dates.day, city.figures)]
    if number == 0:
        claims += [shbe.set_aside(900_000 + place, dates.day) for place in range(ROLL_SET_ASIDE)]
    made = [shbe.extract(tuple(claims), dates.day)]
    for primary in (True, False):
        pupils = tuple(row for home in homes for row in schools.rows(home, dates.roll, phones, primary))
        made.append(schools.extract(pupils, dates.roll, primary))
    on, seed = dates.accounts, city.seed
    contacts = tuple(row for home in homes for row in lists.contact_rows(home, on, phones, seed))
    residents = tuple(row for home in homes for row in lists.resident_rows(home, on, city.figures, seed))
    suppressed = tuple(lists.suppression_rows(homes, dates.day, phones, with_stranger=number == 0))
    return [
        *made,
        lists.contact_extract(contacts, on),
        lists.resident_extract(residents, on),
        lists.suppression_extract(suppressed, dates.day),
        lists.ward_extract(tuple(lists.ward_rows(homes, on, WARD_CODES)), on),
    ]
