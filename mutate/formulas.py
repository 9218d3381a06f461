"""Which formulas differ from a given one in one operator, number, code, name, branch, condition or NOT?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any, NamedTuple

from lift.rulebook.model import Amount
from lift.rulebook.nodes import (
    AmountRef,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Constant,
    Gather,
    IsOneOf,
    Logic,
    Node,
    Not,
    Span,
)

_COMPARED = {"<": "<=", "<=": "<", "=": "<>", "<>": "="}
_SIGNS = {"+": "-", "-": "+", "/": "*"}
_FUNCTIONS = {"GREATEST": "LEAST", "LEAST": "GREATEST", "CEIL": "FLOOR", "FLOOR": "CEIL", "ROUND": "CEIL"}
_GATHERS = {"ANY": "EVERY", "EVERY": "ANY", "MIN": "MAX", "MAX": "MIN"}
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
        yield _put(node, "operator", _COMPARED[node.operator])
    elif isinstance(node, Arithmetic) and node.operator in _SIGNS:
        yield _put(node, "operator", _SIGNS[node.operator])
    elif isinstance(node, Logic):
        yield _put(node, "operator", "OR" if node.operator == "AND" else "AND")
        yield from _shorter(node)
    elif isinstance(node, Not):
        yield Changed(node.value, node.at, "NOT left out")
    elif isinstance(node, Call) and node.function in _FUNCTIONS:
        yield _put(node, "function", _FUNCTIONS[node.function])
    elif isinstance(node, Choose):
        yield from _swapped(node)
    elif isinstance(node, Constant):
        yield from _constants(node)
    elif isinstance(node, IsOneOf) and len(node.options) > 1:
        yield from _fewer(node)
    elif isinstance(node, Gather):
        yield from _gathered(node)
    elif isinstance(node, AmountRef):
        yield from _renamed(node, list(amounts.values()))


def _put(node: Node, name: str, other: str) -> Changed:
    return Changed(replace(node, **{name: other}), node.at, f"{getattr(node, name)} -> {other}")  # type: ignore[arg-type]


def _shorter(node: Logic) -> Iterator[Changed]:
    """One of the conditions forgotten."""
    for index in range(len(node.parts)):
        rest = (*node.parts[:index], *node.parts[index + 1 :])
        other = rest[0] if len(rest) == 1 else replace(node, parts=rest)
        yield Changed(other, node.parts[index].at, "left out")


def _fewer(node: IsOneOf) -> Iterator[Changed]:
    for index, option in enumerate(node.options):
        rest = (*node.options[:index], *node.options[index + 1 :])
        yield Changed(replace(node, options=rest), node.at, f"{option.value} left out")


def _gathered(node: Gather) -> Iterator[Changed]:
    if node.where is not None:
        yield Changed(replace(node, where=None), node.at, "WHERE left out")
    if node.function in _GATHERS and node.body is not None:
        yield _put(node, "function", _GATHERS[node.function])


def _swapped(node: Choose) -> Iterator[Changed]:
    """Each branch's value in the place of the last."""
    for index, (condition, value) in enumerate(node.branches):
        branches = (*node.branches[:index], (condition, node.otherwise), *node.branches[index + 1 :])
        what = "branches swapped" if len(node.branches) == 1 else f"branch {index + 1} and the last swapped"
        yield Changed(replace(node, branches=branches, otherwise=value), node.at, what)


def _constants(node: Constant) -> Iterator[Changed]:
    if isinstance(node.value, bool):
        yield Changed(replace(node, value=not node.value), node.at, f"{node.value} -> {not node.value}")
    elif isinstance(node.value, Fraction):
        for other in (node.value - 1, node.value + 1):
            yield Changed(replace(node, value=other), node.at, f"{node.value} -> {other}")
    elif isinstance(node.value, str) and node.value in node.type.codes and len(node.type.codes) > 1:
        codes = node.type.codes
        code = codes[(codes.index(node.value) + 1) % len(codes)]
        yield Changed(replace(node, value=code), node.at, f"{node.value} -> {code}")


def _renamed(node: AmountRef, amounts: Sequence[Amount]) -> Iterator[Changed]:
    """The next amount of the same owner and unit with other figures, in the order of the file."""
    owner = node.name.rpartition(".")[0]
    alike = [a for a in amounts if a.name.rpartition(".")[0] == owner and a.type == node.type]
    names = [a.name for a in alike]
    if node.name not in names:
        return
    index = names.index(node.name)
    for other in (*alike[index + 1 :], *alike[:index]):
        if _seen(other) != _seen(alike[index]):
            last = other.name.rpartition(".")[2]
            yield Changed(replace(node, name=other.name), node.at, f"{node.name.rpartition('.')[2]} -> {last}")
            return


def _seen(amount: Amount) -> list[object]:
    """What a verdict sees of an amount, from which day: of a weak figure its range, and before any it knows nothing."""
    found: list[object] = []
    last: object = None
    for start, cell in amount.versions:
        value = cell.within if cell.is_weak else cell.value
        if value != last:
            found.append((start, value))
            last = value
    return found
