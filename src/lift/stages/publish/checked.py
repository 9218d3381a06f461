"""What would a month's extracts give, before any run is made of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from duckdb import DuckDBPyConnection

from lift.sources.nil_return import NilReturn
from lift.sources.tables import FileRecord
from lift.stages.publish.coverage import Coverage, coverage

MOST_LINES = 5


@dataclass(frozen=True)
class Refused:
    """One reason for which rows of a file were refused, or a value of theirs left out or found unlikely: how many, and
    the first of their lines."""

    file: str
    column: str
    message: str
    rows: int
    lines: str


@dataclass(frozen=True)
class Checked:
    files: tuple[FileRecord, ...]
    refusals: tuple[Refused, ...]
    left_out: tuple[Refused, ...]
    unlikely: tuple[Refused, ...]
    coverage: tuple[Coverage, ...]
    warnings: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """For another program."""
        return {
            "files": [asdict(file) for file in self.files],
            "refusals": [asdict(one) for one in self.refusals],
            "left_out": [asdict(one) for one in self.left_out],
            "unlikely": [asdict(one) for one in self.unlikely],
            "coverage": [asdict(one) for one in self.coverage],
            "warnings": list(self.warnings),
        }


class Received(Protocol):
    """What intake says of the month's extracts."""

    @property
    def files(self) -> Sequence[FileRecord]: ...
    @property
    def nil_return(self) -> NilReturn | None: ...
    @property
    def warnings(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Mapping[str, int]: ...


def checked(connection: DuckDBPyConnection, received: Received) -> Checked:
    """Everything that a run would begin with. Messages name files, lines and columns, never a value."""
    return Checked(
        files=tuple(received.files),
        refusals=_by_reason(connection, "refusal", "message"),
        left_out=_by_reason(connection, "left_out", "reason"),
        unlikely=_by_reason(connection, "unlikely", "reason"),
        coverage=coverage(received.rows, nil_return=received.nil_return is not None),
        warnings=tuple(received.warnings),
    )


def _by_reason(connection: DuckDBPyConnection, table: str, reason: str) -> tuple[Refused, ...]:
    found = connection.execute(
        f"""SELECT f.name, coalesce(r.column_name, 'the whole line'), r.{reason}, count(*), list(r.line ORDER BY r.line)
        FROM {table} r JOIN extract_file f USING (file_id) GROUP BY ALL ORDER BY f.name, count(*) DESC, 2, 3"""
    ).fetchall()
    return tuple(Refused(file, column, why, rows, _lines(lines)) for file, column, why, rows, lines in found)


def _lines(lines: list[int]) -> str:
    first = ", ".join(map(str, lines[:MOST_LINES]))
    return first + (" …" if len(lines) > MOST_LINES else "")
