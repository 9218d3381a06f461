"""Which standing assumptions may a rule rest on? Those whose facts it reads on its own unit or on one above it.

Inside a gather names belong to the related unit, so that only `this.` counts there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lift.plan.hoist import in_reach
from lift.rulebook.model import Rule, Rulebook, Step
from lift.rulebook.nodes import FactRef, Gather, Level, Node, StepRef, children


def facts_read(book: Rulebook, rule: Rule, day: date) -> frozenset[tuple[Level, str]]:
    """The facts of the rule's own unit, or of one above it, that its answers rest on."""
    found: set[tuple[Level, str]] = set()
    seen: set[str] = set()
    waiting = list(rule.answers.values())
    while waiting:
        step = book.steps.get(waiting.pop())
        if step is None or step.name in seen:
            continue
        seen.add(step.name)
        for node in _own_references(_roots(in_reach(step, day)), inside=False):
            if isinstance(node, FactRef):
                found.add((node.level, node.name))
            else:
                waiting.append(node.name)
    return frozenset(found)


def _roots(step: Step) -> list[Node]:
    others = [step.day_node, *(step.within or ())]
    return [*[formula.node for formula in step.formulas], *[node for node in others if node is not None]]


def _own_references(nodes: Iterable[Node], *, inside: bool) -> list[FactRef | StepRef]:
    found: list[FactRef | StepRef] = []
    for node in nodes:
        if isinstance(node, FactRef | StepRef):
            found += [node] if node.outer == inside else []
        elif isinstance(node, Gather):
            if node.complete_when is not None:
                found += _own_references([node.complete_when], inside=inside)
            if not inside:
                inner = [n for n in (node.body, node.where, node.relation_where) if n is not None]
                found += _own_references(inner, inside=True)
        else:
            found += _own_references(children(node), inside=inside)
    return found
