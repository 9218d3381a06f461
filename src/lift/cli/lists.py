"""`lift list`: which lists does a run hold, who stands on one, and how does it leave LIFT?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, RunId, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from lift.stages.export import Lists, OpenList
    from lift.workspace.runs import PublishedRun

SHORT = ("rank", "name", "about", "postcode", "verdict", "worth", "start_with", "likely", "questions", "reference")
WHOLE = ("No.", "Postcode", "Verdict", "Reference")


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
        screen.warn(f"no list can be shown or exported: {error}")


def _all(screen: Screen, run: PublishedRun, lists: Lists | None) -> None:
    """Every list with its counts; `lists` None: nothing may be shown, so all is held back."""
    from lift.stages.publish.report import money_in_words

    held = {}
    for one in run.record.lists:
        held[one.name] = one.likely + one.possible if lists is None else lists.held_back(one.name)
    screen.heading(f"Run {run.id}, worked out for {run.record.day.day} {run.record.day:%B %Y}")
    rows = (
        [
            one.name,
            f"{one.likely:,}",
            f"{one.may_already_have:,}",
            f"{one.possible:,}",
            f"{held[one.name]:,}",
            money_in_words(one),
            one.title,
        ]
        for one in run.record.lists
    )
    headings = ("List", "#Likely", "#May have it", "#Ask first", "#Held back", "£ a year, at least", "What it is")
    screen.table(headings, rows, whole=("List", "£ a year, at least"))
    screen.say("Ask first: possible; the list says which question would settle it. Lists overlap: never add them up.")
    screen.say(
        "Held back: must not be contacted, or shares a home, a family or a telephone with somebody who must not."
    )
    screen.answer([{**one.model_dump(mode="json"), "held_back": held[one.name]} for one in run.record.lists])


def _one(screen: Screen, opened: OpenList, rows: int) -> None:
    shown = [(place, column) for place, column in enumerate(opened.columns) if column.key in SHORT]
    screen.heading(f"{opened.title}: {opened.shown.rows:,} of {opened.shown.found:,} rows")
    screen.table(
        [column.heading for _, column in shown],
        ([_text(row[place], column.key) for place, column in shown] for row in opened.rows[:rows]),
        whole=WHOLE,
    )
    if opened.shown.rows > rows:
        screen.say(f"… and {opened.shown.rows - rows:,} more (--rows shows more)")
    screen.say("This list only offers help; not being on it decides nothing. Why is a row here? lift explain REFERENCE")
    keys = [column.key for column in opened.columns]
    screen.answer([dict(zip(keys, row, strict=True)) for row in opened.rows])


def _text(cell: object, key: str) -> str:
    """A cell on the screen; of the questions the first, for the file holds them all."""
    text = "" if cell is None else str(cell)
    return text.split("\n")[0] if key == "questions" else text


def export_one(screen: Screen, lists: Lists, name: str) -> None:
    """Writes one list, and says where."""
    done = lists.export(name)
    screen.say(f"{name}: {done.rows:,} of {done.found:,} rows, checked again on the finished files")
    screen.say(f"  {done.csv}\n  {done.workbook}")
    screen.answer(
        {"list": name, "rows": done.rows, "found": done.found, "csv": str(done.csv), "xlsx": str(done.workbook)}
    )
