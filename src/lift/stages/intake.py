"""How do the month's extracts come in: every line either a typed row or a refusal with its reason, and none lost?

A file that cannot be read whole stops the intake, with a message that says where, what, and what to do; nothing of it
or of the other files is left behind. A row that cannot be read is refused by itself and kept for the benefits team.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lift.errors import ExtractError
from lift.sources.dating import check_month, parse_month
from lift.sources.describe import store_columns, store_totals
from lift.sources.folder import Folder, Received
from lift.sources.kinds import load_kinds
from lift.sources.left_out import leave_out
from lift.sources.nil_return import NIL_RETURN, NilReturn
from lift.sources.plausible import check_rows, file_date
from lift.sources.profiles import ProfileBook, load_profiles
from lift.sources.reader import Part, Progress, Source, columns_held, parts_ahead, read_rows
from lift.sources.records import check_count
from lift.sources.tables import FileRecord, create_tables, store_file


@dataclass(frozen=True)
class IntakeReport:
    """What came in. `rows` counts the rows of each kind that LIFT knows, nought included."""

    files: tuple[FileRecord, ...]
    rows: Mapping[str, int]
    nil_return: NilReturn | None
    suppressions_are_complete: bool
    warnings: tuple[str, ...]

    @property
    def accepted(self) -> int:
        """Lines read without fault, over all files."""
        return sum(file.accepted for file in self.files)

    @property
    def refused(self) -> int:
        """Lines refused, over all files."""
        return sum(file.refused for file in self.files)


def intake(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    month: str | None = None,
    extract_date: datetime.date | None = None,
    profiles: ProfileBook | None = None,
    progress: Progress | None = None,
) -> IntakeReport:
    """Reads every extract in `folder` into one table a kind, and says what became of each line.

    `month` (2026-11) refuses files of another month; `extract_date` is the day of files that do not say their own.
    `progress` is called with a file's name, the bytes read and its size. The tables must not exist yet; on an error
    none is left. The same files give the same tables, row for row. Raises ExtractError, SettingsError, UsageError.
    """
    first_of_month = None if month is None else parse_month(month)
    received = Folder(folder, first_of_month, extract_date, profiles or load_profiles()).receive()
    with _all_or_nothing(connection):
        create_tables(connection, load_kinds().values(), columns_held(received.sources))
        records = [
            _read(connection, source, parts, received, first_of_month, progress)
            for source, parts in parts_ahead(received.sources)
        ]
        _check_days(records)
        _check_twice(connection, records)
        _store_nil_return(connection, received.nil_return)
    rows: Counter[str] = Counter()
    for record in records:
        rows.update(record.rows)
    warnings = _suppression_warnings(records, received.nil_return)
    return IntakeReport(
        files=tuple(records),
        rows={kind: rows[kind] for kind in load_kinds()},
        nil_return=received.nil_return,
        suppressions_are_complete=not warnings,
        warnings=tuple(warnings),
    )


@contextmanager
def _all_or_nothing(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One transaction, in which rows keep the order of their lines."""
    ((keeps_order,),) = connection.execute("SELECT current_setting('preserve_insertion_order')").fetchall()
    connection.execute("SET preserve_insertion_order = true")
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        with suppress(duckdb.Error):  # a statement that was stopped has undone it already
            connection.rollback()
        raise
    finally:
        connection.execute(f"SET preserve_insertion_order = {str(keeps_order).lower()}")


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    parts: Iterable[Part],
    received: Received,
    month: datetime.date | None,
    progress: Progress | None,
) -> FileRecord:
    profile, examined = source.layout.profile, source.examined
    tally = read_rows(connection, source, parts, progress)
    if source.name in received.counts:
        check_count(source.name, received.counts[source.name], tally.accepted + tally.refused)
    check_rows(connection, source, tally)
    day = file_date(connection, source)
    check_month(source.name, profile.kind, day, month)
    store_columns(connection, source)
    record = FileRecord(
        file_id=source.file_id,
        name=source.name,
        profile=profile.name,
        kind=profile.kind.name,
        sha256=examined.sha256,
        bytes=examined.size,
        encoding=examined.encoding,
        extract_date=day,
        lines=examined.lines,
        header=tally.header,
        accepted=tally.accepted,
        set_aside=tally.set_aside,
        refused=tally.refused,
        blank=tally.blank,
        trailer=tally.trailer,
        rows=dict(tally.rows),
        control_totals=store_totals(connection, source),
    )
    leave_out(connection, source)
    if not record.is_conserved():
        raise ExtractError(
            f"{record.name}: of its {record.lines} lines, only {record.header + record.accepted + record.refused} were "
            f"accounted for besides {record.blank + record.trailer} without data. This is a fault of LIFT: report it."
        )
    store_file(connection, record)
    return record


