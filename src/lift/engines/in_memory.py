"""What should be asked about possible answers over units held in memory, on any engine? (`engines/settle.py` searches.)

Answers are tried out in copies of the household, in which those facts have the values tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from lift.engines.base import Engine
from lift.engines.reach import SCOPES, Chains, Scope, Way, only_with
from lift.engines.settle import search
from lift.engines.trials import LARGE_HOUSEHOLD, Asked, Trial
from lift.rulebook.answered import NOT_ASKED
from lift.rulebook.answers import Answer, Range
from lift.rulebook.check import closure
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.questions import SETTLED, Between, as_value, askable, bounds_rulebook, ends, gathered_levels
from lift.rulebook.units import Known, OneUnit, Units

Homes = dict[str, list[OneUnit]]
Proved = dict[tuple[str, str], Between]
"""Unit key and fact to what is proved of it."""


def settle(engine: Engine, book: Rulebook, units: Units, answers: Sequence[Answer]) -> list[Answer]:
    """The answers, those that are possible with what to ask about them."""
    by_key = {(unit.level, unit.key): unit for unit in units.units}
    open_ones: dict[str, list[int]] = defaultdict(list)
    for number, answer in enumerate(answers):
        if answer.verdict == "possible":
            open_ones[answer.rule].append(number)
    found = list(answers)
    for name, numbers in open_ones.items():
        subjects = [by_key[book.rules[name].level, answers[number].key] for number in numbers]
        near = _Near(engine, book, book.rules[name], units)
        asked = [near.questions(subject) for subject in subjects]
        worlds = _Worlds(engine, near.rule, subjects, near.homes, units)
        for number, questions in zip(numbers, search(book, near.rule, asked, worlds.try_out), strict=True):
            found[number] = replace(answers[number], settled_by=questions)
    return found


class _Near:
    """What is not known near the subjects of one rule."""

    def __init__(self, engine: Engine, book: Rulebook, rule: Rule, units: Units) -> None:
        self.book, self.rule = book, rule
        self.facts = askable(book, rule)
        self.homes: Homes = defaultdict(list)
        for unit in units.units:
            self.homes[unit.household].append(unit)
        coupled = {family for pair in units.possible_couples for family in pair}
        self.doubtful = {
            unit.household
            for unit in units.units
            if unit.level != "household" and (unit.family is None or unit.family in coupled)
        }
        self.proved = _proved(engine, book, self.facts, units)
        self.open_steps = _open_steps(engine, book, rule, units)
        self.chains = Chains(book, rule, {(fact.level, fact.name): place for place, fact in enumerate(self.facts)})

    def questions(self, subject: OneUnit) -> list[Asked]:
        """Unknown facts of the subject, of units above it and of those it may gather, cheapest first, its own before
        others'."""
        home = self.homes[subject.household]
        large = sum(unit.level == "person" for unit in home) > LARGE_HOUSEHOLD
        others = gathered_levels(self.book, self.rule)
        open_steps = {
            (name, scope) for scope in SCOPES for unit in home if _is_near(unit, subject, scope)
            for name in self.open_steps[unit.level, unit.key]
        }  # fmt: skip
        ways: dict[int, list[Way]] = defaultdict(list)
        for place, way in self.chains.follow(open_steps, is_plain=subject.household not in self.doubtful):
            ways[place].append(way)
        found: list[Asked] = []
        for place, fact in enumerate(self.facts):
            near = [u for u in home if u.level == fact.level and (not large or _is_own(u, subject))]
            if fact.level == self.rule.level and fact.level not in others:
                near = [subject]
            near = [unit for unit in near if any(self._is_on(way, unit, subject) for way in ways[place])]
            for unit in sorted(near, key=lambda u: (not _is_own(u, subject), u.key)):
                held = unit.facts.get(fact.name)
                if is_open(fact, held):
                    known = self.proved.get((unit.key, fact.name)) or _known(fact, held)
                    found.append(Asked(fact.level, unit.key, fact, place, ends(fact, known)))
        return found

    def _is_on(self, way: Way, unit: OneUnit, subject: OneUnit) -> bool:
        """Whether a unit lies on a way to what the answer rests on."""
        relation = self.book.relations.get(way.relation)
        if relation is not None and relation.target == unit.level:
            code = only_with(relation, self.book)
            held = unit.facts.get(code[0]) if code is not None else None
            if code is not None and held is not None and held.low is not None and (held.low == code[2]) != code[1]:
                return False
            if relation.outside and _is_own(unit, subject) and subject.household not in self.doubtful:
                return False
        return _is_near(unit, subject, way.scope)


