"""What are the facts and steps of one run's units worth, proved or indicative?

`Evaluation` is the world that formulas are read in. Each fact and step of each unit is worked out once, when it is
first asked for. `lift.rulebook.answers` says what proved and indicative mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from typing import TypeVar

from lift.engines.reference import ranges, rounding
from lift.engines.reference.dated import KeyReading, Reading, cell_value, in_reach, rows_in_reach
from lift.engines.reference.dates import benefit_week_of
from lift.engines.reference.formula import Here, condition, quantity, reference, value_of
from lift.engines.reference.related import Neighbours
from lift.engines.reference.values import NO_LIMIT, Evaluated, as_range, hull, is_open, known, unknown
from lift.errors import EngineError
from lift.rulebook.answers import Range
from lift.rulebook.model import Cell, Fact, Rulebook, Special, Step
from lift.rulebook.nodes import Level, Node
from lift.rulebook.signs import Sign, Signs
from lift.rulebook.units import Known, OneUnit, Scalar, Units

Key = TypeVar("Key")
Found = TypeVar("Found")
Version = TypeVar("Version")


def named(name: Key, among: Mapping[Key, Found], what: str) -> Found:
    """What has this name. Raises EngineError, for only an unchecked rulebook lacks it."""
    if name not in among:
        raise EngineError(f"the rulebook has no {what} {name}; check it before it is run")
    return among[name]


class Evaluation:
    """One reading, proved or indicative, of a rulebook on one day over some units."""

    def __init__(self, rulebook: Rulebook, day: date, units: Units, *, indicative: bool, assumptions: bool) -> None:
        self.rulebook = rulebook
        self.day = day
        self.indicative = indicative
        self.neighbours = Neighbours(units)
        self._signs = Signs(rulebook, day)
        self._assumed = {(a.level, a.fact): a.assumed for a in rulebook.assumptions.values()} if assumptions else {}
        self._worked_out: dict[tuple[str, str], Evaluated] = {}
        self._on_the_way: list[tuple[str, str]] = []

    # --- what formulas ask -------------------------------------------------------------------------------------------

    def fact(self, level: Level, name: str, unit: OneUnit) -> Evaluated:
        """A fact of the unit or of one above it; of a unit above that the run does not hold nothing is known."""
        fact = named((level, name), self.rulebook.facts, "fact")
        owner = self.neighbours.above(unit, level)
        if owner is None:
            return unknown(fact.type.kind)
        return self._once(f"fact {level}.{name}", owner, lambda: self._work_out_fact(fact, owner))

    def step(self, level: Level, name: str, unit: OneUnit) -> Evaluated:
        """A step of the unit or of one above it, as for a fact."""
        if name not in self.rulebook.steps and self._is_already_of_a_rule_without(name):
            return False
        step = named(name, self.rulebook.steps, "step")
        owner = self.neighbours.above(unit, level)
        if owner is None:
            return unknown(step.type.kind)
        return self._once(name, owner, lambda: self._work_out_step(step, owner))

    def amount(self, name: str, day: Range | None) -> Evaluated:
        """The figure in force on `day`, or where that is None on the plan's own day."""
        amount = named(name, self.rulebook.amounts, "amount")
        outdated = amount.covers_to is not None and self.day > amount.covers_to
        reading = Reading(amount.type.kind, self.indicative, outdated)
        cells, too_early = in_reach(amount.versions, day or self._fixed_day(amount.day))
        return self._around(cells, reading, too_early=too_early, by_fact=day is not None)

    def key_readings(self, table: str, values: Sequence[tuple[Node, Evaluated]]) -> list[KeyReading]:
        """A table's keys, each with what is looked up and which codes that could be."""
        keys = named(table, self.rulebook.tables, "table").keys
        pairs = zip(keys, values, strict=True)
        return [KeyReading(i, k, v, n.type.codes or k.type.codes) for i, (k, (n, v)) in enumerate(pairs)]

    def table_row(self, table: str, keys: Sequence[KeyReading], day: Range | None) -> Evaluated:
        """The hull of all rows that the keys may mean, in all versions in reach."""
        dated = named(table, self.rulebook.tables, "table")
        reading = Reading(dated.type.kind, self.indicative)
        versions, too_early = in_reach(dated.versions, day or self._fixed_day(dated.day))
        cells: list[Cell] = []
        for rows in versions:
            touched = rows_in_reach(rows, keys)
            if touched is None:
                return unknown(dated.type.kind)
            cells += touched
        return self._around(cells, reading, too_early=too_early, by_fact=day is not None)

    def related(self, relation: str, unit: OneUnit) -> list[tuple[OneUnit, bool | None]]:
        return self.neighbours.related(named(relation, self.rulebook.relations, "relation"), unit)

    def may_miss(self, relation: str, unit: OneUnit) -> bool:
        return self.neighbours.may_miss(named(relation, self.rulebook.relations, "relation"), unit)

    def sign(self, node: Node) -> Sign:
        return self._signs.of(node)

    # --- days and cells ----------------------------------------------------------------------------------------------

    def _fixed_day(self, name: str) -> Range:
        return ranges.exactly(benefit_week_of(self.day) if name == "benefit_week" else self.day)

    def _around(self, cells: Sequence[Cell], reading: Reading, *, too_early: bool, by_fact: bool) -> Evaluated:
        """The hull of the cells. Before the first version, and after the end, a day that facts pick finds nothing;
        a plan's own day after the end is a mistake in the rule."""
        nothing = unknown(reading.kind)
        values = [nothing if by_fact and c.value is Special.ENDED else cell_value(c, reading) for c in cells]
        return hull([*values, nothing] if too_early or not values else values)

    # --- facts -------------------------------------------------------------------------------------------------------

    def _work_out_fact(self, fact: Fact, unit: OneUnit) -> Evaluated:
        held = unit.facts.get(fact.name)
        if held is not None and fact.shelf_life is not None and not held.fresh and not self.indicative:
            held = None  # past its shelf life a value proves nothing; the bounds still hold
        if fact.type.is_ranged:
            return self._bounded(fact, held, unit)
        if held is not None and held.low is not None and held.low == held.high:
            return known(held.low)
        return self._assumed.get((fact.level, fact.name)) if fact.type.kind == "flag" else None

    def _bounded(self, fact: Fact, held: Known | None, unit: OneUnit) -> Range:
        """The value within every bound that a scheme proves; if they contradict each other, only the dictionary's."""
        value = dictionary = Range(fact.low, fact.high)
        if held is not None:
            low, high = _point(held.low), _point(held.high)
            value = Range(fact.low if low is None else low, fact.high if high is None else high)
        here = Here(unit)
        proved = [Range(b.low, b.high) for b in fact.proved_bounds if condition(b.when, self, here) is True]
        if not proved:
            return value
        return ranges.intersection([value, *proved]) or dictionary

    # --- steps -------------------------------------------------------------------------------------------------------

    def _work_out_step(self, step: Step, unit: OneUnit) -> Evaluated:
        here = Here(unit)
        day = self._fixed_day(step.day) if step.day_node is None else quantity(step.day_node, self, here)
        formulas, too_early = in_reach([(formula.start, formula) for formula in step.formulas], day)
        values = [value_of(f.node, self, case) for case in self._cases(step, here) for f in formulas]
        value = hull([*values, unknown(step.type.kind)] if too_early or not values else values)
        if isinstance(value, Range) and step.within is not None:
            value = self._within(value, step.within, here)
        if isinstance(value, Range) and step.type.kind == "number":
            value = ranges.each_end(value, rounding.STEP_ROUNDING[step.rounding])
        if self.indicative and step.assume is not None and is_open(value):
            return known(step.assume)
        return value

    def _cases(self, step: Step, here: Here) -> Iterator[Here]:
        """The unit with each of the step's split flags put as true and as false, where that is still possible."""
        flags = [reference(node) for node in step.split_on]
        values = [condition(node, self, here) for node in step.split_on]
        for case in product(*[(True, False) if value is None else (value,) for value in values]):
            yield Here(here.unit, split=dict(zip(flags, case, strict=True)))

    def _within(self, value: Range, within: tuple[Node | None, Node | None], here: Here) -> Range:
        low, high = (None if node is None else value_of(node, self, here) for node in within)
        floor = None if low is None or low is NO_LIMIT else as_range(low).low
        ceiling = None if high is None or high is NO_LIMIT else as_range(high).high
        return ranges.intersection([value, Range(floor, ceiling)]) or value

    def _is_already_of_a_rule_without(self, name: str) -> bool:
        """A rule that doesn't say what shows it in payment is never seen in payment."""
        rule, _, last = name.rpartition(".")
        return last == "already" and rule in self.rulebook.rules

    # --- once --------------------------------------------------------------------------------------------------------

    def _once(self, name: str, unit: OneUnit, work_out: Callable[[], Evaluated]) -> Evaluated:
        """The value kept from before, or worked out now. Raises EngineError where it rests on itself."""
        key = (name, f"{unit.level} {unit.key}")
        if key in self._worked_out:
            return self._worked_out[key]
        if key in self._on_the_way:
            circle = [*self._on_the_way[self._on_the_way.index(key) :], key]
            names = " -> ".join(n for n, _ in circle)
            raise EngineError(f"these go round in a circle: {names}; take one out of the formula before it")
        self._on_the_way.append(key)
        try:
            self._worked_out[key] = work_out()
        finally:
            self._on_the_way.pop()
        return self._worked_out[key]


def _point(value: Scalar | None) -> ranges.Point | None:
    if value is None or isinstance(value, Fraction | date):
        return value
    raise EngineError("a flag or code is given for a number or date fact; check the facts")
