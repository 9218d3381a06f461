"""What does a name in a formula mean, seen from one level of units?"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lift.rulebook.model import Fact, Relation
from lift.rulebook.nodes import AmountRef, FactRef, Level, Node, RunDay, Span, StepRef, Type

_DATE = Type("date")
_FLAG = Type("flag")
_ABOVE: dict[Level, tuple[Level, ...]] = {
    "person": ("family", "household"),
    "period": ("family", "household"),
    "family": ("household",),
    "household": (),
}
_FIXED_DAYS = ("run_day", "benefit_week")


class FormulaProblem(Exception):
    """One thing wrong in a formula, where (offsets within its text) and the fix."""

    def __init__(self, what: str, fix: str, at: Span) -> None:
        super().__init__(what)
        self.what, self.fix, self.at = what, fix, at


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
class Scope:
    """The names that a formula of one file may use, seen from `level`; `outer` is the gathering level inside a gather."""

    level: Level
    facts: Mapping[tuple[Level, str], Fact]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    steps: Mapping[str, StepHead] = field(default_factory=dict)
    amounts: Mapping[str, AmountHead] = field(default_factory=dict)
    tables: Mapping[str, TableHead] = field(default_factory=dict)
    rule_levels: Mapping[str, Level] = field(default_factory=dict)
    outer: Level | None = None

    def at(self, level: Level) -> Scope:
        return replace(self, level=level, outer=None)

    def into(self, relation: Relation) -> Scope:
        """The scope inside a gather over the relation."""
        return replace(self, level=relation.target, outer=self.level)

    def run_day(self, at: Span) -> Node:
        return RunDay(_DATE, at)

    def name(self, prefix: str | None, name: str, at: Span) -> Node:
        """The node that `name` or `prefix.name` stands for."""
        if prefix is None:
            return self._own(name, at)
        if prefix == "this":
            return self._this(name, at)
        if prefix in ("family", "household"):
            return self._above(prefix, name, at)  # type: ignore[arg-type]  # narrowed by the test above
        if prefix in self.rule_levels:
            return self._other_rule(prefix, name, at)
        if prefix in self.relations:
            raise FormulaProblem(f"{prefix} is a relation", f"gather it: ANY({prefix}.{name}), SUM({prefix}.{name}) …", at)
        known = ["this", "family", "household", *self.rule_levels]
        raise FormulaProblem(f"unknown prefix {prefix}", _nearest(prefix, known), at)

    def _own(self, name: str, at: Span) -> Node:
        if name == "run_day":
            return self.run_day(at)
        found = self._value(self.level, name, at, outer=False)
        if found is not None:
            return found
        if name in self.amounts:
            head = self.amounts[name]
            return AmountRef(head.type, at, head.full_name, self.day_node(head.day, at))
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
        if level not in _ABOVE[self.level]:
            raise FormulaProblem(f"a {self.level} has no {level} above it", f"write {name}, or gather it", at)
        found = self._value(level, name, at, outer=False)
        if found is None:
            raise self._unknown(name, at, level)
        return found

    def _other_rule(self, rule: str, name: str, at: Span) -> Node:
        if name == "eligible":
            raise FormulaProblem("receipt is not entitlement: rule.eligible belongs only into an if_awarded scenario", f"write {rule}.in_payment", at)
        if name != "in_payment":
            raise FormulaProblem(f"a rule shows others nothing but in_payment, not {name}", f"write {rule}.in_payment", at)
        level = self.rule_levels[rule]
        if level != self.level and level not in _ABOVE[self.level]:
            raise FormulaProblem(f"{rule} is asked of each {level}, this formula is of each {self.level}", "gather or look it up by a step of that level", at)
        return StepRef(_FLAG, at, level, f"{rule}.already", False)

    def _unknown(self, name: str, at: Span, level: Level | None = None) -> FormulaProblem:
        level = level or self.level
        elsewhere = sorted({lv for lv, n in self.facts if n == name} | {s.level for n, s in self.steps.items() if n == name})
        if elsewhere:
            other = elsewhere[0]
            fix = f"write {other}.{name}" if other in _ABOVE[level] else f"gather it over a relation from {level} to {other}"
            return FormulaProblem(f"{name} belongs to each {other}, this formula is of each {level}", fix, at)
        known = [n for lv, n in self.facts if lv == level] + [*self.steps, *self.amounts, "run_day"]
        return FormulaProblem(f"unknown name {name}", _nearest(name, known), at)

    def day_node(self, day: str, at: Span) -> Node | None:
        """The node that picks a version; None where the plan's own day does (run_day, benefit_week)."""
        if day in _FIXED_DAYS:
            return None
        prefix, _, name = day.rpartition(".")
        node = self.name(prefix or None, name, at)
        if node.type.kind != "date":
            raise FormulaProblem(f"in_force_on names {day}, which is no date", "name run_day, benefit_week, or a date fact or step", at)
        return node

    def table(self, name: str, at: Span) -> TableHead:
        if name in self.tables:
            return self.tables[name]
        functions = ["IF", "CEIL", "FLOOR", "ROUND", "ABS", "GREATEST", "LEAST", "AGE", "ADD_MONTHS", "ADD_DAYS", "DAYS_BETWEEN"]
        gathers = ["SUM", "COUNT", "MIN", "MAX", "ANY", "EVERY"]
        raise FormulaProblem(f"there is no function or table {name}", _nearest(name, [*self.tables, *functions, *gathers]), at)

    def relation(self, name: str, at: Span) -> Relation:
        relation = self.relations.get(name)
        if relation is None:
            raise FormulaProblem(f"there is no relation {name}", _nearest(name, list(self.relations)), at)
        if relation.source != self.level:
            raise FormulaProblem(f"{name} leads from each {relation.source}, this formula is of each {self.level}", f"gather it in a step of each {relation.source}", at)
        return relation


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else "declare it, or choose a name that is declared"
