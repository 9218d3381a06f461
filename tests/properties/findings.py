"""What do the properties say of one batch: a random rulebook, run over many random households?

* the two engines give the same answers and the same steps, proved and indicative, whatever the plan is specialised to;
* every world that what is known allows lies inside the ranges, and agrees with every settled condition and verdict;
* forgetting a fact never turns a settled condition round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from random import Random

from lift.engines.duckdb import DuckDBEngine
from lift.engines.reference import ReferenceEngine
from lift.rulebook.answers import Answer, Range, Value
from lift.rulebook.check import facts_of
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.units import OneUnit, Units
from tests.properties.completions import completed, weak_figures
from tests.properties.exact import ENDLESS, UNDEFINED, Exact, World, both
from tests.properties.homes import Homes, forgetting
from tests.properties.rulebooks import Written

#: The part of the households in which a fact is forgotten too.
_FORGETTING = 0.3

Place = tuple[str, str]
"""Rule and unit key."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    what: str
    rule: str
    unit: str

    def __str__(self) -> str:
        return f"{self.rule} of {self.unit}: {self.what}"


@dataclass(frozen=True)
class Batch:
    """One rulebook over many households. `assumptions`: the standing ones are in force."""

    written: Written
    homes: Homes
    assumptions: bool

    @property
    def book(self) -> Rulebook:
        return self.written.book

    def reference(self, units: Units) -> list[Answer]:
        engine = ReferenceEngine(self.book, self.written.day, assumptions=self.assumptions)
        return engine.answers(self.written.rules, units, keep_steps=True)

    def duckdb(self, units: Units, *, specialise: bool) -> list[Answer]:
        engine = DuckDBEngine(self.book, self.written.day, assumptions=self.assumptions, specialise=specialise)
        return engine.answers(self.written.rules, units, keep_steps=True)


# --- the engines agree ------------------------------------------------------------------------------------------------


def disagreements(expected: Sequence[Answer], found: Sequence[Answer]) -> Iterator[Finding]:
    """Where the second engine does not say what the first says."""
    for one, other in zip(expected, found, strict=False):
        if (one.rule, one.key) != (other.rule, other.key):
            yield Finding(f"the other engine answers {other.rule} of {other.key} here", one.rule, one.key)
            return
        for name in (f.name for f in fields(Answer)):
            mine, theirs = getattr(one, name), getattr(other, name)
            if mine != theirs:
                yield Finding(f"{name}: {_difference(mine, theirs)}", one.rule, one.key)
    if len(expected) != len(found):
        yield Finding(f"{len(expected)} answers against {len(found)}", "any", "any")


def _difference(mine: object, theirs: object) -> str:
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        names = [
            name
            for name in {**mine, **theirs}
            if mine.get(name) != theirs.get(name) or (name in mine) != (name in theirs)
        ]
        return "; ".join(f"{name} is {mine.get(name)} against {theirs.get(name)}" for name in names)
    return f"{mine} against {theirs}"


# --- every possible world lies inside ---------------------------------------------------------------------------------


def possible_world(dice: Random, batch: Batch, home: str) -> World | None:
    figures = weak_figures(dice, batch.book, batch.written.day)
    return completed(dice, batch.book, batch.written.day, batch.homes.of(home), figures, assumptions=batch.assumptions)


def outside(batch: Batch, answers: Sequence[Answer], units: Sequence[OneUnit], world: World) -> Iterator[Finding]:
    """Where a world does not agree with what the answers for its household say is settled."""
    given = {(answer.rule, answer.level, answer.key): answer for answer in answers}
    beings = {(being.level, being.key): being for being in world.beings}
    for name in batch.written.rules:
        rule = batch.book.rules[name]
        for unit in units:
            if unit.level != rule.level:
                continue
            being = beings[unit.level, unit.key]
            answer = given.get((name, unit.level, unit.key))
            truth = {part: world.step(step, being) for part, step in rule.answers.items()}
            if answer is None:
                if truth["who"] not in (False, UNDEFINED):
                    yield Finding("no answer, and yet the rule is about it", name, unit.key)
                continue
            steps = {step: world.step(step, being) for step in answer.steps}
            yield from _contradictions(rule, answer, steps, truth)