def _is_near(unit: OneUnit, subject: OneUnit, scope: Scope) -> bool:
    if scope == "own":
        above = {("family", subject.family), ("household", subject.household), (subject.level, subject.key)}
        return (unit.level, unit.key) in above
    return scope == "home" or _is_own(unit, subject)


def _open_steps(engine: Engine, book: Rulebook, rule: Rule, units: Units) -> dict[tuple[Level, str], list[str]]:
    """The steps behind a rule that are not known, by unit."""
    levels = {step.name: step.level for step in closure(rule, book)}
    whole = replace(rule, step_names=tuple(levels))
    _, steps = engine.with_rulebook(replace(book, rules={**book.rules, rule.id: whole})).answers_and_steps(
        [rule.id], units
    )
    found: dict[tuple[Level, str], list[str]] = {(unit.level, unit.key): [] for unit in units.units}
    for unit in units.units:
        for name, value in steps.get(unit.key, {}).items():
            is_point = isinstance(value, Range) and value.low is not None and value.low == value.high
            if levels[name] == unit.level and (value is None or isinstance(value, Range)) and not is_point:
                found[unit.level, unit.key].append(name)
    return found


def _proved(engine: Engine, book: Rulebook, facts: Sequence[Fact], units: Units) -> Proved:
    """What schemes prove of some facts beside what is held of them."""
    shown, by_step = bounds_rulebook(book, facts)
    if not by_step:
        return {}
    rules = [name for name in shown.rules if name not in book.rules]
    _, steps = engine.with_rulebook(shown).answers_and_steps(rules, units)
    return {
        (key, by_step[name].name): (value.low, value.high)
        for key, mine in steps.items()
        for name, value in mine.items()
        if isinstance(value, Range)
    }


def _is_own(unit: OneUnit, subject: OneUnit) -> bool:
    return unit.level == "household" or (unit.family is not None and unit.family == subject.family)


def is_open(fact: Fact, held: Known | None) -> bool:
    """Whether a fact is unknown, known only within a range, or past its shelf life."""
    return not _is_fresh(fact, held) or held is None or held.low is None or held.low != held.high


def _is_fresh(fact: Fact, held: Known | None) -> bool:
    return held is None or held.fresh or fact.shelf_life is None


def _known(fact: Fact, held: Known | None) -> Between:
    """The range in which a number or date is known to lie; nothing of a stale one."""
    return (held.low, held.high) if held is not None and _is_fresh(fact, held) else (None, None)


class _Worlds:
    """The households of a rule's open answers, copied for each trial."""

    def __init__(self, engine: Engine, rule: Rule, subjects: Sequence[OneUnit], homes: Homes, units: Units) -> None:
        self.engine, self.rule, self.subjects, self.homes = engine, rule, subjects, homes
        home_of = {unit.key: unit.household for unit in units.units if unit.level == "family"}
        self.couples: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for pair in sorted(units.possible_couples):
            self.couples[home_of[pair[0]]].append(pair)

    def try_out(self, trials: Sequence[Trial]) -> list[str | None]:
        """What each trial settles, in order, as `trials.TryOut` says."""
        copies: list[OneUnit] = []
        pairs: set[tuple[str, str]] = set()
        for number, trial in enumerate(trials):
            put: dict[tuple[Level, str], dict[str, Known]] = defaultdict(dict)
            for asked, low, high in trial.puts:
                least, most = as_value(asked.fact, low), as_value(asked.fact, high)
                put[asked.level, asked.key][asked.fact.name] = Known(least, most)
            home = self.subjects[trial.answer].household
            copies += [_copy(unit, number, put.get((unit.level, unit.key), {})) for unit in self.homes[home]]
            pairs |= {(f"{a}#{number}", f"{b}#{number}") for a, b in self.couples[home]}
        found = self.engine.answers([self.rule.id], Units(tuple(copies), frozenset(pairs)))
        verdicts = {answer.key: answer.verdict for answer in found}
        keys = [f"{self.subjects[trial.answer].key}#{number}" for number, trial in enumerate(trials)]
        of_trials = (verdicts.get(key, NOT_ASKED) for key in keys)
        return [verdict if verdict in (*SETTLED, NOT_ASKED) else None for verdict in of_trials]


def _copy(unit: OneUnit, number: int, put: dict[str, Known]) -> OneUnit:
    family = None if unit.family is None else f"{unit.family}#{number}"
    return OneUnit(unit.level, f"{unit.key}#{number}", family, f"{unit.household}#{number}", {**unit.facts, **put})
