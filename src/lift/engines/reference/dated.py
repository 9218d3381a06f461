"""Which versions of a dated figure or table may be in force, and what do their cells say?

Proved (`indicative` False), a weak cell says what it declares as `within`, or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

from lift.engines.reference.ranges import rank
from lift.engines.reference.values import Evaluated, as_range, known, unknown
from lift.errors import EngineError
from lift.rulebook.answers import Range
from lift.rulebook.model import Cell, Special, TableKey
from lift.rulebook.nodes import Kind
from lift.rulebook.units import Scalar

T = TypeVar("T")
Row = tuple[tuple[Scalar, ...], Cell]


@dataclass(frozen=True)
class Reading:
    """What a cell is read for: values of which kind, for which evaluation, and whether the day is past `covers_to`."""

    kind: Kind
    indicative: bool
    outdated: bool = False


def in_reach(versions: Sequence[tuple[date | None, T]], day: Range) -> tuple[list[T], bool]:
    """The versions in force on some day of the range, and whether some day of it lies before the first version."""
    found: list[T] = []
    for number, (start, version) in enumerate(versions):
        end = versions[number + 1][0] if number + 1 < len(versions) else None
        begun = start is None or day.high is None or rank(start) <= rank(day.high)
        over = end is not None and day.low is not None and rank(end) <= rank(day.low)
        if begun and not over:
            found.append(version)
    first = versions[0][0] if versions else date.max
    too_early = first is not None and (day.low is None or rank(day.low) < rank(first))
    return found, too_early


def cell_value(cell: Cell, reading: Reading) -> Evaluated:
    """What a cell lets the evaluation see. Raises EngineError for an amount that has ended."""
    if cell.value is Special.ENDED:
        raise EngineError("an amount that has ended is used after its end; give the formula a version from that day")
    weak = cell.is_weak or reading.outdated
    if weak and (cell.value is None or not reading.indicative):
        return Range(*cell.within) if cell.within is not None else unknown(reading.kind)
    return cell.value if cell.value is None or isinstance(cell.value, Special) else known(cell.value)


# --- tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyReading:
    """One key of a table: which column of the rows, what is looked up, and which codes it could be at all."""

    column: int
    key: TableKey
    value: Evaluated
    codes: tuple[str, ...]


def rows_in_reach(rows: Sequence[Row], keys: Sequence[KeyReading]) -> list[Cell] | None:
    """The cells of all rows that the keys touch; None where they may lie outside the table.

    Keys that match exactly are taken first, so that each code may have bands of its own."""
    in_order = [k for k in keys if not k.key.banded] + [k for k in keys if k.key.banded]
    return _narrow(rows, in_order)


def _narrow(rows: Sequence[Row], keys: Sequence[KeyReading]) -> list[Cell] | None:
    if not keys:
        return [cell for _, cell in rows]
    first, rest = keys[0], keys[1:]
    touched = _touched(list(dict.fromkeys(row[first.column] for row, _ in rows)), first)
    if touched is None:
        return None
    found: list[Cell] = []
    for value in touched:
        below = _narrow([(row, cell) for row, cell in rows if row[first.column] == value], rest)
        if below is None:
            return None
        found += below
    return found


def _touched(values: list[Scalar], key: KeyReading) -> list[Scalar] | None:
    """Those of a column's values that the key may mean; None where it may mean none of them."""
    if key.key.type.kind in ("code", "flag"):
        return _touched_codes(values, key)
    points = [v for v in values if isinstance(v, Fraction | date)]
    wanted = as_range(key.value)
    touched = _touched_bands(points, wanted) if key.key.banded else _touched_points(points, wanted)
    return None if touched is None else list(touched)


def _touched_codes(values: list[Scalar], key: KeyReading) -> list[Scalar] | None:
    if key.value is not None:
        return [key.value] if isinstance(key.value, bool | str) and key.value in values else None
    possible: tuple[Scalar, ...] = (True, False) if key.key.type.kind == "flag" else key.codes
    # A code that might have no row leaves nothing known; where codes are undeclared that can never be excluded.
    return values if possible and all(code in values for code in possible) else None


def _touched_bands(starts: list[Fraction | date], wanted: Range) -> list[Fraction | date] | None:
    """Bands are half-open: each reaches up to the next start, the last for ever."""
    rising = sorted(starts, key=rank)
    if not rising or wanted.low is None or rank(wanted.low) < rank(rising[0]):
        return None
    touched = []
    for start, end in zip(rising, [*rising[1:], None], strict=True):
        begun = wanted.high is None or rank(start) <= rank(wanted.high)
        over = end is not None and rank(end) <= rank(wanted.low)
        if begun and not over:
            touched.append(start)
    return touched


def _touched_points(points: list[Fraction | date], wanted: Range) -> list[Fraction | date] | None:
    """A key matched exactly stands for whole things (rooms): a range must find a row for every whole number in it."""
    if wanted.low is None or wanted.high is None:
        return None
    low, high = rank(wanted.low), rank(wanted.high)
    touched = [p for p in points if low <= rank(p) <= high]
    wholes = {rank(p) for p in touched if rank(p).denominator == 1}
    return touched if touched and len(wholes) >= floor(high) - ceil(low) + 1 else None
