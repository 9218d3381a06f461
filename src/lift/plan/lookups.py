"""What does a look-up in a table come to, when its keys are only known in part?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lift.plan import choices, ranges, sql
from lift.plan.conditions import compare
from lift.plan.figures import by_band, cell_value, known, nothing
from lift.plan.sql import Sql
from lift.plan.values import Code, Day, Flag, Number, Value
from lift.rulebook.model import Cell, TableKey
from lift.rulebook.nodes import Type
from lift.rulebook.units import Scalar

Row = tuple[tuple[Scalar, ...], Cell]


@dataclass(frozen=True)
class Given:
    """What a table is looked up by: one key, the value given for it, and the codes that value could have at all."""

    column: int
    key: TableKey
    value: Value
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """For what the cells are read: values of which kind, in which evaluation, and whether a fact picks the version."""

    kind: Type
    proved: bool
    by_fact: bool


def look_up(rows: Sequence[Row], given: Sequence[Given], reading: Reading) -> Value:
    """The hull of every row that the keys touch; nothing is known where a key may lie outside the table.

    Keys that match exactly are taken first, so that each code may have bands of its own."""
    return _narrowed(rows, sorted(given, key=lambda one: one.key.banded), reading)


def _narrowed(rows: Sequence[Row], given: Sequence[Given], reading: Reading) -> Value:
    if not given:
        return cell_value(rows[0][1], reading.kind, proved=reading.proved, by_fact=reading.by_fact)
    first, rest = given[0], given[1:]
    groups: dict[Scalar, list[Row]] = {}
    for values, cell in rows:
        groups.setdefault(values[first.column], []).append((values, cell))
    found = [(start, _narrowed(group, rest, reading)) for start, group in groups.items()]
    unknown = nothing(reading.kind)
    if not found:
        return unknown
    if isinstance(first.value, Flag | Code):
        return _matched_code(first, found, unknown)
    if first.key.banded:
        in_order = sorted(found, key=lambda pair: pair[0])
        return by_band(first.value, in_order, unknown)
    return _matched_point(first.value, found, unknown)


def _matched_code(given: Given, rows: Sequence[tuple[Scalar, Value]], unknown: Value) -> Value:
    """The row of the code. An unknown code may be any row, if every code it could be has one."""
    value = given.value
    assert isinstance(value, Flag | Code)
    if value.constant is not None:
        return next((found for key, found in rows if key == value.constant), unknown)
    matched = [(compare("=", value, known(key)).sql, found) for key, found in rows]
    keys = {key for key, _ in rows}
    possible: set[Scalar] = {True, False} if isinstance(value, Flag) else set(given.codes)
    every_code = bool(possible) and possible <= keys
    if value.certain or not every_code:
        return choices.first_of(matched, unknown, covered=value.certain and every_code)
    reached = [(sql.is_not_false(test), found) for test, found in matched]
    # A code that is known, and yet none of the rows', has no row.
    gap = sql.negation(sql.either([sql.is_not_false(test) for test, _ in matched]))
    return choices.reached(reached, gap, unknown)


def _matched_point(value: Number | Day, rows: Sequence[tuple[Scalar, Value]], unknown: Value) -> Value:
    """A key matched exactly stands for whole things (rooms): a range must find a row for every whole number in it."""
    if value.constant is not None:
        return next((found for key, found in rows if key == value.constant), unknown)
    if value.point:
        return choices.first_of([(compare("=", known(key), value).sql, found) for key, found in rows], unknown)
    if value.low is None or value.high is None:
        return unknown
    inside = [(_inside(known(key), value), found) for key, found in rows]
    return choices.reached(inside, _has_gap(value, rows), unknown)


def _inside(key: Value, value: Number | Day) -> Sql:
    """Whether the key lies in the range."""
    low, high = _ends(value)
    return sql.is_true(sql.both([compare("<=", low, key).sql, compare("<=", key, high).sql]))


def _ends(value: Number | Day) -> tuple[Number | Day, Number | Day]:
    assert value.low is not None and value.high is not None
    if isinstance(value, Day):
        return Day(value.low, value.low, True, False, False), Day(value.high, value.high, True, False, False)
    low = Number(value.low, value.low, value.scale, True, False, False, None, None, value.size)
    return low, Number(value.high, value.high, value.scale, True, False, False, None, None, value.size)


def _has_gap(value: Number | Day, rows: Sequence[tuple[Scalar, Value]]) -> Sql:
    """Whether some whole number (or day) of the range, or the whole range, finds no row."""
    low, high = _ends(value)
    if isinstance(low, Day) or isinstance(high, Day):
        assert isinstance(low, Day) and isinstance(high, Day) and low.low is not None and high.high is not None
        wanted = sql.add(sql.function("DATE_DIFF", sql.text("day"), low.low, high.high), sql.integer(1))
        whole = [key for key, _ in rows]
    else:
        first, last = ranges.ceil(low).low, ranges.floor(high).high
        assert first is not None and last is not None
        wanted = sql.add(sql.add(last, sql.negate(first)), sql.integer(1))
        whole = [key for key, _ in rows if key == int(key)]  # type: ignore[arg-type]  # a number here
    one, zero = sql.integer(1), sql.integer(0)
    counted: Sql = zero
    for key in whole:
        counted = sql.add(counted, sql.case([(_inside(known(key), value), one)], zero))
    nobody = sql.negation(sql.either([_inside(known(key), value) for key, _ in rows]))
    return sql.is_not_false(sql.either([nobody, sql.less(counted, wanted)]))
