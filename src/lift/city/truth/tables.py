"""How is the truth written down: five CSV files beside the extracts?"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lift.city.days import age
from lift.city.extracts.row import Placed
from lift.city.generate import City
from lift.city.people import Family, Home, Household, Person
from lift.city.planted import BY_NAME
from lift.city.truth import council_tax, pension_age, rent_and_council_tax, working_age
from lift.city.truth.answers import Answer
from lift.city.truth.known import Files, Subject, files

PEOPLE = (
    "person_id", "family_id", "household_id", "uprn", "role", "title", "forename", "surname", "sex", "date_of_birth",
    "nino", "phone",
)  # fmt: skip
ROWS = ("file", "line", "place", "person_id")
ENTITLEMENTS = (
    "entitlement", "family_id", "person_id", "household_id", "entitled", "in_receipt", "amount", "period",
    "facts_complete", "why_not", "expected", "never_likely", "trap",
)  # fmt: skip
FAULTS = ("file", "line", "fault", "column", "effect")
TRAPS = (
    "trap", "rule", "says", "uprn", "household_id", "family_id", "person_id", "must_not_be_contacted",
)  # fmt: skip
MEALS_AGES = range(4, 19)
MAY_BE_CONTACTED = ("protected_past",)


class Month:
    """people.csv, rows.csv, entitlements.csv, faults.csv and traps.csv of a month, which grow district by district."""

    def __init__(self, folder: Path, minimal: bool) -> None:
        folder.mkdir(parents=True)
        self.minimal = minimal
        self.tables = {
            name: Table(folder / f"{name}.csv", headings)
            for name, headings in (
                ("people", PEOPLE), ("rows", ROWS), ("entitlements", ENTITLEMENTS), ("faults", FAULTS),
                ("traps", TRAPS),
            )
        }  # fmt: skip

    def add(self, city: City, placed: Sequence[Placed]) -> None:
        known = files(placed, self.minimal)
        self.tables["people"].write(people(city))
        self.tables["rows"].write(rows(placed))
        self.tables["entitlements"].write(map(entitlement_row, entitlements(city, known)))
        self.tables["faults"].write(faults(placed))
        self.tables["traps"].write(traps(city))

    def close(self) -> None:
        for table in self.tables.values():
            table.close()


class Table:
    """A CSV file."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self.file = path.open("w", encoding="utf-8", newline="")
        self.writer = csv.writer(self.file, lineterminator="\n")
        self.writer.writerow(headings)

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        self.writer.writerows(rows)

    def close(self) -> None:
        self.file.close()


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _role(family: Family, one: Person) -> str:
    """What the person is in the family, and the family in the household."""
    place = "child" if one in family.children else "partner" if one is family.partner else "claimant"
    return place if family.role == "head" else f"{family.role} {place}"


def people(city: City) -> Iterator[Sequence[str]]:
    """Everybody in the city. An owner elsewhere has no household."""
    for home in city.homes:
        for household in home.households:
            for family in household.families:
                for one in family.members:
                    yield _person(city, home, household.id, family.id, _role(family, one), one)
        if home.landlord:
            role = "deceased owner" if home.landlord.died else "owner elsewhere"
            yield _person(city, home, "", "", role, home.landlord)


def _person(city: City, home: Home, household: str, family: str, role: str, one: Person) -> Sequence[str]:
    return (
        one.id, family, household, home.dwelling.uprn, role, one.title, one.forename, one.surname, one.sex,
        one.born.isoformat(), one.nino, city.phones.get(one.id, ""),
    )  # fmt: skip


def rows(placed: Sequence[Placed]) -> Iterator[Sequence[str]]:
    """Whom each line names, in its order: claimant and partner, the two liable, pupil and parent."""
    for one in placed:
        for place, person in enumerate(one.row.people, start=1):
            yield one.file, str(one.line), str(place), person


def entitlements(city: City, known: Files) -> Iterator[Answer]:
    for home in city.homes:
        for household in home.households:
            for family in household.families:
                yield from _family(Subject(family, household, home, city, known))


def _family(subject: Subject) -> Iterator[Answer]:
    family = subject.family
    yield pension_age.pension_credit_answer(subject)
    for adult in family.adults:
        yield pension_age.attendance_allowance_answer(subject, adult)
    if rent_and_council_tax.concerns(subject):
        yield rent_and_council_tax.housing_benefit_answer(subject)
        yield rent_and_council_tax.council_tax_reduction_answer(subject)
    for child in family.children:
        if age(child.born, subject.day) in MEALS_AGES:
            yield working_age.school_meals_answer(subject, child)
    if family.credit:
        yield working_age.benefit_cap_answer(subject)
        yield working_age.reduction_answer(subject)
    yield from council_tax.answers(subject)


def entitlement_row(answer: Answer) -> Sequence[str]:
    subject = answer.subject
    return (
        answer.entitlement, subject.family.id, answer.person.id if answer.person else "", subject.household.id,
        answer.entitled, _yes(answer.in_receipt), answer.amount, answer.period, _yes(not answer.gap), answer.gap,
        answer.expected, _yes(answer.never_likely), subject.home.trap,
    )  # fmt: skip


def faults(placed: Sequence[Placed]) -> Iterator[Sequence[str]]:
    for one in placed:
        for fault in one.row.faults:
            yield one.file, str(one.line), fault.name, fault.column, fault.effect


def traps(city: City) -> Iterator[Sequence[str]]:
    for home in city.homes:
        if not home.trap:
            continue
        trap = BY_NAME[home.trap]
        household, family = _subject(home, trap.subject)
        kept_away = trap.rule == "suppression" and trap.name not in MAY_BE_CONTACTED
        yield (
            trap.name, trap.rule, trap.says, home.dwelling.uprn, household.id if household else "",
            family.id if family else "", family.claimant.id if family else "", _yes(kept_away),
        )  # fmt: skip


def _subject(home: Home, place: int) -> tuple[Household | None, Family | None]:
    pairs = [(household, family) for household in home.households for family in household.families]
    return pairs[place] if place < len(pairs) else (None, None)
