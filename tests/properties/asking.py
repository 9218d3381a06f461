"""What do the properties say of questions: random rules over random households, some of whose facts can be asked about?

* every engine asks the same, over units in memory and over a run's tables;
* whatever the answers to questions that settle a verdict are, in every world that what is known allows, it is settled;
* of questions that settle it together none can be left out, and of those that settle it in part each can settle it;
* where few can be asked, whatever set of them would settle it is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from random import Random
from unittest.mock import patch

import duckdb

from lift.engines import in_memory
from lift.engines.base import Engine
from lift.engines.duckdb import DuckDBEngine
from lift.engines.duckdb.tables import make_tables
from lift.engines.reference import ReferenceEngine
from lift.engines.settle import search
from lift.engines.trials import Asked, Trial, TryOut
from lift.rulebook.answers import Answer, Question
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.questions import as_number, ends, read_written
from lift.rulebook.units import Scalar, Units
from lift.stages.assess import assess
from tests.properties.exact import World
from tests.properties.findings import Batch, Finding, possible_world

#: The part of the dictionary that can be asked about.
_ASKABLE = 0.6
#: Of so few questions every set is tried out.
FEW = 4


def with_questions(dice: Random, batch: Batch) -> Batch:
    """The same rules and households, some facts with a question and a cost."""
    facts = {
        place: replace(
            fact, question=f"{fact.name}?" if dice.random() < _ASKABLE else None, cost=dice.choice((1, 2, 3))
        )
        for place, fact in batch.book.facts.items()
    }
    return replace(batch, written=replace(batch.written, book=replace(batch.book, facts=facts)))


def engine_of(kind: type[DuckDBEngine] | type[ReferenceEngine], batch: Batch) -> Engine:
    return kind(batch.book, batch.written.day, assumptions=batch.assumptions)


@dataclass(frozen=True)
class Case:
    """A possible answer, what could be asked about it, what is asked, and how answers to it are tried out."""

    answer: Answer
    number: int
    asked: Sequence[Asked]
    try_out: TryOut

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.answer.settled_by

    def chosen(self) -> list[int]:
        """The places of what is asked among what could be."""
        keys = [(one.level, one.key, one.fact.name) for one in self.asked]
        return [keys.index((q.level, q.key, q.fact)) for q in self.questions]

    def finding(self, what: str) -> Finding:
        said = ", ".join(f"{q.fact} of {q.key}" for q in self.questions)
        return Finding(f"{what}; asked: {said or 'nothing'}", self.answer.rule, self.answer.key)


def cases(engine: Engine, batch: Batch, units: Units) -> list[Case]:
    """Every possible answer with its questions, by an engine over units in memory."""
    seen: list[tuple[Rule, Sequence[Sequence[Asked]], TryOut]] = []

    def watched(
        book: Rulebook, rule: Rule, asked: Sequence[Sequence[Asked]], try_out: TryOut
    ) -> list[tuple[Question, ...]]:
        seen.append((rule, asked, try_out))
        return search(book, rule, asked, try_out)

    answers = engine.answers(batch.written.rules, units)
    with patch.object(in_memory, "search", watched):
        found = [one for one in in_memory.settle(engine, batch.book, units, answers) if one.verdict == "possible"]
    by_rule = {rule.id: (asked, try_out) for rule, asked, try_out in seen}
    numbers: dict[str, int] = {}
    made = []
    for answer in found:
        number = numbers[answer.rule] = numbers.get(answer.rule, -1) + 1
        asked, try_out = by_rule[answer.rule]
        made.append(Case(answer, number, asked[number], try_out))
    return made


# --- every engine asks the same ---------------------------------------------------------------------------------------


def as_a_run(batch: Batch, units: Units) -> dict[tuple[str, str], tuple[Question, ...]]:
    """What a run over the same units would ask, by rule and unit."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        make_tables(connection, batch.book, units)
        assess(connection, batch.book, batch.written.day, batch.written.rules)
        rows = connection.execute("SELECT rule, unit_key, settled_by FROM answer WHERE verdict = 'possible'").fetchall()
    return {(rule, key): read_written(text) for rule, key, text in rows}


def differing(
    expected: Sequence[Case], found: dict[tuple[str, str], tuple[Question, ...]], which: str
) -> Iterator[Finding]:
    for case in expected:
        other = found.get((case.answer.rule, case.answer.key))
        if other != case.questions:
            yield case.finding(f"{which} asks {other}")


# --- trials, all of a rule together -----------------------------------------------------------------------------------


def tried(wanted: Sequence[tuple[Case, Sequence[Trial]]]) -> Iterator[tuple[Case, list[bool]]]:
    """Each case with whether each of its trials settles the verdict."""
    by_rule: dict[str, list[tuple[Case, Sequence[Trial]]]] = {}
    for case, trials in wanted:
        by_rule.setdefault(case.answer.rule, []).append((case, trials))
    for pairs in by_rule.values():
        every = [trial for _, trials in pairs for trial in trials]
        verdicts = iter(pairs[0][0].try_out(every) if every else [])
        for case, trials in pairs:
            yield case, [next(verdicts) is not None for _ in trials]


