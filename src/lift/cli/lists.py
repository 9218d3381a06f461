"""`lift list`: which lists does a run hold, who stands on one, and how does it leave LIFT?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, RunId, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from lift.stages.export import Lists, OpenList
    from lift.workspace.runs import PublishedRun

SHORT = ("rank", "name", "address", "postcode", "verdict", "worth", "start_with", "likely", "questions", "reference")


def list_(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The list, such as pension_credit. Without: all.")
    ] = None,
    export: Annotated[bool, typer.Option("--export", help="Write NAME.csv and NAME.xlsx into lists/.")] = False,
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many rows to show on the screen.")] = 20,
    run: RunId = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """The lists of a run; one list; or one list as files. Whoever must not be contacted is taken out at that moment."""
    from lift.errors import DisclosureError, UsageError
    from lift.rulebook.load import load_rulebook
    from lift.stages.export import open_lists, title_of
    from lift.workspace.runs import find_run
    from lift.workspace.settings import read_settings

    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    found = find_run(place, run)
    if export and name is None:
        raise UsageError("say which list to export, for example: lift list pension_credit --export")
    book = load_rulebook(found.rules, examples=False)
    if name is not None:
        title_of(found, book, name)
    try:
        with open_lists(place, read_settings(place), found, book) as lists:
            if name is None:
                _all(screen, found, lists)
            elif export:
                export_one(screen, lists, name)
            else:
                _one(screen, lists.open(name), rows)
    except DisclosureError as error:
        if name is not None:
            raise
        _all(screen, found, None)
        raise DisclosureError(f"{error} The counts above stand; no list can be shown or exported.") from None


def _all(screen: Screen, run: PublishedRun, lists: Lists | None) -> None:
    """Every list with its counts; `lists` None: nothing may be shown, so all is held back."""
    from lift.stages.publish.report import money_in_words

    held = {
        one.name: lists.held_back(one.name) if lists is not None else one.likely + one.possible
        for one in run.record.lists
    }
    screen.heading(f"Run {run.id}, worked out for {run.record.day.day} {run.record.day:%B %Y}")
    screen.table(
        ("List", "Title", "#Likely", "#May have it", "#Ask first", "#Held back", "£ a year, at least"),
        (
            [
                one.name, one.title, f"{one.likely:,}", f"{one.may_already_have:,}", f"{one.possible:,}",
                f"{held[one.name]:,}", money_in_words(one),
            ]
            for one in run.record.lists
        ),
    )  # fmt: skip
    screen.say(
        "Ask first: possible, and the list says which question would settle it. Lists overlap: never add them up."
    )
    screen.say(
        "Held back: must not be contacted, or lives with, belongs to or shares a telephone with somebody who must not."
    )
    screen.answer([{**one.model_dump(mode="json"), "held_back": held[one.name]} for one in run.record.lists])


def _one(screen: Screen, opened: OpenList, rows: int) -> None:
    shown = [(place, column) for place, column in enumerate(opened.columns) if column.key in SHORT]
    screen.heading(f"{opened.title}: {opened.shown.rows:,} of {opened.shown.found:,} rows")
    screen.table(
        [column.heading for _, column in shown],
        ([_text(row[place]) for place, _ in shown] for row in opened.rows[:rows]),
    )
    if opened.shown.rows > rows:
        screen.say(f"… and {opened.shown.rows - rows:,} more (--rows shows more)")
    screen.say("This list only offers help; not being on it decides nothing. Why is a row here? lift explain REFERENCE")
    keys = [column.key for column in opened.columns]
    screen.answer([dict(zip(keys, row, strict=True)) for row in opened.rows])


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def export_one(screen: Screen, lists: Lists, name: str) -> None:
    """Writes one list, and says where."""
    done = lists.export(name)
    screen.say(f"{name}: {done.rows:,} of {done.found:,} rows, checked again on the finished files")
    screen.say(f"  {done.csv}\n  {done.workbook}")
    screen.answer(
        {"list": name, "rows": done.rows, "found": done.found, "csv": str(done.csv), "xlsx": str(done.workbook)}
    )
