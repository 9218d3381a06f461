"""How was each listed answer worked out: the sum, the law behind it, the facts that went in, and their files and lines?

The run's own plan is run again with every step kept, for all homes of a list at once. An adviser sees the family's own
figures and those of the home; of other families at the address no fact is shown, only what follows from it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lift.engines.duckdb.engine import reader_of
from lift.engines.duckdb.homes import copy_homes, held
from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.plan.compile import Options, Plan, compile_plan
from lift.rulebook.answers import Range, Value
from lift.rulebook.check import in_reading_order, references, short
from lift.rulebook.model import Fact, Rule, Rulebook, Step
from lift.rulebook.nodes import FactRef, Level, Logic, StepRef, walk
from lift.rulebook.page import stale_in_words, value_in_words
from lift.stages.export.rests_on import SUBJECT, persons_read
from lift.stages.export.worked import Row, Worked, columns_of, read_worked
from lift.workspace.database import database

# What tells who somebody is, or whether everybody is known, says nothing to an adviser that the sum does not say.
_UNSAID = (
    "role", "household_role", "adults_complete", "children_complete", "non_dependants_complete", "period_end",
    "is_latest", "latest_period_is_known", "periods_complete",
)  # fmt: skip

_TRUE, _NOT_KNOWN = "yes", "Not known"


@dataclass(frozen=True)
class Working:
    """One answer, as text of several lines each."""

    steps: str
    law: str
    facts: str
    origins: str


@dataclass(frozen=True)
class Listed:
    """One answer on a list."""

    rule: str
    reference: str
    level: Level
    household: str


def workings(
    core: Path, book: Rulebook, day: datetime.date, listed: Sequence[Listed]
) -> dict[tuple[str, str], Working]:
    """Rule and reference to how its answer came about."""
    if not listed:
        return {}
    with database(None) as connection:
        place = str(core).replace("'", "''")
        connection.execute(f"ATTACH '{place}' AS run (READ_ONLY)")
        copy_homes(connection, sorted({one.household for one in listed}))
        rules = sorted({one.rule for one in listed})
        profiles, has_couples = fact_profiles(connection, book)
        plan = compile_plan(book, rules, day, Options(profiles, has_couples, keep_steps=True))
        run_plan(connection, plan, outputs=sorted({table for table, _ in plan.steps.values()}))
        shown = {rule: _Shown(book, book.rules[rule]) for rule in rules}
        facts = {(fact.level, fact.name): fact for one in shown.values() for fact in one.every_fact}
        steps = {step.name for one in shown.values() for step in one.steps}
        worked = read_worked(connection, plan, [one.reference for one in listed], facts.values(), steps)
        town = _Town(book, day, worked, plan)
        return {(one.rule, one.reference): town.working(shown[one.rule], one) for one in listed}


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit whose figures may be shown, with its facts, steps and origins. `whose`: what tells it from other units;
    `role`: a person's; `is_subject`: whether the answer is about this person."""

    row: Row
    steps: Row | None
    origins: Mapping[str, str]
    whose: str
    role: str
    is_subject: bool


_Units = Mapping[Level, Sequence[_Unit]]


