"""Which single question would settle a possible verdict? (For units held in memory, on any engine.)

One unknown at a time is put at each point where a formula may change; if the verdict is settled at every one of them,
that question alone settles it. Ends first: most questions fail there, and the points between are never tried. Where no
single question settles it, those are named whose answer changes anything at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lift.engines.base import Engine
from lift.rulebook.answers import Answer, Question
from lift.rulebook.check import closure, references
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import Gather, Level
from lift.rulebook.questions import SETTLED, askable, ends, rank, turning_points
from lift.rulebook.units import Known, OneUnit, Scalar, Units

#: More people than this at one address: only the family's own facts are asked about.
LARGE_HOUSEHOLD = 8


@dataclass(frozen=True)
class _Trial:
    """One answer to one question, tried out in a copy of the household."""

    number: int
    subject: int
    unit: str
    fact: Fact
    value: Scalar


def settle(engine: Engine, book: Rulebook, units: Units, answers: Sequence[Answer]) -> list[Answer]:
    """The answers, those that are possible with the questions that would settle them, or that they rest on."""
    households: dict[str, list[OneUnit]] = defaultdict(list)
    for unit in units.units:
        households[unit.household].append(unit)
    by_key = {unit.key: unit for unit in units.units}
    open_ones = [i for i, a in enumerate(answers) if a.verdict == "possible"]
    asked = {i: _questions(book, book.rules[answers[i].rule], by_key[answers[i].key], households) for i in open_ones}
    alive = {(i, unit.key, fact.name) for i in open_ones for unit, fact in asked[i]}
    matters: set[tuple[int, str, str]] = set()
    for points in (False, True):
        trials = _trials(book, answers, asked, alive, points)
        unsettled, telling = _outcomes(engine, answers, trials, units, households, by_key)
        alive -= unsettled
        matters |= telling
    found = list(answers)
    for i in open_ones:
        found[i] = replace(answers[i], settled_by=tuple(_result(i, asked[i], alive, matters)))
    return found


def _result(
    i: int, asked: list[tuple[OneUnit, Fact]], alive: set[tuple[int, str, str]], matters: set[tuple[int, str, str]]
) -> list[Question]:
    """The questions that settle it alone; else those that matter."""
    alone = [Question(u.level, u.key, f.name, True) for u, f in asked if (i, u.key, f.name) in alive & matters]
    return alone or [Question(u.level, u.key, f.name, False) for u, f in asked if (i, u.key, f.name) in matters]


def _questions(
    book: Rulebook, rule: Rule, subject: OneUnit, households: dict[str, list[OneUnit]]
) -> list[tuple[OneUnit, Fact]]:
    """Unknown facts of the subject, of units above it and of those it may gather, cheapest first."""
    home = households[subject.household]
    large = sum(unit.level == "person" for unit in home) > LARGE_HOUSEHOLD
    near = [u for u in home if not large or u.family in (None, subject.family)]
    found = [
        (unit, fact)
        for fact in askable(book, rule)
        for unit in near
        if unit.level == fact.level
        and (fact.level != rule.level or unit.key == subject.key or _is_gathered(book, rule, fact.level))
        and is_open(unit.facts.get(fact.name))
    ]
    return sorted(found, key=lambda pair: (*rank(pair[1]), pair[0].family != subject.family, pair[0].key))


def _is_gathered(book: Rulebook, rule: Rule, level: Level) -> bool:
    """Whether a rule of this level looks at other units of the same level (siblings, non-dependants)."""
    targets = [book.relations[n.relation] for s in closure(rule, book) for n in references(s) if isinstance(n, Gather)]
    return any(relation.target == level for relation in targets)


def is_open(known: Known | None) -> bool:
    """Whether a fact is unknown, known only within a range, or past its shelf life."""
    return known is None or not known.fresh or known.low is None or known.low != known.high


def _trials(
    book: Rulebook,
    answers: Sequence[Answer],
    asked: dict[int, list[tuple[OneUnit, Fact]]],
    alive: set[tuple[int, str, str]],
    points: bool,
) -> list[_Trial]:
    found: list[_Trial] = []
    for i, questions in asked.items():
        for unit, fact in questions:
            if (i, unit.key, fact.name) in alive:
                values = turning_points(book, [book.rules[answers[i].rule]], fact) if points else ends(fact)
                for value in within_known(values, unit.facts.get(fact.name), with_ends=not points):
                    found.append(_Trial(len(found), i, unit.key, fact, value))
    return found


def within_known(values: Sequence[Scalar], known: Known | None, *, with_ends: bool) -> list[Scalar]:
    """The values that what is known leaves possible; the ends of a known range stand in for ends outside it."""
    if known is None or not known.fresh or (known.low is None and known.high is None):
        return list(values)
    low, high = known.low, known.high
    kept = [v for v in values if (low is None or v >= low) and (high is None or v <= high)]  # type: ignore[operator]
    extra = [end for end in (low, high) if with_ends and end is not None and end not in kept]
    return [*kept, *extra]


def _outcomes(
    engine: Engine,
    answers: Sequence[Answer],
    trials: list[_Trial],
    units: Units,
    households: dict[str, list[OneUnit]],
    by_key: dict[str, OneUnit],
) -> tuple[set[tuple[int, str, str]], set[tuple[int, str, str]]]:
    """The questions that leave the verdict open at some tried answer, and those that change the answer at some."""
    by_rule: dict[str, list[_Trial]] = defaultdict(list)
    for trial in trials:
        by_rule[answers[trial.subject].rule].append(trial)
    unsettled: set[tuple[int, str, str]] = set()
    telling: set[tuple[int, str, str]] = set()
    for rule, mine in by_rule.items():
        worlds = _worlds(answers, mine, units, households, by_key)
        outcomes = {answer.key: answer for answer in engine.answers([rule], worlds)}
        for trial in mine:
            before = answers[trial.subject]
            after = outcomes.get(f"{before.key}#{trial.number}")
            question = (trial.subject, trial.unit, trial.fact.name)
            if after is None or after.verdict not in SETTLED:
                unsettled.add(question)
            if after is None or findings(after) != findings(before):
                telling.add(question)
    return unsettled, telling


def findings(answer: Answer) -> tuple[object, ...]:
    """What of an answer a question can change."""
    return (answer.verdict, answer.eligible, answer.already, tuple(answer.worth.items()))


def _worlds(
    answers: Sequence[Answer],
    trials: list[_Trial],
    units: Units,
    households: dict[str, list[OneUnit]],
    by_key: dict[str, OneUnit],
) -> Units:
    """A copy of the household for each trial, with the one fact put at its value."""
    couples: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in units.possible_couples:
        couples[by_key[pair[0]].household].append(pair)
    copies: list[OneUnit] = []
    pairs: set[tuple[str, str]] = set()
    for trial in trials:
        home = by_key[answers[trial.subject].key].household
        for unit in households[home]:
            facts = dict(unit.facts)
            if unit.key == trial.unit:
                facts[trial.fact.name] = Known.exactly(trial.value)
            copies.append(_renamed(unit, trial.number, facts))
        pairs |= {(f"{a}#{trial.number}", f"{b}#{trial.number}") for a, b in couples[home]}
    return Units(tuple(copies), frozenset(pairs))


def _renamed(unit: OneUnit, number: int, facts: dict[str, Known]) -> OneUnit:
    family = None if unit.family is None else f"{unit.family}#{number}"
    return OneUnit(unit.level, f"{unit.key}#{number}", family, f"{unit.household}#{number}", facts)
