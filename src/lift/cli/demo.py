"""`lift demo`: what does a month look like, from extracts to lists, for an invented council?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Plain, Screen, Watching

if TYPE_CHECKING:
    from lift.stages.export import Exported


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
    from lift.cli.summary import closing_screen
    from lift.pipeline import run_month
    from lift.stages.export import open_lists
    from lift.stages.export.notes import rough
    from lift.workspace.settings import read_settings
    from lift.workspace.start import begin, sample_folder

    screen = Screen(plain=plain)
    begun = begin(folder, "Middlemarch", sample=sample or sample_folder())
    screen.heading(f"Middlemarch, an invented council, in {folder}/")
    with Watching(screen) as watching:
        outcome = run_month(begun.workspace, begun.months[-1], watching)
    run = outcome.run
    screen.say()
    closing_screen(screen, begun.workspace, run, outcome.showing)
    screen.say()
    screen.heading("Exporting every list, without whoever must not be contacted")
    names = [one.name for one in run.record.lists]
    with open_lists(begun.workspace, read_settings(begun.workspace), run, to_export=names) as lists:
        exported = list(lists.export_all(names))
    screen.table(
        ("List", "#Families", "Held back", "Files"),
        ([one.name, f"{one.shown.shown:,}", rough(one.shown.held_in_all), _files(one)] for one in exported),
        whole=("List",),
    )
    screen.say("One contact a family in a month: whoever is on an earlier list is held back from the later ones.")
    screen.say(f"All are in {begun.workspace.lists / run.id}/. Each was read back and checked again by separate code.")
    screen.say()
    screen.heading("Look at")
    first = next(one for one in exported if one.files)
    page = next(path for path in first.files if "adviser_page" in path.name)
    for what, why in (
        (f"{run.report}", "the run on one page"),
        (f"{page}", "why each family is on a list, and what it may be used for"),
        (f"lift list -w {folder}", "what there is"),
        (f"lift list {first.name} -w {folder}", "one list on the screen"),
    ):
        screen.say(f"  {what:<64}  {why}")


def _files(one: Exported) -> str:
    named = [path.name.removeprefix(f"{one.name}_") for path in one.files]
    return ", ".join(named) or "nobody is left to contact"
