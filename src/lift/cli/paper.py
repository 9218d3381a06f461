"""How does a page of headings, sentences and tables look on the screen, as plain text and as JSON?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from lift.rulebook.page import Grid, Page, Section


#: A table more than this many times as wide as the screen is shown in blocks.
_TOO_WIDE = 1.5


def print_page(page: Page, *, plain: bool) -> None:
    """The page on standard output; `plain` without colour or boxes, a tab between columns."""
    if plain:
        typer.echo("\n".join(_plain_lines(page)))
        return
    console = make_console()
    console.print(f"[bold]{_safe(page.title)}[/bold]\n")
    for sentence in page.sentences:
        console.print(_safe(sentence))
    for section in page.sections:
        _print_section(console, section)


def make_console(*, stderr: bool = False) -> Console:
    """A console that highlights nothing by itself: what stands out is what we make stand out."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def _print_section(console: Console, section: Section) -> None:
    console.print(f"\n[bold]{_safe(section.title)}[/bold]")
    for sentence in section.sentences:
        console.print(_safe(sentence))
    for point in section.points:
        console.print(f"• {_safe(point)}")
    if section.grid is not None:
        print_grid(section.grid.heading, [list(map(text_of, row)) for row in section.grid.rows], console=console)


def print_grid(
    heading: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    plain: bool = False,
    console: Console | None = None,
    whole: Sequence[str] = (),
) -> None:
    """A table on standard output. `whole` columns are not broken over lines; where they leave the others no room, each
    row is a block."""
    if plain:
        typer.echo("\n".join("\t".join(row) for row in [list(heading), *map(list, rows)]))
        return
    written = [list(map(str, row)) for row in rows]
    console = console or make_console()
    widest = [
        max(len(line) for row in [heading, *written] for line in row[i].splitlines() or [""])
        for i in range(len(heading))
    ]
    kept = sum(width for title, width in zip(heading, widest, strict=True) if title in whole)
    rest = sum(widest) - kept
    if sum(widest) > _TOO_WIDE * console.width or rest > _TOO_WIDE * max(console.width - kept - 2 * len(heading), 1):
        print_blocks(console, heading, written)
    else:
        _print_table(console, heading, written, whole)


def _print_table(console: Console, heading: Sequence[str], rows: list[list[str]], whole: Sequence[str]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index, title in enumerate(heading):
        table.add_column(_safe(title), overflow="fold", no_wrap=title in whole, style="cyan" if index == 0 else None)
    for row in rows:
        table.add_row(*map(_safe, row))
    console.print(table)


def print_blocks(console: Console, heading: Sequence[str], rows: list[list[str]]) -> None:
    """A table too wide for the screen: each row as a block, its first cell above the others."""
    from rich.padding import Padding

    for row in rows:
        console.print(f"[cyan]{_safe(row[0])}[/cyan]")
        for title, text in zip(heading[1:], row[1:], strict=True):
            if text:
                console.print(Padding(f"[dim]{_safe(title)}:[/dim] {_safe(text)}", (0, 0, 0, 4), expand=False))


def text_of(cell: Any) -> str:
    """A cell's text, whether it is code or not."""
    return str(getattr(cell, "text", cell))


def _safe(text: str) -> str:
    """Square brackets are text here, not the console's mark-up."""
    return text.replace("[", "\\[")


def _plain_lines(page: Page) -> Iterable[str]:
    yield page.title
    yield from page.sentences
    for section in page.sections:
        yield ""
        yield section.title
        yield from section.sentences
        yield from section.points
        if section.grid is not None:
            yield from _plain_grid(section.grid)


def _plain_grid(grid: Grid) -> Iterable[str]:
    yield "\t".join(grid.heading)
    for row in grid.rows:
        yield "\t".join(" ".join(text_of(cell).split()) for cell in row)


def page_object(page: Page) -> dict[str, Any]:
    """The page for other programs."""
    return {
        "title": page.title,
        "sentences": list(page.sentences),
        "sections": [
            {
                "title": section.title,
                "sentences": [*section.sentences, *section.points],
                "columns": list(section.grid.heading) if section.grid else [],
                "rows": [list(map(text_of, row)) for row in section.grid.rows] if section.grid else [],
            }
            for section in page.sections
        ],
    }
