"""How is a figure of an explanation put: an amount with the span that counts, and the rows of a table that matter?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from lift.rulebook.answers import Range, Value
from lift.rulebook.page import money, shown, value_in_words

if TYPE_CHECKING:
    from datetime import date

    from lift.rulebook.model import Cell, Table, TableKey
    from lift.rulebook.nodes import Type
    from lift.stages.explain import ShownAmount, ShownTable

MOST_ROWS = 4
_IN_WORDS = {"no_limit": "no limit", "ended": "ended", "none": "none yet"}


@dataclass(frozen=True)
class Figure:
    """A line of what an answer rests on."""

    name: str
    value: str
    since: date | None
    status: str
    law: str


def amount_in_words(amount: ShownAmount, kind: Type) -> str:
    """Its value; with what it counts as, where it is not well enough known to count as that alone."""
    if amount.status in _IN_WORDS:
        return _IN_WORDS[amount.status]
    return _with_span(money(amount.value, kind), amount.value is None, amount.span, kind)


def _with_span(value: str, is_none: bool, span: Range | None, kind: Type) -> str:
    if span is None:
        return value
    told = value_in_words(span, kind)
    return told if is_none and told == value else f"{value} ({'' if is_none else 'not sure, '}counts as {told})"


def rows_in_words(table: Table, shown_table: ShownTable, at: Sequence[Value]) -> str:
    """The rows that these values of its keys reach; a value that is not known reaches every row."""
    rows = shown_table.rows
    reached = [
        (keys, cell)
        for keys, cell in rows
        if all(_touches(table.keys, keys, place, rows, value) for place, value in enumerate(at))
    ]
    told = [f"{_keys_in_words(table.keys, keys)}: {_cell(cell, table.type)}" for keys, cell in reached[:MOST_ROWS]]
    more = len(reached) - MOST_ROWS
    return "; ".join(told) + (f"; and {more:,} more row{'' if more == 1 else 's'}" if more > 0 else "")


def _touches(
    names: Sequence[TableKey],
    keys: tuple[object, ...],
    place: int,
    rows: Sequence[tuple[tuple[object, ...], Cell]],
    value: Value,
) -> bool:
    """Whether a key's value may lie in the row: within its band, or equal to it."""
    if value is None:
        return True
    start = keys[place]
    if not isinstance(value, Range):
        return value == start
    low, high = value.low, value.high
    if not names[place].banded:
        return (low is None or low <= start) and (high is None or high >= start)  # type: ignore[operator]
    rest = (*keys[:place], *keys[place + 1 :])
    later = [k[place] for k, _ in rows if (*k[:place], *k[place + 1 :]) == rest and k[place] > start]  # type: ignore[operator]
    ends_before = bool(later) and low is not None and low >= min(later)  # type: ignore[operator, type-var]
    return not ends_before and (high is None or high >= start)  # type: ignore[operator]


def _keys_in_words(names: Sequence[TableKey], keys: Sequence[object]) -> str:
    told = []
    for name, key in zip(names, keys, strict=True):
        said = money(key, name.type) if isinstance(key, Fraction) else shown(key)  # type: ignore[arg-type]
        told.append(f"from {said}" if name.banded else said.replace("_", " "))
    return ", ".join(told)


def _cell(cell: Cell, kind: Type) -> str:
    span = Range(*(cell.within or (None, None))) if cell.is_weak else None
    return _with_span(money(cell.value, kind), cell.value is None, span, kind)
