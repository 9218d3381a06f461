"""`python -m score [DIR]`: runs a city that `lift sample` wrote, or a new one, and compares each month with the truth.

It ends with 1 if a `likely` is wrong, if somebody on one has it already and nobody is told to ask, if a truth that the
files prove is missed, or if a line is refused or accepted wrongly.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from lift.city import write
from lift.cli.screen import Screen
from lift.pipeline import run_month
from lift.workspace.folder import Workspace
from lift.workspace.start import begin
from score.found import read_run
from score.marks import ListMarks, Marks, mark
from score.truth import read_truth

#: The new city: the one that `lift sample DIR` writes.
DWELLINGS, SEED, MONTH = 2000, 1871, datetime.date(2026, 11, 1)


class Quiet:
    """Watches a run and says nothing."""

    def started(self, stage: str) -> None: ...
    def reading(self, file: str, done: int, size: int) -> None: ...
    def finished(self, stage: str, told: str, seconds: float) -> None: ...


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m score", description=__doc__)
    parser.add_argument("city", type=Path, nargs="?", help="a folder that lift sample wrote (a new city)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--names", action="store_true", help="name the families that were missed or listed wrongly")
    chosen = parser.parse_args(arguments)
    screen = Screen(as_json=chosen.json)
    found: dict[str, Marks] = {}
    with tempfile.TemporaryDirectory(prefix="score-") as folder:
        city = chosen.city or Path(folder) / "city"
        if chosen.city is None:
            write(city, dwellings=DWELLINGS, seed=SEED, month=MONTH)
        begun = begin(Path(folder) / "council", "Middlemarch", sample=city)
        for month in begun.months:
            started = time.monotonic()
            found[month] = score_month(begun.workspace, month, city)
            show(screen, month, found[month], time.monotonic() - started, names=chosen.names)
    screen.answer({month: asdict(marks) for month, marks in found.items()})
    return 0 if all(marks.is_good for marks in found.values()) else 1


def score_month(workspace: Workspace, month: str, city: Path) -> Marks:
    """Runs one month of the city and marks it."""
    run = run_month(workspace, month, Quiet()).run
    return mark(read_truth(city / "truth" / month), read_run(workspace.runs / run.id / "core.duckdb"))


def show(screen: Screen, month: str, marks: Marks, seconds: float, *, names: bool) -> None:
    screen.heading(f"{month}, run and marked in {seconds:.0f} s")
    screen.table(
        ("Truly entitled, not in payment", "#All", "#Likely", "#Left as possible", "#Missed", "#of these proved"),
        (
            [
                one.rule,
                f"{one.entitled:,}",
                f"{one.likely:,}",
                f"{one.possible:,}",
                f"{one.missed + len(one.missed_though_proved):,}",
                f"{len(one.missed_though_proved):,}",
            ]
            for one in marks.lists
        ),
        whole=("Truly entitled, not in payment",),
    )
    screen.table(
        ("Others listed as likely", "#Wrong", "#Already had it", "#told to ask", "#Law open", "#Dead, held back",
         "#Twice", "#Asked in vain"),
        (_others(one) for one in marks.lists),
        whole=("Others listed as likely",),
    )  # fmt: skip
    links = marks.links
    screen.say(
        f"Linkage: {links.right:,} pairs of files joined rightly, {links.missed:,} not joined; {links.wrong:,} pairs "
        f"of people taken for one; {links.split:,} of {links.people:,} people are two or more."
    )
    refusals = marks.refusals
    screen.say(f"Lines refused as planted: {_counts(refusals.right)}.")
    screen.say(f"Refused with nothing planted: {_counts(refusals.wrong)}. Accepted: {_counts(refusals.accepted)}.")
    if names:
        for one in marks.lists:
            screen.say(f"{one.rule}: wrong: {one.wrong}; missed though proved: {one.missed_though_proved}")
    screen.say()


def _others(one: ListMarks) -> list[str]:
    numbers = (
        len(one.wrong), one.already_had, one.already_had_and_asked, one.open, one.held_back, one.twice,
        one.asked_in_vain,
    )  # fmt: skip
    return [one.rule, *(f"{number:,}" for number in numbers)]


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{reason} {number:,}" for reason, number in sorted(counted.items())) or "none"


if __name__ == "__main__":
    sys.exit(main())
