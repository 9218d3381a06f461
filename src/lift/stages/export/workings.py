"""How was each listed answer worked out: the sum, the law behind it, the facts that went in, and their files and lines?

The run's own plan is run again with every step kept, for all homes of a list at once. An adviser sees the family's own
figures and those of the home; of other families at the address no fact is shown, only what follows from it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lift.engines.duckdb.engine import reader_of
from lift.engines.duckdb.homes import copy_homes, held
from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.plan.compile import Options, Plan, compile_plan
from lift.plan.figures import is_lapsed, version_day
from lift.plan.layout import Stored
from lift.rulebook.answers import Range, Value
from lift.rulebook.check import in_reading_order, references
from lift.rulebook.model import Fact, Rule, Rulebook, Special, Step
from lift.rulebook.nodes import AmountRef, FactRef, Level, Logic, Node, StepRef, walk
from lift.rulebook.page import WORTH, money, stale_in_words, value_in_words, worth_in_words
from lift.rulebook.plain import Figure, Put, is_sum, plain_conditions, plain_name, plain_sum
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
        steps = {step.name for one in shown.values() for step in (*one.steps, *one.worth.values())}
        worked = read_worked(connection, plan, [one.reference for one in listed], facts.values(), steps)
        town = _Town(worked)
        said = {rule: _Said.of(one, worked, plan, day) for rule, one in shown.items()}
        return {(one.rule, one.reference): town.working(said[one.rule], one) for one in listed}


class _Unit(NamedTuple):
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
        self.book, self.rule = book, rule
        order = in_reading_order(rule, book)
        asked = {node.name for name in ("eligible", "possible_when") for node in _reads(book, rule, name)}
        reasons = _reasons(book, asked)
        self.persons = persons_read(rule, book)
        # What is read of other families alone says nothing of this one.
        own = [step for step in order if step.name in self.persons]
        numbers = {
            node.name
            for step in own
            if _is_money(step)
            for formula in step.formulas
            if is_sum(formula.node)
            for node in walk(formula.node)
            if isinstance(node, StepRef) and node.type.kind == "number"
        }
        self.steps = [step for step in own if _is_money(step) or step.name in asked | reasons or step.name in numbers]
        self.only_if_true = reasons - asked
        self.facts = [fact for fact in _facts(book, rule) if fact.name in self.persons]
        self.signs = [
            (sign.why, node.level, node.name)
            for number, sign in enumerate(rule.evidence, start=1)
            for node in _reads(book, rule, f"evidence_{number}")
            if isinstance(node, FactRef) and book.facts[node.level, node.name].type.kind == "flag"
        ]
        self.every_fact = [*self.facts, *(book.facts[level, name] for _, level, name in self.signs)]
        self.worth = {name: book.steps[rule.answers[name]] for name in WORTH if name in rule.answers}
        self.worth.pop("worth_at_least", None)
        self.eligible = book.steps[rule.answers["eligible"]] if "eligible" in rule.answers else None
        summed = [*self.steps, *self.worth.values()]
        read = [(step.level, step.name) for step in summed] + [(fact.level, fact.name) for fact in self.every_fact]
        self.every_whose = tuple(dict.fromkeys(self._whose(*one) for one in read))

    def _whose(self, level: Level, name: str) -> _Whose:
        asked = frozenset({SUBJECT}) if name in self.rule.answers.values() else frozenset[str]()
        return _Whose(level, self.persons.get(name, asked) if level == "person" else frozenset())

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
    worth: tuple[_Words, ...]
    due_if: str | None

    @classmethod
    def of(cls, shown: _Shown, worked: Worked, plan: Plan, day: datetime.date) -> _Said:
        def told(step: Step, title: str = "") -> Iterator[_Words]:
            if (step.name, True) in plan.steps:
                yield _step_words(shown, step, plan.steps[step.name, True][1], worked, day, title)

        return cls(
            shown.rule,
            shown.every_whose,
            tuple(words for step in shown.steps for words in told(step)),
            tuple(_sign_words(shown, why, level, name, worked) for why, level, name in shown.signs),
            tuple(_fact_words(shown, fact, worked, day) for fact in shown.facts),
            tuple(words for name, step in shown.worth.items() for words in told(step, worth_in_words(name))),
            None if shown.eligible is None else plain_conditions(_in_force(shown.eligible, day), _figures(shown, day)),
        )


def _step_words(shown: _Shown, step: Step, stored: Stored, worked: Worked, day: datetime.date, title: str) -> _Words:
    """Its value, and what it is the sum of; None if it is nought."""
    value_of = reader_of(stored)
    summed = plain_sum(_in_force(step, day), _figures(shown, day)) if _is_money(step) else None

    def say(raw: Row) -> str | None:
        value = value_of(dict(zip(stored.columns, raw, strict=True)))
        if _is_nought(value):
            return None
        return value_in_words(value, step.type) + (f" = {summed}" if summed else "")

    return _Words(
        step.name,
        title or plain_name(step.name),
        shown.whose(step.level, step.name),
        worked.steps[step.level].reader(stored.columns),
        say,
        step.cite,
        step.name in shown.only_if_true,
    )


def _in_force(step: Step, day: datetime.date) -> Node:
    """The step's formula on the day; where a fact of the unit picks it, the latest."""
    on = version_day(step.day, day)
    return next((f.node for f in reversed(step.formulas) if f.start is None or f.start <= on), step.formulas[-1].node)


