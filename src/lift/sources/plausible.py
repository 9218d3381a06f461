"""Does a file hold what its headings say, or are columns swapped, pence taken for pounds, rows of several days mixed?

A row that does not fit is refused by itself. When most rows do not fit, the file is at fault, and is refused whole:
half a file of wrong values is worse than none.
"""

from __future__ import annotations

import datetime

import duckdb

from lift.errors import ExtractError
from lift.sources.kinds import Kind, Look
from lift.sources.reader import Source, Tally

FEWEST_FAILURES = 10
FEWEST_AMOUNTS = 20
SAMPLE = 2_000
TYPED_AS = {
    "bad_date": "dates as the profile expects them",
    "bad_money": "amounts as the profile expects them",
    "bad_number": "numbers",
    "bad_flag": "yes or no",
    "unknown_code": "codes that the profile lists",
}
LOOKS: dict[Look, tuple[str, str]] = {
    "nino": (r"[A-Z]{2}[0-9]{6}[A-D]?", "National Insurance numbers"),
    "postcode": (r"(?i)[A-Z]{1,2}[0-9][0-9A-Z]?\s*[0-9][A-Z]{2}", "postcodes"),
    "uprn": (r"[0-9]{1,12}", "UPRNs of up to 12 digits"),
    "upn": (r"(?i)[A-Z][0-9]{11}[0-9A-Z]", "Unique Pupil Numbers"),
    "year_group": (r"(?i).*[0-9].*|reception|nursery|year r|r", "year groups"),
}


def check_rows(connection: duckdb.DuckDBPyConnection, source: Source, tally: Tally) -> None:
    """Raises ExtractError if the rows of a file, taken together, cannot be what the profile takes them for."""
    _check_types(connection, source, tally)
    if tally.refused and not tally.accepted:
        raise ExtractError(
            f"{source.name}: not one of its {tally.refused} rows can be read. Check that it is the right file and "
            f"that the profile {source.layout.profile.name} suits it."
        )
    for table in source.layout.profile.tables:
        if tally.rows[table.kind.name]:
            _check_looks(connection, source, table.kind)
            _check_medians(connection, source, table.kind)


def _check_types(connection: duckdb.DuckDBPyConnection, source: Source, tally: Tally) -> None:
    failing = connection.execute(
        "SELECT column_name, min(reason), count(*) FROM refusal WHERE file_id = ? AND list_contains(?, reason) "
        "GROUP BY column_name ORDER BY count(*) DESC, column_name",
        [source.file_id, list(TYPED_AS)],
    ).fetchall()
    for column, reason, failures in failing:
        filled = max(tally.filled[i] for i in _fields(source, column))
        if failures >= FEWEST_FAILURES and failures * 2 > filled:
            raise ExtractError(_wrong_column(source, column, TYPED_AS[reason]))


def _check_looks(connection: duckdb.DuckDBPyConnection, source: Source, kind: Kind) -> None:
    for column, shape in kind.columns.items():
        if shape.looks_like is None or not _fields(source, column):
            continue
        pattern, what = LOOKS[shape.looks_like]
        ((filled, failures),) = connection.execute(
            f"SELECT count({column}), count(*) FILTER (NOT regexp_full_match({column}, ?)) "
            f"FROM (SELECT {column} FROM {kind.name} WHERE file_id = ? ORDER BY line LIMIT {SAMPLE})",
            [pattern, source.file_id],
        ).fetchall()
        if failures >= FEWEST_FAILURES and failures * 2 > filled:
            raise ExtractError(_wrong_column(source, column, what))


def _check_medians(connection: duckdb.DuckDBPyConnection, source: Source, kind: Kind) -> None:
    """Pence taken for pounds, or a year's amount for a week's, shows in the middle of many values."""
    for column, shape in kind.columns.items():
        if shape.median_within is None or not _fields(source, column):
            continue
        low, high = shape.median_within
        ((amounts, middle),) = connection.execute(
            f"SELECT count(*), quantile_disc({column}, 0.5) FROM {kind.name} WHERE file_id = ? AND {column} > 0",
            [source.file_id],
        ).fetchall()
        if amounts >= FEWEST_AMOUNTS and not low <= middle <= high:
            bound = f"below {low}" if middle < low else f"above {high}"
            raise ExtractError(
                f"{source.name}: half of the amounts under {_headings(source, column)} are {bound} {shape.unit}, which "
                "cannot be. Does it hold pence or pounds, and for which period? Correct the unit in the profile."
            )


def _fields(source: Source, column: str) -> list[int]:
    """The fields that a column is read from, in any of the file's tables."""
    tables = source.layout.profile.tables
    readings = [reading for table in tables for reading in table.readings if reading.name == column]
    return sorted({i for reading in readings for i in source.layout.fields_of(reading)})


def _headings(source: Source, column: str) -> str:
    return " and ".join(source.layout.heading(i) for i in _fields(source, column))


def _wrong_column(source: Source, column: str, what: str) -> str:
    return (
        f"{source.name}: most values under {_headings(source, column)} are not {what}. Two columns may be swapped: "
        "compare the headings with what stands below them, or correct the profile."
    )


def file_date(connection: duckdb.DuckDBPyConnection, source: Source) -> datetime.date:
    """The day of the file: the latest of its rows, else the one said for all. Raises ExtractError if days are mixed."""
    kind = source.layout.profile.kind
    ((days, latest),) = connection.execute(
        f"SELECT count(DISTINCT extract_date), max(extract_date) FROM {kind.name} WHERE file_id = ?", [source.file_id]
    ).fetchall()
    if kind.snapshot and days > 1:
        raise ExtractError(
            f"{source.name}: its rows are of {days} different days (extract_date). {kind.title} must all be of one "
            "day: ask for such an extract."
        )
    day = latest or source.extract_date
    if day is None:
        raise ExtractError(f"{source.name}: {NO_DATE}")
    return day


NO_DATE = (
    "the day it was written is not known. Add a column extract_date, put the day into the file's name (2026-11-12), "
    "or give it in extracts.toml."
)
