"""`lift query`: who answers to a question about a run, and how many are there? (docs/questions.md)"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lift.cli.screen import Json, Plain, RunId, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from lift.stages.query import Asking, Counts, Rows
    from lift.workspace.folder import Workspace
    from lift.workspace.runs import PublishedRun


class Each(StrEnum):
    person = "person"
    family = "family"
    household = "household"
    period = "period"


#: One of them, and several.
_UNITS = {
    Each.person: ("person", "people"),
    Each.family: ("family", "families"),
    Each.household: ("home", "homes"),
    Each.period: ("period", "periods"),
}


def query(
    ctx: typer.Context,
    expression: Annotated[
        str,
        typer.Argument(
            metavar="EXPRESSION",
            show_default=False,
            help="What must be true, for example \"pension_credit.verdict = 'likely' AND household.arrears > 200\". "
            "Without: everybody.",
        ),
    ] = "",
    select: Annotated[
        str,
        typer.Option("--select", metavar="NAMES", help="What to show of each, with commas. [default: what you ask]"),
    ] = "",
    count: Annotated[
        bool, typer.Option("--count", help="Count them. Fewer than 10 are hidden, the rest rounded to 5.")
    ] = False,
    by: Annotated[
        str, typer.Option("--by", metavar="NAMES", help="With --count: a count for each, as ward,tenure.")
    ] = "",
    each: Annotated[Each, typer.Option("--each", help="Whom the question is about.")] = Each.family,
    include_unknown: Annotated[
        bool, typer.Option("--include-unknown", help="Also those of whom it is not known whether it is true.")
    ] = False,
    rule: Annotated[
        Path | None,
        typer.Option("--rule", metavar="FILE", help="Try a draft rule on this run. The run stays as it is."),
    ] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, max=1000, help="How many to show.")] = 20,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            metavar="NAME",
            show_default=False,
            help="Write all rows to files of that name below lists/, under purpose.NAME of council.toml.",
        ),
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="With --output: also over a file that was changed since.")
    ] = False,
    run: RunId = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Ask a run who, or how many. Nobody is named, and nobody who must not be contacted is in the answer.

    Only those of whom it is sure are shown. Every question is logged."""
    from lift.errors import UsageError
    from lift.stages.query import Question, asking
    from lift.workspace.runs import find_run

    if by and not count:
        raise UsageError("--by belongs to --count: lift query EXPRESSION --count --by ward")
    if count and select:
        raise UsageError("--select shows rows and --count counts them. Keep one of the two.")
    if not (expression.strip() or count or rule or select):
        raise UsageError(
            "ask something, for example: lift query \"pension_credit.verdict = 'likely' AND ward = 'Longford'\""
        )
    if rule is not None and not (expression.strip() or count or select):
        count, by = True, f"{rule.stem}.verdict"
    if output and count:
        raise UsageError("--output writes rows. Counts may be copied from the screen, or taken with --json.")
    if output and rule is not None:
        raise UsageError(
            "a draft has been read by nobody, so its answers cannot leave. Put it into rules/ and run the month."
        )
    if replace and not output:
        raise UsageError("--replace goes with --output")
    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    question = Question(expression, each.value, select, by, count, include_unknown, rule)
    found = find_run(place, run)
    if output:
        _require_name(output, found)
    with asking(place, found, question) as asked:
        screen.heading(_title(asked))
        if output:
            _write(screen, place, asked, output, each, replace=replace)
        elif count:
            _show_counts(screen, asked, asked.counts(), each)
        else:
            _show_rows(screen, asked, asked.rows(rows), each)
        _show_notes(screen, asked)


def _title(asked: Asking) -> str:
    record = asked.run.record
    return f"Run {record.run}, {record.worked_out}"


def _show_rows(screen: Screen, asked: Asking, found: Rows, each: Each) -> None:
    from lift.rulebook.page import value_in_words

    unknown = asked.question.include_unknown
    headings = ["Reference", *(["Sure"] if unknown else []), *(column.text for column in found.columns)]
    shown = [
        [
            row.reference,
            *([("yes" if row.sure else "perhaps")] if unknown else []),
            *(value_in_words(value, column.type) for value, column in zip(row.values, found.columns, strict=True)),
        ]
        for row in found.rows
    ]
    if shown:
        screen.table(headings, shown, whole=("Reference",))
    one, many = _UNITS[each]
    screen.say(f"{found.sure:,} {one if found.sure == 1 else many}{_shown_of(found, unknown)}.")
    if found.perhaps:
        more = "It is" if unknown else "Besides, it is"
        hint = "" if unknown else " --include-unknown shows them."
        screen.say(f"{more} not known of {found.perhaps:,} {one if found.perhaps == 1 else many}.{hint}")
    if screen.as_json:
        typer.echo(_rows_object(asked, found))


