"""How was each listed answer worked out: the sum, the law behind it, the facts that went in, and their files and lines?

The run's own plan is run again with every step kept, for all homes of a list at once. An adviser sees the family's own
figures and those of the home; of other families at the address no fact is shown, only what follows from it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lift.engines.duckdb.engine import reader_of
from lift.engines.duckdb.homes import copy_homes, held
from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.plan.compile import Options, Plan, compile_plan
from lift.plan.layout import Stored
from lift.rulebook.answers import Range, Value
from lift.rulebook.check import in_reading_order, references, short
from lift.rulebook.model import Fact, Rule, Rulebook, Step
from lift.rulebook.nodes import FactRef, Level, Logic, StepRef, walk
from lift.rulebook.page import stale_in_words, value_in_words
from lift.stages.export.rests_on import SUBJECT, persons_read
from lift.stages.export.worked import NO_ORIGINS, Origins, Read, Row, Worked, columns_of, read_worked
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
        town = _Town(worked)
        said = {rule: _Said.of(one, worked, plan, day) for rule, one in shown.items()}
        return {(one.rule, one.reference): town.working(said[one.rule], one) for one in listed}


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit whose figures may be shown, with its facts, steps and origins. `whose`: what tells it from other units;
    `role`: a person's; `is_subject`: whether the answer is about this person."""

    row: Row
    steps: Row | None
    origins: Origins
    whose: str = ""
    role: str = ""
    is_subject: bool = False


_Units = Mapping[Level, Sequence[_Unit]]


@dataclass(frozen=True)
class _Whose:
    """The units on which a rule reads a step or a fact: of persons those of some roles."""

    level: Level
    roles: frozenset[str] = frozenset()

    def among(self, units: _Units) -> Sequence[_Unit]:
        if self.level != "person":
            return units[self.level]
        subject = SUBJECT in self.roles
        return [unit for unit in units["person"] if unit.role in self.roles or (unit.is_subject and subject)]


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
        self.persons = persons_read(rule, book)
        self.signs = [
            (sign.why, node.level, node.name)
            for number, sign in enumerate(rule.evidence, start=1)
            for node in _reads(book, rule, f"evidence_{number}")
            if isinstance(node, FactRef) and book.facts[node.level, node.name].type.kind == "flag"
        ]
        self.every_fact = [*self.facts, *(book.facts[level, name] for _, level, name in self.signs)]
        read = [(step.level, step.name) for step in self.steps] + [(fact.level, fact.name) for fact in self.every_fact]
        self.every_whose = tuple(dict.fromkeys(self._whose(*one) for one in read))
        worth = [name for name in rule.answers if name.startswith("worth_") and name != "worth_at_least"]
        self.worth = [book.steps[rule.answers[name]].formulas[-1].text for name in worth]

    def _whose(self, level: Level, name: str) -> _Whose:
        return _Whose(level, self.persons.get(name, frozenset()) if level == "person" else frozenset())

    def whose(self, level: Level, name: str) -> int:
        return self.every_whose.index(self._whose(level, name))


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


@dataclass(frozen=True)
class _Words:
    """A step or fact of a rule: on whom it is read (a place in what the rule says of whom), the columns it stands in,
    and what is said of it, put into words once for each value that it has somewhere; of thousands of families most say
    the same few things."""

    name: str
    plain: str
    whose: int
    read: Read
    say: Callable[[Row], Any]
    cite: str = ""
    only_if_true: bool = False
    known: dict[Row, Any] = field(default_factory=dict)

    def of(self, row: Row) -> Any:
        raw = self.read(row)
        try:
            return self.known[raw]
        except KeyError:
            said = self.known[raw] = self.say(raw)
            return said


@dataclass(frozen=True)
class _Said:
    """All that is said of the answers of a rule, and of whom."""

    rule: Rule
    whose: tuple[_Whose, ...]
    steps: tuple[_Words, ...]
    signs: tuple[_Words, ...]
    facts: tuple[_Words, ...]
    worth: tuple[str, ...]

    @classmethod
    def of(cls, shown: _Shown, worked: Worked, plan: Plan, day: datetime.date) -> _Said:
        return cls(
            shown.rule,
            shown.every_whose,
            tuple(
                _step_words(shown, step, plan.steps[step.name, True][1], worked)
                for step in shown.steps
                if (step.name, True) in plan.steps
            ),
            tuple(_sign_words(shown, why, level, name, worked) for why, level, name in shown.signs),
            tuple(_fact_words(shown, fact, worked, day) for fact in shown.facts),
            tuple(f"worth = {_plain(text)}" for text in shown.worth),
        )


def _step_words(shown: _Shown, step: Step, stored: Stored, worked: Worked) -> _Words:
    """Its value; None if it is nought."""
    value_of = reader_of(stored)

    def say(raw: Row) -> str | None:
        value = value_of(dict(zip(stored.columns, raw, strict=True)))
        return None if _is_nought(value) else value_in_words(value, step.type)

    return _Words(
        step.name,
        _plain(short(step.name)),
        shown.whose(step.level, step.name),
        worked.steps[step.level].reader(stored.columns),
        say,
        step.cite,
        step.name in shown.only_if_true,
    )


def _sign_words(shown: _Shown, why: str, level: Level, name: str, worked: Worked) -> _Words:
    read = worked.rows[level].reader((name,))
    return _Words(name, why, shown.whose(level, name), read, lambda raw: raw[0] is True)


