"""May this table of references and columns leave under this purpose; and if so, how is it written and remembered?

Everything that leaves LIFT goes through `Gate.send`, lists and the results of queries alike. In this order: a purpose
in force that covers every column; the newest run; the newest suppression list, or nothing; the files beside their
place; all of them read back and checked again by separate code; the register and the audit record; the files renamed.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as with_other
from pathlib import Path

from duckdb import DuckDBPyConnection

from lift.beside import Beside, Work, begin, read_module
from lift.errors import DisclosureError, StorageError
from lift.sources.profiles import ProfileBook
from lift.stages.export.columns import Column
from lift.stages.export.held import Reason, hold_back, link_records, matches_nobody
from lift.stages.export.protection import Kept, Protection, in_places, newest_protection
from lift.stages.export.readback import read_csv, read_workbook, same_references
from lift.stages.export.recheck import SecondCheck
from lift.stages.export.standing import Standing
from lift.stages.export.waiting import find_waiting
from lift.stages.export.workbook import make_workbook
from lift.workspace import audit
from lift.workspace.busy import at_work
from lift.workspace.campaigns import Contact, ExportedFile, destroy_due, recording_export
from lift.workspace.cells import Cell
from lift.workspace.clock import export_day
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.key import read_key
from lift.workspace.month import profiles_of
from lift.workspace.purposes import purpose_for, require_columns
from lift.workspace.register import read_register
from lift.workspace.runs import PublishedRun, run_ids
from lift.workspace.settings import Purpose, Settings
from lift.workspace.suppressed import acknowledgements, entries
from lift.workspace.writing import PART, csv_of, private_folder, put_in_place, write_whole

Notes = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Sheet:
    """One table that is to leave, as a workbook for people, a CSV for machines, or both. The first column of each is
    the reference by which its rows are checked. `place`: the path below lists/RUN without an ending; machines' files
    have a folder of their own."""

    place: str
    title: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: Notes = ()
    machine_columns: tuple[Column, ...] = ()
    machine_rows: tuple[tuple[Cell, ...], ...] = ()
    workbook: Work[bytes] | None = field(default=None, compare=False)
    """Begun before the sheet is sent; see `Gate.begun`."""


@dataclass
class _File:
    """A file on its way out."""

    path: Path
    content: bytes
    rows: int
    part: Path = field(init=False)

    def __post_init__(self) -> None:
        self.part = self.path.with_name(f"{PART}{self.path.name}")


@dataclass
class Gate:
    """The way out of one run, with everybody who is held back known. Made by `open_gate`. `beside`: a second process
    that may make workbooks, where there is one."""

    workspace: Workspace
    settings: Settings
    run: PublishedRun
    protection: Protection
    connection: DuckDBPyConnection
    destroyed: list[str]
    beside: Beside | None = None
    _second: Work[SecondCheck] | None = None

    @property
    def today(self) -> datetime.date:
        return self.protection.today

    @property
    def standing(self) -> Standing:
        """Who stands on the lists of the run."""
        return Standing(self.connection, self.workspace, self.settings, self.run.record.month, self.today)

    @property
    def destroy_after(self) -> datetime.date:
        return self.today + datetime.timedelta(days=self.settings.retention.exported_lists_days)

    def held(self, references: Iterable[str], *, contacting: bool = False) -> dict[str, Reason]:
        """Those of these references (persons, families, homes, periods) that must not appear, and why. `contacting`:
        also whoever is left off for a while because a contact could reach the wrong person."""
        found = self.connection.execute(
            f"SELECT reference, reason FROM {'held_or_waiting' if contacting else 'held_reference'} "
            "WHERE reference IN (SELECT unnest($wanted))",
            {"wanted": list(references)},
        )
        return {str(reference): Reason(reason) for reference, reason in found.fetchall()}

    def purpose(self, name: str, columns: Iterable[Column]) -> Purpose:
        """The purpose under which these columns may leave today. Raises DisclosureError."""
        purpose = purpose_for(self.settings, name, self.today)
        require_columns(purpose, name, dict.fromkeys(column.purpose_name for column in columns))
        return purpose

    def send(
        self,
        name: str,
        sheets: Sequence[Sheet],
        *,
        contacts: Sequence[Contact] = (),
        contacting: bool = False,
        replace: bool = False,
    ) -> list[Path]:
        """Writes the sheets under the purpose of that name and returns the files. Earlier files of the same name that
        are not among them are deleted, for whom they hold may be held back now. Raises DisclosureError, leaving
        nothing, if anything is not as it must be. `replace`: also over a file that somebody has changed since."""
        purpose = self.purpose(name, [c for sheet in sheets for c in (*sheet.columns, *sheet.machine_columns)])
        self._require_newest()
        references = [str(row[0]) for sheet in sheets for row in (*sheet.rows, *sheet.machine_rows)]
        if self.held(references, contacting=contacting):
            raise DisclosureError(
                f"{name}: holds somebody who must not be contacted. Nothing was exported. This is a fault of LIFT: "
                "report it."
            )
        folder = self.workspace.lists / self.run.id
        # The last first in the second process, which is mostly the largest, and meanwhile the others here.
        begun = [sheet if sheet.workbook is not None else self.begun(sheet, next_=True) for sheet in sheets]
        files = [file for sheet in begun for file in _files_of(sheet, folder)]
        with at_work(self.workspace):
            if not replace:
                self._require_unchanged(files)
            try:
                for file in files:
                    private_folder(file.path.parent)
                    write_whole(file.part, file.content)
                self._check_again(name, sheets, files, contacting)
                self._remember(name, purpose, files, contacts)
                for file in files:
                    put_in_place(file.part, file.path)
            finally:
                for file in files:
                    file.part.unlink(missing_ok=True)
        return [file.path for file in files]

    def begun(self, sheet: Sheet, *, next_: bool = False) -> Sheet:
        """The same sheet with its workbook begun, in the second process if that has time before the sheet is sent.
        Whether anybody on it must not be is asked when it is sent. `next_`: before what waits already."""
        if not sheet.columns:
            return sheet
        name, record = sheet.place.rpartition("/")[2], self.run.record
        footer = f"{record.council} · run {record.run} · {sheet.title}"  # a long title may be cut
        table = (name, record.day, sheet.columns, sheet.rows, sheet.notes, footer)
        return with_other(sheet, workbook=begin(self.beside, make_workbook, *table, next_=next_))

    def _require_newest(self) -> None:
        newest = run_ids(self.workspace)[-1]
        if self.run.id != newest:
            raise DisclosureError(
                f"run {self.run.id} is not the newest: since then people may have died, moved or asked not to be "
                f"contacted. Nothing was exported. Export from run {newest}."
            )

    def _require_unchanged(self, files: Sequence[_File]) -> None:
        """What LIFT wrote and nobody touched may be written anew; outcomes that callers filled in are never lost."""
        there = [file for file in files if file.path.exists()]
        written = set()
        for entry in audit.entries(self.workspace) if there else []:
            if entry["what"] == "export":
                written |= {(one["file"], one["sha256"]) for one in entry["files"]}
        for file in there:
            if (self._name(file.path), hashlib.sha256(file.path.read_bytes()).hexdigest()) not in written:
                raise StorageError(
                    f"{self._name(file.path)}: is there already, and was changed since LIFT wrote it (outcomes, "
                    "perhaps). Nothing was exported. Move it away first, or write over it with --replace."
                )

    def _name(self, path: Path) -> str:
        return path.relative_to(self.workspace.root).as_posix()

    def second(self) -> SecondCheck:
        """All that forbids, read anew by separate code; once for all that leaves through this gate."""
        if self._second is None:
            self._second = _begin_second(self.beside, self.workspace, self.run, self.protection)
        return self._second.result()

    def _check_again(self, name: str, sheets: Sequence[Sheet], files: Sequence[_File], contacting: bool) -> None:
        """Reads the finished files back. Earlier exports under that name go too: they may hold the same people."""
        reasons = reasons_to_stop([file.part for file in files], self.second(), contacting=contacting)
        if reasons:
            for file in files:
                file.part.unlink(missing_ok=True)
                file.path.unlink(missing_ok=True)
            more = f" (and {len(reasons) - 3} more)" if len(reasons) > 3 else ""
            raise DisclosureError(
                f"{name}: the finished files were stopped and deleted: {'; '.join(reasons[:3])}{more}. The check on "
                "the finished files disagrees with what chose their rows: report this as a fault of LIFT."
            )

    def _remember(self, name: str, purpose: Purpose, files: Sequence[_File], contacts: Sequence[Contact]) -> None:
        """The register, which keeps nothing of it unless the audit record does; then the files: after a crash more is
        remembered than left, and where the disk is full nothing is."""
        exported = [
            ExportedFile(self._name(file.path), name, self.run.id, file.rows, self.today, self.destroy_after)
            for file in files
        ]
        run = self.run
        with recording_export(self.workspace, name, run.id, run.record.month, self.today, contacts, exported) as gone:
            for one in gone:
                (self.workspace.root / one).unlink(missing_ok=True)
            audit.record(
                self.workspace,
                {
                    "what": "export",
                    "run": self.run.id,
                    "list": name,
                    "files": [
                        {
                            "file": self._name(one.path),
                            "rows": one.rows,
                            "sha256": hashlib.sha256(one.content).hexdigest(),
                        }
                        for one in files
                    ],
                    "deleted": gone,
                    "purpose": {
                        "purpose": purpose.purpose,
                        "gateway": purpose.gateway,
                        "owner": purpose.owner,
                        "expires": purpose.expires.isoformat(),
                    },
                    "destroy_after": self.destroy_after.isoformat(),
                    "suppression": list(self.protection.sha256),
                    "acknowledged": [[row.file, row.line, row.acknowledged] for row in self.protection.unmatched],
                },
            )


def _files_of(sheet: Sheet, folder: Path) -> Iterator[_File]:
    if sheet.workbook is not None:
        yield _File(folder / f"{sheet.place}.xlsx", sheet.workbook.result(), len(sheet.rows))
    if sheet.machine_columns:
        name = sheet.place.rpartition("/")[2]
        yield _File(folder / "machines" / f"{name}.csv", _csv(sheet), len(sheet.machine_rows))


def _csv(sheet: Sheet) -> bytes:
    """For machines: names of columns that no one reads aloud, no byte order mark, no quote marks in front of text."""
    headings = [column.key for column in sheet.machine_columns]
    return csv_of(headings, sheet.machine_rows, marked=False)


def reasons_to_stop(paths: Sequence[Path], second: SecondCheck, *, contacting: bool) -> list[str]:
    """Why these finished files must not leave: what is wrong with them as files, then whom they must not hold."""
    read = [
        read_workbook(path.read_bytes()) if path.suffix == ".xlsx" else read_csv(path.read_bytes()) for path in paths
    ]
    reasons = [fault for one in read for fault in one.faults] + same_references(paths, read)
    return reasons or [
        f"{path.name.removeprefix(PART)} {reason}"
        for path, one in zip(paths, read, strict=True)
        for reason in second.forbidden(one.headings, one.rows, contacting=contacting)
    ]


def protect(
    connection: DuckDBPyConnection,
    workspace: Workspace,
    settings: Settings,
    days: Sequence[datetime.date],
) -> Protection:
    """Marks who is held back (`held_person`, `held_home`, and references as in `mark_references`), by the newest list
    and the register. `days`: those that the run tells, for an invented council's clock. Raises DisclosureError if
    nothing may leave."""
    link_records(connection)
    return _hold_back(connection, _newest(workspace, settings, days, profiles_of(workspace)), all_matched=True)


def _newest(
    workspace: Workspace, settings: Settings, days: Sequence[datetime.date], profiles: ProfileBook
) -> Protection:
    with read_register(workspace) as register:
        kept = Kept(tuple(entries(register)), acknowledgements(register), read_key(workspace))
    return newest_protection(settings.incoming(workspace), profiles, settings, days, kept)


def _hold_back(connection: DuckDBPyConnection, protection: Protection, *, all_matched: bool) -> Protection:
    """After `link_records`."""
    hold_back(connection, protection.rows, protection.today)
    protection = protection.with_unmatched(matches_nobody(connection, protection.rows))
    if all_matched:
        _require_matched(protection)
    find_waiting(connection, protection.today)
    mark_references(connection)
    return protection


@contextmanager
def open_gate(
    workspace: Workspace,
    settings: Settings,
    run: PublishedRun,
    *,
    all_matched: bool = True,
    other: Beside | None = None,
) -> Iterator[Gate]:
    """The way out of a run, for as long as the block lasts. Raises DisclosureError if nothing may leave. Exported files
    whose time is over are destroyed first. `all_matched` False: only to look at the suppression list, not to export.
    `other`: a second process for an export, which reads the profiles of extracts while this one links records, and anew
    all that forbids while this one works it out."""
    days = run.record.days
    profiles = begin(other, profiles_of, workspace)
    begin(other, read_module, __name__)  # which all later work needs
    destroyed = destroy_due(workspace, export_day(settings, days))
    with database(run.core, read_only=True) as connection:
        # DuckDB links records by itself while the suppression list is looked for and read.
        with ThreadPoolExecutor(max_workers=1) as aside:
            linked = aside.submit(link_records, connection)
            protection = _newest(workspace, settings, days, profiles.result())
            linked.result()
        second = None if other is None else _begin_second(other, workspace, run, protection)
        protection = _hold_back(connection, protection, all_matched=all_matched)
        yield Gate(workspace, settings, run, protection, connection, destroyed, other, second)


def _begin_second(
    other: Beside | None, workspace: Workspace, run: PublishedRun, protection: Protection
) -> Work[SecondCheck]:
    return begin(other, SecondCheck, run.core, protection.files, workspace.register, protection.today)


def _require_matched(protection: Protection) -> None:
    unmatched = [(row.file, row.line) for row in protection.unmatched if not row.acknowledged]
    if unmatched:
        raise DisclosureError(
            f"rows of the suppression list that match nobody in this run's extracts: {in_places(unmatched)}. Somebody "
            "may be missed, so nothing was exported. Correct them, or have a lead who knows why acknowledge them: lift "
            f"suppressions acknowledge {' '.join(str(line) for _, line in unmatched[:10])} --help"
        )


def mark_references(connection: DuckDBPyConnection) -> None:
    """Makes `held_reference` and `held_or_waiting` (reference, reason): every reference that stands for somebody held
    back, in whichever way it touches them. After `hold_back` and `find_waiting`."""
    for statement in _REFERENCES:
        connection.execute(statement)


_REFERENCES = (
    "DROP TABLE IF EXISTS temp.marked_row",  # by which rows of lists were marked before (`standing`)
    """CREATE OR REPLACE TEMP TABLE held_unit AS
    SELECT person_key AS reference, reason FROM held_person
    UNION ALL SELECT household_key, reason FROM held_home
    UNION ALL SELECT p.family_key, h.reason FROM person p JOIN held_person h USING (person_key)
        WHERE p.family_key IS NOT NULL
    UNION ALL SELECT f.family_key, h.reason FROM family f JOIN held_home h USING (household_key)""",
    """CREATE OR REPLACE TEMP TABLE held_reference AS
    SELECT reference, min(reason) AS reason FROM (
        FROM held_unit
        UNION ALL SELECT d.period_key, u.reason FROM period d JOIN held_unit u ON u.reference = d.family_key
    ) GROUP BY reference""",
    """CREATE OR REPLACE TEMP TABLE waiting_unit AS
    SELECT family_key AS reference, reason FROM waiting_family
    UNION ALL SELECT household_key, reason FROM waiting_home
    UNION ALL SELECT f.family_key, w.reason FROM family f JOIN waiting_home w USING (household_key)""",
    """CREATE OR REPLACE TEMP TABLE held_or_waiting AS
    SELECT reference, min(reason) AS reason FROM (
        FROM held_reference UNION ALL FROM waiting_unit
        UNION ALL SELECT p.person_key, w.reason FROM person p JOIN waiting_unit w ON w.reference = p.family_key
        UNION ALL SELECT d.period_key, w.reason FROM period d JOIN waiting_unit w ON w.reference = d.family_key
    ) GROUP BY reference""",
)
