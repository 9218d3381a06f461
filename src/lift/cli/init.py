"""`lift init`: how does a council begin?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lift.cli.screen import Json, Plain, Screen


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder for the council's workspace.")],
    name: Annotated[
        str | None, typer.Option("--name", help="The council's name. [default: from the folder's name]")
    ] = None,
    greater_london: Annotated[bool, typer.Option("--greater-london", help="The council is in Greater London.")] = False,
    sample: Annotated[
        Path | None,
        typer.Option("--sample", metavar="FOLDER", help="Copy the extracts of an invented council into it."),
    ] = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Make a workspace: settings, a secret key, templates, and a place for each month's extracts."""
    from lift.workspace.start import begin

    screen = Screen(as_json=as_json, plain=plain)
    council = name or folder.resolve().name.replace("_", " ").replace("-", " ").title()
    begun = begin(folder, council, in_greater_london=greater_london, sample=sample)
    screen.heading(f"{folder} is ready for {council}.")
    for place, what in CONTENTS:
        screen.say(f"  {place:<16}{what}")
    if begun.months:
        screen.say(f"Copied the extracts of {', '.join(begun.months)}.")
    month = begun.months[-1] if begun.months else "2026-11"
    screen.say("\nKeep a copy of reference.key in a safe place: it cannot be made again.")
    screen.say(f"Next: put each month's extracts into a folder such as incoming/{month}, then")
    screen.say(f"  lift check --month {month} -w {folder}\n  lift run --month {month} -w {folder}")
    screen.answer({"workspace": str(folder), "council": council, "months": list(begun.months)})


CONTENTS = (
    ("council.toml", "settings; look through them first"),
    ("incoming/", "extracts, a folder a month"),
    ("templates/", "empty files with the headings LIFT expects; the suppression list among them"),
    ("profiles/", "how to read extracts that LIFT does not know, if there are any"),
    ("rules/", "rules of the council's own, if it needs any"),
    ("reference.key", "the secret behind references"),
)
