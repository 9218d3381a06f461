"""How does one recognised file become typed rows, refusals and a record of every line?"""

from __future__ import annotations

import csv
import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import duckdb
import polars as pl

from lift.sources.examine import Examined
from lift.sources.fields import Fields, split_fields
from lift.sources.frames import FRAME, insert_frame, over_frame
from lift.sources.layout import Layout
from lift.sources.lines import Block, read_blocks
from lift.sources.typed import TypedTable, record_sql, text_sql, typed_table

Progress = Callable[[str, int, int], None]
UNKNOWN_RECORD = "is a record of no kind that the profile knows: correct it, or add it to the profile"


class Refusal(NamedTuple):
    """Why a line is not accepted: `column` is None when it is the line as a whole. Never a value."""

    line: int
    column: str | None
    reason: str
    message: str


@dataclass(frozen=True)
class Source:
    """A file ready to be read. `trailer_line` is 0 for a file without a trailer."""

    file_id: int
    examined: Examined
    layout: Layout
    extract_date: datetime.date | None
    trailer_line: int = 0

    @property
    def name(self) -> str:
        """The file's name, as messages give it."""
        return self.examined.path.name


@dataclass
class Tally:
    """What became of the file's lines. `filled` counts the filled cells of each kept field, from 0."""

    header: int = 0
    trailer: int = 0
    refused: int = 0
    blank: int = 0
    set_aside: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    filled: Counter[int] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        """Lines read without fault: rows, and records set aside."""
        return self.rows.total() + self.set_aside


def read_rows(connection: duckdb.DuckDBPyConnection, source: Source, progress: Progress | None = None) -> Tally:
    """Puts every line of the file into its kind's table or among the refusals, and counts what became of it."""
    tables = [typed_table(table, source.layout, source.extract_date) for table in source.layout.profile.tables]
    tally = Tally()
    done = 0
    for block in read_blocks(source.examined):
        skip = _skipped(block, source)
        tally.header += block.first == 1
        tally.trailer += len(skip) - (block.first == 1)
        fields = split_fields(block, source.layout, source.examined.encoding, skip)
        _store(connection, source, tables, block, fields, tally)
        done += len(block.text) + 1
        if progress is not None:
            progress(source.name, min(done, source.examined.size), source.examined.size)
    return tally


def _skipped(block: Block, source: Source) -> frozenset[int]:
    """Positions in the block of the heading or header line and of the trailer."""
    places = {0} if block.first == 1 else set()
    if block.first <= source.trailer_line < block.first + block.count:
        places.add(source.trailer_line - block.first)
    return frozenset(places)


def _store(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    tables: list[TypedTable],
    block: Block,
    fields: Fields,
    tally: Tally,
) -> None:
    frame = fields.frame
    refusals: list[Refusal] = [
        Refusal(block.first + i, None, fault.reason, fault.message) for i, fault in fields.faults.items()
    ]
    if frame.height:
        refusals += _unknown_records(connection, frame, source.layout, tally)
        for table in tables:
            refusals += _failing(connection, frame, table)
        bad = {refusal.line for refusal in refusals}
        good = frame.filter(~pl.col("line").is_in(sorted(bad))) if bad else frame
        for table in tables:
            tally.rows[table.table.kind.name] += _insert(connection, good, table, source.file_id)
        for name, nulls in frame.null_count().row(0, named=True).items():
            if name != "line":
                tally.filled[int(name[1:])] += frame.height - nulls
    tally.blank += fields.blank
    lines = sorted({refusal.line for refusal in refusals})
    tally.refused += len(lines)
    _store_refusals(connection, source, sorted(refusals, key=lambda refusal: refusal.line), block, lines)


def _unknown_records(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, layout: Layout, tally: Tally
) -> Iterable[Refusal]:
    """Lines whose record field no table takes: set aside if the profile says so, else refused."""
    if layout.record_index is None:
        return
    letter = record_sql(layout)
    taken = [record for table in layout.profile.tables for record in table.records]
    sql = f"SELECT line, {letter} FROM {FRAME} WHERE {letter} NOT IN ({', '.join(map(text_sql, taken))})"
    aside = {record.upper() for record in layout.profile.set_aside}
    for line, record in over_frame(connection, frame, sql):
        if record in aside:
            tally.set_aside += 1
        else:
            yield Refusal(line, None, "unknown_record", UNKNOWN_RECORD)


def _failing(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, table: TypedTable) -> list[Refusal]:
    """Every reason for which a row of this table is refused; a row may have several."""
    suspects = over_frame(connection, frame, f"SELECT line FROM {FRAME} WHERE {table.where} AND ({table.quick})")
    if not suspects:
        return []
    few = frame.filter(pl.col("line").is_in([line for (line,) in suspects]))
    arms = ", ".join(f"CASE WHEN {test.condition} THEN {i} END" for i, test in enumerate(table.tests))
    reasons = f"list_filter([{arms}], lambda test: test IS NOT NULL)"
    refusals = []
    for line, numbers in over_frame(connection, few, f"SELECT line, {reasons} FROM {FRAME} ORDER BY line"):
        if not numbers:
            raise AssertionError("a row failed the quick test and none of the tests behind it")
        for number in numbers:
            test = table.tests[number]
            refusals.append(Refusal(line, test.column, test.reason, test.message))
    return refusals


def _insert(connection: duckdb.DuckDBPyConnection, good: pl.DataFrame, table: TypedTable, file_id: int) -> int:
    values = ", ".join(table.values)
    sql = f"INSERT INTO {table.table.kind.name} SELECT {file_id}, line, {values} FROM {FRAME} WHERE {table.where}"
    return int(over_frame(connection, good, sql)[0][0])


def _store_refusals(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    refusals: list[Refusal],
    block: Block,
    lines: list[int],
) -> None:
    text = pl.String()
    frame = pl.DataFrame(
        [(source.file_id, *refusal) for refusal in refusals],
        schema={"file_id": pl.Int32(), "line": pl.Int32(), "column": text, "reason": text, "message": text},
        orient="row",
    )
    insert_frame(connection, "refusal", frame)
    texts = block.lines() if lines else []
    raw = [(source.file_id, line, _raw(texts[line - block.first], source.layout)) for line in lines]
    schema = {"file_id": pl.Int32(), "line": pl.Int32(), "raw": text}
    insert_frame(connection, "refused_line", pl.DataFrame(raw, schema=schema, orient="row"))


def _raw(text: str, layout: Layout) -> str | None:
    """A refused line for the benefits team to look at, its dropped fields emptied.

    A line that cannot be cut into its fields may hold dropped ones anywhere: of it, only the number is kept.
    """
    if layout.dropped:
        fields = text.split(layout.delimiter)
        if layout.profile.csv_quotes and '"' in text:
            try:
                fields = next(csv.reader([text], delimiter=layout.delimiter, strict=True), [])
            except csv.Error:
                return None
        if len(fields) != layout.width:
            return None
        text = layout.delimiter.join("" if i in layout.dropped else value for i, value in enumerate(fields))
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found.group()):02x}", text)
