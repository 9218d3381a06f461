"""`lift check`: what are the files of this month, can they be read, and what would a run lack?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, Screen, Watching, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from lift.stages.publish.checked import Checked
    from lift.stages.publish.coverage import Coverage


def check(
    ctx: typer.Context,
    month: Annotated[
        str, typer.Option("--month", metavar="YYYY-MM", help="The month, which is its folder's name too.")
    ],
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Read a month's extracts and say what each is, which rows are refused and what is missing. No run is made."""
    from lift.pipeline import check_month

    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    with Watching(screen) as watching:
        checked = check_month(place, month, watching)
    _show(screen, checked)


def _show(screen: Screen, checked: Checked) -> None:
    from lift.sources.kinds import load_kinds

    kinds = load_kinds()
    screen.heading("What the files are")
    screen.table(
        ("File", "What it is", "Profile", "As at", "#Lines", "#Rows", "#Refused"),
        (
            [file.name, kinds[file.kind].title, file.profile, f"{file.extract_date}", f"{file.lines:,}",
             f"{sum(file.rows.values()):,}", f"{file.refused:,}"]
            for file in checked.files
        ),
        spare=("Profile",),
    )  # fmt: skip
    if checked.refusals:
        screen.heading("\nWhat was refused")
        screen.table(
            ("File", "Column", "What is wrong", "#Rows", "Lines"),
            ([one.file, one.column, one.message, f"{one.rows:,}", one.lines] for one in checked.refusals),
        )
    if checked.left_out:
        screen.heading("\nWhat was left out of rows that are used")
        screen.table(
            ("File", "Column", "What is wrong", "#Rows", "Lines"),
            ([one.file, one.column, one.message, f"{one.rows:,}", one.lines] for one in checked.left_out),
        )
    if checked.unlikely:
        screen.heading("\nWhat is unlikely, and used as it is")
        screen.table(
            ("File", "Column", "What is unlikely", "#Rows", "Lines"),
            ([one.file, one.column, one.message, f"{one.rows:,}", one.lines] for one in checked.unlikely),
        )
    screen.heading("\nWhat a run would have")
    screen.table(
        ("Extract", "#Rows", "What its absence costs"),
        ([one.title, _rows(one), one.cost] for one in checked.coverage),
    )
    for warning in checked.warnings:
        screen.warn(warning)
    screen.say("\nNo run was made.")
    screen.answer(checked.as_data())


def _rows(one: Coverage) -> str:
    """Only a signed nil return makes an extract without rows cost nothing."""
    return f"{one.rows:,}" if one.rows else "none" if one.cost else "nil return"
