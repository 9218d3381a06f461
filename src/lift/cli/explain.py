"""`lift explain`: why does a family, person or home have its answer, down to the law and the line of the file?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, RunId, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from rich.console import Console

    from lift.cli.told import Told
    from lift.stages.explain import Explained, ShownStep
    from lift.workspace.folder import Workspace
    from lift.workspace.runs import PublishedRun

LEAST_REASON = 8


def explain(
    ctx: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF", help="A reference from a list or from lift query.")],
    rule: Annotated[
        str | None,
        typer.Argument(metavar="RULE", help="Only this rule. Without: those that are likely or possible."),
    ] = None,
    names: Annotated[
        str | None,
        typer.Option(
            "--names", metavar="WHY", help="Say who it is. Give the reason: it is logged. Benefits team only."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page to print, in place of the screen.")
    ] = None,
    run: RunId = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Why somebody has an answer: each step with its formula and law, each fact with its file, line and date."""
    from lift.cli.rules import find_rule
    from lift.cli.told import VERDICTS, Told
    from lift.cli.told_page import told_page
    from lift.errors import NotFoundError
    from lift.rulebook.load import load_rulebook
    from lift.stages.explain import explain_run
    from lift.workspace import audit
    from lift.workspace.runs import find_run
    from lift.workspace.writing import require_new, write_whole

    place = workspace_at(ctx, workspace)
    found = find_run(place, run)
    if html is not None:
        require_new(html)
    book = load_rulebook(found.rules, examples=False)
    rules = [find_rule(book, rule).id] if rule else None
    explained = explain_run(_source(found), book, found.record.day, reference, rules)
    told = [Told(book, one) for one in explained.explanations]
    if not told and not explained.others:
        asked = f"{rule} asks" if rule else "the rules ask"
        raise NotFoundError(f"{asked} nothing about {reference}. Take another reference from a list.")
    _require_allowed(place, found, reference, explained, leaves=html is not None)
    people = _people(place, found, reference, explained, names) if names is not None else []
    screen = Screen(as_json=as_json, plain=plain)
    others = [(book.rules[one.rule].name, one.key, VERDICTS[one.verdict], one.rule) for one in explained.others]
    if html is not None:
        title = f"{found.record.council}, run {found.id}: {reference}"
        audit.record(place, {"what": "page", "run": found.id, "reference": reference, "file": str(html)})
        write_whole(html, told_page(title, told, others, people).encode())
        screen.say(f"{html} is written. Destroy it, and whatever is printed from it, when it is no longer needed.")
        screen.answer({"written": str(html)})
    elif as_json:
        _print_json(explained, told, people)
    else:
        _print(screen, told, others, people)


def _source(run: PublishedRun) -> Path:
    """The run's own database for whoever may read it, else the analysts' view."""
    from lift.workspace.analysts import require_view

    return run.core if os.access(run.core, os.R_OK) else require_view(run)


def _require_allowed(
    place: Workspace, run: PublishedRun, reference: str, explained: Explained, *, leaves: bool
) -> None:
    """Nobody's home is explained in which somebody must not be contacted. The analysts' view holds none of these."""
    from lift.workspace.analysts import require_shown

    if not os.access(run.core, os.R_OK):
        return
    require_shown(run, explained.household)
    if leaves:
        from lift.stages.export.named import require_open

        require_open(place, run, [reference, explained.household, *explained.people])


def _people(place: Workspace, run: PublishedRun, reference: str, explained: Explained, why: str) -> list[str]:
    """Names and address. That somebody looked, and why, is in the audit before anything is shown."""
    from lift.errors import UsageError
    from lift.stages.export.named import names_of
    from lift.workspace import audit

    if len(why.strip()) < LEAST_REASON:
        raise UsageError('--names needs the reason, for example: --names "she rang back on 3 December"')
    named = names_of(place, run, reference, explained.household, explained.people)
    audit.record(place, {"what": "names", "run": run.id, "reference": reference, "why": why.strip()})
    return [*(f"{name} ({key})" for key, name in named.people), named.address]


def _print(screen: Screen, told: Sequence[Told], others: Sequence[Sequence[str]], people: Sequence[str]) -> None:
    from lift.cli.told_page import OTHERS

    for line in people:
        screen.say(line, style="bold")
    for one in told:
        if screen.plain:
            typer.echo("\n".join(plain_lines(one)))
        else:
            print_told(one)
    if others:
        screen.heading("Other answers; name the rule to have one explained")
        screen.table(OTHERS, others)


