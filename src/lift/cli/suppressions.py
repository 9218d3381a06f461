"""`lift suppressions`: who must not be contacted, what does the newest list say, and what does the register keep?

No name is shown: rows of the list by file and line, the register's own by reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lift.stages.export import Gate
    from lift.workspace.folder import Workspace

app = typer.Typer(help="Who must not be contacted: the newest list, and what the register keeps.")

Reference = Annotated[str, typer.Argument(metavar="REF", help="A reference from a list: a person, family or home.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who asked for it, or who agreed to it.")]


@app.callback(invoke_without_command=True)
def show(ctx: typer.Context, workspace: WorkspaceAt = None, as_json: Json = False, plain: Plain = False) -> None:
    """The newest suppression list, which of its rows match nobody, and the register's own suppressions."""
    if ctx.invoked_subcommand is not None:
        return
    from lift.workspace.register import read_register
    from lift.workspace.suppressed import entries

    screen = Screen(as_json=as_json, plain=plain)
    place = workspace_at(ctx, workspace)
    with read_register(place) as register:
        own = [entry for entry in entries(register) if entry.ended is None]
    with _gate(place) as gate:
        protection = gate.protection
        unmatched = protection.unmatched
        listed = [row for row in protection.rows if row.must_match]
        open_rows = [row for row in unmatched if not row.acknowledged]
        screen.heading(f"In force for run {gate.run.id}: {protection.in_words}")
        screen.say(f"{len(listed):,} rows that apply; {len(unmatched):,} of them match nobody in the run")
        for row in unmatched:
            known = (
                f"acknowledged by {row.acknowledged}" if row.acknowledged else "NOT acknowledged: stops every export"
            )
            screen.say(f"  {row.file} line {row.line}: {known}")
        if open_rows:
            lines = " ".join(str(row.line) for row in open_rows)
            screen.say(f"Correct them, or: lift suppressions acknowledge {lines} --lead NAME --role ROLE --why REASON")
        screen.say()
        screen.heading(f"Kept by the register: {len({entry.reference for entry in own}):,}")
        seen = dict.fromkeys((e.reference, e.reason, f"{e.since}", e.asked_by) for e in own)
        if seen:
            screen.table(("Reference", "Reason", "Since", "Asked for by"), [list(row) for row in seen])
        screen.answer(
            {
                "list": [path.name for path in protection.files],
                "day": protection.day,
                "rows": len(listed),
                "unmatched": [
                    {"file": row.file, "line": row.line, "acknowledged_by": row.acknowledged} for row in unmatched
                ],
                "register": [dict(zip(("reference", "reason", "since", "by"), row, strict=True)) for row in seen],
            }
        )


@app.command()
def acknowledge(
    ctx: typer.Context,
    lines: Annotated[list[int], typer.Argument(metavar="LINE...", help="Lines of the newest list that match nobody.")],
    lead: Annotated[str, typer.Option("--lead", metavar="NAME", help="The lead who answers for it.")],
    role: Annotated[str, typer.Option("--role", help="What the lead is, such as Safeguarding lead.")],
    why: Annotated[str, typer.Option("--why", metavar="REASON", help="Why the row matches nobody.")],
    workspace: WorkspaceAt = None,
    plain: Plain = False,
) -> None:
    """A named lead answers for rows of the list that match nobody. It holds for the same rows in later lists too."""
    from lift.errors import NotFoundError, UsageError
    from lift.workspace.suppressed import acknowledge as keep

    if min(len(lead.strip()), len(role.strip()), len(why.strip())) < 3:
        raise UsageError("--lead, --role and --why each need a word or more: somebody answers for this by name")
    place = workspace_at(ctx, workspace)
    with _gate(place) as gate:
        unmatched = {row.line: row for row in gate.protection.unmatched}
        wrong = [str(line) for line in lines if line not in unmatched]
        if wrong:
            raise NotFoundError(
                f"line {', '.join(wrong)} of the newest suppression list is not among those that match nobody. "
                "`lift suppressions` shows them; nothing was recorded."
            )
        rows = [(unmatched[line].digest, f"{unmatched[line].file} line {line}") for line in lines]
        day = gate.today
    keep(place, rows, lead.strip(), role.strip(), why.strip(), day)
    Screen(plain=plain).say(f"Recorded: {lead.strip()} ({role.strip()}) answers for {len(rows)} of the list's rows.")


@app.command()
def add(
    ctx: typer.Context,
    reference: Reference,
    reason: Annotated[str, typer.Option("--reason", help="Why, such as do_not_contact or objected.")],
    by: By,
    workspace: WorkspaceAt = None,
    plain: Plain = False,
) -> None:
    """Keep somebody off every list from now on, with their home, family and telephone: they asked for it, say."""
    from lift.errors import UsageError
    from lift.stages.export.known import identities_of
    from lift.workspace.clock import day_of_the_newest
    from lift.workspace.runs import find_run
    from lift.workspace.suppressed import REASONS, suppress

    if reason not in REASONS:
        raise UsageError(f"{reason} is no reason. Give one of: {', '.join(REASONS)}.")
    place = workspace_at(ctx, workspace)
    known = identities_of(find_run(place).core, reference)
    suppress(place, reference, reason, by, day_of_the_newest(place), known)
    people = "1 person or home" if len(known) == 1 else f"{len(known)} persons and homes"
    Screen(plain=plain).say(
        f"Recorded: {reference} is on no list from now on, nor whoever shares a home, family or telephone ({people}). "
        "Files that are out already are not changed: export again."
    )


@app.command()
def end(ctx: typer.Context, reference: Reference, by: By, workspace: WorkspaceAt = None, plain: Plain = False) -> None:
    """End a suppression that the register keeps. What stands on the suppression list is changed there."""
    from lift.workspace.clock import day_of_the_newest
    from lift.workspace.suppressed import lift_suppression

    place = workspace_at(ctx, workspace)
    lift_suppression(place, reference, by, day_of_the_newest(place))
    Screen(plain=plain).say(f"Recorded: the register keeps {reference} off lists no longer. The list itself may.")


def _gate(place: Workspace) -> AbstractContextManager[Gate]:
    """The newest run's way out, to look at what is held back, whether or not every row matches."""
    from lift.stages.export import open_gate
    from lift.workspace.runs import find_run
    from lift.workspace.settings import read_settings

    return open_gate(place, read_settings(place), find_run(place), all_matched=False)
