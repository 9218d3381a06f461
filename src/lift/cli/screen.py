"""How does a command speak: to a person at a terminal, in plain text, or as JSON to another program?"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from lift.workspace.folder import Workspace

WorkspaceAt = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", metavar="DIR", help="The council's workspace. [default: $LIFT_WORKSPACE, else this folder]"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
Plain = Annotated[bool, typer.Option("--plain", help="Print text without colour or boxes; tabs between columns.")]
RunId = Annotated[
    str | None, typer.Option("--run", metavar="RUN", help="Which run, such as 2026-11. [default: the latest]")
]


def workspace_at(ctx: typer.Context, given: Path | None) -> Workspace:
    """The workspace that the command was given, before or after its name; else of the environment; else this folder."""
    from lift.workspace.folder import open_workspace

    named = given or ctx.find_root().params.get("workspace") or os.environ.get("LIFT_WORKSPACE") or "."
    return open_workspace(Path(named))


class Screen:
    """What a command shows. With `as_json` nothing but one JSON document, at the end (`answer`)."""

    def __init__(self, *, as_json: bool = False, plain: bool = False) -> None:
        self.as_json = as_json
        self.plain = plain or as_json or not sys.stdout.isatty() or "NO_COLOR" in os.environ

    def say(self, text: str = "", *, style: str = "") -> None:
        """A line or two of text."""
        if self.as_json:
            return
        if self.plain:
            typer.echo(text)
        else:
            self._console().print(text, style=style or None, markup=False)

    def heading(self, text: str) -> None:
        self.say(text, style="bold")

    def warn(self, text: str) -> None:
        """Something that the user should see and that did not stop the command."""
        if self.plain:
            typer.echo(f"Note: {text}", err=True)
        else:
            self._console(stderr=True).print(f"Note: {text}", style="yellow", markup=False)

    def table(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        whole: Sequence[str] = (),
        spare: Sequence[str] = (),
    ) -> None:
        """Rows under headings; a heading that begins with # stands over numbers. `whole` columns are never broken,
        `spare` ones are left out where the screen is too narrow for them. Nothing else is ever cut off: cells are
        broken between words, and where not even that leaves room each row is a block."""
        if self.as_json:
            return
        names = [heading.lstrip("#") for heading in headings]
        held = [list(row) for row in rows]
        if self.plain:
            for row in (names, *held):
                typer.echo("\t".join(" ".join(cell.split("\n")) for cell in row))
            return
        from lift.cli.paper import print_blocks

        console = self._console()
        kept = list(range(len(names)))
        widths = _widths(names, held, console.width, whole, spare)
        if widths is None and spare:
            kept = [place for place, name in enumerate(names) if name not in spare]
            names, held = [names[place] for place in kept], [[row[place] for place in kept] for row in held]
            widths = _widths(names, held, console.width, whole)
        if widths is None:
            print_blocks(console, names, held)
            return
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, padding=(0, _GAP - 1, 0, 0), pad_edge=False, show_edge=False)
        for place, name, width in zip(kept, names, widths, strict=True):
            number = headings[place].startswith("#")
            justify: Literal["right", "left"] = "right" if number else "left"
            table.add_column(Text(name), justify=justify, overflow="fold", vertical="top", width=width)
        for row in held:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)

    def answer(self, data: Any) -> None:
        """The command's result for another program."""
        if self.as_json:
            import json

            typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))

    def _console(self, *, stderr: bool = False) -> Any:
        from rich.console import Console

        return Console(stderr=stderr, highlight=False)


_GAP = 2  # between two columns
_LEAST = 16  # of a column of text: a longer word in it is broken
_FIGURE = re.compile(r"[-+£\d.,:%]+")  # of a number, a sum or a date
_SPARE = 24  # narrower, a spare column is no help


def _widths(
    names: Sequence[str], rows: Sequence[Sequence[str]], room: int, whole: Sequence[str], spare: Sequence[str] = ()
) -> list[int] | None:
    """How wide each column is on a screen: as wide as its text, or narrower down to its longest word, the widest first.
    None where there is no room for the longest words, or for a `spare` column that is of any use."""
    columns = [[name, *(row[place] for row in rows)] for place, name in enumerate(names)]
    widths = [max(len(line) for cell in cells for line in cell.split("\n")) for cells in columns]
    least = [_least(cells, is_whole=name in whole) for name, cells in zip(names, columns, strict=True)]
    least = [
        max(one, min(width, _SPARE)) if name in spare else one
        for name, one, width in zip(names, least, widths, strict=True)
    ]
    over = sum(widths) + _GAP * (len(names) - 1) - room
    while over > 0:
        place = max(range(len(names)), key=lambda one: (widths[one] > least[one], widths[one]))
        if widths[place] <= least[place]:
            return None
        widths[place] -= 1
        over -= 1
    return widths


def _least(cells: Sequence[str], *, is_whole: bool) -> int:
    """The room that a column needs, its heading first. A figure may not be broken, another long word may."""
    words = [word for cell in cells for word in cell.split()]
    longest = max(map(len, words), default=0)
    if is_whole:
        return max(longest, *map(len, cells[1:]), 0)
    figures = max((len(word) for word in words if _FIGURE.fullmatch(word)), default=0)
    return max(figures, min(longest, _LEAST))


class Watching:
    """The run's progress: a line a stage, with a bar while extracts are read. A context manager."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._files: dict[str, tuple[int, int]] = {}

    def __enter__(self) -> Watching:
        if not self._screen.plain:
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

            self._progress = Progress(
                SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=30), transient=True
            )
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def started(self, stage: str) -> None:
        if self._progress is not None:
            self._task = self._progress.add_task(stage, total=None)

    def reading(self, file: str, done: int, size: int) -> None:
        """Bytes read of one file; the bar shows all files that were begun."""
        self._files[file] = (done, size)
        if self._progress is not None and self._task is not None:
            sizes = self._files.values()
            self._progress.update(
                self._task,
                description=f"intake  {file}",
                completed=sum(one for one, _ in sizes),
                total=sum(size for _, size in sizes),
            )

    def finished(self, stage: str, told: str, seconds: float) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.remove_task(self._task)
            self._progress.console.print(
                f"[green]✓[/green] {stage:<9}{told}  [dim]{seconds:.1f} s[/dim]", highlight=False
            )
        else:
            self._screen.say(f"{stage}\t{told}\t{seconds:.1f} s")
