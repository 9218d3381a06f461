"""Do the questions about an open answer do what is said of them, and are they the same on every engine?

`asking.py` says what is asked, `small_rulebooks.py` how the rules are made. Every answer to every question is tried on
each, so a twentieth of LIFT_FUZZ_CASES households is looked at.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from lift.engines import settle as searching
from lift.engines.duckdb import DuckDBEngine, run, worlds
from lift.engines.reach import Chains, Way
from lift.engines.reference import ReferenceEngine
from lift.rulebook.units import Units
from tests.properties.asking import (
    Case,
    Tally,
    as_a_run,
    badly_chosen,
    broken_claims,
    cases,
    differing,
    engine_of,
    with_questions,
)
from tests.properties.findings import Batch, Finding
from tests.properties.homes import random_homes
from tests.properties.small_rulebooks import write_small_rulebook

CASES = int(os.environ.get("LIFT_FUZZ_CASES", "2400"))
#: Households to one rulebook, and how many of them the slow engine looks at.
TOGETHER, FEW = 24, 3
#: Conditions in which the ends of one fact do not show that another counts between them; and that two facts decide.
CUT_OFF = "savings < IF(couple, high_limit, low_limit)"
BOTH = "couple AND gets_gc"


def random_batch(seed: int, count: int = TOGETHER, eligible: str | None = None) -> tuple[Random, Batch]:
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        written = write_small_rulebook(dice, Path(folder), eligible)
    homes = random_homes(dice, written.book, count)
    return dice, with_questions(dice, Batch(written, homes, assumptions=dice.random() < 0.7))


def some(batch: Batch, count: int) -> Units:
    """The first few households."""
    parts = [batch.homes.of(home) for home in batch.homes.homes[:count]]
    return Units(
        tuple(u for part in parts for u in part.units), frozenset(p for part in parts for p in part.possible_couples)
    )


def look_into(dice: Random, batch: Batch, tally: Tally) -> list[Finding]:
    """One batch, by every property."""
    units = batch.homes.units
    found = cases(engine_of(DuckDBEngine, batch), batch, units)
    few = some(batch, FEW)
    slow = {(c.answer.rule, c.answer.key): c.questions for c in cases(engine_of(ReferenceEngine, batch), batch, few)}
    quick = [case for case in found if (case.answer.rule, case.answer.key) in slow]
    findings = list(differing(quick, slow, "the reference engine"))
    if batch.assumptions:
        findings += differing(found, as_a_run(batch, units), "a run")
    findings += broken_claims(dice, batch, found)
    return findings + list(badly_chosen(found, tally))


def test_questions_settle_what_they_are_said_to_settle() -> None:
    tally = Tally()

    @settings(
        max_examples=max(CASES // (20 * TOGETHER), 1),
        phases=[Phase.explicit, Phase.generate],
        report_multiple_bugs=False,
    )
    @example(seed=9221553)  # in both, a scheme would prove by an answer what is known to be otherwise
    @example(seed=7371709)
    @example(seed=29885173673)  # an answer against a standing assumption
    @example(seed=1039)  # an answer by which the rule no longer asks
    @given(seed=st.integers(0, 2**48))
    def one(seed: int) -> None:
        findings = look_into(*random_batch(seed), tally)
        shown = "\n".join(map(str, findings[:20]))
        assert not findings, f"seed {seed}, {len(findings)} findings:\n{shown}"

    one()
    assert tally.plain, "no answer rests on so little that everything could be tried"
    assert tally.telling_found >= 0.9 * tally.telling


def unbounded(batch: Batch) -> Batch:
    """The same without proved bounds. (What contradicts a bound widens a range, and opens steps that were settled.)"""
    facts = {place: replace(fact, proved_bounds=()) for place, fact in batch.book.facts.items()}
    return replace(batch, written=replace(batch.written, book=replace(batch.book, facts=facts)))


def everything(self: Chains, open_steps: object, *, is_plain: bool) -> list[tuple[int, Way]]:
    return [(place, Way("home")) for place in sorted(self.places.values())]


def needlessly_left_out(_: Random, batch: Batch) -> Iterable[Finding]:
    """Where leaving out what no open step leads to changes what is asked."""
    plain = unbounded(batch)
    engine = engine_of(DuckDBEngine, plain)
    found = cases(engine, plain, plain.homes.units)
    with patch.object(Chains, "follow", everything):
        whole = {(c.answer.rule, c.answer.key): c.questions for c in cases(engine, plain, plain.homes.units)}
    return differing(found, whole, "trying everything")


def test_only_what_cannot_matter_is_left_out() -> None:
    for seed in range(500, 501):
        assert not list(needlessly_left_out(*random_batch(seed, 12)))


def differing_by_sample(_: Random, batch: Batch) -> Iterable[Finding]:
    """Where trying several questions at once, after a sample of one answer, changes what is asked."""
    engine = engine_of(DuckDBEngine, batch)
    by_itself = cases(engine, batch, batch.homes.units)
    with patch.object(searching, "SAMPLE", 1), patch.object(searching, "FEW_LINES", 0):
        at_once = {(c.answer.rule, c.answer.key): c.questions for c in cases(engine, batch, batch.homes.units)}
    return differing(by_itself, at_once, "trying several at once")


def test_trying_several_questions_at_once_changes_nothing() -> None:
    """Among others of a household whose questions are found in another order of trials."""
    assert not list(differing_by_sample(*random_batch(521, 8)))


# --- the properties would notice --------------------------------------------------------------------------------------


def _ends_are_enough(self: Any, lines: Sequence[Any]) -> None:
    self._try((line, line.asked.values) for line in lines)
    for line in lines:
        line.alone = line.is_settled_so_far


def _all_but_one(self: Any, answers: Sequence[Any]) -> None:
    for answer in answers:
        answer.together = tuple(sorted(answer.necessary)[:-1])


def _low_end_twice(fact: Any) -> list[tuple[str, str]]:
    return [(column, "low") for column, _ in worlds_ends(fact)]


def _families_only(self: Chains, way: Way, where: str, *, is_plain: bool) -> Way:
    return way if where == "here" else Way("own")


def _all_of_them(answer: Any, context: Any) -> Any:
    """Says of every question that it makes a difference."""
    answer.telling |= set(answer.undecided)
    return iter(())


def _whatever_it_is(self: Any, answers: Sequence[Any], part: slice, needed: object) -> dict[int, Sequence[int]]:
    """Says of every question that it is not needed."""
    return {id(context): answer.undecided for answer in answers for context in answer.settled_contexts}


def _is_sound(dice: Random, batch: Batch) -> Iterable[Finding]:
    return broken_claims(dice, batch, _quick(batch))


def _is_best(_: Random, batch: Batch) -> Iterable[Finding]:
    return badly_chosen(_quick(batch), Tally())


def _runs_agree(_: Random, batch: Batch) -> Iterable[Finding]:
    known = replace(batch, assumptions=True)
    return differing(_quick(known), as_a_run(known, known.homes.units), "a run")


def _quick(batch: Batch) -> list[Case]:
    return cases(engine_of(DuckDBEngine, batch), batch, batch.homes.units)


worlds_ends = worlds._ends
Look = Callable[[Random, Batch], Iterable[Finding]]


@pytest.mark.parametrize(
    ("look", "target", "name", "wrong"),
    [
        (_is_sound, searching._Tries, "ask", _ends_are_enough),
        (_is_sound, searching._Tries, "put_together", _all_but_one),
        (_is_best, searching, "each_turned", _all_of_them),
        (_runs_agree, worlds, "_ends", _low_end_twice),
        (needlessly_left_out, Chains, "_way", _families_only),
        (differing_by_sample, searching._Tries, "_needless", _whatever_it_is),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_would_be_noticed(look: Look, target: Any, name: str, wrong: Any) -> None:
    """Each property fails as soon as the search is wrong: over a few batches, with one function wrong on purpose."""
    eligible = {"ask": CUT_OFF, "put_together": BOTH}.get(name)
    for seed in range(300, 312):
        dice, batch = random_batch(seed, 24 if eligible else 8, eligible)
        with patch.object(target, name, wrong):
            if list(look(dice, batch)):
                return
    pytest.fail(f"nobody noticed that {name} is wrong")


# --- never a statement a household ------------------------------------------------------------------------------------


def test_more_households_need_no_more_statements() -> None:
    """The plan is run as often over each household three times as over each once."""
    _, batch = random_batch(7, 10)
    known = replace(batch, assumptions=True)

    def runs(units: Units) -> int:
        with patch.object(worlds, "run_statements", side_effect=run.run_statements) as watched:
            as_a_run(known, units)
        return watched.call_count

    assert 0 < runs(known.homes.units) == runs(copied(known.homes.units, 3))


def copied(units: Units, times: int) -> Units:
    """Each household several times."""
    every = [
        replace(u, key=f"{u.key}.{i}", family=u.family and f"{u.family}.{i}", household=f"{u.household}.{i}")
        for i in range(times)
        for u in units.units
    ]
    return Units(
        tuple(every), frozenset((f"{a}.{i}", f"{b}.{i}") for a, b in units.possible_couples for i in range(times))
    )
