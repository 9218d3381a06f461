"""`lift run`: what did this month's extracts bring?"""

from __future__ import annotations

import datetime
from typing import Annotated

import typer

from lift.cli.screen import Json, Plain, Screen, Watching, WorkspaceAt, workspace_at


def run(
    ctx: typer.Context,
    month: Annotated[
        str, typer.Option("--month", metavar="YYYY-MM", help="The month, which is its folder's name too.")
    ],
    day: Annotated[
        datetime.datetime | None,
        typer.Option(
            "--day", formats=["%Y-%m-%d"], help="Work answers out for this day. [default: as council.toml says]"
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="Processors to use; results are the same. [default: all]")
    ] = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Run a month: read its extracts, work out answers, rank them into lists. Nothing is sent or exported."""
    from lift.cli.summary import closing_screen
    from lift.pipeline import run_month

    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    with Watching(screen) as watching:
        outcome = run_month(place, month, watching, day=day.date() if day else None, threads=threads)
    if not outcome.is_new:
        screen.say(
            f"Run {outcome.run.id} already rests on these very extracts, rules and settings. It was left as it is; "
            "nothing was done."
        )
    screen.say()
    closing_screen(screen, place, outcome.run, outcome.showing)
    screen.answer({"new": outcome.is_new, **outcome.run.record.model_dump(mode="json")})
