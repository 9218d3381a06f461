"""The invented council, run once for all tests of a process, copies of its workspace to try things on, small cities.

Most tests ask for no more than a few hundred dwellings: `small_city` makes them in a moment. The sample is for what
rests on its very bytes (tests/golden) or wants a whole town's mix (tests/truth).
"""

from __future__ import annotations

import atexit
import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from lift.city import write
from lift.pipeline import run_month
from lift.rulebook.load import load_rulebook
from lift.stages.export import Lists, open_lists
from lift.workspace.folder import Workspace, open_workspace
from lift.workspace.runs import find_run
from lift.workspace.settings import read_settings
from lift.workspace.start import begin

SAMPLE = Path(__file__).parents[1] / "sample_data"
MONTH = "2026-11"
DAY = date(2026, 11, 12)
KEY = "5eed" * 16  # references in golden files rest on it
SMALL = 300  # dwellings: room for every planted case once
SMALL_SEED = 1871


class Quiet:
    """Watches a run and says nothing."""

    def started(self, stage: str) -> None: ...
    def reading(self, file: str, done: int, size: int) -> None: ...
    def finished(self, stage: str, told: str, seconds: float) -> None: ...


def _until_the_end(prefix: str) -> Path:
    """A folder of its own that goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def small_city(*, dwellings: int = SMALL, seed: int = SMALL_SEED, minimal: bool = False) -> Path:
    """A small city's extracts and truth. Never change them: take a copy."""
    folder = _until_the_end("small-city-") / "city"
    write(folder, dwellings=dwellings, seed=seed, month=date(2026, 11, 1), minimal=minimal)
    return folder


def new_workspace(folder: Path, city: Path | None = None) -> Workspace:
    """A workspace with a city's extracts, the small one's if none is named, and a key that never changes."""
    workspace = begin(folder, "Middlemarch", sample=city or small_city()).workspace
    workspace.key.write_text(KEY + "\n")
    return workspace


@cache
def finished() -> Path:
    """A workspace in which November of the small city has been run. Never change it: take a `copy_of` it."""
    return _finished(small_city())


@cache
def finished_sample() -> Path:
    """As `finished`, of the sample, which takes several times as long."""
    return _finished(SAMPLE)


def _finished(city: Path) -> Path:
    folder = _until_the_end("middlemarch-") / "council"
    run_month(new_workspace(folder, city), MONTH, Quiet())
    return folder


def work_only(workspace: Workspace, *rules: str) -> None:
    """Leaves out all lists but those of these rules, for speed."""
    book = load_rulebook(examples=False)
    out = sorted(name for name, rule in book.rules.items() if rule.makes_a_list and name not in rules)
    workspace.settings.write_text(workspace.settings.read_text().replace("leave_out = []", f"leave_out = {out}"))
    assert read_settings(workspace).lists.leave_out == tuple(out)


def copy_of(finished_workspace: Path, folder: Path) -> Workspace:
    shutil.copytree(finished_workspace, folder)
    return open_workspace(folder)


@contextmanager
def lists_of(workspace: Workspace) -> Iterator[Lists]:
    run = find_run(workspace)
    with open_lists(workspace, read_settings(workspace), run) as lists:
        yield lists


def suppression_file(workspace: Workspace) -> Path:
    (path,) = (workspace.root / "incoming" / MONTH).glob("suppressions_*.csv")
    return path


def suppress(workspace: Workspace, *rows: dict[str, str], day: str = "2026-11-12") -> Path:
    """Writes these rows in place of the sample's suppression list."""
    path = suppression_file(workspace)
    with path.open(newline="", encoding="utf-8") as file:
        headings = next(csv.reader(file))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, headings, lineterminator="\n")
        writer.writeheader()
        writer.writerows({"extract_date": day, "source": "test", **row} for row in rows)
    return path


def text_of(path: Path) -> str:
    """Everything that a finished file says, cell by cell; a workbook's notes too."""
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def table_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a finished file: heading to cell."""
    if path.suffix == ".xlsx":
        headings, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
        return [dict(zip(map(str, headings), row, strict=True)) for row in rows]
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def file_of(paths: Iterable[Path], ending: str) -> Path:
    """The one file whose name ends so."""
    (path,) = (path for path in paths if path.name.endswith(ending))
    return path
