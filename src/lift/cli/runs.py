"""`lift runs`: which runs are there?"""

from __future__ import annotations

import typer

from lift.cli.screen import Json, Plain, Screen, WorkspaceAt, workspace_at


def runs(ctx: typer.Context, workspace: WorkspaceAt = None, as_json: Json = False, plain: Plain = False) -> None:
    """Every run of this workspace: its day, its extracts, what it found, who made it and when."""
    from lift.workspace.runs import all_runs

    screen = Screen(as_json=as_json, plain=plain)
    found = [run.record for run in all_runs(workspace_at(ctx, workspace))]
    if not found:
        screen.say("There is no run yet. Make one with: lift run --month 2026-11 (your month)")
    else:
        screen.table(
            (
                "Run",
                "Worked out for",
                "#Files",
                "#Lines",
                "#Refused",
                "#Families",
                "#Likely",
                "#Ask first",
                "Made by",
                "Made on",
            ),
            (
                [
                    record.run,
                    f"{record.day}",
                    f"{len(record.files)}",
                    f"{record.lines:,}",
                    f"{record.refused:,}",
                    f"{record.families:,}",
                    f"{sum(one.likely for one in record.lists if one.name != 'families'):,}",
                    f"{sum(one.possible for one in record.lists if one.name != 'families'):,}",
                    record.who,
                    f"{record.when:%Y-%m-%d %H:%M}",
                ]
                for record in found
            ),
            whole=("Run",),
        )
    screen.answer([record.model_dump(mode="json") for record in found])
