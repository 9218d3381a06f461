"""`lift list`: which lists does a run hold, who stands on one, and how do one or all of them leave LIFT?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, RunId, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lift.stages.export import Exported, Lists, OpenList
    from lift.workspace.folder import Workspace
    from lift.workspace.runs import PublishedRun
    from lift.workspace.settings import Purpose

WHOLE = ("No.", "Postcode", "Reference")


def list_(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The list, such as pension_credit. Without: all.")
    ] = None,
    export: Annotated[
        bool,
        typer.Option(
            "--export",
            help="Write call file, adviser page and machines' file into lists/; of all lists without a NAME.",
        ),
    ] = False,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="COLUMN", help="Leave a column out. May be repeated.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over files that were changed since LIFT wrote them.")
    ] = False,
    purpose: Annotated[
        bool, typer.Option("--purpose", help="Print its purpose block, or one to fill in for council.toml.")
    ] = False,
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many families to show on the screen.")] = 20,
    run: RunId = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """The lists of a run; one list; one or all as files. Whoever must not be contacted is taken out at that moment."""
    from lift.errors import DisclosureError, UsageError, as_sentence
    from lift.stages.export import list_of, open_lists
    from lift.workspace.runs import find_run
    from lift.workspace.settings import read_settings

    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    if name is None and purpose:
        raise UsageError("say for which list, for example: lift list pension_credit --purpose")
    if (without or replace) and not export:
        raise UsageError("--without and --replace go with --export")
    if name is not None and purpose:
        _purpose(screen, place, name)
        return
    found = find_run(place, run)
    if name is not None:
        list_of(found, name)
    settings = read_settings(place)
    names = [name] if name is not None else [one.name for one in found.record.lists]
    leaving = (names if name is not None else _with_purpose(names, settings.purpose)) if export else []
    try:
        with open_lists(place, settings, found, to_export=leaving) as lists:
            _destroyed(screen, lists)
            if export:
                done = [
                    _exported(screen, one, lists)
                    for one in lists.export_all(leaving, without=without or (), replace=replace)
                ]
                _without_purpose(screen, [one for one in names if one not in leaving])
                screen.answer(done[0] if name is not None else done)
            elif name is None:
                _all(screen, found, lists)
            else:
                _one(screen, lists.open(name), rows)
                for caution in found.record.cautions:
                    screen.warn(caution)
    except DisclosureError as error:
        if name is not None or export:
            raise
        _all(screen, found, None)
        screen.warn(as_sentence(str(error)))


def _with_purpose(names: Sequence[str], purposes: Mapping[str, Purpose]) -> list[str]:
    """Of all lists those that a law was named for; if there is none, all, so that the gate says what is missing."""
    return [name for name in names if name in purposes and purposes[name].gateway] or list(names)


def _without_purpose(screen: Screen, names: Sequence[str]) -> None:
    if names:
        screen.warn(
            f"not exported, for council.toml names no law for {'it' if len(names) == 1 else 'them'}: "
            f"{', '.join(names)}. lift list {names[0]} --purpose prints a purpose to fill in."
        )


def _purpose(screen: Screen, place: Workspace, name: str) -> None:
    from lift.workspace.clock import today
    from lift.workspace.purposes import block_of, end_of_financial_year, suggested_block
    from lift.workspace.settings import read_settings

    settings = read_settings(place)
    if name in settings.purpose:
        text = block_of(name, settings.purpose[name])
    else:
        text = suggested_block(name, end_of_financial_year(today()))
    screen.say(text.rstrip("\n"))
    screen.answer({"list": name, "in_settings": name in settings.purpose, "block": text})


def _destroyed(screen: Screen, lists: Lists) -> None:
    gone = lists.gate.destroyed
    if gone:
        files = "1 exported file was" if len(gone) == 1 else f"{len(gone)} exported files were"
        screen.warn(f"{files} due and deleted: {', '.join(gone[:5])}{' …' if len(gone) > 5 else ''}")


_UNDER_ALL = (
    "In the order in which a team works them. Likely, ask first and may have it count answers, before anybody is held "
    "back; they overlap, so never add them up. To contact: families now, one contact each. Held back: must not be "
    "contacted, have moved or died lately, or are in contact from another list already."
)


def _all(screen: Screen, run: PublishedRun, lists: Lists | None) -> None:
    """Every list with its counts, in the order in which a team works them; `lists` None: nothing may be shown."""
    from lift.cli.list_table import held_in_words, list_table
    from lift.stages.export.showing import showing_of

    shown = {} if lists is None else showing_of(lists.gate).lists
    screen.heading(f"Run {run.id}, {run.record.worked_out}")
    list_table(screen, run.record, shown, families=True)
    screen.say(_UNDER_ALL)
    for caution in run.record.cautions:
        screen.warn(caution)
    screen.say("Next: lift list NAME, then lift list NAME --export")
    screen.answer(
        [
            one.model_dump(mode="json")
            | {
                "families": shown[one.name].shown if one.name in shown else 0,
                "held_back": held_in_words(shown.get(one.name)),
            }
            for one in run.record.lists
        ]
    )


def _one(screen: Screen, opened: OpenList, rows: int) -> None:
    from lift.stages.export.notes import found_in_words

    found = found_in_words(opened.shown)
    screen.heading(f"{opened.title}: {opened.shown.shown:,} families of {found} found")
    screen.table(
        ("No.", "Ask for", "Postcode", "What", "Ask first", "Reference"),
        (
            [
                f"{number}",
                one.rows[0]["name"],
                one.rows[0]["postcode"],
                "\n".join(_what(row, len(opened.rules) > 1) for row in one.rows),
                one.rows[0]["questions"].split("\n")[0],
                one.reference,
            ]
            for number, one in enumerate(opened.families[:rows], start=1)
        ),
        whole=WHOLE,
    )
    if opened.shown.shown > rows:
        screen.say(f"… and {opened.shown.shown - rows:,} more (--rows shows more)")
    screen.say("This list only offers help; not being on it decides nothing. Why is a row here? lift explain REFERENCE")
    screen.answer(
        [
            {"reference": one.reference, "name": one.rows[0]["name"], "postcode": one.rows[0]["postcode"],
             "to_adviser": one.to_adviser, "answers": [{key: row[key] for key in _ANSWER} for row in one.rows]}
            for one in opened.families
        ]
    )  # fmt: skip


_ANSWER = (
    "rule", "reference", "verdict", "worth", "low", "high", "per", "may_already_have", "evidence", "questions",
    "only_together", "advice_first", "deadline", "source",
)  # fmt: skip


def _what(row: Mapping[str, object], several: bool) -> str:
    if not row["verdict"]:
        return "nothing is known: ask"
    told = f"{row['verdict']}: {row['worth']}" if row["worth"] else str(row["verdict"])
    return f"{row['rule']} {told}" if several else told


def _exported(screen: Screen, done: Exported, lists: Lists) -> dict[str, object]:
    """Says what was written, and until when it may be kept."""
    from lift.days import in_words
    from lift.stages.export.notes import found_in_words, rough

    shown = done.shown
    if not done.files:
        screen.say(
            f"{done.name}: nobody to contact ({found_in_words(shown)} found, {rough(shown.held_in_all)} held back). "
            "Nothing was written."
        )
    else:
        screen.say(
            f"{done.name}: {shown.shown:,} families of {found_in_words(shown)} found; checked again on the finished "
            "files"
        )
        for path in done.files:
            screen.say(f"  {path}")
        screen.say(f"Destroy after {in_words(lists.gate.destroy_after)}; LIFT deletes what is still there then.")
    return {"list": done.name, "families": shown.shown, "files": [str(path) for path in done.files]}
