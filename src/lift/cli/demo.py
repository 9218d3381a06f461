"""`lift demo`: what does a month look like, from extracts to lists, for an invented council?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lift.cli.screen import Plain, Screen, Watching


def demo(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="A new folder for the demonstration.")] = Path(
        "demo"
    ),
    sample: Annotated[
        Path | None,
        typer.Option("--sample", metavar="FOLDER", help="The invented council. [default: sample_data of the source]"),
    ] = None,
    plain: Plain = False,
) -> None:
    """Run a month of an invented council: make its workspace, run it, export every list, and say what to look at."""
    from lift.cli.run import closing_screen
    from lift.pipeline import run_month
    from lift.rulebook.load import load_rulebook
    from lift.stages.export import open_lists
    from lift.workspace.settings import read_settings
    from lift.workspace.start import begin, sample_folder

    screen = Screen(plain=plain)
    begun = begin(folder, "Middlemarch", sample=sample or sample_folder())
    screen.heading(f"Middlemarch, an invented council, in {folder}/")
    with Watching(screen) as watching:
        run = run_month(begun.workspace, begun.months[-1], watching).run
    closing_screen(screen, run.record)
    screen.say()
    screen.heading("Exporting every list, without whoever must not be contacted")
    book = load_rulebook(run.rules, examples=False)
    with open_lists(begun.workspace, read_settings(begun.workspace), run, book) as lists:
        exported = [lists.export(one.name) for one in run.record.lists]
        first = next((one.name for one in run.record.lists if one.likely), run.record.lists[0].name)
        opened = lists.open(first)
    screen.table(
        ("List", "#Rows", "#Held back", "Files"),
        (
            [one.name, f"{one.rows:,}", f"{one.found - one.rows:,}", f"{one.csv.name}, {one.workbook.name}"]
            for one in exported
        ),
    )
    screen.say(f"They are in {exported[0].csv.parent}/. Each was read back and checked again by separate code.")
    screen.say()
    screen.heading("Look at")
    reference = opened.rows[0][-1] if opened.rows else "REFERENCE"
    for what, why in (
        (f"{run.report}", "the run on one page"),
        (f"{exported[0].csv.parent}/{first}.xlsx", "a list, and its notes"),
        (f"lift list -w {folder}", "what there is"),
        (f"lift list {first} -w {folder}", "one list on the screen"),
        (f"lift explain {reference} -w {folder}", "why a row is there, down to the law and the file's line"),
    ):
        screen.say(f"  {what:<44}  {why}")
