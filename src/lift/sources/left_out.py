"""Which values of accepted rows cannot be so, and are left out of what is worked with?

A row that can be read is kept; of it a value that no such thing can have becomes unknown: money below nought, a count
or percentage out of all reason, an end before its beginning, something past that is to come. An identifier that cannot
be read joins its row to nothing; it stays as it was written, for people to look at. All of them stand in `left_out`, by
file, line and column and never with the value. Control totals are taken before, so that they meet the supplier's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from lift.sources import identifiers
from lift.sources.kinds import Kind, Look
from lift.sources.reader import Source
from lift.sources.tables import row_table

_LOOKS: dict[Look, str] = {
    "nino": "not a National Insurance number, so nothing is joined by it",
    "uprn": "not a UPRN, so nothing is joined by it",
    "postcode": "not a postcode, so nothing is joined by it",
}
# A temporary number (TN, birthday and sex) stands for one that is awaited: it joins nothing, and nobody need mend it.
_TEMPORARY = "^TN[0-9]{6}[FM]?$"


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
        for name, column in kind.columns.items():
            if column.looks_like is not None and name in held:
                _tell_unreadable(connection, kind, source.file_id, name, column.looks_like)


def _leave_out(connection: duckdb.DuckDBPyConnection, kind: Kind, file_id: int, doubts: list[Doubt]) -> None:
    if not doubts:
        return
    counts = ", ".join(f"count(*) FILTER ({one.condition})" for one in doubts)
    (found,) = connection.execute(f"SELECT {counts} FROM {kind.name} WHERE file_id = ?", [file_id]).fetchall()
    firing = [one for one, count in zip(doubts, found, strict=True) if count]
    for one in firing:
        connection.execute(
            f"INSERT INTO left_out SELECT file_id, line, '{kind.name}', ?, ? FROM {kind.name} "
            f"WHERE file_id = ? AND ({one.condition}) ORDER BY line",
            [one.column, one.reason, file_id],
        )
    for one in firing:
        connection.execute(
            f"UPDATE {row_table(kind)} SET {one.column} = NULL WHERE file_id = ? AND line IN "
            "(SELECT line FROM left_out WHERE file_id = ? AND kind = ? AND column_name = ?)",
            [file_id, file_id, kind.name, one.column],
        )


def _doubts(kind: Kind, held: set[str]) -> Iterator[Doubt]:
    for name, column in kind.columns.items():
        if name not in held:
            continue
        if column.within is not None:
            least, most = column.within
            yield Doubt(name, f"{name} NOT BETWEEN {least} AND {most}", f"outside {least} to {most}")
        elif column.type == "money" and not column.below_nought:
            yield Doubt(name, f"{name} < 0", "below nought")
        if column.has_happened:
            yield Doubt(name, f"{name} > extract_date", "after the day of the extract")
    for first, then, wrong in kind.in_order:
        if {first, then} <= held:
            reason = f"before {_words(first)}" if wrong == then else f"after {_words(then)}"
            yield Doubt(wrong, f"{then} < {first}", reason)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _tell_unreadable(connection: duckdb.DuckDBPyConnection, kind: Kind, file_id: int, name: str, look: Look) -> None:
    """What is written in many rows (a year of notices) is read once."""
    cleaned = {"nino": identifiers.nino, "uprn": identifiers.uprn, "postcode": identifiers.postcode}[look]
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
