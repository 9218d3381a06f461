"""Does a run of the sample give the pennies that the city worked out for itself?"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from lift.workspace.folder import open_workspace
from lift.workspace.runs import find_run
from score.found import Answer, read_run
from score.truth import Row, read_truth
from tests.middlemarch import MONTH, SAMPLE, finished_sample

TRUTH = read_truth(SAMPLE / "truth" / MONTH)
Pairs = list[tuple[Answer, Row]]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    found = read_run(find_run(open_workspace(finished_sample())).core)
    people = found.people(TRUTH)
    told = [(answer, TRUTH.entitlements.get((answer.rule, people.subject_of(answer)))) for answer in found.answers]
    return [(answer, row) for answer, row in told if row is not None and "_in_one" not in row["why_not"]]


@pytest.mark.parametrize(
    ("rule", "to_the_penny", "between"),
    [
        ("housing_benefit_pension_age", 80, 80),
        ("council_tax_reduction_pension_age", 100, 200),
        ("single_person_discount", 20, 5),
    ],
)
def test_what_is_due_is_within_what_the_run_says(pairs: Pairs, rule: str, to_the_penny: int, between: int) -> None:
    """Two names of an account written in one are a planted fault: whose they are is not known."""
    counted: Counter[bool] = Counter()
    for answer, row in pairs:
        if answer.rule != rule or not row["amount"] or answer.low is None:
            continue
        due = Decimal(row["amount"])
        assert answer.low <= due, row["family_id"]
        assert answer.high is None or due <= answer.high, row["family_id"]
        counted[answer.low == answer.high] += 1
    assert counted[True] >= to_the_penny
    assert counted[False] >= between


@pytest.mark.parametrize("rule", ["housing_benefit_pension_age", "council_tax_reduction_pension_age"])
def test_nobody_who_is_due_something_is_ruled_out(pairs: Pairs, rule: str) -> None:
    """Whose claim is suspended has one: it is not in payment, and nothing is to be claimed."""
    told = [row for answer, row in pairs if answer.rule == rule and answer.verdict == "ruled_out"]
    ruled_out = [row for row in told if row["in_receipt"] == "no"]
    assert len(ruled_out) < len(told)
    assert ruled_out
    assert {row["entitled"] for row in ruled_out} == {"no"}
