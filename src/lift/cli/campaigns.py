"""`lift campaigns`: whom is the council in contact with, from which list, and since when?"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from lift.workspace.folder import Workspace

app = typer.Typer(
    help="Campaigns: one for each list and month that was exported; when letters went out; when it ended."
)

Name = Annotated[str, typer.Argument(metavar="LIST", help="The list, such as pension_credit.")]
Month = Annotated[
    str | None, typer.Option("--month", metavar="YYYY-MM", help="Its month. [default: that of the latest run]")
]


@app.callback(invoke_without_command=True)
def show(ctx: typer.Context, workspace: WorkspaceAt = None, as_json: Json = False, plain: Plain = False) -> None:
    """Every campaign: how many families it names, since when, until when, and whether its letters were sent."""
    if ctx.invoked_subcommand is not None:
        return
    from lift.workspace.campaigns import campaigns
    from lift.workspace.clock import day_of_the_newest

    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    found = campaigns(place)
    if not found:
        screen.say("There is no campaign yet: exporting a list begins one.")
    else:
        day = day_of_the_newest(place)
        rows = [
            [
                one.list,
                one.month,
                f"{one.contacts:,}",
                f"{one.opened}",
                f"{one.letters_sent or ''}",
                "open" if one.is_open(day) else f"ended {one.closed or one.closes}",
                f"{one.closes}",
            ]
            for one in found
        ]
        screen.table(("List", "Month", "#Families", "Exported", "Letters sent", "State", "Files until"), rows)
        screen.say("Whoever is in an open campaign, or in another of the same month, is held back from other lists.")
    screen.answer(
        [
            {"list": one.list, "month": one.month, "families": one.contacts, "opened": one.opened,
             "letters_sent": one.letters_sent, "closes": one.closes, "closed": one.closed}
            for one in found
        ]
    )  # fmt: skip


@app.command()
def letters(
    ctx: typer.Context,
    name: Name,
    on: Annotated[
        datetime.datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day on which the letters went out.")
    ],
    month: Month = None,
    workspace: WorkspaceAt = None,
    plain: Plain = False,
) -> None:
    """Say when a campaign's letters were sent. The call file shows it once the list is exported again."""
    from lift.workspace.campaigns import letters_sent

    place = workspace_at(ctx, workspace)
    letters_sent(place, name, month or _month(place), on.date())
    Screen(plain=plain).say(f"Recorded: the letters of {name} went out on {on.date()}. Next: lift list {name} --export")


@app.command()
def close(
    ctx: typer.Context, name: Name, month: Month = None, workspace: WorkspaceAt = None, plain: Plain = False
) -> None:
    """End a campaign: its families may stand on other lists again, from the next month on."""
    from lift.workspace.campaigns import close as end
    from lift.workspace.clock import day_of_the_newest

    place = workspace_at(ctx, workspace)
    end(place, name, month or _month(place), day_of_the_newest(place))
    Screen(plain=plain).say(f"Recorded: the campaign {name} of {month or _month(place)} has ended.")


def _month(place: Workspace) -> str:
    from lift.workspace.runs import find_run

    return find_run(place).record.month
