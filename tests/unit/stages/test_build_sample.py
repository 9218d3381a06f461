"""Does the invented council come out of intake, link and build as it truly is, whatever the number of threads?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import duckdb
import pytest

from lift.city import figures as city_figures
from lift.city.generate import City, make
from lift.city.people import Family, Home, Household, Person
from lift.stages.build import build
from lift.stages.intake import intake
from lift.stages.link import link
from score.found import SECOND
from score.truth import read_truth
from tests.middlemarch import DAY, SMALL, SMALL_SEED, small_city
from tests.unit.stages.towns import KEY, dictionary

INCOMING, TRUTH = "incoming/2026-11", "truth/2026-11"
TABLES = (
    "record", "person_link", "address", "address_link", "person", "family", "household", "period", "possible_couple",
    "unit_source", "fact_source", "conflict", "build_refusal",
)  # fmt: skip


def _built(threads: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    intake(connection, small_city() / INCOMING)
    link(connection, key=KEY)
    build(connection, day=DAY, key=KEY, facts=dictionary(), in_greater_london=False)
    return connection


@dataclass
class Sample:
    """The built sample beside the truth of it. `keys`: the persons that the rows of each true person became."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[dict[str, Any]]:
        found = self.connection.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    @cached_property
    def people(self) -> list[dict[str, str]]:
        with (small_city() / TRUTH / "people.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def city(self) -> City:
        return make(city_figures.read(), SMALL, SMALL_SEED, DAY.replace(day=1))

    @cached_property
    def mentions(self) -> dict[tuple[str, int, int], str]:
        """Whom each place of each line speaks of, by the truth."""
        return read_truth(small_city() / TRUTH).mentions

    @cached_property
    def keys(self) -> dict[str, set[str]]:
        query = """SELECT name, line, part, person_key FROM record JOIN person_link USING (record_id)
            JOIN extract_file USING (file_id)"""
        found: dict[str, set[str]] = {}
        for row in self.rows(query):
            place = (row["name"], row["line"], 2 if row["part"] in SECOND else 1)
            if place in self.mentions:
                found.setdefault(self.mentions[place], set()).add(row["person_key"])
        return found

    @cached_property
    def person(self) -> dict[str, dict[str, Any]]:
        return {row["person_key"]: row for row in self.rows("FROM person")}

    @cached_property
    def family(self) -> dict[str, dict[str, Any]]:
        return {row["family_key"]: row for row in self.rows("FROM family")}

    @cached_property
    def household(self) -> dict[str, dict[str, Any]]:
        return {row["household_key"]: row for row in self.rows("FROM household")}

    @cached_property
    def faulty(self) -> set[str]:
        """Who stands on a row with a planted fault."""
        with (small_city() / TRUTH / "faults.csv").open(encoding="utf-8", newline="") as file:
            faults = {(row["file"], int(row["line"])) for row in csv.DictReader(file)}
        return {person for (name, line, _), person in self.mentions.items() if (name, line) in faults}

    @cached_property
    def in_faulty_homes(self) -> set[str]:
        """Who lives in a household with somebody on such a row."""
        homes = {one["household_id"] for one in self.people if one["person_id"] in self.faulty}
        return {one["person_id"] for one in self.people if one["household_id"] in homes}

    @cached_property
    def moved(self) -> set[str]:
        with (small_city() / "truth" / "events.csv").open(encoding="utf-8", newline="") as file:
            return {row["person_id"] for row in csv.DictReader(file) if row["event"] in ("moved_in", "parted")}

    def unit(self, one: Person) -> dict[str, Any] | None:
        keys = [key for key in self.keys.get(one.id, ()) if key in self.person]
        return self.person[keys[0]] if keys else None

    def families(self) -> Iterator[tuple[Home, Household, Family, dict[str, Any]]]:
        """Every true family whose claimant is a unit and whose rows are without fault, with the person's row."""
        for home in self.city.homes:
            for household in home.households:
                if any(adult.id in self.faulty for family in household.families for adult in family.adults):
                    continue
                for family in household.families:
                    unit = self.unit(family.claimant)
                    if unit is not None:
                        yield home, household, family, unit


@pytest.fixture(scope="module")
def sample() -> Iterator[Sample]:
    connection = _built(2)
    yield Sample(connection)
    connection.close()


def test_everybody_is_one_person_and_nobody_is_two(sample: Sample) -> None:
    """But for those of whom a planted fault or a move within the year took the one thing that two rows shared."""
    split = {person: keys for person, keys in sample.keys.items() if len(keys) > 1}
    assert split.keys() <= sample.in_faulty_homes | sample.moved
    assert len(split) < len(sample.keys) / 50
    of_key: dict[str, set[str]] = {}
    for person, keys in sample.keys.items():
        for key in keys:
            of_key.setdefault(key, set()).add(person)
    merged = {key: people for key, people in of_key.items() if len(people) > 1}
    assert merged == {}
    assert len(sample.keys) > 500


def test_every_person_of_the_units_is_somebody(sample: Sample) -> None:
    known = set().union(*sample.keys.values())
    assert [key for key in sample.person if key not in known] == []


def test_who_is_a_couple_is_never_wrong_and_known_from_every_live_claim(sample: Sample) -> None:
    wrong, unknown = [], []
    for _, _, family, unit in sample.families():
        known = sample.family[unit["family_key"]]["is_couple"]
        told = (family.claim and family.claim.status == "live") or (family.credit and family.credit.told)
        if known is None and told and not (family.credit and family.credit.closed):
            unknown.append(family.id)
        if known is not None and known != (family.partner is not None):
            wrong.append(family.id)
        if known and family.partner:
            other = sample.unit(family.partner)
            assert other is not None and other["family_key"] == unit["family_key"]
    assert (wrong, unknown) == ([], [])


def _misses(unit: dict[str, Any], fact: str, truth: int | bool | str) -> bool:
    """Whether a current fact is known and does not hold the truth (money in pence)."""
    if unit.get(f"{fact}_fresh") is False:
        return False
    if fact in unit:
        return unit[fact] is not None and unit[fact] != truth
    low, high = unit[f"{fact}_low"], unit[f"{fact}_high"]
    pounds = Decimal(truth) / 100
    return (low is not None and pounds < low) or (high is not None and pounds > high)


def _truths_of_adult(one: Person) -> dict[str, int | bool | str]:
    truths: dict[str, int | bool | str] = {
        "sex": one.sex,
        "state_pension": one.state_pension,
        "private_pension": one.private_pension,
        "net_earnings": one.net_earnings,
        "carers_allowance": one.carers_allowance,
        "other_counted_income": one.other_income,
        "has_paid_carer": one.has_paid_carer,
        "entitled_to_carers_allowance": one.entitled_as_carer or one.carers_allowance > 0,
        "gets_attendance_allowance": bool(one.attendance_allowance),
        "gets_dla_or_pip": one.gets_dla_or_pip,
    }
    return truths


def _truths_of_family(family: Family, home: Home) -> dict[str, int | bool | str]:
    claim, credit = family.claim, family.credit
    runs = credit is not None and credit.closed is None
    truths: dict[str, int | bool | str] = {
        "gets_guarantee_credit": family.guarantee_credit > 0,
        "gets_pension_credit": family.guarantee_credit > 0 or family.savings_credit > 0,
        "gets_housing_benefit": bool(claim and claim.hb_week and claim.status == "live"),
        "gets_council_tax_reduction": bool(claim and claim.ctr_week and claim.status == "live"),
        "gets_universal_credit": runs,
        "is_liable_for_council_tax": any(adult.id in home.account.liable for adult in family.adults),
        "household_role": family.role,
    }
    if credit is None:
        return truths | {"savings": family.savings}
    if not runs:
        return truths
    latest = credit.latest
    return truths | {
        "universal_credit_award": latest.award,
        "universal_credit_maximum": int(latest.elements.maximum),
        "universal_credit_earnings": latest.earnings,
        "universal_credit_unearned_income": latest.other_income,
    }


def test_no_current_fact_misses_the_truth(sample: Sample) -> None:
    """But for an award of which no file knows yet (`claim_lags`)."""
    wrong = []
    for home, _, family, unit in sample.families():
        if family.claim_lags:
            continue
        for adult in family.adults:
            row = sample.unit(adult)
            if row is not None:
                wrong += [(adult.id, f) for f, truth in _truths_of_adult(adult).items() if _misses(row, f, truth)]
        row = sample.family[unit["family_key"]]
        wrong += [(family.id, f) for f, truth in _truths_of_family(family, home).items() if _misses(row, f, truth)]
    assert wrong == []


def test_a_sound_standard_claim_leaves_no_income_or_savings_unknown(sample: Sample) -> None:
    """The families whose facts the truth calls complete for Pension Credit."""
    with (small_city() / TRUTH / "entitlements.csv").open(encoding="utf-8", newline="") as file:
        complete = {
            row["family_id"]
            for row in csv.DictReader(file)
            if row["entitlement"] == "pension_credit" and row["facts_complete"] == "yes"
        }
    seen = 0
    for _, _, family, unit in sample.families():
        if family.id not in complete:
            continue
        seen += 1
        row = sample.family[unit["family_key"]]
        assert row["savings_low"] == row["savings_high"] == Decimal(family.savings) / 100
        assert row["savings_fresh"] and row["is_couple_fresh"] and row["gets_pension_credit"] is not None
        for adult in family.adults:
            person = sample.unit(adult)
            assert person is not None and person["date_of_birth_low"] == adult.born
            for fact in (
                "state_pension",
                "private_pension",
                "net_earnings",
                "carers_allowance",
                "other_counted_income",
            ):
                assert person[f"{fact}_low"] == person[f"{fact}_high"] is not None and person[f"{fact}_fresh"]
    assert seen > 20


def test_complete_rosters_hold_everybody(sample: Sample) -> None:
    by_home: dict[str, list[dict[str, Any]]] = {}
    for row in sample.person.values():
        by_home.setdefault(row["household_key"], []).append(row)
    seen = 0
    for _, household, _, unit in sample.families():
        home = sample.household[unit["household_key"]]
        for roster, child in (("adults_complete", False), ("children_complete", True)):
            if home[roster]:
                seen += 1
                true = [one for family in household.families for one in (family.children if child else family.adults)]
                listed = [row for row in by_home[home["household_key"]] if (row["role"] == "child") is child]
                assert len(true) == len(listed)
    assert seen > 100


def test_one_thread_and_two_give_the_same_tables(sample: Sample) -> None:
    single = Sample(_built(1))
    for table in TABLES:
        query = f"SELECT * FROM {table} ORDER BY ALL"
        assert single.connection.execute(query).fetchall() == sample.connection.execute(query).fetchall(), table
    single.connection.close()


def test_units_stand_in_the_order_of_their_numbers(sample: Sample) -> None:
    """Those of a home stand together, and its families' people: that is what makes plans quick."""
    places = {
        "household": "(household_id)",
        "family": "(household_id, family_key)",
        "person": "(household_id, family_id, person_key)",
        "period": "(household_id, family_id, period_key)",
    }
    for level, place in places.items():
        rows = sample.rows(f"SELECT {level}_id AS number, {place} AS place FROM {level}")
        assert [row["number"] for row in rows] == list(range(len(rows)))
        in_order = sample.rows(f"SELECT {place} AS place FROM {level} ORDER BY {place}")
        assert [row["place"] for row in rows] == [row["place"] for row in in_order]


def test_the_least_a_council_can_begin_with_is_built_too() -> None:
    connection = duckdb.connect()
    intake(connection, small_city(dwellings=240, seed=1872, minimal=True) / INCOMING)
    link(connection, key=KEY)
    report = build(connection, day=DAY, key=KEY, facts=dictionary(), in_greater_london=False)
    assert report.persons > 300 and report.periods > 300
    connection.close()
