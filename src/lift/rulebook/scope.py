"""What does a name in a formula mean, seen from one level of units?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lift.rulebook.model import Fact, Relation
from lift.rulebook.nodes import AmountRef, Constant, FactRef, Level, Node, RunDay, Span, StepRef, Type

_DATE = Type("date")
_FLAG = Type("flag")
ABOVE: dict[Level, tuple[Level, ...]] = {
    "person": ("family", "household"),
    "period": ("family", "household"),
    "family": ("household",),
    "household": (),
}
FIXED_DAYS = ("run_day", "benefit_week")
_FUNCTIONS = (
    "IF",
    "CEIL",
    "FLOOR",
    "ROUND",
    "ABS",
    "GREATEST",
    "LEAST",
    "AGE",
    "ADD_MONTHS",
    "ADD_DAYS",
    "DAYS_BETWEEN",
)
#: Words that other tools take for true and false.
_YES_AND_NO = {"yes": "TRUE", "on": "TRUE", "no": "FALSE", "off": "FALSE"}
_GATHERS = ("SUM", "COUNT", "MIN", "MAX", "ANY", "EVERY")


class FormulaProblem(Exception):
    """One thing wrong in a formula, where (offsets within its text) and the fix."""

    def __init__(self, what: str, fix: str, at: Span) -> None:
        super().__init__(what)
        self.what, self.fix, self.at = what, fix, at
        self.others: tuple[FormulaProblem, ...] = ()
        """Further mistakes in the same formula."""


class FollowsProblem(FormulaProblem):
    """A name whose own declaration is wrong: that is reported where it stands, and not again for each use."""


def all_of(found: Sequence[FormulaProblem]) -> FormulaProblem:
    """Several mistakes of one formula as one; what only follows from others is left out where it can be."""
    every = [problem for one in found for problem in (one, *one.others)]
    real = [problem for problem in every if not isinstance(problem, FollowsProblem)]
    if not real:
        return every[0]
    real[0].others = tuple(real[1:])
    return real[0]


@dataclass(frozen=True)
class StepHead:
    """What others may know of a step before its formula is read."""

    full_name: str
    level: Level
    type: Type


@dataclass(frozen=True)
class AmountHead:
    full_name: str
    type: Type
    day: str


@dataclass(frozen=True)
class TableHead:
    name: str
    full_name: str
    type: Type
    keys: tuple[tuple[str, Type], ...]
    day: str


@dataclass(frozen=True)
class Broken:
    """Names whose declaration is wrong. With `every`, a whole file could not be read, and any name may be its own."""

    names: frozenset[str] = frozenset()
    every: bool = False

    def __contains__(self, name: str) -> bool:
        return self.every or name in self.names


@dataclass(frozen=True)
class Scope:
    """The names that a formula of one file may use, seen from `level`; in a gather `outer` is the level gathering."""

    level: Level
    facts: Mapping[tuple[Level, str], Fact]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    steps: Mapping[str, StepHead] = field(default_factory=dict)
    amounts: Mapping[str, AmountHead] = field(default_factory=dict)
    tables: Mapping[str, TableHead] = field(default_factory=dict)
    rule_levels: Mapping[str, Level] = field(default_factory=dict)
    without_already: frozenset[str] = frozenset()
    broken: Broken = Broken()
    outer: Level | None = None
    in_scenario: bool = False
    """What follows from an award may rest on another rule's `eligible` and on its steps; nothing else may."""
    rule_steps: Mapping[tuple[str, str], StepHead] = field(default_factory=dict)
    """The steps of every rule, by rule and name."""
    cited: bool = True
    """Money is an amount with a citation, and only 0 may stand bare beside it."""

    def at(self, level: Level) -> Scope:
        return replace(self, level=level, outer=None)

    def into(self, relation: Relation, at: Span) -> Scope:
        """The scope inside a gather over the relation."""
        if self.outer is not None:
            fix = f"put the inner one into a step with each: {self.level} and name that step here"
            raise FormulaProblem("a gather stands inside a gather", fix, at)
        return replace(self, level=relation.target, outer=self.level)

    def run_day(self, at: Span) -> Node:
        return RunDay(_DATE, at)

    def text(self, text: str, at: Span) -> Node:
        """The node that a text in single quotes stands for."""
        return Constant(Type("code"), at, text)

    def name(self, prefix: str | None, name: str, at: Span) -> Node:
        """The node that `name` or `prefix.name` stands for."""
        if name in self.broken.names:
            raise FollowsProblem(f"{name} has mistakes of its own", "mend them first", at)
        if prefix is None:
            return self._own(name, at)
        if prefix == "this":
            return self._this(name, at)
        if prefix in ("family", "household"):
            return self._above(prefix, name, at)  # type: ignore[arg-type]  # narrowed by the test above
        if prefix in self.rule_levels:
            return self._other_rule(prefix, name, at)
        if prefix in self.relations:
            raise FormulaProblem(
                f"{prefix} is a relation", f"gather it: ANY({prefix}.{name}), SUM({prefix}.{name}) …", at
            )
        if prefix in ("person", "period"):
            fix = (
                f"write {name}" if prefix == self.level else f"gather it over a relation from {self.level} to {prefix}"
            )
            raise FormulaProblem(f"nothing has a {prefix} above it", fix, at)
        raise self._unknown_of("prefix", prefix, ["this", "family", "household", *self.rule_levels], at)

    def _own(self, name: str, at: Span) -> Node:
        if name == "run_day":
            return self.run_day(at)
        found = self._value(self.level, name, at, outer=False)
        if found is not None:
            return found
        if name in self.amounts:
            head = self.amounts[name]
            return AmountRef(head.type, at, head.full_name, self.day_node(head.day, name, at))
        raise self._unknown(name, at)

    def _value(self, level: Level, name: str, at: Span, *, outer: bool) -> Node | None:
        step = self.steps.get(name)
        if step is not None and step.level == level:
            return StepRef(step.type, at, level, step.full_name, outer)
        fact = self.facts.get((level, name))
        return FactRef(fact.type, at, level, name, outer) if fact is not None else None

    def _this(self, name: str, at: Span) -> Node:
        if self.outer is None:
            raise FormulaProblem("this. has a meaning only inside a gather", f"write {name}", at)
        found = self._value(self.outer, name, at, outer=True)
        if found is None:
            raise self._unknown(name, at, self.outer)
        return found

    def _above(self, level: Level, name: str, at: Span) -> Node:
        if level not in ABOVE[self.level]:
            raise FormulaProblem(f"a {self.level} has no {level} above it", f"write {name}, or gather it", at)
        found = self._value(level, name, at, outer=False)
        if found is None:
            raise self._unknown(name, at, level)
        return found

    def _other_rule(self, rule: str, name: str, at: Span) -> Node:
        of_steps = self.in_scenario and name not in ("in_payment", "eligible")
        answer = self._step_of(rule, name, at) if of_steps else self._answer_of(rule, name, at)
        if answer.level != self.level and answer.level not in ABOVE[self.level]:
            what = f"{rule} is asked of each {answer.level}, this formula is of each {self.level}"
            raise FormulaProblem(what, f"gather a step with each: {answer.level} that names it", at)
        return StepRef(answer.type, at, answer.level, answer.full_name, False)

    def _step_of(self, rule: str, name: str, at: Span) -> StepHead:
        """A step of another rule, which only a scenario may name."""
        if (rule, name) in self.rule_steps:
            return self.rule_steps[rule, name]
        if rule in self.broken:
            raise FollowsProblem(f"{rule} has mistakes of its own", "mend them first", at)
        known = [step for own, step in self.rule_steps if own == rule]
        raise FormulaProblem(f"{rule} has no step {name}", nearest(name, [*known, "in_payment", "eligible"]), at)

    def _answer_of(self, rule: str, name: str, at: Span) -> StepHead:
        """What a rule shows others of its answers: whether it is in payment; after an award also whether it is due."""
        fix = f"write {rule}.in_payment"
        if name == "eligible" and not self.in_scenario:
            what = "receipt is not entitlement: RULE.eligible has a meaning only in an if_awarded scenario"
            raise FormulaProblem(what, fix, at)
        if name not in ("in_payment", "eligible"):
            raise FormulaProblem(f"a rule shows others nothing but in_payment, not {name}", fix, at)
        if rule in self.broken:
            raise FollowsProblem(f"{rule} has mistakes of its own", "mend them first", at)
        if name == "in_payment" and rule in self.without_already:
            what = f"{rule} has no already, so nothing is known of its payment"
            raise FormulaProblem(what, f"give rules/{rule}.yaml an already: formula", at)
        return StepHead(f"{rule}.{'already' if name == 'in_payment' else name}", self.rule_levels[rule], _FLAG)

    def _unknown(self, name: str, at: Span, level: Level | None = None) -> FormulaProblem:
        level = level or self.level
        elsewhere = sorted(
            {lv for lv, n in self.facts if n == name} | {s.level for n, s in self.steps.items() if n == name}
        )
        if elsewhere and name not in self.broken:
            other = elsewhere[0]
            fix = (
                f"write {other}.{name}"
                if other in ABOVE[level]
                else f"gather it over a relation from {level} to {other}"
            )
            return FormulaProblem(f"{name} belongs to each {other}, this formula is of each {level}", fix, at)
        if name in self.relations:
            return FormulaProblem(f"{name} is a relation", f"gather it: COUNT({name}), ANY({name} WHERE …) …", at)
        if name in self.tables:
            keys = ", ".join(key for key, _ in self.tables[name].keys)
            return FormulaProblem(f"{name} is a table", f"look it up: {name}({keys})", at)
        if name.lower() in _YES_AND_NO:
            return FormulaProblem(f"unknown name {name}", f"write {_YES_AND_NO[name.lower()]}", at)
        return self._unknown_of("name", name, [*self._known(level), "run_day"], at)

    def _known(self, level: Level) -> list[str]:
        """The names that a formula of this level may use without a prefix."""
        own = [n for lv, n in self.facts if lv == level] + [n for n, s in self.steps.items() if s.level == level]
        return [*own, *self.amounts]

    def _unknown_of(self, what: str, name: str, known: Iterable[str], at: Span) -> FormulaProblem:
        if name in self.broken:
            return FollowsProblem(f"{name} has mistakes of its own", "mend them first", at)
        return FormulaProblem(f"unknown {what} {name}", nearest(name, known), at)

    def day_node(self, day: str, owner: str, at: Span) -> Node | None:
        """The node that picks a version of `owner`; None where the plan's own day does (run_day, benefit_week)."""
        if day in FIXED_DAYS:
            return None
        prefix, _, name = day.rpartition(".")
        if name not in self.dates() and name not in self.broken:
            raise self.no_day(day, at)
        try:
            node = self.name(prefix or None, name, at)
        except FollowsProblem:
            raise
        except FormulaProblem as error:
            what = f"{owner} is in force by {day}, and here {error.what}"
            raise FormulaProblem(what, f"name {owner} in a step that has {day}", at) from error
        if node.type.kind != "date":
            raise self.no_day(day, at)
        return node

    def dates(self) -> set[str]:
        """The names of date facts and date steps, of whichever level."""
        facts = {name for (_, name), fact in self.facts.items() if fact.type.kind == "date"}
        return facts | {name for name, step in self.steps.items() if step.type.kind == "date"}

    def no_day(self, day: str, at: Span) -> FormulaProblem:
        what = f"in_force_on names {day}, which is no date fact and no date step"
        return FormulaProblem(what, nearest(day, [*self.dates(), *FIXED_DAYS], "name run_day or a date"), at)

    def table(self, name: str, at: Span) -> TableHead:
        if name in self.tables and name not in self.broken.names:
            return self.tables[name]
        raise self._unknown_of("function or table", name, [*self.tables, *_FUNCTIONS, *_GATHERS], at)

    def relation(self, name: str, at: Span) -> Relation:
        relation = self.relations.get(name)
        if relation is None:
            raise self._unknown_of("relation", name, self.relations, at)
        if relation.source != self.level:
            what = f"{name} leads from each {relation.source}, this formula is of each {self.level}"
            raise FormulaProblem(what, f"gather it in a step with each: {relation.source}", at)
        return relation


def nearest(name: str, known: Iterable[str], otherwise: str = "declare it, or choose a name that is declared") -> str:
    """The fix for a name that is not known: the one most like it, if any is."""
    names = list(known)
    folded = {n.lower(): n for n in names}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return f"did you mean {folded[close[0]]}?" if close else otherwise