def _contradictions(
    rule: Rule, answer: Answer, steps: Mapping[str, Exact], truth: Mapping[str, Exact]
) -> Iterator[Finding]:
    eligible = both([truth.get("who", True), truth["eligible"]])
    settled: dict[str, tuple[Value, Exact]] = {step: (answer.steps[step], value) for step, value in steps.items()}
    settled["eligible"] = (answer.eligible, eligible)
    settled["already"] = (answer.already, truth.get("already", False))
    settled["advice_first"] = (answer.advice_first, truth.get("advice_first", False))
    for part, worth in answer.worth.items():
        settled[f"worth {part}"] = (worth, truth["worth_in_kind_yearly" if part == "in_kind" else f"worth_{part}"])
    for what, (known, value) in settled.items():
        if not allows(known, value):
            yield Finding(f"{what} is {known}, and yet {value} is possible", answer.rule, answer.key)
    yield from _verdict(rule, answer, eligible, truth)


def allows(known: Value, value: Exact) -> bool:
    """Whether what is known leaves the value possible."""
    if value is UNDEFINED:
        return True
    if isinstance(known, Range):
        if value is ENDLESS:
            return known.high is None
        above = known.low is None or known.low <= value  # type: ignore[operator]  # of one type
        return above and (known.high is None or value <= known.high)  # type: ignore[operator]  # of one type
    return known is None or known == value


def _verdict(rule: Rule, answer: Answer, eligible: Exact, truth: Mapping[str, Exact]) -> Iterator[Finding]:
    first = rule.worth[0] if rule.worth else ""
    worth, least = truth.get(f"worth_{first}"), truth.get("worth_at_least")
    enough: Exact = True
    if worth is not None and least is not None:
        enough = worth >= least if isinstance(worth, Fraction) and isinstance(least, Fraction) else UNDEFINED
    due = both([eligible, enough])
    if answer.verdict == "in_payment" and truth.get("already", False) is False:
        yield Finding("in payment, and yet it is possible that it is not", answer.rule, answer.key)
    if answer.verdict == "ruled_out" and due is True:
        yield Finding("ruled out, and yet it is possible that it is due", answer.rule, answer.key)
    if answer.verdict == "likely" and due is False:
        yield Finding("likely, and yet it is possible that it is not due", answer.rule, answer.key)


# --- forgetting -------------------------------------------------------------------------------------------------------


def forgotten(dice: Random, batch: Batch) -> Units:
    """Every household with one fact forgotten that a rule reads; standing assumptions in force are left alone."""
    rules = [batch.book.rules[name] for name in batch.written.rules]
    but = frozenset(batch.book.assumptions) if batch.assumptions else frozenset()
    read = frozenset((f.level, f.name) for rule in rules for f in facts_of(rule, batch.book) if f.name not in but)
    some = [home for home in batch.homes.homes if dice.random() < _FORGETTING]
    found = [forgetting(dice, batch.homes.of(home), read) for home in some]
    units = [unit for one in found if one is not None for unit in one.units]
    keys = {unit.key for unit in units}
    return Units(tuple(units), frozenset(pair for pair in batch.homes.units.possible_couples if pair[0] in keys))


def turned_round(before: Sequence[Answer], after: Sequence[Answer]) -> Iterator[Finding]:
    """Where forgetting turned a condition from true to false or the other way."""
    earlier: Mapping[Place, Answer] = {(answer.rule, answer.key): answer for answer in before}
    for answer in after:
        one = earlier.get((answer.rule, answer.key))
        for name in ("eligible", "already"):
            was, is_now = (None if one is None else getattr(one, name)), getattr(answer, name)
            if None not in (was, is_now) and was != is_now:
                yield Finding(
                    f"{name} turned from {was} to {is_now} when a fact was forgotten", answer.rule, answer.key
                )


# --- one batch --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What the reference engine answered, and everything that is not as it should be."""

    answers: Sequence[Answer]
    findings: Sequence[Finding]


def look_into(dice: Random, batch: Batch) -> Outcome:
    """One batch, by every property."""
    everything = batch.homes.units
    expected = batch.reference(everything)
    found: list[Finding] = []
    for specialise in dice.choice([(True,), (True, False)]):
        found += disagreements(expected, batch.duckdb(everything, specialise=specialise))
    found += unsound(dice, batch, expected)
    found += turned_round(expected, batch.reference(forgotten(dice, batch)))
    return Outcome(expected, found)


def unsound(dice: Random, batch: Batch, answers: Sequence[Answer]) -> Iterator[Finding]:
    """Where one possible world of each household does not agree with the answers."""
    at_home = {(unit.level, unit.key): unit.household for unit in batch.homes.units.units}
    by_home: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_home[at_home[answer.level, answer.key]].append(answer)
    for home in batch.homes.homes:
        world = possible_world(dice, batch, home)
        if world is not None:
            yield from outside(batch, by_home[home], batch.homes.of(home).units, world)
