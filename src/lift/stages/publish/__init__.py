"""What does a run leave behind beside its database? (Stage 6: its record, its refusals, its report.)

The folder gets its name, and with it becomes a run, only when all of this is on disk.
"""

from __future__ import annotations

import datetime
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TypeVar

from duckdb import DuckDBPyConnection

import lift
from lift.rulebook.model import Rulebook
from lift.sources.nil_return import NilReturn
from lift.sources.tables import FileRecord
from lift.stages.publish.analysts import make_view
from lift.stages.publish.coverage import coverage
from lift.stages.publish.doubts import counted, differences, refusals
from lift.stages.publish.report import report_page
from lift.stages.publish.unseen import seen, unseen
from lift.workspace import audit
from lift.workspace.runs import RECORD, VIEW, FileRead, ListCount, Missing, NilReturnSigned, Part, RuleUsed, RunRecord
from lift.workspace.writing import write_whole

Kept = TypeVar("Kept", bound=Part)


@dataclass(frozen=True)
class Draft:
    """What the run is, before it is known what it holds. `without_view`: why analysts get no view of it, if so."""

    run: str
    month: str
    day: datetime.date
    council: str
    identity: str
    plan_hash: str
    seconds: Mapping[str, float]
    without_view: str
    warnings: tuple[str, ...] = ()


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


class Counted(Protocol):
    """What rank says of one list."""

    @property
    def name(self) -> str: ...
    @property
    def yearly_low(self) -> Decimal | None: ...


def publish(
    connection: DuckDBPyConnection,
    folder: Path,
    draft: Draft,
    received: Received,
    book: Rulebook,
    rules: Sequence[str],
    lists: Sequence[Counted],
) -> RunRecord:
    """Writes the analysts' view, refusals, differences, counts, report and record into the unfinished run's folder."""
    if not draft.without_view:
        make_view(connection, folder / VIEW, book, draft.run)
    absent = coverage(received.rows, nil_return=received.nil_return is not None)
    record = RunRecord(
        run=draft.run,
        month=draft.month,
        day=draft.day,
        council=draft.council,
        identity=draft.identity,
        files=tuple(_copied(file, FileRead) for file in received.files),
        nil_return=None if received.nil_return is None else _copied(received.nil_return, NilReturnSigned),
        warnings=(*draft.warnings, *received.warnings),
        cautions=draft.warnings,
        missing=tuple(_copied(one, Missing) for one in absent if one.cost),
        **_counts(connection),
        **seen(connection),
        **counted(connection),
        lists=tuple(_copied(one, ListCount) for one in lists),
        without_view=draft.without_view,
        rules={name: _copied(book.rules[name], RuleUsed) for name in rules},
        rule_files=dict(book.hashes),
        plan_hash=draft.plan_hash,
        versions=_versions(),
        who=audit.who(),
        when=audit.now(),
        seconds=dict(draft.seconds),
    )
    write_whole(folder / "refusals.csv", refusals(connection))
    write_whole(folder / "differences.csv", differences(connection))
    write_whole(folder / "unknown_income.csv", unseen(connection))
    write_whole(folder / "report.html", report_page(record).encode())
    write_whole(folder / RECORD, record.model_dump_json(indent=2).encode())
    return record


def _copied(one: object, part: type[Kept]) -> Kept:
    """What the record keeps of something that a stage reports, by the same names."""
    return part.model_validate({name: getattr(one, name) for name in part.model_fields})


def _counts(connection: DuckDBPyConnection) -> dict[str, int]:
    """People, families and households of the run."""
    ((people, families, households),) = connection.execute(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM family), (SELECT count(*) FROM household)"
    ).fetchall()
    return {"people": people, "families": families, "households": households}


def _versions() -> dict[str, str]:
    used = {name: version(name) for name in ("duckdb", "polars", "sqlglot", "xlsxwriter")}
    return {"lift": lift.__version__, "python": platform.python_version(), **used}
