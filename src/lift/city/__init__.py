"""How is an invented council made, with supplier files as real ones are and the truth beside them?

`write` makes Middlemarch: dwellings, households, incomes and awards from a seed; each month's extracts with realistic
faults; and `truth/`, worked out by the package's own arithmetic. It never imports the rulebook, the plan or an engine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from lift.city import figures as figures_file
from lift.city import generate, history
from lift.city.days import dates_of
from lift.city.extracts.lists import nil_return
from lift.city.extracts.row import Month as Extracts
from lift.city.generate import Brief
from lift.city.truth.tables import Month as Truth
from lift.city.truth.tables import Table

PARTS = ("incoming", "truth")
WORTH_TWO_PROCESSES = 2_000  # dwellings


def write(
    folder: Path,
    *,
    dwellings: int,
    seed: int,
    month: date,
    months: int = 1,
    minimal: bool = False,
    figures: Path | None = None,
) -> None:
    """Write `incoming/YYYY-MM/` and `truth/YYYY-MM/` for each month into the folder, and `truth/events.csv`.

    The same bytes for the same arguments, on any number of processors. `month` is the last of the `months`. `minimal`:
    council tax accounts, Council Tax Reduction and Universal Credit only, with a signed nil return of suppressions.
    Whole or not at all: nothing is left behind where it fails. Raises ValueError for what cannot be made,
    FileExistsError where a city stands already, FileNotFoundError without a figures file.
    """
    brief = Brief(figures_file.read(figures), dwellings, seed, month, minimal)
    wanted = generate.months(brief, months)
    for part in PARTS:
        if (folder / part).exists():
            raise FileExistsError(f"{folder / part} is there already")
    is_new = not folder.exists()
    work = folder / ".making"
    work.mkdir(parents=True)
    try:
        _write_all(work, brief, wanted)
        for part in PARTS:
            (work / part).rename(folder / part)
    except BaseException:
        shutil.rmtree(folder if is_new else work, ignore_errors=True)
        raise
    work.rmdir()


def _write_all(work: Path, brief: Brief, months: Sequence[date]) -> None:
    workers = min(os.cpu_count() or 1, len(months)) if brief.dwellings >= WORTH_TWO_PROCESSES else 1
    if workers == 1:
        _write_months(work, brief, months, True)
        return
    shares = [months[worker::workers] for worker in range(workers)]
    # Fresh processes: a fork of a program that runs threads may hang.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        jobs = [pool.submit(_write_months, work, brief, share, share is shares[0]) for share in shares]
        for job in jobs:
            job.result()


def _write_months(work: Path, brief: Brief, months: Sequence[date], with_events: bool) -> None:
    """Some of the months, district by district, so that no more than a district is ever held."""
    names = [month.strftime("%Y-%m") for month in months]
    with ExitStack() as open_files:
        incoming = [open_files.enter_context(closing(Extracts(work / "incoming" / name))) for name in names]
        truth = [open_files.enter_context(closing(Truth(work / "truth" / name, brief.minimal))) for name in names]
        events = Table(work / "truth" / "events.csv", history.HEADINGS) if with_events else None
        if events:
            open_files.enter_context(closing(events))
        for number in brief.districts:
            district = generate.district(brief, number)
            for month, files, tables in zip(months, incoming, truth, strict=True):
                city = generate.in_month(brief, district, month)
                made = generate.extracts(city, brief.minimal, number)
                tables.add(city, [row for extract in made for row in files.add(extract)])
            if events:
                events.write(history.rows(brief, district))
    if brief.minimal:
        for month, files in zip(months, incoming, strict=True):
            (files.folder / "nil_return.toml").write_bytes(nil_return(dates_of(month).day).encode())
