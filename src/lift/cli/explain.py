"""`lift explain`: why does a family, person or home have its answer, down to the law and the line of the file?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from lift.cli.screen import Json, Plain, RunId, Screen, WorkspaceAt, workspace_at

if TYPE_CHECKING:
    from rich.console import Console

    from lift.cli.told import Told
    from lift.stages.explain import ShownStep


def explain(
    ctx: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF", help="A reference from a list.")],
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Only this rule; default: every one.")] = None,
    run: RunId = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Why somebody has an answer: each step with its formula and law, each fact with its file, line and date."""
    from lift.cli.answers import write_json
    from lift.cli.rules import find_rule
    from lift.cli.told import Told
    from lift.cli.told_object import explanation_object
    from lift.errors import NotFoundError
    from lift.rulebook.load import load_rulebook
    from lift.stages.explain import explain_run
    from lift.workspace.runs import find_run

    found = find_run(workspace_at(ctx, workspace), run)
    book = load_rulebook(found.rules, examples=False)
    rules = [find_rule(book, rule).id] if rule else sorted(book.rules)
    explained = [Told(book, one) for one in explain_run(found.core, book, found.record.day, reference, rules)]
    if not explained:
        asked = f"{rule} asks" if rule else "the rules ask"
        raise NotFoundError(f"{asked} nothing about {reference}. Take another reference from a list.")
    if as_json:
        typer.echo(write_json([explanation_object(told) for told in explained]))
        return
    screen = Screen(plain=plain)
    for told in explained:
        if screen.plain:
            typer.echo("\n".join(plain_lines(told)))
        else:
            print_told(told)


def plain_lines(told: Told) -> Iterator[str]:
    """Lines that begin with what they are, with a tab between columns."""
    from lift.rulebook.check import short
    from lift.rulebook.page import in_words

    yield from told.head()
    for title, value, formula in told.asked():
        yield "\t".join(("asked", title, value, formula))
    for step in (step for group in told.shown_steps() for step in group):
        goes_in = "; ".join(f"{name} {value}" for name, value in told.goes_in(step))
        columns = (short(step.name), told.unit(step.key), told.step_value(step), step.formula, goes_in, step.cite)
        yield "\t".join(("step", *columns))
    for amount in told.shown_amounts():
        since = in_words(amount.since)
        yield "\t".join(("figure", short(amount.name), told.amount_value(amount), since, amount.status, amount.cite))
    for fact in told.shown_facts():
        yield "\t".join(("fact", fact.name, told.unit(fact.key), told.fact_value(fact), told.sources(fact)))
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

    from lift.cli.told import is_unknown

    groups: dict[tuple[bool, str], list[str]] = {}
    for fact in told.shown_facts():
        groups.setdefault((is_unknown(fact), fact.name), []).append(fact.key)
    for (_, name), units in groups.items():
        console.print(f"[cyan]{name}[/cyan]")
        values = {key: told.fact_value(told.facts[key, name]) for key in units}
        for keys in told.together(units, values.get):
            first, *same = (told.facts[key, name] for key in keys)
            line = f"{escape(told.units(keys))}: {escape(told.fact_value(first))}"
            console.print(Padding(line, (0, 0, 0, 4), expand=False))
            if where := told.sources(first, *same):
                console.print(Padding(f"[dim]{escape(where)}[/dim]", (0, 0, 0, 8), expand=False))


def print_told(told: Told) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    from lift.cli.paper import make_console, print_grid
    from lift.rulebook.check import short
    from lift.rulebook.page import in_words

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
    figures = [
        (short(a.name), told.amount_value(a), in_words(a.since), a.status.replace("_", " "), a.cite)
        for a in told.shown_amounts()
    ]
    print_grid(
        ("figure", "value", "since", "how well known", "law"), figures, console=console, whole=("figure", "value")
    )
    console.print("\n[bold]Facts[/bold]")
    _print_facts(console, told)
