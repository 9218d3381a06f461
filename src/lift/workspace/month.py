"""On which extracts, rules and day does a month's run rest, and is there a run already that rests on the very same?"""

from __future__ import annotations

import calendar
import datetime
import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from lift.errors import ExtractError, RuleProblems
from lift.sources.dating import parse_month
from lift.sources.profiles import ProfileBook, load_profiles
from lift.workspace.folder import Workspace
from lift.workspace.runs import PublishedRun, all_runs
from lift.workspace.settings import RunDay, Settings
from lift.workspace.writing import MEGABYTE, check_space, private_folder

# Measured on the sample: database, spill and copies come to less than this many times the extracts.
TIMES_THE_EXTRACTS = 4
AT_LEAST = 300 * MEGABYTE
# What citations may name (lift.rulebook.instruments): asked when rules are checked, and it answers nothing.
INSTRUMENTS = "instruments.yaml"


@dataclass(frozen=True)
class Incoming:
    """A month's folder of extracts: each file's digest, and how large they are together."""

    month: str
    folder: Path
    digests: Mapping[str, str]
    bytes: int


def incoming_of(workspace: Workspace, settings: Settings, month: str) -> Incoming:
    """Raises UsageError for what is no month, ExtractError if its folder is not there."""
    parse_month(month)
    top = settings.incoming(workspace)
    folder = top / month
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        there = sorted(path.name for path in top.iterdir() if path.is_dir()) if top.is_dir() else []
        hint = f" There is {', '.join(there[-6:])}." if there else ""
        raise ExtractError(f"{top.name}/{month}: {what}. Make the folder and put the month's extracts into it.{hint}")
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise ExtractError(
            f"{top.name}/{month}: cannot be read ({type(error).__name__}). Check its permissions."
        ) from None
    digests = {path.name: _digest(path) if path.is_file() else "no file" for path in paths}
    return Incoming(month, folder, digests, sum(path.stat().st_size for path in paths if path.is_file()))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ExtractError(
            f"{path.name}: cannot be read ({type(error).__name__}). Check its permissions, or copy it here again."
        ) from None


def check_room(workspace: Workspace, incoming: Incoming) -> None:
    """Raises StorageError if the disk is likely to fill up during the run."""
    check_space(workspace.root, max(AT_LEAST, TIMES_THE_EXTRACTS * incoming.bytes))


def copy_rules(workspace: Workspace, shipped: Path, target: Path) -> Path:
    """The rules of a run: those that LIFT ships, and the council's own beside the local ones."""
    for path in sorted(shipped.rglob("*")):
        if path.is_file() and path.suffix in (".yaml", ".csv") and path.name != INSTRUMENTS:
            _copy(path, target / path.relative_to(shipped))
    # iterdir(), not glob(): glob() takes a folder that may not be read for an empty one.
    for path in sorted(workspace.rules.iterdir()) if workspace.rules.is_dir() else ():
        if path.is_file() and path.suffix in (".yaml", ".csv") and path.name != INSTRUMENTS:
            _copy(path, target / "local" / path.name)
    return target


@contextmanager
def told_where_they_stand(workspace: Workspace, copied: Path) -> Iterator[None]:
    """Mistakes in the copied rules name the files that people can mend: the council's own, or those that LIFT ships."""
    try:
        yield
    except RuleProblems as error:
        own = sorted(path.name for path in workspace.rules.iterdir()) if workspace.rules.is_dir() else []
        stand = {f"{copied.as_posix()}/local/{name}": (workspace.rules / name).as_posix() for name in own}
        stand[copied.as_posix()] = "rules"

        def told(text: str) -> str:
            for copy, place in stand.items():
                text = text.replace(copy, place)
            return text

        raise RuleProblems(
            [
                replace(
                    one, place=replace(one.place, path=told(one.place.path)), what=told(one.what), fix=told(one.fix)
                )
                for one in error.problems
            ]
        ) from None


def _copy(path: Path, place: Path) -> None:
    private_folder(place.parent)
    shutil.copyfile(path, place)


def identity_of(incoming: Incoming, rule_files: Mapping[str, str], settings: Settings, day: str, version: str) -> str:
    """A hash of everything that a run's results depend on."""
    digest = hashlib.sha256(f"{incoming.month} {day} {version} {settings.fingerprint()}".encode())
    for name, file in [*sorted(incoming.digests.items()), *sorted(rule_files.items())]:
        digest.update(f"\n{name} {file}".encode())
    return digest.hexdigest()


def same_run(workspace: Workspace, identity: str) -> PublishedRun | None:
    """The run that rests on the very same, if there is one."""
    return next((run for run in all_runs(workspace) if run.record.identity == identity), None)


def profiles_of(workspace: Workspace) -> ProfileBook:
    """The profiles that LIFT ships, and the council's own."""
    return load_profiles(workspace.profiles) if workspace.profiles.is_dir() else load_profiles()


class Dated(Protocol):
    """A file of the month, by its kind and day."""

    @property
    def kind(self) -> str: ...
    @property
    def extract_date(self) -> datetime.date: ...


_KINDS_FOR: dict[RunDay, tuple[str, ...]] = {
    "benefits extract": ("benefit_claim", "ctr_award"),
    "accounts extract": ("council_tax_account",),
}


def run_day(policy: RunDay, month: str, files: Sequence[Dated]) -> datetime.date:
    """The day that answers are worked out for: pension age and rates move, so it matters."""
    days = [file.extract_date for file in files if file.kind in _KINDS_FOR.get(policy, ())]
    if days:
        return max(days)
    first = parse_month(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
