"""Which amounts, tables and dates differ from those in the rules by a penny, a day, one, or the contrary?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeVar

from lift.rulebook.model import Amount, Cell, Step, Table
from lift.rulebook.nodes import Type
from lift.rulebook.units import Scalar

V = TypeVar("V")
_Rows = tuple[tuple[tuple[Scalar, ...], Cell], ...]
_DAY = timedelta(days=1)


class Wrong(NamedTuple):
    """An amount, table or step with one mistake in a figure or day, and the cells by which it can show (None: any)."""

    part: Amount | Table | Step
    what: str
    by: frozenset[int] | None = None


def wrong_amounts(amount: Amount, first: date, last: date) -> Iterator[Wrong]:
    """Each figure a step more or less and each day from which it holds a day off, as far as a day from `first` to
    `last` could tell. Nobody is harmed by a mistake before the first covered day."""
    for index, (start, cell) in enumerate(amount.versions):
        if index + 1 < len(amount.versions) and amount.versions[index + 1][0] <= first:
            continue
        for other, what in _cells(cell, amount.type):
            versions = (*amount.versions[:index], (start, other), *amount.versions[index + 1 :])
            yield Wrong(replace(amount, versions=versions), f"from {start}: {what}", frozenset({id(cell)}))
        if index and start > first and amount.versions[index - 1][1].value != cell.value:
            for versions, what in _moved(amount.versions, index):
                cells = frozenset({id(cell), id(amount.versions[index - 1][1])})
                yield Wrong(replace(amount, versions=versions), what, cells)
    if amount.covers_to is not None and first <= amount.covers_to < last:
        for day in (amount.covers_to - _DAY, amount.covers_to + _DAY):
            yield Wrong(replace(amount, covers_to=day), f"covers_to: {amount.covers_to} -> {day}")


def wrong_tables(table: Table, first: date) -> Iterator[Wrong]:
    """The same of every row's cell, and of where every band begins."""
    for index, (start, rows) in enumerate(table.versions):
        if index + 1 < len(table.versions) and table.versions[index + 1][0] <= first:
            continue
        for other, what, cells in _rows(table, rows):
            versions = (*table.versions[:index], (start, other), *table.versions[index + 1 :])
            yield Wrong(replace(table, versions=versions), f"from {start}, {what}", cells)
        if index and start > first:
            for moved, what in _moved(table.versions, index):
                yield Wrong(replace(table, versions=moved), what)


def wrong_steps(step: Step, first: date) -> Iterator[Wrong]:
    """A formula that begins a day off, a rounding or an assumption that is another."""
    for index, formula in enumerate(step.formulas):
        if index and formula.start is not None and formula.start > first:
            for day in (formula.start - _DAY, formula.start + _DAY):
                formulas = (*step.formulas[:index], replace(formula, start=day), *step.formulas[index + 1 :])
                yield Wrong(replace(step, formulas=formulas), f"{formula.start} -> {day}")
    if step.rounding in ("up", "down"):
        yield Wrong(replace(step, rounding="penny"), f"round {step.rounding} -> penny")
    if isinstance(step.assume, bool):
        yield Wrong(replace(step, assume=not step.assume), f"assume {step.assume} -> {not step.assume}")
    elif isinstance(step.assume, Fraction):
        yield Wrong(replace(step, assume=step.assume + 1), f"assume {step.assume} -> {step.assume + 1}")


def _moved(versions: tuple[tuple[date, V], ...], index: int) -> Iterator[tuple[tuple[tuple[date, V], ...], str]]:
    start, held = versions[index]
    for day in (start - _DAY, start + _DAY):
        yield (*versions[:index], (day, held), *versions[index + 1 :]), f"{start} -> {day}"


def _rows(table: Table, rows: _Rows) -> Iterator[tuple[_Rows, str, frozenset[int]]]:
    for number, (keys, cell) in enumerate(rows):
        where = f"row {number + 1}"
        for other_cell, what in _cells(cell, table.type):
            yield (*rows[:number], (keys, other_cell), *rows[number + 1 :]), f"{where}: {what}", frozenset({id(cell)})
        before = _row_before(table, rows, number)
        for column, key in enumerate(table.keys):
            if not key.banded or (before is not None and before[1].value == cell.value):
                continue
            for value, what in _shifted(keys[column], key.type):
                if before is None and _shifted_down(value, keys[column]):
                    continue  # a first band may begin anywhere below what anybody has
                new = (*keys[:column], value, *keys[column + 1 :])
                cells = frozenset({id(cell)} if before is None else {id(cell), id(before[1])})
                yield (*rows[:number], (new, cell), *rows[number + 1 :]), f"{where}, {key.name}: {what}", cells


def _row_before(table: Table, rows: _Rows, number: int) -> tuple[tuple[Scalar, ...], Cell] | None:
    """The row of the same codes whose band ends where this one begins."""
    matched = [column for column, key in enumerate(table.keys) if not key.banded]
    own = [rows[number][0][column] for column in matched]
    alike = [row for row in rows[:number] if [row[0][column] for column in matched] == own]
    return alike[-1] if alike else None


def _shifted_down(value: Scalar, than: Scalar) -> bool:
    return isinstance(value, Fraction | date) and value < than  # type: ignore[operator]


def _cells(cell: Cell, kind: Type) -> Iterator[tuple[Cell, str]]:
    if isinstance(cell.value, bool):
        yield replace(cell, value=not cell.value), f"{cell.value} -> {not cell.value}"
    elif isinstance(cell.value, str) and cell.value in kind.codes and len(kind.codes) > 1:
        code = kind.codes[(kind.codes.index(cell.value) + 1) % len(kind.codes)]
        yield replace(cell, value=code), f"{cell.value} -> {code}"
    elif isinstance(cell.value, Fraction | date) and not cell.is_weak:
        for value, what in _shifted(cell.value, kind):
            yield replace(cell, value=value), what
    elif cell.is_weak and cell.within is not None:
        low, high = cell.within
        for value, what in _shifted(low, kind):
            if _shifted_down(value, low):
                yield replace(cell, within=(value, high)), f"at least {what}"  # type: ignore[arg-type]
        for value, what in _shifted(high, kind):
            if not _shifted_down(value, high):
                yield replace(cell, within=(low, value)), f"at most {what}"  # type: ignore[arg-type]


def _shifted(value: Scalar, kind: Type) -> Iterator[tuple[Scalar, str]]:
    """The next below and the next above: a penny, a day, one; of a share a hundredth."""
    if isinstance(value, date):
        for day in (value - _DAY, value + _DAY):
            yield day, f"{value} -> {day}"
    elif isinstance(value, Fraction):
        by = Fraction(1, 100) if kind.is_money or value.denominator != 1 else Fraction(1)
        for number in (value - by, value + by):
            yield number, f"{_shown(value)} -> {_shown(number)}"


def _shown(number: Fraction) -> str:
    """Exact: figures of money and shares end."""
    return str(Decimal(number.numerator) / Decimal(number.denominator))