def _print_json(explained: Explained, told: Sequence[Told], people: Sequence[str]) -> None:
    """Every answer as an object; one that is only named has no steps."""
    from lift.cli.answers import write_json
    from lift.cli.told_object import explanation_object

    named = {"people": list(people)} if people else {}
    others = [{"rule": one.rule, "reference": one.key, "verdict": one.verdict} for one in explained.others]
    typer.echo(
        write_json([{**explanation_object(one), **named} for one in told] + [{**one, **named} for one in others])
    )


def plain_lines(told: Told) -> Iterator[str]:
    """Lines that begin with what they are, with a tab between columns."""
    from lift.days import in_words
    from lift.rulebook.check import short

    yield from told.head()
    for title, value, formula in told.asked():
        yield "\t".join(("asked", title, value, formula))
    for step in (step for group in told.shown_steps() for step in group):
        goes_in = "; ".join(f"{name} {value}" for name, value in told.goes_in(step))
        columns = (short(step.name), told.unit(step.key), told.step_value(step), step.formula, goes_in, step.cite)
        yield "\t".join(("step", *columns))
    for one in told.figures():
        yield "\t".join(("figure", one.name, one.value, in_words(one.since), one.status, one.law))
    for name, parts in told.facts_together():
        for whose, value, sources in parts:
            yield "\t".join(("fact", name, whose, value, sources))
    yield ""


def _print_step(console: Console, told: Told, group: list[ShownStep]) -> None:
    """A step with its formula and law once, and for each unit its value and the figures that went into it."""
    from rich.markup import escape
    from rich.padding import Padding

    from lift.rulebook.check import short

    first = group[0]
    alone = len(group) == 1 and first.key == told.answer.key
    value = f"  {escape(told.step_value(first))}" if alone else ""
    console.print(f"\n[cyan]{short(first.name)}[/cyan]{value}")
    law = escape(f"{first.cite}. {first.why}".strip())
    console.print(Padding(f"[dim]=[/dim] {escape(first.formula)}\n[dim]{law}[/dim]", (0, 0, 0, 4), expand=False))
    if alone:
        for name, figure in told.goes_in(first):
            console.print(Padding(f"{escape(name)} {escape(figure)}", (0, 0, 0, 8), expand=False))
        return
    steps = {step.key: step for step in group}
    for keys in told.together(steps, lambda key: (told.step_value(steps[key]), told.goes_in(steps[key]))):
        step = steps[keys[0]]
        line = f"{escape(told.units(keys))}: {escape(told.step_value(step))}"
        console.print(Padding(line, (0, 0, 0, 4), expand=False))
        figures = " · ".join(f"{name} {figure}" for name, figure in told.goes_in(step))
        console.print(Padding(f"[dim]{escape(figures)}[/dim]", (0, 0, 0, 8), expand=False))


def _print_facts(console: Console, told: Told) -> None:
    """Each fact once, and below it of whom what is known, and where from."""
    from rich.markup import escape
    from rich.padding import Padding

    for name, parts in told.facts_together():
        console.print(f"[cyan]{name}[/cyan]")
        for whose, value, sources in parts:
            line = f"{escape(whose)}: {escape(value)}"
            console.print(Padding(line, (0, 0, 0, 4), expand=False))
            if sources:
                console.print(Padding(f"[dim]{escape(sources)}[/dim]", (0, 0, 0, 8), expand=False))


def print_told(told: Told) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    from lift.cli.paper import make_console, print_grid
    from lift.days import in_words

    console = make_console()
    title, *rest = told.head()
    console.print(f"\n[bold]{escape(title)}[/bold]")
    for line in rest:
        console.print(escape(line))
    for title, value, formula in told.asked():
        console.print(f"\n[bold]{escape(title)}[/bold]  {escape(value)}")
        console.print(Padding(f"[dim]=[/dim] {escape(formula)}", (0, 0, 0, 4), expand=False))
    console.print("\n[bold]Step by step[/bold]")
    for group in told.shown_steps():
        _print_step(console, told, group)
    console.print("\n[bold]Figures[/bold]")
    figures = [(one.name, one.value, in_words(one.since), one.status, one.law) for one in told.figures()]
    print_grid(
        ("figure", "value", "since", "how well known", "law"), figures, console=console, whole=("figure", "value")
    )
    console.print("\n[bold]Facts[/bold]")
    _print_facts(console, told)