class _Shown:
    """What is shown of a rule: its sums, what it asks for, the signs it counts, and the facts it reads."""

    def __init__(self, book: Rulebook, rule: Rule) -> None:
        self.rule = rule
        order = in_reading_order(rule, book)
        asked = {node.name for name in ("eligible", "possible_when") for node in _reads(book, rule, name)}
        reasons = _reasons(book, asked)
        self.steps = [step for step in order if _is_money(step) or step.name in asked | reasons]
        self.only_if_true = reasons - asked
        self.facts = _facts(book, rule)
        self.facts_in_words = [(fact, _plain(fact.name), columns_of(fact)) for fact in self.facts]
        self.persons = persons_read(rule, book)
        self.signs = [
            (sign.why, node.level, node.name)
            for number, sign in enumerate(rule.evidence, start=1)
            for node in _reads(book, rule, f"evidence_{number}")
            if isinstance(node, FactRef) and book.facts[node.level, node.name].type.kind == "flag"
        ]
        self.every_fact = [*self.facts, *(book.facts[level, name] for _, level, name in self.signs)]
        worth = [name for name in rule.answers if name.startswith("worth_") and name != "worth_at_least"]
        self.worth = [book.steps[rule.answers[name]].formulas[-1].text for name in worth]

    def read(self, level: Level, name: str, units: _Units) -> Sequence[_Unit]:
        """The units on which the rule reads a step or a fact."""
        if level != "person":
            return units[level]
        roles = self.persons.get(name, frozenset())
        return [unit for unit in units[level] if unit.role in roles or (unit.is_subject and SUBJECT in roles)]


def _reasons(book: Rulebook, asked: Iterable[str]) -> frozenset[str]:
    """Steps any one of which makes a step asked for true, and so on down: those that are true say why it is."""
    found: set[str] = set()
    todo = [name for name in asked if name in book.steps]
    while todo:
        nodes = [node for formula in book.steps[todo.pop()].formulas for node in walk(formula.node)]
        either = [part for node in nodes if isinstance(node, Logic) and node.operator == "OR" for part in node.parts]
        new = {part.name for part in either if isinstance(part, StepRef)} - found
        found |= new
        todo += sorted(new)
    return frozenset(found)


def _reads(book: Rulebook, rule: Rule, answer: str) -> list[Any]:
    name = rule.answers.get(answer)
    return (
        [] if name is None else [node for node in references(book.steps[name]) if isinstance(node, StepRef | FactRef)]
    )


def _is_money(step: Step) -> bool:
    return step.type.kind == "number" and step.type.is_money


def _facts(book: Rulebook, rule: Rule) -> list[Fact]:
    names: dict[tuple[Level, str], None] = {}
    for step in in_reading_order(rule, book, with_answers=True):
        for node in references(step):
            if isinstance(node, FactRef) and node.name not in _UNSAID:
                names.setdefault((node.level, node.name))
    return [book.facts[name] for name in names]