def _check_days(records: list[FileRecord]) -> None:
    """Raises ExtractError if two files show the same kind as it stood on different days."""
    seen: dict[str, FileRecord] = {}
    for record in records:
        for name in record.rows:
            first = seen.setdefault(name, record)
            if load_kinds()[name].snapshot and first.extract_date != record.extract_date:
                raise ExtractError(
                    f"{record.name}: is of {record.extract_date}, but {first.name} of {first.extract_date}. "
                    f"{load_kinds()[name].title} must all be of one day: keep the newer file only."
                )


FEWEST_ALIKE = 10


def _check_twice(connection: duckdb.DuckDBPyConnection, records: list[FileRecord]) -> None:
    """Raises ExtractError if one extract is there twice, written anew. Parts of one have rows of their own."""
    for kind in load_kinds().values():
        names = {record.file_id: record.name for record in records if kind.name in record.rows}
        if not (kind.snapshot and kind.key and len(names) > 1):
            continue
        key = ", ".join(kind.key)
        alike = connection.execute(f"""
            WITH held AS (SELECT DISTINCT file_id, {key} FROM {kind.name}),
            sized AS (SELECT file_id, count(*) AS size FROM held GROUP BY file_id)
            SELECT a.file_id, b.file_id FROM held a JOIN held b USING ({key})
            JOIN sized s ON s.file_id = a.file_id JOIN sized t ON t.file_id = b.file_id
            WHERE a.file_id < b.file_id GROUP BY ALL
            HAVING count(*) >= {FEWEST_ALIKE} AND count(*) * 2 > min(least(s.size, t.size)) ORDER BY ALL""").fetchall()
        for first, second in alike:
            raise ExtractError(
                f"{names[second]}: most of its rows are of the same {' and '.join(kind.key)} as rows of "
                f"{names[first]}, so one extract seems to be here twice. Keep the newer only."
            )


def _store_nil_return(connection: duckdb.DuckDBPyConnection, nil_return: NilReturn | None) -> None:
    if nil_return is not None:
        connection.execute(
            "INSERT INTO nil_return VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                nil_return.name,
                nil_return.sha256,
                nil_return.kind,
                nil_return.signed_by,
                nil_return.role,
                nil_return.signed_on,
                nil_return.statement,
            ],
        )


NO_SUPPRESSIONS = (
    "There is no suppression list, or it has no rows. No list can be exported until there is one, or a lead signs "
    f"{NIL_RETURN}."
)


def _suppression_warnings(records: list[FileRecord], nil_return: NilReturn | None) -> list[str]:
    """Why nothing may be exported from this run; empty if the suppression list is whole."""
    lists = [record for record in records if record.kind == "suppression"]
    warnings = [
        f"{record.name}: {_counted(record.refused)} refused. No list can be exported until the file is mended and the "
        "month is run again."
        for record in lists
        if record.refused
    ]
    if nil_return is None and not sum(record.rows.get("suppression", 0) for record in lists) and not warnings:
        warnings.append(NO_SUPPRESSIONS)
    return warnings


def _counted(rows: int) -> str:
    return "1 row was" if rows == 1 else f"{rows} rows were"
