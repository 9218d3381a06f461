"""`lift summary`: what was read, who is known, what was found, and what to do next? (Also the end of `lift run`.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from lift.cli.screen import Json, Plain, RunId, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    import datetime

    from lift.stages.export.showing import Showing
    from lift.workspace.folder import Workspace
    from lift.workspace.runs import PublishedRun, RunRecord


def summary(
    ctx: typer.Context, run: RunId = None, workspace: WorkspaceAt = None, as_json: Json = False, plain: Plain = False
) -> None:
    """A run on one screen: what was read, who is known, what was found, who is held back, and what to do next."""
    from lift.workspace.runs import find_run

    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    found = find_run(place, run)
    closing_screen(screen, place, found)
    screen.answer(found.record.model_dump(mode="json"))


def closing_screen(screen: Screen, place: Workspace, run: PublishedRun, showing: Showing | None = None) -> None:
    """Counts alone: nobody is named. Held back is worked out now, by the newest suppression list and the register, but
    for `showing`: what was worked out of a run that has just been made."""
    from lift.cli.list_table import list_table
    from lift.errors import as_sentence
    from lift.stages.intake import NO_SUPPRESSIONS
    from lift.stages.publish.report import doubts_in_words, month_in_words

    if screen.as_json:
        return
    record, now = run.record, showing or _showing(place, run)
    # Why no list may be shown now is said once, below; not also as it stood when the run was made.
    missing = [one for one in record.missing if not (now.trouble and one.kind == "suppression")]
    warnings = [warning for warning in record.warnings if not (now.trouble and warning == NO_SUPPRESSIONS)]
    screen.heading(f"{record.council} · {month_in_words(record)} · {record.worked_out}")
    screen.say(_as_at(record))
    screen.say(_read(record))
    if doubts := doubts_in_words(record):
        screen.say(doubts)
    if missing:
        screen.say("Not supplied:")
        for one in missing:
            screen.say(f"  {one.title}: {one.cost}")
    screen.say(
        f"Families {record.families:,}: benefit record {record.families_on_benefit_record:,} · Universal Credit only "
        f"{record.families_on_universal_credit_alone:,} · nothing known about income {record.families_unseen:,}."
    )
    screen.say('The last are on no list, which does NOT mean "not entitled"; unknown_income.csv says where they live.')
    screen.say()
    list_table(screen, record, now.lists, families=False)
    screen.say(_UNDER)
    for warning in warnings:
        screen.warn(warning)
    if now.trouble:
        screen.warn(as_sentence(now.trouble))
    left = [one.name for one in record.lists if one.name in now.lists and now.lists[one.name].shown]
    screen.say(f"In runs/{run.id}: report.html, refusals.csv, differences.csv, unknown_income.csv.")
    screen.say(f"Nothing has been sent. Next: {f'lift list {left[0]}' if left else 'lift list'}")


_UNDER = (
    "Likely, ask first and may have it count answers; lists overlap, so never add them up. Held back: families who "
    "must not be contacted, have moved or died lately, or are in contact already. £: likely, surely not in payment; "
    "if new: as much, if the families counted under may have it do not get it yet."
)


def _as_at(record: RunRecord) -> str:
    """The day of each source, the newest first; of several files of one sort the oldest, as facts may be so old."""
    from lift.sources.kinds import load_kinds

    kinds = load_kinds()
    oldest: dict[str, datetime.date] = {}
    for file in record.files:
        sort = kinds[file.kind].short
        oldest[sort] = min(file.extract_date, oldest.get(sort, file.extract_date))
    told = [
        f"{day.day} {day:%b} ({', '.join(sorted((one for one, of in oldest.items() if of == day), key=str.lower))})"
        for day in sorted(set(oldest.values()), reverse=True)
    ]
    return f"As at {', '.join(told)}"


def _read(record: RunRecord) -> str:
    from lift.sources.kinds import load_kinds

    every = len(load_kinds())
    refused = f"{record.refused:,} refused" + (" → refusals.csv" if record.refused else "")
    return f"Read {every - len(record.missing)} of {every} sources: {record.lines:,} lines, {refused}"


def _showing(place: Workspace, run: PublishedRun) -> Showing:
    """What each list shows now; or nothing, and why no list may be shown."""
    from lift.errors import DisclosureError
    from lift.stages.export.gate import open_gate
    from lift.stages.export.showing import Showing, showing_of
    from lift.workspace.settings import read_settings

    try:
        with open_gate(place, read_settings(place), run) as gate:
            return showing_of(gate)
    except DisclosureError as error:
        return Showing(trouble=str(error))
