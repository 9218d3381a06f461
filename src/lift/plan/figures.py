"""Which figure is in force, and what does a look-up in a table come to?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from lift.errors import CoverageError
from lift.plan import ranges, sql
from lift.plan.sql import Sql
from lift.plan.values import Code, Day, Flag, Number, Value, code, constant, flag, infinity, known_day, unknown_flag, unknown_number
from lift.rulebook.model import Amount, Cell, Special, Table, TableKey
from lift.rulebook.nodes import Type

Row = tuple[tuple[object, ...], Cell]


def version_day(name: str, day: date) -> date:
    """The day that picks a version where the plan's own day does: the run's day, or the Monday of its benefit week."""
    return day - timedelta(days=day.weekday()) if name == "benefit_week" else day


def cell_value(cell: Cell | None, kind: Type, *, proved: bool, lapsed: bool) -> Value:
    """What a cell counts as. Proved: a weak or lapsed figure is its `within`, or nothing. No cell: nothing is known."""
    if cell is None:
        return nothing(kind)
    if cell.value is Special.ENDED:
        raise CoverageError("a formula uses an amount that has ended by this day. Give the step a dated formula.")
    if cell.value is Special.NO_LIMIT:
        return infinity()
    if cell.value is None or (proved and (cell.is_weak or lapsed)):
        return _within(cell, kind)
    return known(cell.value)


def _within(cell: Cell, kind: Type) -> Value:
    if cell.within is None:
        return nothing(kind)
    low, high = cell.within
    if isinstance(low, date) and isinstance(high, date):
        return Day(sql.day(low), sql.day(high), False, True, True)
    assert isinstance(low, Fraction) and isinstance(high, Fraction)
    return ranges.constant_range(low, high)


def known(value: object) -> Value:
    if isinstance(value, bool):
        return flag(value)
    if isinstance(value, Fraction):
        return constant(value)
    if isinstance(value, date):
        return known_day(value)
    return code(str(value))


def nothing(kind: Type) -> Value:
    if kind.kind == "number":
        return unknown_number()
    if kind.kind == "date":
        return Day(None, None, False, False, False)
    return unknown_flag() if kind.kind == "flag" else Code(sql.NULL, False)


def in_force(versions: Sequence[tuple[date, Cell]], day: date) -> Cell | None:
    """The cell of the last version that has begun; None before the first."""
    found = [cell for start, cell in versions if start <= day]
    return found[-1] if found else None


def is_lapsed(amount: Amount, day: date) -> bool:
    return amount.covers_to is not None and day > amount.covers_to


def by_day(picked: Day, versions: Sequence[tuple[date, Value]], before: Value) -> Value:
    """The value of the version in force on a day that may itself be a range: the hull of every version in reach."""
    found = before
    for start, value in versions:
        begun = ranges.compare("<=", known_day(start), picked)
        found = ranges.choose(begun, value, found)
    return found


def rows_in_force(table: Table, day: date) -> Sequence[Row]:
    found = [rows for start, rows in table.versions if start <= day]
    return found[-1] if found else ()


def look_up(keys: Sequence[TableKey], rows: Sequence[Row], given: Sequence[Value], kind: Type, *, proved: bool) -> Value:
    """The hull of every row that the keys touch; nothing is known where a key may lie outside the table."""
    if not rows:
        return nothing(kind)
    key, rest = keys[0], keys[1:]
    groups: dict[object, list[Row]] = {}
    for values, cell in rows:
        groups.setdefault(values[0], []).append((values[1:], cell))
    values = [(start, _group(rest, group, given[1:], kind, proved)) for start, group in groups.items()]
    if key.banded:
        return _banded(given[0], values, kind)
    return _matched(given[0], values, kind)


def _group(rest: Sequence[TableKey], rows: Sequence[Row], given: Sequence[Value], kind: Type, proved: bool) -> Value:
    if rest:
        return look_up(rest, rows, given, kind, proved=proved)
    return cell_value(rows[0][1], kind, proved=proved, lapsed=False)


def _banded(given: Value, bands: Sequence[tuple[object, Value]], kind: Type) -> Value:
    """Bands are half-open from their start. A rising or falling table is read at the two ends of the key alone."""
    assert isinstance(given, Number | Day)
    if given.point:
        return _chain(given, bands, kind) if given.certain else _chain_or_nothing(given, bands, kind)
    direction = _direction([value for _, value in bands])
    if direction == 0:
        return _touched(given, bands, kind)
    ends = [_at_end(given, bands, kind, use_low=side == direction) for side in (1, -1)]
    low, high = ends
    if isinstance(low, Number) and isinstance(high, Number):
        scale = ranges.common_scale([low, high])
        low, high = low.at_scale(scale), high.at_scale(scale)
        bounds = [low.least, high.least], [low.most, high.most]
        least = min(b for b in bounds[0] if b is not None) if None not in bounds[0] else None
        most = max(b for b in bounds[1] if b is not None) if None not in bounds[1] else None
        return Number(low.low, high.high, scale, False, False, False, least, most, max(low.size, high.size))
    assert isinstance(low, Day) and isinstance(high, Day)
    return Day(low.low, high.high, False, False, False)


def _touched(given: Number | Day, bands: Sequence[tuple[object, Value]], kind: Type) -> Value:
    """The hull of the bands that the key's range reaches, each looked at once (a chain of choices would double in size
    with every band)."""
    if given.low is None:
        return nothing(kind)
    lowest, highest = _only(given, low=True), _only(given, low=False)
    below = ranges.negation(_sure(ranges.compare("<=", known(bands[0][0]), lowest)))
    lows: list[Sql] = []
    highs: list[Sql] = []
    open_low: list[Sql] = [below.sql]
    open_high: list[Sql] = [below.sql]
    numbers = [v for _, v in bands if isinstance(v, Number)]
    scale = ranges.common_scale(numbers) if numbers else Fraction(1)
    for index, (start, value) in enumerate(bands):
        tests = [sql.is_not_false(ranges.compare("<=", known(start), highest).sql)]
        if index + 1 < len(bands):
            tests.append(sql.is_true(ranges.compare("<", lowest, known(bands[index + 1][0])).sql))
        here = sql.both(tests)
        assert isinstance(value, Number | Day)
        value = value.at_scale(scale) if isinstance(value, Number) else value
        for end, found, gap in ((value.low, lows, open_low), (value.high, highs, open_high)):
            if end is None:
                gap.append(here)
            else:
                found.append(sql.case([(here, end)]))
    low = sql.case([(sql.either(open_low), sql.NULL)], sql.least(lows)) if lows else None
    high = sql.case([(sql.either(open_high), sql.NULL)], sql.greatest(highs)) if highs else None
    if numbers:
        return Number(low, high, scale, False, False, False, None, None, max(n.size for n in numbers))
    return Day(low, high, False, False, False)


def _only(given: Number | Day, *, low: bool) -> Number | Day:
    """One end of a range as a point; NULL where it has none."""
    end = given.low if low else given.high
    if isinstance(given, Number):
        return Number(end if end is not None else sql.NULL, end if end is not None else sql.NULL, given.scale, True, False, False, None, None, given.size)
    return Day(end if end is not None else sql.NULL, end if end is not None else sql.NULL, True, False, False)


def _direction(values: Sequence[Value]) -> int:
    """1 for figures that never fall, -1 for figures that never rise, 0 for others or figures that are not all known."""
    known_values = [v.constant if isinstance(v, Number | Day) else None for v in values]
    if any(v is None for v in known_values):
        return 0
    pairs = list(zip(known_values, known_values[1:], strict=False))
    if all(a <= b for a, b in pairs):  # type: ignore[operator]  # all of one kind
        return 1
    return -1 if all(a >= b for a, b in pairs) else 0  # type: ignore[operator]  # all of one kind


def _at_end(given: Number | Day, bands: Sequence[tuple[object, Value]], kind: Type, *, use_low: bool) -> Value:
    """The table read at one end of the key; nothing where the key may lie below the first band or has no such end."""
    end: Sql | None = given.low if use_low else given.high
    if given.low is None or (end is None and use_low):
        return nothing(kind)
    end = end if end is not None else sql.NULL
    if isinstance(given, Number):
        at_end: Number | Day = Number(end, end, given.scale, True, True, True, given.least, given.most, given.size)
        lowest: Number | Day = Number(given.low, given.low, given.scale, True, False, False, given.least, given.most, given.size)
    else:
        at_end = Day(end, end, True, True, True)
        lowest = Day(given.low, given.low, True, False, False)
    found = _chain(at_end, bands, kind)
    if not use_low and not given.high_certain:
        # No bound above: the range reaches the last band.
        found = ranges.choose(Flag(sql.is_null(end), True), bands[-1][1], found)
    inside = _sure(ranges.compare("<=", known(bands[0][0]), lowest))
    return ranges.choose(inside, found, nothing(kind))


def _chain_or_nothing(given: Number | Day, bands: Sequence[tuple[object, Value]], kind: Type) -> Value:
    """A key that is known or not at all: nothing is known where it is not, for it may lie outside the table. The chain
    itself is written for a known key, so that no test in it is open: open tests would double it with every band."""
    found = _chain(replace(given, low_certain=True, high_certain=True), bands, kind)
    assert given.low is not None
    return ranges.choose(Flag(sql.is_null(given.low), True), nothing(kind), found)


def _chain(given: Number | Day, bands: Sequence[tuple[object, Value]], kind: Type) -> Value:
    found: Value = nothing(kind)
    for start, value in bands:
        found = ranges.choose(ranges.compare("<=", known(start), given), value, found)
    return found


def _matched(given: Value, rows: Sequence[tuple[object, Value]], kind: Type) -> Value:
    """Rows that equal the key. An unknown code may be any row; a known key that no row has finds nothing."""
    found: Value = nothing(kind)
    if isinstance(given, Code | Flag) and given.constant is None and not given.certain:
        every = ranges.hull([value for _, value in rows])
        for key, value in rows:
            found = ranges.choose(_sure(ranges.compare("=", given, known(key))), value, found)
        return ranges.choose(Flag(sql.is_null(given.sql), True), every, found)
    for key, value in rows:
        found = ranges.choose(ranges.compare("=", given, known(key)), value, found)
    return found


def _sure(test: Flag) -> Flag:
    return test if test.constant is not None else Flag(sql.is_true(test.sql), True)
