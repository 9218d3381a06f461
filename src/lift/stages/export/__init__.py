"""How does a list leave LIFT? Suppressed at that very moment, checked again on the finished files, and recorded.

In this order: the newest suppression list or nothing; everybody it points at, and around them, taken out; the files
written beside their place; both read back by separate code; the audit record; the files renamed into place.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from lift.errors import DisclosureError, NotFoundError
from lift.rulebook.model import Rule, Rulebook
from lift.sources.profiles import load_profiles
from lift.stages.export.columns import Cell, Column, cells_of, columns_of, in_csv
from lift.stages.export.held import hold_back
from lift.stages.export.notes import Shown, notes_of
from lift.stages.export.protection import Protection, newest_protection
from lift.stages.export.readback import differences, read_csv, read_workbook
from lift.stages.export.recheck import forbidden_rows
from lift.stages.export.workbook import make_workbook
from lift.workspace import audit
from lift.workspace.busy import at_work
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.register import listed_since
from lift.workspace.runs import PublishedRun
from lift.workspace.settings import Settings
from lift.workspace.writing import PART, private_folder, write_whole

FAMILIES = "families"


@dataclass(frozen=True)
class OpenList:
    """A list as it may be shown: everybody who is held back is gone from it."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown: Shown
    protection: Protection


@dataclass(frozen=True)
class Exported:
    """The files of a list that left."""

    name: str
    csv: Path
    workbook: Path
    rows: int
    found: int


