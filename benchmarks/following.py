"""How long does what follows a run take: every list exported, one answer explained, a question asked, the summary?

On an invented city, through the program as an officer starts it, but for the exports, which one process makes all of.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from lift.city import write
from lift.pipeline import run_month
from lift.stages.export import open_lists
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from lift.workspace.settings import read_settings
from lift.workspace.start import begin

MONTH = date(2026, 11, 1)
SEED = 1871
QUESTION = "pension_credit.verdict = 'likely' AND household.arrears > 200"


class _Quiet:
    def started(self, stage: str) -> None: ...
    def reading(self, file: str, done: int, size: int) -> None: ...
    def finished(self, stage: str, told: str, seconds: float) -> None: ...


def measure(
    dwellings: int, median: Callable[[Callable[[], object]], float], say: Callable[[str, str, str], None]
) -> None:
    """The budgets are those of a city of 154,000 dwellings; `median` gives the seconds that some work takes."""
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        write(city, dwellings=dwellings, seed=SEED, month=MONTH)
        workspace = begin(Path(folder) / "council", "Middlemarch", sample=city).workspace
        run_month(workspace, f"{MONTH:%Y-%m}", _Quiet())
        say("a city to export from, explain and ask", f"{dwellings:,} dwellings", "for 154,000")
        reference, families = _export(workspace)
        seconds = median(lambda: _export(workspace))
        say(f"every list exported, {families:,} families", f"{seconds:.2f} s", "15 s")
        for what, budget, arguments in (
            ("lift explain of a family", "1 s", ["explain", reference]),
            ("lift query --count --by ward,tenure", "2 s", ["query", QUESTION, "--count", "--by", "ward,tenure"]),
            ("lift summary", "", ["summary"]),
        ):
            command = [sys.executable, "-m", "lift.cli.main", *arguments, "--plain", "-w", str(workspace.root)]
            seconds = median(partial(subprocess.run, command, check=True, capture_output=True))
            say(what, f"{seconds:.2f} s", budget)


def _export(workspace: Workspace) -> tuple[str, int]:
    """Every list in the order in which a team works them. The first family of the last that names anybody, and how many
    they name."""
    run = find_run(workspace)
    reference, families = "", 0
    with open_lists(workspace, read_settings(workspace), run) as lists:
        for one in run.record.lists:
            opened = lists.open(one.name)
            reference = opened.families[0].reference if opened.families and opened.rules else reference
            families += lists.export(one.name).shown.shown
    return reference, families
