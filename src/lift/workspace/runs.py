"""Which runs does this workspace hold, and what does each say of itself? (`runs/<id>/run.json`)

A run is a folder that got its name when it was complete. It is never changed afterwards.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lift.days import in_words
from lift.errors import NotFoundError, SettingsError, StorageError, UsageError
from lift.workspace.folder import Workspace

FORMAT = 1
RECORD = "run.json"
VIEW = "analyst.duckdb"
ID = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(?:-([b-z]))?")


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileRead(Part):
    """One extract: where it came from, and what became of its lines."""

    name: str
    kind: str
    profile: str
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


class NilReturnSigned(Part):
    name: str
    sha256: str
    signed_by: str
    role: str
    signed_on: datetime.date


class Missing(Part):
    """An extract that was not supplied, and what this month cannot be said for want of it."""

    kind: str
    title: str
    cost: str


class RuleUsed(Part):
    name: str
    hash: str
    reviewed_by: str | None


class ListCount(Part):
    """What one list holds, before anybody is held back. `yearly_low`: a year, low end, likely, not perhaps in payment;
    `perhaps_low`: of those who may have it already, which is in no total. `rules`: whose answers stand on it.
    `too_small`: answers left off, for they could not come to what the council takes for the smallest worth."""

    name: str
    title: str
    rules: tuple[str, ...]
    likely: int
    possible: int
    may_already_have: int
    advice_first: int
    yearly_low: Decimal | None
    money: str
    perhaps_low: Decimal | None = None
    too_small: int = 0


class RunRecord(Part):
    """The whole of run.json. `identity` is a hash of everything that the results depend on. `without_view`: why this
    run has no analysts' view; empty where it has one. `cautions`: those of the warnings that hold of its answers
    for ever; the others were about its extracts, and a list that came later may have mended them."""

    format: int = FORMAT
    run: str
    month: str
    day: datetime.date
    council: str
    identity: str
    files: tuple[FileRead, ...]
    nil_return: NilReturnSigned | None
    warnings: tuple[str, ...]
    cautions: tuple[str, ...] = ()
    missing: tuple[Missing, ...]
    people: int
    families: int
    households: int
    families_on_benefit_record: int
    families_on_universal_credit_alone: int
    values_left_out: int = 0
    values_unlikely: int = 0
    facts_differing: int = 0
    lists: tuple[ListCount, ...]
    without_view: str = ""
    rules: dict[str, RuleUsed]
    rule_files: dict[str, str]
    plan_hash: str
    versions: dict[str, str]
    who: str
    when: datetime.datetime
    seconds: dict[str, float]

    @property
    def worked_out(self) -> str:
        """The day that the run's answers hold for, in words."""
        return f"worked out for {in_words(self.day)}"

    @property
    def lines(self) -> int:
        return sum(file.lines for file in self.files)

    @property
    def refused(self) -> int:
        return sum(file.refused for file in self.files)

    @property
    def days(self) -> tuple[datetime.date, ...]:
        """The days that the run tells: that of its answers, and those of its extracts."""
        return (self.day, *(file.extract_date for file in self.files))

    @property
    def families_unseen(self) -> int:
        """Families of whom nothing about income is known: on no list, which says nothing of what they are due."""
        return self.families - self.families_on_benefit_record - self.families_on_universal_credit_alone


@dataclass(frozen=True)
class PublishedRun:
    """A complete run in its folder."""

    folder: Path
    record: RunRecord

    @property
    def id(self) -> str:
        return self.record.run

    @property
    def core(self) -> Path:
        """Rows, links, facts and answers: for the benefits team alone."""
        return self.folder / "core.duckdb"

    @property
    def view(self) -> Path:
        """Pseudonyms, chosen facts and answers, without anybody who is held back: for analysts."""
        return self.folder / VIEW

    @property
    def rules(self) -> Path:
        """The rule files as they were used."""
        return self.folder / "rules"

    @property
    def refusals(self) -> Path:
        return self.folder / "refusals.csv"

    @property
    def differences(self) -> Path:
        return self.folder / "differences.csv"

    @property
    def unseen(self) -> Path:
        """Families of whom nothing about income is known, counted by ward and band."""
        return self.folder / "unknown_income.csv"

    @property
    def report(self) -> Path:
        return self.folder / "report.html"


def check_id(run: str) -> str:
    """Raises UsageError for what cannot be a run."""
    if not ID.fullmatch(run):
        raise UsageError(
            f"{run} is not a run. Runs are named by their month, as in 2026-11 (and 2026-11-b for a second one)."
        )
    return run


def run_ids(workspace: Workspace) -> list[str]:
    """Every run there is, oldest month first."""
    if not workspace.runs.is_dir():
        return []
    return sorted(path.name for path in workspace.runs.iterdir() if ID.fullmatch(path.name) and path.is_dir())


def next_id(workspace: Workspace, month: str) -> str:
    """The name of a month's next run: 2026-11, then 2026-11-b, and so on."""
    taken = {run for run in run_ids(workspace) if run.startswith(month)}
    for suffix in ["", *(f"-{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")]:
        if month + suffix not in taken:
            return month + suffix
    raise StorageError(
        f"runs/: {month} has been run 26 times already. Move runs that are no longer needed out of this folder."
    )


def read_run(workspace: Workspace, run: str) -> PublishedRun:
    """Raises NotFoundError, SettingsError if a newer LIFT made it, or StorageError if its record cannot be read."""
    folder = workspace.runs / check_id(run)
    if not folder.is_dir():
        known = run_ids(workspace)
        there = f"There is {', '.join(known[-6:])}." if known else "There is none yet; make one with: lift run --month"
        raise NotFoundError(f"there is no run {run} here. {there}")
    try:
        written = (folder / RECORD).read_bytes()
        _refuse_newer(run, written)
        return PublishedRun(folder, RunRecord.model_validate_json(written))
    except (OSError, ValidationError) as error:
        raise StorageError(
            f"runs/{run}/{RECORD}: cannot be read ({type(error).__name__}). It was changed, or written by another "
            "version of LIFT. Bring it back from the safe copy."
        ) from None


def _refuse_newer(run: str, written: bytes) -> None:
    """Raises SettingsError for a record of a later format than this program's."""
    try:
        document = json.loads(written)
    except ValueError:
        return
    number = document.get("format") if isinstance(document, dict) else None
    if isinstance(number, int) and number > FORMAT:
        raise SettingsError(
            f"runs/{run}/{RECORD}: was written by a newer LIFT (format {number}; this one knows {FORMAT}). Install "
            "that version."
        )


def all_runs(workspace: Workspace) -> list[PublishedRun]:
    """Every run, oldest month first."""
    return [read_run(workspace, run) for run in run_ids(workspace)]


def find_run(workspace: Workspace, run: str | None = None) -> PublishedRun:
    """The run of that name; without one, the latest."""
    if run is not None:
        return read_run(workspace, run)
    known = run_ids(workspace)
    if not known:
        raise NotFoundError("there is no run here yet. Make one with: lift run --month 2026-11 (your month)")
    return read_run(workspace, known[-1])