def _figures(shown: _Shown, day: datetime.date) -> Figure:
    """An amount by its name, with the figure that goes into a sum."""

    def put(node: AmountRef) -> Put:
        name, amount = plain_name(node.name), shown.book.amounts[node.name]
        begun = [cell for start, cell in amount.versions if start <= version_day(amount.day, day)]
        if node.day is not None or not begun or isinstance(begun[-1].value, Special):
            return Put(name)
        cell = begun[-1]
        counts = Range(*(cell.within or (None, None))) if cell.is_weak or is_lapsed(amount, day) else None
        figure = money(cell.value, amount.type) if counts is None else value_in_words(counts, amount.type)
        return Put(f"{name} ({figure})", is_one=counts is None and cell.value == 1)

    return put


def _sign_words(shown: _Shown, why: str, level: Level, name: str, worked: Worked) -> _Words:
    read = worked.rows[level].reader((name,))
    return _Words(name, why, shown.whose(level, name), read, lambda raw: raw[0] is True)


def _fact_words(shown: _Shown, fact: Fact, worked: Worked, day: datetime.date) -> _Words:
    columns = columns_of(fact)

    def say(raw: Row) -> tuple[str, str]:
        return _fact_in_words(fact, *held(fact, dict(zip(columns, raw, strict=True))), day)

    read = worked.rows[fact.level].reader(columns)
    return _Words(fact.name, plain_name(fact.name), shown.whose(fact.level, fact.name), read, say)


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
    told = said.replace("_", " ") if isinstance(value, str) else said
    return plain_name(fact.name), told if fresh else f"{told}, {stale_in_words(fact, value)}"


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
        return Working("\n".join(steps), law, facts, origins)

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
    """Each step with the sum it is, those that are nought together, and the law that they rest on."""
    told: list[str] = []
    nought: list[str] = []
    cites: list[str] = []
    for words in (*said.steps, *said.worth):
        for unit in among[words.whose]:
            if unit.steps is None:
                continue
            value = words.of(unit.steps)
            if value is None:
                nought.append(words.plain + unit.whose)
            elif value == _TRUE or not words.only_if_true:
                told.append(f"{words.plain}{unit.whose}: {value}")
                cites += [words.cite] if words.cite else []
    told += [f"Nought: {', '.join(nought)}"] if nought else []
    told += [f"Sign: {words.plain}" for words in said.signs if any(words.of(one.row) for one in among[words.whose])]
    told += [f"Due if: {said.due_if}"] if said.due_if else []
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
