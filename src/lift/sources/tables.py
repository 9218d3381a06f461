"""Into which tables does intake write, and what is kept about every file, column and refusal?"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from lift.sources.kinds import SQL_TYPES, Kind

# Every row of a kind's table carries file_id and line (from 1): where it came from.
LINEAGE_TABLES: tuple[str, ...] = (
    """CREATE TABLE extract_file (
        file_id INTEGER NOT NULL, name VARCHAR NOT NULL, profile VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        sha256 VARCHAR NOT NULL, bytes BIGINT NOT NULL, encoding VARCHAR NOT NULL, extract_date DATE NOT NULL,
        lines INTEGER NOT NULL, header INTEGER NOT NULL, accepted INTEGER NOT NULL, set_aside INTEGER NOT NULL,
        refused INTEGER NOT NULL, blank INTEGER NOT NULL, trailer INTEGER NOT NULL)""",
    "CREATE TABLE extract_kind (file_id INTEGER NOT NULL, kind VARCHAR NOT NULL, rows INTEGER NOT NULL)",
    """CREATE TABLE extract_column (
        file_id INTEGER NOT NULL, kind VARCHAR NOT NULL, column_name VARCHAR NOT NULL, heading VARCHAR,
        unit VARCHAR, conversion VARCHAR, blank VARCHAR NOT NULL, blank_when VARCHAR, why VARCHAR)""",
    """CREATE TABLE control_total (
        file_id INTEGER NOT NULL, kind VARCHAR NOT NULL, column_name VARCHAR NOT NULL, unit VARCHAR NOT NULL,
        filled INTEGER NOT NULL, total DECIMAL(18,2) NOT NULL)""",
    """CREATE TABLE refusal (
        file_id INTEGER NOT NULL, line INTEGER NOT NULL, column_name VARCHAR, reason VARCHAR NOT NULL,
        message VARCHAR NOT NULL)""",
    """CREATE TABLE left_out (
        file_id INTEGER NOT NULL, line INTEGER NOT NULL, kind VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
        reason VARCHAR NOT NULL)""",
    """CREATE TABLE unlikely (
        file_id INTEGER NOT NULL, line INTEGER NOT NULL, kind VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
        reason VARCHAR NOT NULL)""",
    "CREATE TABLE refused_line (file_id INTEGER NOT NULL, line INTEGER NOT NULL, raw VARCHAR)",
    """CREATE TABLE nil_return (
        name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, kind VARCHAR NOT NULL, signed_by VARCHAR NOT NULL,
        role VARCHAR NOT NULL, signed_on DATE NOT NULL, statement VARCHAR NOT NULL)""",
)


@dataclass(frozen=True)
class FileRecord:
    """One file that was read. `lines` is counted apart from the rest: the sum must meet it.

    `accepted` counts lines that were read without fault; of these, `set_aside` are records that no rule needs (a
    change of circumstances, an account no longer live). `rows` counts the rows of each kind.
    """

    file_id: int
    name: str
    profile: str
    kind: str
    sha256: str
    bytes: int
    encoding: str
    extract_date: datetime.date
    lines: int
    header: int
    accepted: int
    set_aside: int
    refused: int
    blank: int
    trailer: int
    rows: dict[str, int]
    control_totals: dict[str, Decimal]

    def is_conserved(self) -> bool:
        """Whether every line is accounted for, and every accepted line is a row or was set aside."""
        lines = self.header + self.accepted + self.refused + self.blank + self.trailer
        return self.lines == lines and self.accepted == self.set_aside + sum(self.rows.values())


def create_tables(
    connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], held: Mapping[str, Collection[str]]
) -> None:
    """One empty relation a kind with all its columns, and the tables that say where rows came from.

    `held` names the columns that some file holds. Only these are stored, in `<kind>_row`; the view `<kind>` shows every
    column of the kind, the others null: 42 columns of nothing cost as much to store as the 16 that a file fills.
    """
    for kind in kinds:
        stored = [name for name in kind.columns if name in held.get(kind.name, ())]
        columns = "".join(f", {name} {SQL_TYPES[kind.columns[name].type]}" for name in stored)
        connection.execute(f"CREATE TABLE {row_table(kind)} (file_id INTEGER NOT NULL, line INTEGER NOT NULL{columns})")
        shown = "".join(
            f", {name if name in stored else f'CAST(NULL AS {SQL_TYPES[column.type]}) AS {name}'}"
            for name, column in kind.columns.items()
        )
        connection.execute(f"CREATE VIEW {kind.name} AS SELECT file_id, line{shown} FROM {row_table(kind)}")
    for statement in LINEAGE_TABLES:
        connection.execute(statement)


def row_table(kind: Kind) -> str:
    """The table behind a kind's view."""
    return f"{kind.name}_row"


def store_file(connection: duckdb.DuckDBPyConnection, record: FileRecord) -> None:
    """Writes what is known of a file, once its rows are in."""
    connection.execute(
        "INSERT INTO extract_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            record.file_id,
            record.name,
            record.profile,
            record.kind,
            record.sha256,
            record.bytes,
            record.encoding,
            record.extract_date,
            record.lines,
            record.header,
            record.accepted,
            record.set_aside,
            record.refused,
            record.blank,
            record.trailer,
        ],
    )
    for kind, rows in record.rows.items():
        connection.execute("INSERT INTO extract_kind VALUES (?, ?, ?)", [record.file_id, kind, rows])
