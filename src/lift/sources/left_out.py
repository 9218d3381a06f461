"""Which values of accepted rows cannot be so, and are left out of what is worked with, and which are unlikely?

A row that can be read is kept; of it a value that no such thing can have becomes unknown: money below nought or beyond
all measure, a count or percentage out of all reason, an end before its beginning, something past that is to come. An
identifier that cannot be read joins its row to nothing; it stays as it was written, for people to look at. All of them
stand in `left_out`, by file, line and column and never with the value. Control totals are taken before, so that they
meet the supplier's.

What is only unlikely stands in `unlikely` and is used as it is: an amount that few have, a day in an earlier century or
years ahead. No day is left out for that: that somebody moved, parted or died keeps them off lists, whenever it was.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import duckdb

from lift.sources import identifiers
from lift.sources.kinds import Column, Kind, Look, Unit
from lift.sources.reader import Source
from lift.sources.tables import row_table

_LOOKS: dict[Look, str] = {
    "nino": "not a National Insurance number, so nothing is joined by it",
    "uprn": "not a UPRN, so nothing is joined by it",
    "postcode": "not a postcode, so nothing is joined by it",
    "upn": "not a Unique Pupil Number, so nothing is joined by it",
    "year_group": "not a year group from N1 to 14, so the year is not known",
}
#: By unit, the most that anybody can have, as in the limits of `rules/facts.yaml`, and what few have, in pounds. A sum
#: without a period is capital, a balance or a rent.
_MOST: dict[Unit, int] = {"GBP/week": 10_000, "GBP/month": 50_000, "GBP/year": 100_000, "GBP": 10_000_000}
_SELDOM_MORE: dict[Unit, int] = {"GBP/week": 2_000, "GBP/month": 10_000, "GBP/year": 20_000, "GBP": 250_000}
# Of a day that something began or ended; birthdays are judged where people are made.
_EARLIEST = datetime.date(1900, 1, 1)
# A temporary number (TN, birthday and sex) stands for one that is awaited: it joins nothing, and nobody need mend it.
_TEMPORARY = "^TN[0-9]{6}[FM]?$"
_CLEANED: dict[Look, Callable[[str], str]] = {
    "nino": identifiers.nino,
    "uprn": identifiers.uprn,
    "postcode": identifiers.postcode,
    "upn": identifiers.upn,
    "year_group": identifiers.year_group,
}


class Doubt(NamedTuple):
    """A value of a column that cannot be so, or (`kept`) is unlikely: where `measure`, SQL over the row, is below
    `least` or above `most`."""

    column: str
    measure: str
    least: Any
    most: Any
    reason: str
    kept: bool = False

    def holds(self, lowest: Any, highest: Any) -> bool:
        """Whether it does of any row, where these are the ends of its measure."""
        return lowest is not None and (
            (self.least is not None and lowest < self.least) or (self.most is not None and highest > self.most)
        )


def leave_out(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Empties what cannot be so in the rows of a file, and notes it in `left_out`, beside what cannot be read."""
    for table in source.layout.profile.tables:
        kind = table.kind
        held = {
            reading.name for reading in table.readings if reading.how == "constant" or source.layout.fields_of(reading)
        }
        _leave_out(connection, kind, source.file_id, [*_doubts(kind, held)])
        for name, column in kind.columns.items():
            if column.looks_like is not None and name in held:
                _tell_unreadable(connection, kind, source.file_id, name, column.looks_like)