class _Town:
    """The homes of a list, with every step worked out. What is said of a fact or step is put into words once for each
    value that it has somewhere."""

    def __init__(self, book: Rulebook, day: datetime.date, worked: Worked, plan: Plan) -> None:
        self.book, self.day, self.worked = book, day, worked
        self.rows = worked.rows
        self.stored = {name: stored for (name, proved), (_, stored) in plan.steps.items() if proved}
        self.step_words: dict[str, dict[tuple[Any, ...], str | None]] = defaultdict(dict)
        self.fact_words: dict[tuple[Level, str], dict[tuple[Any, ...], tuple[str, str]]] = defaultdict(dict)

    def working(self, shown: _Shown, one: Listed) -> Working:
        units = self._units(one)
        steps = list(self._steps(shown, units))
        facts, origins = self._facts(shown, units)
        law = "\n".join(dict.fromkeys([shown.rule.law, *(cite for _, cite in steps if cite)]))
        worth = [f"worth = {_plain(text)}" for text in shown.worth]
        return Working("\n".join([*(told for told, _ in steps), *worth]), law, facts, origins)

    def _units(self, one: Listed) -> _Units:
        """The units whose figures may be shown: one's own family, its latest period, and the home."""
        if one.level == "household":
            return {"household": [self._unit("household", one.reference)], "family": [], "person": [], "period": []}
        family = str(self.rows[one.level][one.reference]["family_key"])
        people = self.worked.of_family["person"].get(family, [])
        periods = self.worked.of_family["period"].get(family, [])
        return {
            "household": [self._unit("household", one.household)],
            "family": [self._unit("family", family)] if family in self.rows["family"] else [],
            "person": [self._person(key, one, alone=len(people) == 1) for key in people],
            "period": [self._unit("period", key, " of the latest month") for key in periods],
        }

    def _unit(self, level: Level, key: str, whose: str = "", role: str = "", *, is_subject: bool = False) -> _Unit:
        origins = self.worked.origins.get(key, {})
        return _Unit(self.rows[level][key], self.worked.steps[level].get(key), origins, whose, role, is_subject)

    def _person(self, key: str, one: Listed, *, alone: bool) -> _Unit:
        role = str(self.rows["person"][key].get("role") or "person")
        is_subject = key == one.reference
        return self._unit("person", key, "" if is_subject or alone else f" of the {role}", role, is_subject=is_subject)

    def _steps(self, shown: _Shown, units: _Units) -> Iterator[tuple[str, str]]:
        """Each step that is not nought, with the law that it rests on."""
        for step in shown.steps:
            if step.name not in self.stored:
                continue
            for unit in shown.read(step.level, step.name, units):
                said = None if unit.steps is None else self._step_in_words(step, unit.steps)
                if said is not None and (step.name not in shown.only_if_true or said == _TRUE):
                    yield f"{_plain(short(step.name))}{unit.whose}: {said}", step.cite
        for why, level, name in shown.signs:
            if any(unit.row.get(name) is True for unit in shown.read(level, name, units)):
                yield f"sign: {why}", ""

    def _step_in_words(self, step: Step, row: Row) -> str | None:
        """Its value; None if it is nought."""
        stored = self.stored[step.name]
        raw = tuple(row[column] for column in stored.columns)
        words = self.step_words[step.name]
        if raw not in words:
            value = reader_of(stored)(row)
            words[raw] = None if _is_nought(value) else value_in_words(value, step.type)
        return words[raw]

    def _facts(self, shown: _Shown, units: _Units) -> tuple[str, str]:
        told: list[str] = []
        grouped: dict[str, list[str]] = {"Nought": [], "No": [], _NOT_KNOWN: []}
        origins: dict[str, list[str]] = defaultdict(list)
        for fact, plain, columns in shown.facts_in_words:
            words = self.fact_words[fact.level, fact.name]
            for unit in shown.read(fact.level, fact.name, units):
                raw = tuple(map(unit.row.get, columns))
                if raw not in words:
                    words[raw] = self._said(fact, *held(fact, unit.row))
                group, said = words[raw]
                name = plain + unit.whose
                if group != _NOT_KNOWN and (origin := unit.origins.get(fact.name)):
                    origins[origin].append(name)
                if group in grouped:
                    grouped[group].append(name)
                else:
                    told.append(f"{group}{unit.whose}: {said}")
        lines = [*told, *(f"{group}: {', '.join(names)}" for group, names in grouped.items() if names)]
        return "\n".join(lines), "\n".join(f"{origin}: {', '.join(names)}" for origin, names in origins.items())

    def _said(self, fact: Fact, value: Value, fresh: bool) -> tuple[str, str]:
        """The group in which a fact is only named; else what it is called, and what is known of it."""
        if value is None or value == Range(None, None):
            return _NOT_KNOWN, ""
        if value is False and fresh:
            return "No", ""
        if _is_nought(value):
            return "Nought", ""
        if fact.name == "date_of_birth" and isinstance(value, Range):
            # A day of birth is what strangers are asked to prove themselves with: the age does here.
            return "age", self._age(value)
        said = value_in_words(value, fact.type)
        told = _plain(said) if isinstance(value, str) else said
        return _plain(fact.name), told if fresh else f"{told}, {stale_in_words(fact, value)}"

    def _age(self, born: Range) -> str:
        ages = sorted({_years(day, self.day) for day in (born.low, born.high) if isinstance(day, datetime.date)})
        return " to ".join(str(age) for age in ages)


def _years(born: datetime.date, day: datetime.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _is_nought(value: Value) -> bool:
    return isinstance(value, Range) and value.low == 0 and value.high == 0


def _plain(name: str) -> str:
    return name.replace("_", " ")