# --- what is claimed holds --------------------------------------------------------------------------------------------


def broken_claims(dice: Random, batch: Batch, found: Sequence[Case], worlds: int = 2) -> Iterator[Finding]:
    """Questions that are said to settle a verdict, and leave it open in some world."""
    homes = {(unit.level, unit.key): unit.household for unit in batch.homes.units.units}
    claims: list[tuple[Case, list[Trial]]] = []
    for case in found:
        if case.questions and (case.questions[0].settles or case.questions[0].together):
            home = homes[case.answer.level, case.answer.key]
            drawn = filter(None, (possible_world(dice, batch, home) for _ in range(worlds)))
            claims.append((case, [trial for world in drawn for trial in _claims(case, world)]))
    for case, settled in tried(claims):
        if not all(settled):
            yield case.finding("left open by some answer")


def _claims(case: Case, world: World) -> Iterator[Trial]:
    """The questions with the answers of a world, one by one or together, as they are claimed to settle the verdict."""
    facts = {(being.level, being.key): being.facts for being in world.beings}
    puts = []
    for place in case.chosen():
        asked = case.asked[place]
        value: Scalar = facts[asked.level, asked.key][asked.fact.name]  # type: ignore[assignment]  # a fact has a value
        number = as_number(asked.fact, value)
        puts.append((asked, number, number))
    for claim in [(put,) for put in puts] if case.questions[0].settles else [tuple(puts)]:
        yield Trial(case.number, claim)


# --- few questions: every set is tried out ----------------------------------------------------------------------------


@dataclass
class Tally:
    """How often the search found everything there is."""

    plain: int = 0
    sets: int = 0
    sets_found: int = 0
    telling: int = 0
    telling_found: int = 0


def is_plain(case: Case) -> bool:
    """Whether few questions with few answers each could be asked, so that everything can be tried."""
    few = 0 < len(case.asked) <= FEW
    return few and all(asked.fact.type.kind in ("flag", "code") for asked in case.asked)


Way = tuple[int | None, ...]
"""An answer to each question, or none."""


def badly_chosen(found: Sequence[Case], tally: Tally) -> Iterator[Finding]:
    """Where the questions are not the ones that trying everything gives."""
    ways = {
        id(case): list(product(*[(None, *ends(asked.fact)) for asked in case.asked]))
        for case in found
        if is_plain(case)
    }
    plain = [case for case in found if id(case) in ways]
    wanted = [(case, [_answered(case, way) for way in ways[id(case)]]) for case in plain]
    for case, settled in tried(wanted):
        tally.plain += 1
        yield from _compared(case, dict(zip(ways[id(case)], settled, strict=True)), tally)


def _answered(case: Case, way: Way) -> Trial:
    puts = [(asked, value, value) for asked, value in zip(case.asked, way, strict=True) if value is not None]
    return Trial(case.number, tuple(puts))


def _compared(case: Case, settled: dict[Way, bool], tally: Tally) -> Iterator[Finding]:
    every = range(len(case.asked))
    sets = [places for size in range(1, len(case.asked) + 1) for places in combinations(every, size)]
    enough = [places for places in sets if all(done for way, done in settled.items() if _is_answered(way) == places)]
    telling = {
        i
        for way, done in settled.items()
        if done
        for i in every
        if way[i] is not None and not settled[_without(way, i)]
    }
    chosen = tuple(case.chosen())
    says_alone = bool(case.questions) and case.questions[0].settles
    says_together = bool(case.questions) and case.questions[0].together
    alone = tuple(places[0] for places in enough if len(places) == 1)
    if says_alone or alone:
        if not says_alone or chosen != alone:
            yield case.finding(f"{alone} settle it alone")
    elif says_together:
        best = min(enough, key=lambda places: _price(case, places), default=())
        tally.sets, tally.sets_found = tally.sets + 1, tally.sets_found + 1
        if chosen != best:
            yield case.finding(f"{best or 'none'} are enough together")
    else:
        tally.sets += bool(enough)
        tally.telling, tally.telling_found = tally.telling + len(telling), tally.telling_found + len(chosen)
        if not set(chosen) <= telling:
            yield case.finding(f"only {sorted(telling)} make a difference")


def _is_answered(way: Way) -> tuple[int, ...]:
    return tuple(place for place, value in enumerate(way) if value is not None)


def _price(case: Case, places: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
    return (len(places), sum(case.asked[i].fact.cost for i in places), places)


def _without(way: Way, place: int) -> Way:
    return (*way[:place], None, *way[place + 1 :])
