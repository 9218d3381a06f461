"""Does the run find what is true of the invented council: every truth the files prove, and never a wrong `likely`?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest

from score.found import Answer, Found, Namesakes, read_run
from score.marks import Marks, is_missing_out, is_proved, mark, name
from score.truth import Row, Truth, read_truth
from tests.middlemarch import MONTH, SAMPLE, finished_sample

RULES = (
    "attendance_allowance",
    "benefit_cap",
    "council_tax_reduction_not_claimed",
    "council_tax_reduction_pension_age",
    "disabled_band_reduction",
    "free_school_meals",
    "housing_benefit_pension_age",
    "nobody_counts_discount",
    "pension_credit",
    "severe_mental_impairment_disregard",
    "single_person_discount",
)
#: Rules of which nobody in the sample is likely: no file tells of rooms, of a need for care or of a lasting condition,
#: nor of the income and rent of somebody without a claim.
NOBODY_LIKELY = (
    "attendance_allowance",
    "disabled_band_reduction",
    "housing_benefit_pension_age",
    "nobody_counts_discount",
    "severe_mental_impairment_disregard",
)
#: Verdicts that put nobody on a list: a family that a rule has nothing to say of may have no answer at all.
SILENT = {"ruled_out", "unknown", "in_payment"}
#: Why a likely answer to somebody in payment is nobody's mistake: no file of the month can know.
TOLD_TOO_LATE = "awarded since the claim was assessed"
#: Of these the files prove nobody to miss out. What the two benefits say is held to the truth by their amounts
#: (tests/unit/score/test_amounts.py) and by a query written by hand (test_by_hand.py).
NOBODY_PROVED = (*NOBODY_LIKELY, "single_person_discount")


@cache
def truth() -> Truth:
    return read_truth(SAMPLE / "truth" / MONTH)


@cache
def found() -> Found:
    return read_run(finished_sample() / "runs" / MONTH / "core.duckdb")


@cache
def people() -> Namesakes:
    return Namesakes(truth(), found())


@cache
def marks() -> Marks:
    return mark(truth(), found())


@cache
def answers() -> dict[tuple[str, str], list[Answer]]:
    """The answers about each true person or family, of several units where it was taken for two."""
    of: dict[tuple[str, str], list[Answer]] = {}
    for answer in found().answers:
        of.setdefault((answer.rule, people().subject_of(answer)), []).append(answer)
    return of


def truths(rule: str) -> Iterator[tuple[Row, list[Answer]]]:
    for (about, subject), row in truth().entitlements.items():
        if about == rule:
            yield row, answers().get((rule, subject), [])


def likely(rule: str) -> list[tuple[Row, Answer]]:
    return [(row, one) for row, about in truths(rule) for one in about if one.verdict == "likely"]


def test_every_rule_has_its_truth() -> None:
    assert tuple(truth().rules) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_nobody_is_likely_who_is_not_entitled(rule: str) -> None:
    """A death that only the suppression list tells of is no fact of a rule; it is kept off the lists at export."""
    wrong = [name(row) for row, _ in likely(rule) if row["never_likely"] == "yes"]
    wrong += [name(row) for row, _ in likely(rule) if row["entitled"] == "no" and row["trap"] != "protected_deceased"]
    wrong += [name(row) for row, one in likely(rule) if row["in_receipt"] == "yes" and row["why_not"] != TOLD_TOO_LATE]
    assert wrong == []
    assert bool(likely(rule)) == (rule not in NOBODY_LIKELY)
    (counted,) = (one for one in marks().lists if one.rule == rule)
    assert counted.wrong == []  # nor anybody likely of whom the truth knows nothing


@pytest.mark.parametrize("rule", RULES)
def test_every_truth_that_the_files_prove_is_found(rule: str) -> None:
    missed = [
        name(row)
        for row, about in truths(rule)
        if is_missing_out(row) and is_proved(row) and said_of(about) != {"likely"}
    ]
    assert missed == []


def said_of(about: list[Answer]) -> set[str]:
    """What is said of somebody. Who stands on a faulty row may be two, and nothing is known of the second."""
    verdicts = {one.verdict for one in about}
    return verdicts - {"unknown"} if len(about) > 1 else verdicts


@pytest.mark.parametrize("rule", RULES)
def test_every_verdict_that_is_certain_comes_out(rule: str) -> None:
    other = [
        f"{name(row)}: {[one.verdict for one in about]}, not {row['expected']}"
        for row, about in truths(rule)
        if row["expected"]
        and not (about and said_of(about) == {row["expected"]})
        and not (not about and row["expected"] in SILENT)
    ]
    assert other == []


@pytest.mark.parametrize("rule", RULES)
def test_what_a_likely_answer_is_worth_holds_the_true_amount(rule: str) -> None:
    off = []
    for row, one in likely(rule):
        if row["period"] not in ("week", "month") or not row["amount"]:
            continue
        amount = Decimal(row["amount"])
        if (one.low is not None and amount < one.low) or (one.high is not None and amount > one.high):
            off.append(f"{name(row)}: {one.low} to {one.high}, not {amount}")
    assert off == []


def test_most_of_those_whom_the_files_prove_are_many() -> None:
    """The tests above say something only if there is something to say."""
    proved = {
        rule: sum(is_missing_out(row) and is_proved(row) for row, _ in truths(rule))
        for rule in RULES
        if rule not in NOBODY_PROVED
    }
    # Of pensioners who never claimed a reduction there are those that were planted.
    assert proved.pop("council_tax_reduction_pension_age") == 3
    assert min(proved.values()) >= 6
    assert sum(proved.values()) > 120


def test_lines_are_refused_as_planted_and_no_other() -> None:
    refusals = marks().refusals
    assert (refusals.wrong, refusals.accepted) == ({}, {})
    assert sum(refusals.right.values()) > 60


def test_hardly_anybody_is_two_and_nobody_is_another() -> None:
    """Who moved, or stands on a row with a planted fault, may be two people: linkage by likeness comes later."""
    links = marks().links
    assert links.wrong == 0
    split = {person for person, by_file in people().keys.items() if len(set().union(*by_file.values())) > 1}
    assert len(split) == links.split < links.people / 40
    assert split <= _moved() | _in_faulty_homes()


def _moved() -> set[str]:
    with (SAMPLE / "truth" / "events.csv").open(newline="", encoding="utf-8") as file:
        return {row["person_id"] for row in csv.DictReader(file) if row["event"] in ("moved_in", "parted")}


def _in_faulty_homes() -> set[str]:
    lines = {(row["file"], int(row["line"])) for row in truth().faults}
    faulty = {person for (file, line, _), person in truth().mentions.items() if (file, line) in lines}
    homes = {truth().people[person]["household_id"] for person in faulty if person in truth().people}
    return {person for person, row in truth().people.items() if row["household_id"] in homes}
