"""How does one recognised file become typed rows, refusals and a record of every line?"""

from __future__ import annotations

import csv
import datetime
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import duckdb
import polars as pl

from lift.sources.examine import Examined
from lift.sources.fields import Fields, split_fields, tidied
from lift.sources.frames import insert_frame, named_in, over_frame
from lift.sources.layout import Layout
from lift.sources.lines import Block, read_blocks
from lift.sources.repeated import Tested, tested
from lift.sources.tables import row_table
from lift.sources.typed import TypedTable, typed_table

Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")
Part = tuple[Block, Fields, frozenset[int]]
"""A block of a file, its fields, and the positions of header and trailer."""
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


def typed_tables(source: Source) -> list[TypedTable]:
    """The SQL that reads each table of a file."""
    return [typed_table(table, source.layout, source.extract_date) for table in source.layout.profile.tables]


def columns_held(sources: Iterable[Source]) -> Mapping[str, set[str]]:
    """For each kind, the columns that at least one of the files fills."""
    held: dict[str, set[str]] = {}
    for source in sources:
        for table in typed_tables(source):
            held.setdefault(table.table.kind.name, set()).update(table.values)
    return held


def read_rows(
    connection: duckdb.DuckDBPyConnection, source: Source, parts: Iterable[Part], progress: Progress | None = None
) -> Tally:
    """Puts every line of the file into its kind's table or among the refusals, and counts what became of it. `parts`:
    the file's, from `parts_ahead`."""
    tables = typed_tables(source)
    tally = Tally()
    done = 0
    for block, fields, skip in parts:
        tally.header += block.first == 1
        tally.trailer += len(skip) - (block.first == 1)
        _store(connection, source, tables, block, fields, tally)
        done += len(block.text) + 1
        if progress is not None:
            progress(source.name, min(done, source.examined.size), source.examined.size)
    return tally


def parts_ahead(sources: Sequence[Source]) -> Iterator[tuple[Source, Iterator[Part]]]:
    """Each file with its parts, to be used up in this order: the next part, of this file or the one behind it, is made
    ready by a second thread while one is in use. Whatever is wrong with a file is raised when its own turn comes."""
    parts = _one_ahead(_every_part(sources))
    following = next(parts, None)

    def of(source: Source) -> Iterator[Part]:
        nonlocal following
        while following is not None and following[0] is source:
            part = following[1]
            if isinstance(part, Exception):
                raise part
            yield part
            following = next(parts, None)

    for source in sources:
        yield source, of(source)


def _every_part(sources: Iterable[Source]) -> Iterator[tuple[Source, Part | Exception]]:
    for source in sources:
        try:
            for part in _split_blocks(source):
                yield source, part
        except Exception as error:
            yield source, error
            return


def _split_blocks(source: Source) -> Iterator[Part]:
    """The file's blocks, their fields, and the positions of header and trailer."""
    for block in read_blocks(source.examined):
        skip = _skipped(block, source)
        yield block, split_fields(block, source.layout, source.examined.encoding, skip), skip


def _one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items in their order, the next one made ready by a second thread while one is in use."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        following = worker.submit(next, items, None)
        while (item := following.result()) is not None:
            following = worker.submit(next, items, None)
            yield item


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
    for name, nulls in frame.null_count().row(0, named=True).items() if frame.height else ():
        if name != "line":
            tally.filled[int(name[1:])] += frame.height - nulls
    refusals = [Refusal(block.first + i, None, fault.reason, fault.message) for i, fault in fields.faults.items()]
    for table, records in _by_record(frame, source.layout, tables, tally, refusals):
        accepted, refused = _take_in(connection, records, table, source.file_id)
        tally.rows[table.table.kind.name] += accepted
        refusals += refused
    tally.blank += fields.blank
    lines = sorted({refusal.line for refusal in refusals})
    tally.refused += len(lines)
    _store_refusals(connection, source, sorted(refusals, key=lambda refusal: refusal.line), block, lines)


def _by_record(
    frame: pl.DataFrame, layout: Layout, tables: list[TypedTable], tally: Tally, refusals: list[Refusal]
) -> list[tuple[TypedTable, pl.DataFrame]]:
    """The frame shared out among the tables by its record field. What no table takes is set aside, or else refused."""
    if layout.record_index is None:
        return [(table, frame) for table in tables]
    field = f"f{layout.record_index}"
    names = {text: (text or "").upper() for text in frame[field].unique()}

    def rows(wanted: Collection[str]) -> pl.DataFrame:
        texts = [text for text, name in names.items() if name in wanted]
        if len(texts) == len(names):
            return frame
        return frame.filter(pl.col(field).is_in(pl.Series(texts, dtype=pl.String()).implode(), nulls_equal=True))

    aside = {name.upper() for name in layout.profile.set_aside}
    taken = {name for table in tables for name in table.table.records}
    tally.set_aside += rows(aside).height
    unknown = rows(set(names.values()) - taken - aside)["line"]
    refusals += [Refusal(line, None, "unknown_record", UNKNOWN_RECORD) for line in unknown]
    return [(table, rows(table.table.records)) for table in tables]


def _take_in(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, table: TypedTable, file_id: int
) -> tuple[int, list[Refusal]]:
    """Stores the rows that pass every test. Returns their number, and every reason for which the others are refused."""
    if not frame.height:
        return 0, []
    rows, refused, bad = tested(connection, frame, table), list[Refusal](), list[int]()
    if rows.suspects:
        doubtful = tidied(frame.filter(pl.col("line").is_in(rows.suspects)))
        refused = _reasons(connection, doubtful, table)
        bad = sorted({refusal.line for refusal in refused})
        if len(bad) < len(rows.suspects):  # some were only loosely written, with white space about a number or a code
            rows = tested(connection, tidied(frame), table)
    return _insert(connection, rows, table, file_id, bad), refused


def _reasons(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, table: TypedTable) -> list[Refusal]:
    arms = ", ".join(f"CASE WHEN {test.condition} THEN {i} END" for i, test in enumerate(table.tests))
    reasons = f"list_filter([{arms}], lambda test: test IS NOT NULL)"
    refusals = []
    query = f"SELECT line, {reasons} FROM {table.rows_for(reasons)} ORDER BY line"
    for line, numbers in over_frame(connection, frame, query):
        for number in numbers:
            test = table.tests[number]
            refusals.append(Refusal(line, test.column, test.reason, test.message))
    return refusals


def _insert(
    connection: duckdb.DuckDBPyConnection, rows: Tested, table: TypedTable, file_id: int, bad: Sequence[int]
) -> int:
    """Stores all rows but those of the bad lines, and returns their number."""
    columns = ", ".join(["file_id", "line", *rows.values])
    values = ", ".join([str(file_id), "line", *rows.values.values()])
    insert = f"INSERT INTO {row_table(table.table.kind)} ({columns}) SELECT {values} FROM {table.rows_for(values)}"
    if bad:  # left out by DuckDB, for a frame without them would be one more copy of all that is read
        insert += f" WHERE line NOT IN ({', '.join(map(str, bad))})"
    ((count,),) = over_frame(connection, named_in(insert, rows.frame), insert)
    return int(count)


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
    texts = block.some_lines(line - block.first for line in lines) if lines else []
    raw = [(source.file_id, line, _raw(text, source.layout)) for line, text in zip(lines, texts, strict=True)]
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
