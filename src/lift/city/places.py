"""Which homes does the city have: address, postcode, ward, property number, band?

Everything about a dwelling comes from its index and a stream of chance of its own.
"""

from __future__ import annotations

from random import Random

from lift.city.figures import Figures
from lift.city.names import STREET_ENDS, STREETS, WARDS
from lift.city.people import Dwelling, Tenure

HOMES_IN_STREET = 60
HOMES_IN_POSTCODE = 20
INWARD = "ABDEFGHJLNPQRSTUWXYZ"  # letters Royal Mail uses after the space
FLATS_FROM = 45  # the last homes of every third street are flats of one building
WEEKLY_RENT = {"council": 9400, "housing_association": 10650, "private": 17500}
UPRN_BLOCK = 9990000000


def stream(seed: int, *names: object) -> Random:
    """A stream of chance of its own for each named purpose, the same for the same seed."""
    return Random(":".join(map(str, (seed, *names))))


def pick(chance: Random, weights: dict[str, int]) -> str:
    """One key, as often as its weight says."""
    left = chance.randrange(sum(weights.values()))
    for key, weight in weights.items():
        left -= weight
        if left < 0:
            return key
    raise AssertionError("the weights add up")


def postcode(index: int) -> str:
    """An invented postcode of area MM: district, sector and unit follow the index."""
    unit = index // HOMES_IN_POSTCODE
    letters = len(INWARD)
    sector, unit = divmod(unit, letters * letters)
    district, sector = divmod(sector, 10)
    return f"MM{district + 1} {sector}{INWARD[unit // letters]}{INWARD[unit % letters]}"


def street(number: int) -> str:
    """The name of a street; past the first few hundred a North, South, East or West goes before it."""
    turn, place = divmod(number, len(STREETS) * len(STREET_ENDS))
    stem, end = STREETS[place % len(STREETS)], STREET_ENDS[(place // len(STREETS) + place) % len(STREET_ENDS)]
    before = ("", "North ", "South ", "East ", "West ", "Old ", "New ")[turn % 7]
    return f"{before}{stem} {end}"


def address(index: int) -> tuple[str, str, str, str]:
    road, number = divmod(index, HOMES_IN_STREET)
    name = street(road)
    if road % 3 == 2 and number >= FLATS_FROM:
        return f"Flat {number - FLATS_FROM + 1}", f"{FLATS_FROM + 1} {name}", "Middlemarch", ""
    return f"{number + 1} {name}", "", "Middlemarch", ""


def dwelling(index: int, tenure: Tenure, figures: Figures, chance: Random, band: str = "") -> Dwelling:
    """The dwelling of an index; its band by Coventry's counts unless named."""
    rent = WEEKLY_RENT.get(tenure, 0)
    if rent:
        rent += chance.randrange(-20, 60) * 100
    return Dwelling(
        index=index,
        uprn=str(UPRN_BLOCK + index + 1),
        property_ref=f"{index + 1:09d}0",
        lines=address(index),
        postcode=postcode(index),
        ward=WARDS[(index // (HOMES_IN_STREET * 2)) % len(WARDS)],
        band=band or pick(chance, figures.shares["bands"]),
        tenure=tenure,
        rent_week=rent,
    )
