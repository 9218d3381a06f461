"""Did the random rules use everything there is, and did they come to decided and undecided results alike?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args, get_type_hints

from lift.rulebook import nodes
from lift.rulebook.answers import Answer, Range, Value, Verdict
from lift.rulebook.check import references
from lift.rulebook.dimensions import FUNCTIONS
from lift.rulebook.model import Rulebook, Step
from lift.rulebook.nodes import CONVERSIONS, Arithmetic, Call, Compare, Gather, Kind, Logic, Node

#: Parts of a rulebook that are no nodes.
_PARTS = (
    "split_on",
    "within",
    "assume",
    "dated by the run's day",
    "dated by a fact",
    "round up",
    "round down",
    "round none",
)


def wanted() -> set[str]:
    """The name of everything that must have come up."""
    kinds = {k.__name__ for k in vars(nodes).values() if isinstance(k, type) and issubclass(k, Node) and k is not Node}
    operators = {op for kind in (Arithmetic, Compare, Logic) for op in get_args(get_type_hints(kind)["operator"])}
    gathers = set(get_args(get_type_hints(Gather)["function"]))
    results = {f"{one} {kind}" for one in ("decided", "undecided") for kind in ("flag", "code", "number or date")}
    verdicts = set(get_args(Verdict))
    return {
        *kinds,
        *operators,
        *gathers,
        *FUNCTIONS,
        *CONVERSIONS,
        *_PARTS,
        *results,
        *verdicts,
        "this.",
        "no bound on one side",
    }


class Coverage:
    """Counts what has come up."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def missing(self) -> set[str]:
        return wanted() - set(self.seen)

    def add(self, book: Rulebook, answers: Iterable[Answer]) -> None:
        for step in book.steps.values():
            self.seen.update(_parts(step))
            self.seen.update(name for node in references(step) for name in _names(node))
        for answer in answers:
            self.seen[answer.verdict] += 1
            self.seen[_result("flag", answer.eligible)] += 1
            self.seen.update(_result(book.steps[name].type.kind, value) for name, value in answer.steps.items())


def _names(node: Node) -> Iterator[str]:
    yield type(node).__name__
    if isinstance(node, Arithmetic | Compare | Logic):
        yield node.operator
    if isinstance(node, Call | Gather):
        yield node.function
    if getattr(node, "outer", False):
        yield "this."


def _parts(step: Step) -> Iterator[str]:
    if step.split_on:
        yield "split_on"
    if step.within is not None:
        yield "within"
    if step.assume is not None:
        yield "assume"
    if step.formulas[0].start is not None:
        yield "dated by the run's day" if step.day_node is None else "dated by a fact"
    if step.type.unit is not None and step.type.unit.is_money:
        yield f"round {step.rounding}"


def _result(kind: Kind, value: Value) -> str:
    """How far a value is known. (An unknown flag and an unknown code are both None: their kind tells them apart.)"""
    if not isinstance(value, Range):
        return f"{'un' if value is None else ''}decided {kind}"
    if value.low is not None and value.low == value.high:
        return "decided number or date"
    return "no bound on one side" if (value.low is None) != (value.high is None) else "undecided number or date"
