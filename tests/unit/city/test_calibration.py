"""Is the city as Coventry's published totals say: bands, tenure, ages, pensioners, Universal Credit?

Looked at are the ordinary homes: one in a hundred of a whole city is planted, more of a small one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from lift.city.days import age
from lift.city.figures import Figures
from lift.city.generate import City, make
from lift.city.law import pension_age
from lift.city.lots import Lot, deal
from lift.city.people import Home, Person
from tests.unit.city.cities import MONTH

DWELLINGS = 4000
WHOLE = 1000
TENURES = ("owner", "mortgage", "private", "council", "housing_association")


@pytest.fixture(scope="module")
def city(figures: Figures) -> City:
    made = make(figures, DWELLINGS, 3, MONTH)
    return replace(made, homes=[home for home in made.homes if not home.trap])


def households(city: City) -> list[Home]:
    """Homes that the Census would call households; students and halls are counted otherwise."""
    return [home for home in city.homes if home.account.kind == "person"]


def people(homes: Iterable[Home]) -> list[Person]:
    return [one for home in homes for family in home.families for one in family.members]


def per_thousand(part: int, whole: int) -> int:
    return round(WHOLE * part / whole)


# The figures themselves


def test_the_bands_by_tenure_add_up_to_the_published_bands(figures: Figures) -> None:
    shares = figures.shares
    weights = tenures(figures) | {"unoccupied": sum(shares["unoccupied"].values()) / WHOLE}
    whole = sum(shares["bands"].values())
    for band, published in shares["bands"].items():
        made = sum(weight * shares[f"bands_{kind}"][band] for kind, weight in weights.items()) / 10_000
        assert made == pytest.approx(published / whole, abs=0.003), band


def tenures(figures: Figures) -> dict[str, float]:
    """Shares of all dwellings that are homes of each tenure."""
    occupied = 1 - sum(figures.shares["unoccupied"].values()) / WHOLE
    old = figures.single["pensioner_households"] / WHOLE
    houses = figures.shares["households_working_age"]["shared_house"] / WHOLE
    found = {}
    for tenure in TENURES:
        young = figures.shares["tenure_working_age"][tenure] / WHOLE * (1 - houses)
        young += houses if tenure == "private" else 0
        found[tenure] = occupied * (old * figures.shares["tenure_pensioner"][tenure] / WHOLE + (1 - old) * young)
    return found


def test_tenure_adds_up_to_the_published_one(figures: Figures) -> None:
    made, occupied = tenures(figures), 1 - sum(figures.shares["unoccupied"].values()) / WHOLE
    social = made.pop("council") + made.pop("housing_association")
    published = figures.shares["tenure_in_full"]
    for tenure, share in (*made.items(), ("social", social)):
        assert WHOLE * share / occupied == pytest.approx(published[tenure], abs=4), tenure


def test_dwellings_without_a_household_make_up_the_difference(figures: Figures) -> None:
    without = 1 - figures.single["households_in_full"] / figures.single["dwellings_in_full"]
    assert sum(figures.shares["unoccupied"].values()) == pytest.approx(WHOLE * without, abs=1)


# A city made of them


def test_bands(city: City, figures: Figures) -> None:
    found = Counter(home.dwelling.band for home in city.homes)
    whole = sum(figures.shares["bands"].values())
    for band, published in figures.shares["bands"].items():
        assert per_thousand(found[band], len(city.homes)) == pytest.approx(WHOLE * published / whole, abs=3), band


def test_households_and_tenure(city: City, figures: Figures) -> None:
    homes = households(city)
    published = figures.single["households_in_full"] / figures.single["dwellings_in_full"]
    assert len(homes) / len(city.homes) == pytest.approx(published, abs=0.002)
    found = Counter(home.dwelling.tenure for home in homes)
    social = found["council"] + found["housing_association"]
    for tenure, number in (*found.items(), ("social", social)):
        if tenure in figures.shares["tenure_in_full"]:
            assert per_thousand(number, len(homes)) == pytest.approx(figures.shares["tenure_in_full"][tenure], abs=5), (
                tenure
            )


def test_households_on_universal_credit(city: City, figures: Figures) -> None:
    homes = households(city)
    on_it = sum(any(one.credit and not one.credit.closed for one in home.families) for home in homes)
    published = figures.single["universal_credit_in_full"] / figures.single["households_in_full"]
    assert on_it / len(homes) == pytest.approx(published, abs=0.008)


@pytest.mark.parametrize(("youngest", "oldest"), [(0, 17), (18, 65), (66, 120), (66, 79), (80, 120)])
def test_ages(city: City, figures: Figures, youngest: int, oldest: int) -> None:
    counts = figures.lists["ages"]
    published = sum(count for years, count in enumerate(counts) if youngest <= years <= oldest) / sum(counts)
    everybody = people(city.homes)
    found = sum(youngest <= age(one.born, city.day) <= oldest for one in everybody)
    assert found / len(everybody) == pytest.approx(published, abs=0.025)


def test_people_and_pensioners_of_a_dwelling(city: City, figures: Figures) -> None:
    """Residents of halls and care homes stand in no file, so the city holds a little less than everybody."""
    counts, dwellings = figures.lists["ages"], figures.single["dwellings_in_full"]
    everybody = people(city.homes)
    assert 0.90 < len(everybody) / len(city.homes) / (sum(counts) / dwellings) < 1
    old = sum(pension_age.has_reached(one.born, city.day, figures) for one in everybody)
    assert 0.90 < old / len(city.homes) / (sum(counts[66:]) / dwellings) < 1.05


def test_reductions_are_as_many_as_inferred_and_near_half_of_them_pensioners(city: City, figures: Figures) -> None:
    claims = [family.claim for home in city.homes for family in home.families if family.claim]
    live = [claim for claim in claims if claim.ctr_ref and claim.status == "live"]
    in_full = len(live) * figures.single["dwellings_in_full"] / len(city.homes)
    assert 25_000 < in_full < 33_000
    assert 0.42 < sum(claim.scheme == "pension_age" for claim in live) / len(live) < 0.55


# Dealing


@pytest.mark.parametrize("size", [1, 7, 100, 1999])
def test_lots_fall_as_the_weights_say(size: int) -> None:
    weights = {"one": 5, "none": 0, "two": 3, "three": 2}
    lots = deal(list(range(size)), 4, 0)
    found = Counter(lot.pick(weights) for lot in lots.values())
    assert found["none"] == 0
    for name, weight in weights.items():
        assert abs(found[name] - size * weight / 10) <= 1


def test_a_second_choice_is_dealt_within_the_first() -> None:
    lots = deal(list(range(1000)), 4, 0)
    found = Counter((lot.pick({"a": 3, "b": 7}), lot.falls(250)) for lot in lots.values())
    assert found == {("a", True): 75, ("a", False): 225, ("b", True): 175, ("b", False): 525}


def test_a_share_beyond_all_falls_always() -> None:
    assert all(Lot(place, 10).falls(1700) for place in range(10))
    assert not any(Lot(place, 10).falls(-1) for place in range(10))
