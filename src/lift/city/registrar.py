"""Who gets which name, date of birth and number? One registrar keeps count, so that no two people share a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from lift.city.days import add_months
from lift.city.figures import Figures
from lift.city.names import MEN, PRIMARIES, SCHOOLS, SURNAMES, WOMEN
from lift.city.people import Family, Household, Person, Pupil, Sex

# Ofcom keeps the last thousand numbers of each of these for drama; none of them reaches anybody.
DRAMA_RANGES = (
    "01632 960", "07700 900", "0121 496 0", "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0",
    "0118 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "0191 498 0", "020 7946 0", "029 2018 0",
)  # fmt: skip
UNALLOTTED = "01632 {:06d}"  # no area has this code; where the drama numbers are used up
UNALLOTTED_FROM = 200_000
NINO_PREFIX = "MW"  # never a valid prefix (HMRC NIM39110), so no number here is anybody's
UNUSED_NINO = "MW104729A"  # the number of serial 0, which nobody is given
PUPIL_AUTHORITY = "999"
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
FEMALE_SHARE = 0.52
LINES_OF_A_RANGE = 1000
SERIALS_OF_A_DISTRICT = 8_000
NINOS = 1_000_000  # as many as one prefix has


def pupil_number(serial: int) -> str:
    """A Unique Pupil Number of an authority that is not allotted, with its check letter."""
    digits = f"{PUPIL_AUTHORITY}{serial // 100000:04d}{serial % 100000:05d}"
    total = sum(int(digit) * weight for weight, digit in enumerate(digits, start=2))
    return UPN_LETTERS[total % 23] + digits


def year_group(born: date, day: date) -> int:
    """The National Curriculum year on a day: Reception is 0. Years run from 1 September."""
    starts = date(day.year if day.month >= 9 else day.year - 1, 9, 1)
    on_31_august = starts - timedelta(days=1)
    years = on_31_august.year - born.year - ((on_31_august.month, on_31_august.day) < (born.month, born.day))
    return years - 4


class Serials:
    """Numbers in order, from a stock of its own for each district, so that districts can be made in any order."""

    def __init__(self, district: int) -> None:
        self.last = district * SERIALS_OF_A_DISTRICT
        self.end = self.last + SERIALS_OF_A_DISTRICT

    def take(self) -> int:
        self.last += 1
        if self.last > self.end:
            raise ValueError("a district has used up its numbers: it has too many people")
        return self.last


@dataclass
class Registrar:
    """Makes people and hands out numbers in order. `chance` is changed for each dwelling."""

    figures: Figures
    day: date
    chance: Random
    district: int = 0
    forenames: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.people, self.families, self.households = (Serials(self.district) for _ in range(3))
        self.claims, self.pupils, self.phones = (Serials(self.district) for _ in range(3))

    def nino(self, serial: int) -> str:
        digits = (serial * 7919 + 104729) % NINOS
        return f"{NINO_PREFIX}{digits:06d}{'ABCD'[serial % 4]}"

    def phone(self) -> str:
        """The next drama number, mobile and landline by turns; once every one is taken, one that is nobody's."""
        serial = self.phones.take() - 1
        place, line = serial % len(DRAMA_RANGES), serial // len(DRAMA_RANGES)
        if line < LINES_OF_A_RANGE:
            return f"{DRAMA_RANGES[place]}{line:03d}"
        return UNALLOTTED.format(UNALLOTTED_FROM + serial - LINES_OF_A_RANGE * len(DRAMA_RANGES))

    def birth(self, youngest: int, oldest: int) -> date:
        """A date of birth of somebody aged from `youngest` to `oldest` on the day."""
        latest = add_months(self.day, -12 * youngest)
        earliest = add_months(self.day, -12 * (oldest + 1)) + timedelta(days=1)
        return earliest + timedelta(days=self.chance.randrange((latest - earliest).days + 1))

    def sex(self) -> Sex:
        return "female" if self.chance.random() < FEMALE_SHARE else "male"

    def forename(self, sex: Sex) -> str:
        """A forename that nobody else in the home has; who share one are planted by name."""
        stock = WOMEN if sex == "female" else MEN
        name = self.chance.choice(stock)
        while name in self.forenames:
            name = self.chance.choice(stock)
        self.forenames.add(name)
        return name

    def begin_home(self, chance: Random) -> None:
        self.chance = chance
        self.forenames.clear()

    def surname(self) -> str:
        return self.chance.choice(SURNAMES)

    def adult(self, born: date, sex: Sex | None = None, surname: str = "", **known: Any) -> Person:
        sex = sex or self.sex()
        serial = self.people.take()
        forename = self.forename(sex)
        titles = ("Mrs", "Ms", "Miss") if sex == "female" else ("Mr",)
        surname = surname or self.surname()
        title = self.chance.choice(titles)
        return Person(f"P{serial:06d}", title, forename, surname, sex, born, self.nino(serial), **known)

    def child(self, born: date, surname: str, on_roll: bool = True, **known: Any) -> Person:
        """A child, on the roll of a state-funded school from Reception to Year 13."""
        sex = self.sex()
        serial = self.people.take()
        forename = self.forename(sex)
        title = "Miss" if sex == "female" else "Master"
        year = year_group(born, self.day)
        pupil = None
        if on_roll and 0 <= year <= 13:
            school = self.chance.randrange(PRIMARIES) if year <= 6 else self.chance.randrange(PRIMARIES, len(SCHOOLS))
            pupil = Pupil(pupil_number(self.pupils.take()), school, "R" if year == 0 else str(year))
        return Person(f"P{serial:06d}", title, forename, surname, sex, born, pupil=pupil, **known)

    def family(self, claimant: Person, **known: Any) -> Family:
        return Family(f"F{self.families.take():06d}", claimant, **known)

    def household(self, *families: Family) -> Household:
        return Household(f"H{self.households.take():06d}", families)

    def claim_number(self) -> int:
        return self.claims.take()