def _leave_out(connection: duckdb.DuckDBPyConnection, kind: Kind, file_id: int, doubts: list[Doubt]) -> None:
    measures = list(dict.fromkeys(one.measure for one in doubts))
    if not measures:
        return
    # The ends of every measure at once: nearly every file has no doubt about nearly every column.
    ends = ", ".join(f"min({measure}), max({measure})" for measure in measures)
    (found,) = connection.execute(f"SELECT {ends} FROM {kind.name} WHERE file_id = ?", [file_id]).fetchall()
    spans = dict(zip(measures, zip(found[::2], found[1::2], strict=True), strict=True))
    firing = [one for one in doubts if one.holds(*spans[one.measure])]
    for one in firing:
        connection.execute(
            f"INSERT INTO {'unlikely' if one.kept else 'left_out'} "
            f"SELECT file_id, line, '{kind.name}', $column, $reason FROM {kind.name} WHERE file_id = $file AND "
            f"(coalesce({one.measure} < $least, FALSE) OR coalesce({one.measure} > $most, FALSE)) ORDER BY line",
            {"column": one.column, "reason": one.reason, "file": file_id, "least": one.least, "most": one.most},
        )
    if any(one.kept for one in firing):
        # What cannot be so is not unlikely besides.
        connection.execute(
            "DELETE FROM unlikely u USING left_out l WHERE (u.file_id, u.line, u.kind, u.column_name) = "
            "(l.file_id, l.line, l.kind, l.column_name) AND u.file_id = ? AND u.kind = ?",
            [file_id, kind.name],
        )
    for name in dict.fromkeys(one.column for one in firing if not one.kept):
        connection.execute(
            f"UPDATE {row_table(kind)} SET {name} = NULL WHERE file_id = ? AND line IN "
            "(SELECT line FROM left_out WHERE file_id = ? AND kind = ? AND column_name = ?)",
            [file_id, file_id, kind.name, name],
        )


def _doubts(kind: Kind, held: set[str]) -> Iterator[Doubt]:
    for name, column in kind.columns.items():
        if name not in held or name == "extract_date":
            continue
        if column.within is not None:
            least, most = column.within
            yield Doubt(name, name, least, most, f"outside {least} to {most}")
        elif column.unit is not None:
            yield from _amounts(name, column, column.unit)
        elif column.type == "date":
            yield from _days(name, column)
    for first, then, wrong in kind.in_order:
        if {first, then} <= held:
            reason = f"before {_words(first)}" if wrong == then else f"after {_words(then)}"
            yield Doubt(wrong, f"{then} - {first}", 0, None, reason)


def _amounts(name: str, column: Column, unit: Unit) -> Iterator[Doubt]:
    if not column.below_nought:
        yield Doubt(name, name, 0, None, "below nought")
    for limits, kept in ((_MOST, False), (_SELDOM_MORE, True)):
        least = -limits[unit] if column.below_nought else None
        yield Doubt(name, name, least, limits[unit], f"more than {_pounds(limits, unit)}", kept)


def _days(name: str, column: Column) -> Iterator[Doubt]:
    if not _is_birthday(column):
        yield Doubt(name, name, _EARLIEST, None, f"before {_EARLIEST.year}", kept=True)
    ahead = f"{name} - extract_date"
    if column.has_happened:
        yield Doubt(name, ahead, None, 0, "after the day of the extract")
    elif column.seldom_ahead is not None:
        days = f"more than {column.seldom_ahead} days " if column.seldom_ahead else ""
        yield Doubt(name, ahead, None, column.seldom_ahead, f"{days}after the day of the extract", kept=True)


def _is_birthday(column: Column) -> bool:
    """Whether a day is one of those that say who somebody is."""
    return column.type == "date" and column.sensitivity == "identity"


def _pounds(limits: dict[Unit, int], unit: Unit) -> str:
    """`£10,000 a week`."""
    _, _, period = unit.partition("/")
    return f"£{limits[unit]:,}{f' a {period}' if period else ''}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _tell_unreadable(connection: duckdb.DuckDBPyConnection, kind: Kind, file_id: int, name: str, look: Look) -> None:
    """What is written in many rows (a year of notices) is read once."""
    cleaned = _CLEANED[look]
    unread = "cleaned IS NULL"
    if look == "nino":
        unread += f" AND NOT regexp_matches({identifiers.plain('text')}, '{_TEMPORARY}')"
    # In an aggregate's filter, since a WHERE would work out `cleaned` anew at each place where it stands.
    ((texts,),) = connection.execute(
        f"""SELECT list(text ORDER BY text) FILTER (text IS NOT NULL AND {unread})
        FROM (SELECT text, {cleaned("text")} AS cleaned FROM (
            SELECT DISTINCT {name} AS text FROM {kind.name} WHERE file_id = ?))""",
        [file_id],
    ).fetchall()
    if texts:
        connection.execute(
            f"""INSERT INTO left_out SELECT file_id, line, '{kind.name}', '{name}', ? FROM {kind.name}
            WHERE file_id = ? AND {name} IN (SELECT unnest(?)) ORDER BY line""",
            [_LOOKS[look], file_id, texts],
        )
