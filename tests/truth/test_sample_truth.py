"""Does the run find what is true of the invented council: every truth the files prove, and never a wrong `likely`?"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import duckdb
import pytest

from tests.middlemarch import MONTH, SAMPLE, finished

TRUTH = SAMPLE / "truth"
#: The generator's name of an entitlement, where the rule's differs.
RULE_OF = {"council_tax_reduction_for_universal_credit": "council_tax_reduction_not_claimed"}
RULES = (
    "attendance_allowance",
    "benefit_cap",
    "council_tax_reduction_not_claimed",
    "free_school_meals",
    "pension_credit",
)
#: Verdicts that put nobody on a list: a family that a rule has nothing to say of may have no answer at all.
SILENT = {"ruled_out", "unknown", "in_payment"}


@dataclass(frozen=True)
class Found:
    verdict: str
    low: Decimal | None
    high: Decimal | None


def rows(name: str) -> list[dict[str, str]]:
    with (TRUTH / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Run:
    """The answers of the run, by the truth's own names of families and persons."""

    def __init__(self) -> None:
        path = finished() / "runs" / MONTH / "core.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            self._read(connection)

    def _read(self, connection: duckdb.DuckDBPyConnection) -> None:
        lines = connection.execute("""SELECT f.name, r.line, l.person_key FROM record r
            JOIN extract_file f USING (file_id) JOIN person_link l USING (record_id)""").fetchall()
        people = connection.execute("SELECT person_key, family_key, date_of_birth_low FROM person").fetchall()
        answers = connection.execute("SELECT rule, unit_key, verdict, worth_low, worth_high FROM answer").fetchall()
        self.at_line: dict[tuple[str, int], set[str]] = {}
        for name, line, key in lines:
            self.at_line.setdefault((name, line), set()).add(key)
        self.born = {key: None if born is None else born.isoformat() for key, _, born in people}
        family_of = {key: family for key, family, _ in people}
        self.answers = {(rule, key): Found(verdict, low, high) for rule, key, verdict, low, high in answers}
        self.person = {row["person_id"]: self._key(row) for row in rows("people")}
        self.family = {
            row["family_id"]: family_of[key]
            for row in rows("people")
            if row["role"] == "claimant" and (key := self.person[row["person_id"]]) is not None
        }

    def _key(self, row: dict[str, str]) -> str | None:
        """The person that most of the lines speak of, born on the right day where a day is known."""
        votes: Counter[str] = Counter()
        for place in filter(None, row["rows"].split("; ")):
            name, _, line = place.rpartition(":")
            for key in self.at_line.get((name, int(line)), ()):
                born = self.born.get(key)
                if key in self.born and born in (None, row["date_of_birth"]):
                    votes[key] += 1 if born is None else 10
        return min(votes, key=lambda key: (-votes[key], key)) if votes else None

    def answer(self, truth: dict[str, str]) -> Found | None:
        rule = RULE_OF.get(truth["entitlement"], truth["entitlement"])
        key = self.person.get(truth["person_id"]) if truth["person_id"] else self.family.get(truth["family_id"])
        return self.answers.get((rule, key)) if key is not None else None


@cache
def run() -> Run:
    return Run()


def truths(rule: str) -> Iterator[tuple[dict[str, str], Found | None]]:
    for truth in rows("entitlements"):
        if RULE_OF.get(truth["entitlement"], truth["entitlement"]) == rule:
            yield truth, run().answer(truth)


def name(truth: dict[str, str]) -> str:
    return f"{truth['family_id']} {truth['person_id']} {truth['trap']}".strip()


def is_wrong(truth: dict[str, str]) -> bool:
    """A death that only the suppression list tells of is no fact of a rule; it is kept off the lists at export."""
    return truth["in_receipt"] == "yes" or (truth["entitled"] == "no" and truth["trap"] != "protected_deceased")


@pytest.mark.parametrize("rule", RULES)
def test_nobody_is_likely_who_is_not_entitled(rule: str) -> None:
    likely = [(truth, found) for truth, found in truths(rule) if found is not None and found.verdict == "likely"]
    wrong = [name(truth) for truth, _ in likely if truth["never_likely"] == "yes" or is_wrong(truth)]
    assert wrong == []
    assert likely or rule == "attendance_allowance"


@pytest.mark.parametrize("rule", RULES)
def test_every_truth_that_the_files_prove_is_found(rule: str) -> None:
    missed = [
        name(truth)
        for truth, found in truths(rule)
        if truth["facts_complete"] == "yes" and truth["entitled"] == "yes" and truth["in_receipt"] == "no"
        # An infant is fed anyway, and the truth leaves open what a rule should say of that.
        and (truth["expected"] or rule != "free_school_meals")
        and (found is None or found.verdict != "likely")
    ]  # fmt: skip
    assert missed == []


@pytest.mark.parametrize("rule", RULES)
def test_every_verdict_that_is_certain_comes_out(rule: str) -> None:
    other = [
        f"{name(truth)}: {found.verdict if found else 'no answer'}, not {truth['expected']}"
        for truth, found in truths(rule)
        if truth["expected"] and (found.verdict if found else None) != truth["expected"]
        and not (found is None and truth["expected"] in SILENT)
    ]  # fmt: skip
    assert other == []


@pytest.mark.parametrize("rule", RULES)
def test_what_a_likely_answer_is_worth_holds_the_true_amount(rule: str) -> None:
    off = []
    for truth, found in truths(rule):
        if (
            found is None
            or found.verdict != "likely"
            or truth["period"] not in ("week", "month")
            or not truth["amount"]
        ):
            continue
        amount = Decimal(truth["amount"])
        if (found.low is not None and amount < found.low) or (found.high is not None and amount > found.high):
            off.append(f"{name(truth)}: {found.low} to {found.high}, not {amount}")
    assert off == []