def _fact_words(shown: _Shown, fact: Fact, worked: Worked, day: datetime.date) -> _Words:
    columns = columns_of(fact)

    def say(raw: Row) -> tuple[str, str]:
        return _fact_in_words(fact, *held(fact, dict(zip(columns, raw, strict=True))), day)

    read = worked.rows[fact.level].reader(columns)
    return _Words(fact.name, _plain(fact.name), shown.whose(fact.level, fact.name), read, say)


def _fact_in_words(fact: Fact, value: Value, fresh: bool, day: datetime.date) -> tuple[str, str]:
    """The group in which a fact is only named; else what it is called, and what is known of it."""
    if value is None or value == Range(None, None):
        return _NOT_KNOWN, ""
    if value is False and fresh:
        return "No", ""
    if _is_nought(value):
        return "Nought", ""
    if fact.name == "date_of_birth" and isinstance(value, Range):
        # A day of birth is what strangers are asked to prove themselves with: the age does here.
        return "age", _age(value, day)
    said = value_in_words(value, fact.type)
    told = _plain(said) if isinstance(value, str) else said
    return _plain(fact.name), told if fresh else f"{told}, {stale_in_words(fact, value)}"


def _age(born: Range, today: datetime.date) -> str:
    ages = sorted({_years(day, today) for day in (born.low, born.high) if isinstance(day, datetime.date)})
    return " to ".join(str(age) for age in ages)


class _Town:
    """The homes of a list, with every step worked out."""

    def __init__(self, worked: Worked) -> None:
        self.worked = worked
        self.rows = {level: rows.by_key for level, rows in worked.rows.items()}
        self.steps = {level: steps.by_key for level, steps in worked.steps.items()}
        self.role = worked.rows["person"].places["role"]
        self.family = {level: rows.places.get("family_key", -1) for level, rows in worked.rows.items()}

    def working(self, said: _Said, one: Listed) -> Working:
        units = self._units(one)
        among = [whose.among(units) for whose in said.whose]
        steps, cites = _told_of_steps(said, among)
        facts, origins = _told_of_facts(said, among)
        law = "\n".join(dict.fromkeys([said.rule.law, *cites]))
        return Working("\n".join([*steps, *said.worth]), law, facts, origins)

    def _units(self, one: Listed) -> _Units:
        """The units whose figures may be shown: one's own family, its latest period, and the home."""
        if one.level == "household":
            return {"household": [self._unit("household", one.reference)], "family": [], "person": [], "period": []}
        family = str(self.rows[one.level][one.reference][self.family[one.level]])
        people = self.worked.of_family["person"].get(family, [])
        periods = self.worked.of_family["period"].get(family, [])
        return {
            "household": [self._unit("household", one.household)],
            "family": [self._unit("family", family)] if family in self.rows["family"] else [],
            "person": [self._person(key, one, alone=len(people) == 1) for key in people],
            "period": [self._unit("period", key, " of the latest month") for key in periods],
        }

    def _unit(self, level: Level, key: str, whose: str = "", role: str = "", *, is_subject: bool = False) -> _Unit:
        origins = self.worked.origins.get(key, NO_ORIGINS)
        return _Unit(self.rows[level][key], self.steps[level].get(key), origins, whose, role, is_subject)

    def _person(self, key: str, one: Listed, *, alone: bool) -> _Unit:
        role = str(self.rows["person"][key][self.role] or "person")
        is_subject = key == one.reference
        return self._unit("person", key, "" if is_subject or alone else f" of the {role}", role, is_subject=is_subject)


def _told_of_steps(said: _Said, among: Sequence[Sequence[_Unit]]) -> tuple[list[str], list[str]]:
    """Each step that is not nought, and the law that they rest on."""
    told, cites = [], []
    for words in said.steps:
        for unit in among[words.whose]:
            value = None if unit.steps is None else words.of(unit.steps)
            if value is not None and (value == _TRUE or not words.only_if_true):
                told.append(f"{words.plain}{unit.whose}: {value}")
                cites += [words.cite] if words.cite else []
    told += [f"sign: {words.plain}" for words in said.signs if any(words.of(one.row) for one in among[words.whose])]
    return told, cites


def _told_of_facts(said: _Said, among: Sequence[Sequence[_Unit]]) -> tuple[str, str]:
    """What is known of each fact, and under each origin the facts that come from there."""
    told: list[str] = []
    grouped: dict[str, list[str]] = {"Nought": [], "No": [], _NOT_KNOWN: []}
    origins: dict[str, list[str]] = defaultdict(list)
    for words in said.facts:
        for unit in among[words.whose]:
            group, value = words.of(unit.row)
            name = words.plain + unit.whose
            if group in grouped:
                grouped[group].append(name)
            else:
                told.append(f"{group}{unit.whose}: {value}")
            if group != _NOT_KNOWN and (origin := unit.origins.of(words.name)):
                origins[origin].append(name)
    lines = [*told, *(f"{group}: {', '.join(names)}" for group, names in grouped.items() if names)]
    return "\n".join(lines), "\n".join(f"{origin}: {', '.join(names)}" for origin, names in origins.items())


def _years(born: datetime.date, day: datetime.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _is_nought(value: Value) -> bool:
    return isinstance(value, Range) and value.low == 0 and value.high == 0


def _plain(name: str) -> str:
    return name.replace("_", " ")
