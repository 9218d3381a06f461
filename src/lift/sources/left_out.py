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

from collections.abc import Callable, Iterator
from typing import NamedTuple

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
_EARLIEST = 1900  # of a day that something began or ended; birthdays are judged where people are made
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
    """A value that cannot be so: where `condition` holds."""

    column: str
    condition: str
    reason: str


def leave_out(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Empties what cannot be so in the rows of a file, and notes it in `left_out`, beside what cannot be read."""
    for table in source.layout.profile.tables:
        kind = table.kind
        held = {
            reading.name for reading in table.readings if reading.how == "constant" or source.layout.fields_of(reading)
        }
        _leave_out(connection, kind, source.file_id, [*_doubts(kind, held)])
        _tell(connection, kind, source.file_id, [*_unlikely(kind, held)], "unlikely")
        for name, column in kind.columns.items():
            if column.looks_like is not None and name in held:
                _tell_unreadable(connection, kind, source.file_id, name, column.looks_like)


def _leave_out(connection: duckdb.DuckDBPyConnection, kind: Kind, file_id: int, doubts: list[Doubt]) -> None:
    for name in _tell(connection, kind, file_id, doubts, "left_out"):
        connection.execute(
            f"UPDATE {row_table(kind)} SET {name} = NULL WHERE file_id = ? AND line IN "
            "(SELECT line FROM left_out WHERE file_id = ? AND kind = ? AND column_name = ?)",
            [file_id, file_id, kind.name, name],
        )


def _tell(
    connection: duckdb.DuckDBPyConnection, kind: Kind, file_id: int, doubts: list[Doubt], table: str
) -> list[str]:
    """Notes where the conditions hold, and gives the columns in which any does."""
    if not doubts:
        return []
    counts = ", ".join(f"count(*) FILTER ({one.condition})" for one in doubts)
    (found,) = connection.execute(f"SELECT {counts} FROM {kind.name} WHERE file_id = ?", [file_id]).fetchall()
    firing = [one for one, count in zip(doubts, found, strict=True) if count]
    for one in firing:
        connection.execute(
            f"INSERT INTO {table} SELECT file_id, line, '{kind.name}', ?, ? FROM {kind.name} "
            f"WHERE file_id = ? AND ({one.condition}) ORDER BY line",
            [one.column, one.reason, file_id],
        )
    return list(dict.fromkeys(one.column for one in firing))


def _doubts(kind: Kind, held: set[str]) -> Iterator[Doubt]:
    for name, column in kind.columns.items():
        if name not in held:
            continue
        if column.within is not None:
            least, most = column.within
            yield Doubt(name, f"{name} NOT BETWEEN {least} AND {most}", f"outside {least} to {most}")
        elif column.unit is not None:
            if not column.below_nought:
                yield Doubt(name, f"{name} < 0", "below nought")
            yield Doubt(name, f"abs({name}) > {_MOST[column.unit]}", f"more than {_pounds(_MOST, column.unit)}")
        if column.has_happened:
            yield Doubt(name, f"{name} > extract_date", "after the day of the extract")
    for first, then, wrong in kind.in_order:
        if {first, then} <= held:
            reason = f"before {_words(first)}" if wrong == then else f"after {_words(then)}"
            yield Doubt(wrong, f"{then} < {first}", reason)


def _unlikely(kind: Kind, held: set[str]) -> Iterator[Doubt]:
    for name, column in kind.columns.items():
        if name not in held or name == "extract_date":
            continue
        if column.unit is not None and column.within is None:
            least = _SELDOM_MORE[column.unit]
            yield Doubt(name, f"abs({name}) > {least}", f"more than {_pounds(_SELDOM_MORE, column.unit)}")
        if column.type == "date" and not _is_birthday(column):
            yield Doubt(name, f"year({name}) < {_EARLIEST}", f"before {_EARLIEST}")
        if column.seldom_ahead is not None:
            days = f"more than {column.seldom_ahead} days " if column.seldom_ahead else ""
            yield Doubt(name, f"{name} > extract_date + {column.seldom_ahead}", f"{days}after the day of the extract")


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
