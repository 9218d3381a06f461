"""Which formulas differ from a given one in one operator, number, name, branch or NOT?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any, NamedTuple

from lift.rulebook.model import Amount
from lift.rulebook.nodes import AmountRef, Arithmetic, Call, Choose, Compare, Constant, Gather, Logic, Node, Not, Span

_COMPARED = {"<": "<=", "<=": "<", "=": "<>", "<>": "="}
_SIGNS = {"+": "-", "-": "+", "*": "/"}
_EXTREMES = {"GREATEST": "LEAST", "LEAST": "GREATEST"}
# What a relation is stands in the dictionary, not in the rule.
_NOT_OURS = ("relation_where", "complete_when")


class Changed(NamedTuple):
    """A formula with one change: where in its text, and what."""

    node: Node
    at: Span
    what: str


def changed(node: Node, amounts: Mapping[str, Amount]) -> Iterator[Changed]:
    """Every formula that differs from this one in one thing. `amounts`: those that a name may be taken for."""
    yield from _here(node, amounts)
    for one in fields(node):
        if one.name not in (*_NOT_OURS, "type", "at"):
            for value, at, what in _below(getattr(node, one.name), amounts):
                yield Changed(replace(node, **{one.name: value}), at, what)


def _below(value: Any, amounts: Mapping[str, Amount]) -> Iterator[tuple[Any, Span, str]]:
    if isinstance(value, Node):
        yield from changed(value, amounts)
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            for other, at, what in _below(part, amounts):
                yield (*value[:index], other, *value[index + 1 :]), at, what


def _here(node: Node, amounts: Mapping[str, Amount]) -> Iterator[Changed]:
    if isinstance(node, Compare):
        other = _COMPARED[node.operator]
        yield Changed(replace(node, operator=other), node.at, f"{node.operator} for {other}")  # type: ignore[arg-type]
    elif isinstance(node, Arithmetic) and node.operator in _SIGNS and node.operator != "*":
        other = _SIGNS[node.operator]
        yield Changed(replace(node, operator=other), node.at, f"{node.operator} for {other}")  # type: ignore[arg-type]
    elif isinstance(node, Logic):
        other = "OR" if node.operator == "AND" else "AND"
        yield Changed(replace(node, operator=other), node.at, f"{node.operator} for {other}")  # type: ignore[arg-type]
    elif isinstance(node, Not):
        yield Changed(node.value, node.at, "NOT dropped")
    elif isinstance(node, Call) and node.function in _EXTREMES:
        name = _EXTREMES[node.function]
        yield Changed(replace(node, function=name), node.at, f"{node.function} for {name}")
    elif isinstance(node, Choose):
        (condition, value), *rest = node.branches
        turned = replace(node, branches=((condition, node.otherwise), *rest), otherwise=value)
        yield Changed(turned, node.at, "branches swapped")
    elif isinstance(node, Constant) and isinstance(node.value, Fraction):
        yield Changed(replace(node, value=node.value + 1), node.at, f"{node.value} for {node.value + 1}")
    elif isinstance(node, Gather) and node.where is not None:
        yield Changed(replace(node, where=None), node.at, "WHERE dropped")
    elif isinstance(node, AmountRef):
        yield from _renamed(node, list(amounts.values()))


def _renamed(node: AmountRef, amounts: Sequence[Amount]) -> Iterator[Changed]:
    """The next amount of the same owner and unit, in the order of the file."""
    owner = node.name.rpartition(".")[0]
    alike = [a.name for a in amounts if a.name.rpartition(".")[0] == owner and a.type == node.type]
    if len(alike) > 1 and node.name in alike:
        other = alike[(alike.index(node.name) + 1) % len(alike)]
        yield Changed(replace(node, name=other), node.at, f"{node.name} for {other}")