def _require_name(name: str, run: PublishedRun) -> None:
    from lift.stages.export.question import require_name

    require_name(name, [one.name for one in run.record.lists])


def _write(screen: Screen, place: Workspace, asked: Asking, name: str, each: Each, *, replace: bool) -> None:
    from lift.days import in_words
    from lift.stages.export.gate import open_gate
    from lift.stages.export.notes import rough
    from lift.stages.export.question import Told, export_question
    from lift.workspace.settings import read_settings

    found = asked.rows()
    one, many = _UNITS[each]
    told = Told(
        asked.question.condition,
        many,
        found.columns,
        asked.query.reads,
        found.rows,
        asked.question.include_unknown,
    )
    with open_gate(place, read_settings(place), asked.run) as gate:
        written = export_question(gate, name, told, replace=replace)
        destroy = in_words(gate.destroy_after)
    rows = f"{written.rows:,} {one if written.rows == 1 else many}"
    screen.say(f"{rows} written, {rough(written.held)} held back; checked again on the finished files")
    for path in written.files:
        screen.say(f"  {path.relative_to(place.root).as_posix()}")
    if written.files:
        screen.say(f"Destroy after {destroy}; LIFT deletes what is still there then.")
    files = [path.relative_to(place.root).as_posix() for path in written.files]
    screen.answer({"run": asked.run.id, "rows": written.rows, "held_back": rough(written.held), "files": files})


def _shown_of(found: Rows, unknown: bool) -> str:
    every = found.sure + (found.perhaps if unknown else 0)
    if len(found.rows) == every:
        return ""
    shown = "1 row" if len(found.rows) == 1 else f"{len(found.rows):,} rows"
    return f", {shown} shown (--rows shows more, --count counts)"


def _show_counts(screen: Screen, asked: Asking, counts: Counts, each: Each) -> None:
    from lift.workspace.small_numbers import in_words

    unknown = asked.question.include_unknown
    many = _UNITS[each][1]
    title = f"#{many.capitalize()}"
    headings = [*(column.text for column in asked.query.by), title, *(["#Perhaps"] if unknown else [])]
    lines = [
        [*cell.categories, in_words(cell.sure), *([in_words(cell.perhaps)] if unknown else [])] for cell in counts.cells
    ]
    if asked.query.by:
        last = ["All that is shown", *[""] * (len(asked.query.by) - 1), in_words(counts.sure)]
        lines.append([*last, *([in_words(counts.perhaps)] if unknown else [])])
    screen.table(headings, lines)
    if not unknown and asked.query.condition is not None:
        screen.say(f"Not known of {in_words(counts.perhaps)} {many}, who are not counted (--include-unknown).")
    screen.say(
        "[c] is a count from 0 to 9; the others are rounded to the nearest 5, and a total adds up what is shown."
    )
    if screen.as_json:
        typer.echo(_counts_object(asked, counts))


def _show_notes(screen: Screen, asked: Asking) -> None:
    screen.say(
        "Who must not be contacted is in none of this. It only offers help: it may not be used to stop, reduce or "
        "investigate an award, and not being in it decides nothing."
    )
    if asked.question.draft is not None:
        screen.warn(f"{asked.question.draft.name} is a draft: nobody has reviewed it, and it is in no list.")
    if asked.reads_ward and any(one.kind == "ward" for one in asked.run.record.missing):
        screen.warn(
            "wards are as council tax accounts hold them, which may be out of date: this run had no list of wards."
        )


def _head(asked: Asking) -> dict[str, Any]:
    record, question = asked.run.record, asked.question
    return {"run": record.run, "day": record.day, **question.as_logged()}


def _rows_object(asked: Asking, found: Rows) -> str:
    from lift.cli.answers import value_of, write_json

    rows = [
        {
            "reference": row.reference,
            "sure": row.sure,
            "values": {
                column.text: value_of(value, column.type)
                for value, column in zip(row.values, found.columns, strict=True)
            },
        }
        for row in found.rows
    ]
    return write_json({**_head(asked), "sure": found.sure, "perhaps": found.perhaps, "rows": rows})


def _counts_object(asked: Asking, counts: Counts) -> str:
    from lift.cli.answers import write_json

    names = [column.text for column in asked.query.by]
    cells = [
        {"of": dict(zip(names, cell.categories, strict=True)), "sure": cell.sure, "perhaps": cell.perhaps}
        for cell in counts.cells
    ]
    return write_json({**_head(asked), "sure": counts.sure, "perhaps": counts.perhaps, "cells": cells})
