"""`lift run`: what did this month's extracts bring?"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, Screen, Watching, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from lift.workspace.runs import RunRecord


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
    closing_screen(screen, outcome.run.record)
    screen.answer({"new": outcome.is_new, **outcome.run.record.model_dump(mode="json")})


def closing_screen(screen: Screen, record: RunRecord) -> None:
    """What was read, what was not, who is known, what was found, and what to do next."""
    from lift.stages.publish.report import doubts_in_words, money_in_words, month_in_words

    days = sorted(file.extract_date for file in record.files)
    between = f"{days[0].day} {days[0]:%B} to {days[-1].day} {days[-1]:%B %Y}"
    screen.say()
    screen.heading(f"{record.council}, {month_in_words(record)}, worked out for {record.day.day} {record.day:%B %Y}")
    screen.say(f"Read {len(record.files)} files of {between}: {record.lines:,} lines, {record.refused:,} refused")
    if record.values_left_out or record.facts_differing:
        screen.say(doubts_in_words(record))
    if record.missing:
        screen.say("Not supplied:")
        for one in record.missing:
            screen.say(f"  {one.title}: {one.cost}")
    unknown = record.families - record.families_with_income_known
    screen.say(f"Families {record.families:,}, of which on a benefit record {record.families_with_income_known:,}")
    screen.say(
        f"  nothing known about income: {unknown:,}. They are on no list; that does NOT mean they are not entitled."
    )
    screen.say()
    screen.table(
        ("List", "#Likely", "#May have it", "#Ask first", "£ a year, at least", "Name for commands"),
        (
            [
                one.title,
                f"{one.likely:,}",
                f"{one.may_already_have:,}",
                f"{one.possible:,}",
                money_in_words(one),
                one.name,
            ]
            for one in record.lists
        ),
        whole=("£ a year, at least", "Name for commands"),
    )
    screen.say("£ a year: likely and surely not in payment, low end. Lists overlap: never add them up.")
    for warning in record.warnings:
        screen.warn(warning)
    screen.say(f"Nothing has been sent. The run is in runs/{record.run}: report.html, refusals.csv. Next: lift list")
