"""Which standing assumptions does a rule rest on for one unit?

Facts are looked for in the formulas that can be in force, down through steps. Inside a gather names belong to the
related unit, so that only `this.` counts there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lift.engines.reference import ranges
from lift.engines.reference.dated import in_reach
from lift.engines.reference.dates import benefit_week_of
from lift.engines.reference.related import Neighbours
from lift.rulebook.model import Rule, Rulebook, StandingAssumption, Step
from lift.rulebook.nodes import FactRef, Gather, Level, Node, StepRef, children
from lift.rulebook.units import OneUnit


def facts_read(rulebook: Rulebook, rule: Rule, day: date) -> frozenset[tuple[Level, str]]:
    """The facts of the rule's own unit, or of one above it, that its answers rest on."""
    facts: set[tuple[Level, str]] = set()
    seen: set[str] = set()
    waiting = list(rule.answers.values())
    while waiting:
        name = waiting.pop()
        if name in seen or name not in rulebook.steps:
            continue
        seen.add(name)
        for node in _formulas(rulebook.steps[name], day):
            for read in _own_references(node, outer=False):
                if isinstance(read, FactRef):
                    facts.add((read.level, read.name))
                else:
                    waiting.append(read.name)
    return frozenset(facts)


def in_force(
    assumptions: list[StandingAssumption],
    read: frozenset[tuple[Level, str]],
    unit: OneUnit,
    neighbours: Neighbours,
    rulebook: Rulebook,
) -> tuple[str, ...]:
    """Those assumptions among the facts read that are unknown, or stale, on the unit or the one above it."""
    names = [a.fact for a in assumptions if (a.level, a.fact) in read and _is_missing(a, unit, neighbours, rulebook)]
    return tuple(sorted(names))


def _is_missing(assumption: StandingAssumption, unit: OneUnit, neighbours: Neighbours, rulebook: Rulebook) -> bool:
    owner = neighbours.above(unit, assumption.level)
    if owner is None:
        return False
    held = owner.facts.get(assumption.fact)
    ages = rulebook.facts[assumption.level, assumption.fact].shelf_life is not None
    return held is None or (ages and not held.fresh) or held.low is None


def _formulas(step: Step, day: date) -> list[Node]:
    """Everything a step may read on the day: all versions where facts pick one."""
    formulas = list(step.formulas)
    if step.day_node is None:
        picked = benefit_week_of(day) if step.day == "benefit_week" else day
        formulas, _ = in_reach([(f.start, f) for f in step.formulas], ranges.exactly(picked))
    others = [step.day_node, *(step.within or ())]
    return [*[f.node for f in formulas], *[n for n in others if n is not None]]


def _own_references(node: Node, *, outer: bool) -> Iterator[FactRef | StepRef]:
    """References to the unit the formula is read on: inside a gather (`outer`) only `this.` means that one."""
    if isinstance(node, FactRef | StepRef):
        if node.outer == outer:
            yield node
    elif isinstance(node, Gather):
        if node.complete_when is not None:
            yield from _own_references(node.complete_when, outer=outer)
        for inner in (node.body, node.where, node.relation_where):
            if inner is not None and not outer:
                yield from _own_references(inner, outer=True)
    else:
        for below in children(node):
            yield from _own_references(below, outer=outer)