@dataclass(frozen=True)
class Lists:
    """The lists of one run, suppressed by the newest list. Made by `open_lists`."""

    workspace: Workspace
    settings: Settings
    run: PublishedRun
    book: Rulebook
    protection: Protection
    _connection: DuckDBPyConnection

    def held_back(self, name: str) -> int:
        """How many rows of a list are held back."""
        return int(
            self._connection.execute(f"SELECT count(*) FROM ({_rows_of(name)}) WHERE held", _of(name)).fetchall()[0][0]
        )

    def open(self, name: str) -> OpenList:
        """A list without anybody who is held back, cut to the team's capacity."""
        title, rules = title_of(self.run, self.book, name)
        found = self._connection.execute(f"{_rows_of(name)} ORDER BY rank", _of(name))
        names = [str(column[0]) for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        free = [row for row in rows if not row["held"]]
        kept = free[: self.settings.lists.capacity.get(name, len(free))]
        since = listed_since(self.workspace, name, self.run.record.month)
        filled = {key for row in kept for key, value in row.items() if value not in (None, "")}
        columns = columns_of(rules[0] if name != FAMILIES else None, filled)
        cells = []
        for number, row in enumerate(kept, start=1):
            row |= {"rank": number, "since": since.get(row["reference"], self.run.record.month)}
            cells.append(tuple(cells_of(row, columns)))
        shown = Shown(len(kept), len(rows), len(free) - len(kept))
        return OpenList(name, title, rules, columns, tuple(cells), shown, self.protection)

    def export(self, name: str) -> Exported:
        """Writes NAME.csv and NAME.xlsx. Raises DisclosureError, leaving nothing, if they are not clean."""
        opened = self.open(name)
        keep_days = self.settings.retention.exported_lists_days
        notes = notes_of(
            self.run.record, self.book, opened.rules, opened.title, opened.shown, self.protection.in_words, keep_days
        )
        folder = private_folder(self.workspace.lists / self.run.id)
        places = (folder / f"{name}.csv", folder / f"{name}.xlsx")
        contents = (
            _csv(opened),
            make_workbook(name, self.run.record.day, opened.columns, opened.rows, notes),
        )
        parts = tuple(place.with_name(f"{PART}{place.name}") for place in places)
        with at_work(self.workspace):
            try:
                for part, content in zip(parts, contents, strict=True):
                    write_whole(part, content)
                self._check_again(name, parts, places)
                self._record(opened, contents)
                for part, place in zip(parts, places, strict=True):
                    part.replace(place)
            finally:
                for part in parts:
                    part.unlink(missing_ok=True)
        return Exported(name, *places, opened.shown.rows, opened.shown.found)

    def _check_again(self, name: str, parts: Sequence[Path], places: Sequence[Path]) -> None:
        """Reads the finished files back. An earlier export of the list goes too: it may hold the same people."""
        reasons = reasons_to_stop(parts[0], parts[1], self.run.core, self.protection.files, self.run.record.day)
        if reasons:
            for path in (*parts, *places):
                path.unlink(missing_ok=True)
            more = f" (and {len(reasons) - 3} more)" if len(reasons) > 3 else ""
            raise DisclosureError(
                f"{name}: the finished list was stopped and deleted: {'; '.join(reasons[:3])}{more}. The check on "
                "the finished file disagrees with what chose its rows: report this as a fault of LIFT."
            )

    def _record(self, opened: OpenList, contents: Sequence[bytes]) -> None:
        audit.record(
            self.workspace,
            {
                "what": "export",
                "run": self.run.id,
                "list": opened.name,
                "rows": opened.shown.rows,
                "found": opened.shown.found,
                "sha256": [hashlib.sha256(content).hexdigest() for content in contents],
                "suppression": list(self.protection.sha256)
                or [self.protection.nil_return.sha256 if self.protection.nil_return else ""],
            },
        )


@contextmanager
def open_lists(workspace: Workspace, settings: Settings, run: PublishedRun, book: Rulebook) -> Iterator[Lists]:
    """The run's lists, for as long as the block lasts. Raises DisclosureError if nothing may leave."""
    profiles = load_profiles(workspace.profiles) if workspace.profiles.is_dir() else load_profiles()
    protection = newest_protection(settings.incoming(workspace), profiles, run.record.day)
    with database(run.core, read_only=True) as connection:
        hold_back(connection, protection, run.record.day)
        yield Lists(workspace, settings, run, book, protection, connection)


def title_of(run: PublishedRun, book: Rulebook, name: str) -> tuple[str, tuple[Rule, ...]]:
    """A list's title and the rules behind it. Raises NotFoundError."""
    for one in run.record.lists:
        if one.name == name:
            behind = (
                tuple(book.rules[rule] for rule in sorted(run.record.rules))
                if name == FAMILIES
                else (book.rules[name],)
            )
            return one.title, behind
    near = get_close_matches(name, [one.name for one in run.record.lists], 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise NotFoundError(f"run {run.id} has no list {name}.{hint} `lift list` shows them all.")


def _of(name: str) -> dict[str, Any]:
    return {} if name == FAMILIES else {"list": name}


def _rows_of(name: str) -> str:
    """A list's rows with `held`, by whichever way the row touches somebody held back."""
    table, where = ("ranked_family", "TRUE") if name == FAMILIES else ("ranked", "r.list = $list")
    family = "r.reference" if name == FAMILIES else "r.family_key"
    return f"""
        SELECT r.*, r.household_key IN (FROM held_home) OR coalesce(r.contact_key IN (FROM held_person), FALSE)
            OR r.reference IN (FROM held_person) OR {family} IN (FROM held_home)
            OR {family} IN (SELECT family_key FROM person SEMI JOIN held_person USING (person_key)) AS held
        FROM {table} r WHERE {where}"""


def _csv(opened: OpenList) -> bytes:
    """For people: with a byte order mark, so that a spreadsheet reads accents right."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow([column.heading for column in opened.columns])
    writer.writerows([in_csv(cell) for cell in row] for row in opened.rows)
    return content.getvalue().encode("utf-8-sig")


def reasons_to_stop(
    written: Path, workbook: Path, core: Path, lists: Sequence[Path], run_day: datetime.date
) -> list[str]:
    """Why these finished files must not leave: what is wrong with them as files, then whom they must not hold."""
    in_csv_file, in_workbook = read_csv(written.read_bytes()), read_workbook(workbook.read_bytes())
    reasons = [*in_csv_file.faults, *in_workbook.faults, *differences(in_csv_file, in_workbook)]
    if reasons:
        return reasons
    rows = [dict(zip(in_workbook.headings, row, strict=False)) for row in in_workbook.rows]
    try:
        return forbidden_rows(rows, core, lists, run_day)
    except ValueError:
        return ["the suppression list cannot be read again: its headings are not those of templates/suppression.csv"]
