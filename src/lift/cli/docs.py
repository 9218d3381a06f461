"""`python -m lift.cli.docs`: which pages of docs/ are made from the program itself, and are they current?

`make docs` writes them, `make check` fails with the names of those that lag. The same rules give the same bytes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import typer

from lift.rulebook.dictionary_page import dictionary_page
from lift.rulebook.instruments_page import instruments_page
from lift.rulebook.load import load_rulebook, rules_folder
from lift.rulebook.model import Rulebook
from lift.rulebook.page import markdown, rule_page
from lift.sources.kinds import Column, load_kinds

_MADE = "<!-- Made by `make docs`. Do not edit: change the program or the rules, and run it again. -->\n\n"
_MANUAL = "tests.spec.print_manual"


def pages(book: Rulebook) -> Mapping[str, str]:
    """Path below docs/ to text, for every page that the program itself can write."""
    found = {"commands.md": _commands(), "facts.md": _MADE + markdown(dictionary_page(book))}
    found["instruments.md"] = _MADE + markdown(instruments_page(book))
    for rule in book.rules.values():
        found[f"rules/{rule.id}.md"] = _MADE + markdown(rule_page(book, rule))
    found["rules/README.md"] = _contents(book)
    found["columns.md"] = _columns()
    return {path: text.rstrip("\n") + "\n" for path, text in found.items()}


def _contents(book: Rulebook) -> str:
    lines = [f"- [{rule.name}]({rule.id}.md), {rule.kind.replace('_', ' ')}" for rule in book.rules.values()]
    return _MADE + "# The rules\n\n" + "\n".join(lines) + "\n"


# ---- columns of extracts ----

_HELD = {
    "date": "day",
    "flag": "Y or N",
    "integer": "whole number",
    "decimal": "number",
    "text": "text",
}


def _columns() -> str:
    """Every column of every kind of extract, as the plain files of templates/ have them."""
    parts = [
        "# What stands under each heading\n\n"
        "The headings of `templates/` in a workspace, which any file may use in any order; those not held are left "
        "out. A day is 2026-11-12 or 12/11/2026, money is in pounds. **Bold**: no row without it. A star: the file "
        "must have the column. Blank is unknown, never nought, unless the profile says otherwise "
        "([extracts.md](extracts.md))."
    ]
    for kind in load_kinds().values():
        rows = [_column(name, column) for name, column in kind.columns.items()]
        one_of = f" Each row fills one of {', '.join(f'`{name}`' for name in kind.one_of)}." if kind.one_of else ""
        parts.append(
            f"## {kind.title}\n\n`{kind.name}.csv`. A row is {kind.row}.{one_of}\n\n"
            + "\n".join(["| heading | what it holds | meaning |", "|---|---|---|", *rows])
        )
    return _MADE + "\n\n".join(parts) + "\n"


def _column(name: str, column: Column) -> str:
    written = {"value": f"**`{name}`**", "column": f"`{name}` *", "optional": f"`{name}`"}[column.need]
    if isinstance(column.codes, list):
        held = "one of " + ", ".join(column.codes)
    elif column.unit is not None:
        _, _, period = column.unit.partition("/")
        held = f"pounds a {period}" if period else "pounds"
    else:
        held = _HELD.get(column.type, "a code as held")
    return f"| {written} | {held} | {column.meaning} |"


# ---- commands ----


def _commands() -> str:
    from lift.cli.main import app

    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="lift")
    parts = [f"# The commands of `lift`\n\n{command.help}", _epilog(str(command.epilog or ""))]
    parts += [_command(name, found) for name, found in [("lift", command), *_walk(command, context)]]
    return _MADE + "\n\n".join(parts) + "\n"


def _epilog(text: str) -> str:
    """The exit codes as a table."""
    title, _, codes = text.partition(": ")
    rows = [code.partition(" ") for code in codes.split(" · ")]
    return "\n".join(
        [f"## {title}", "", "| code | cause |", "|---|---|", *[f"| {n} | {cause} |" for n, _, cause in rows]]
    )


def _walk(command: Any, context: Any, above: str = "lift") -> Iterator[tuple[str, Any]]:
    """Every command with its full name, groups before what they hold."""
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        yield f"{above} {name}", found
        if hasattr(found, "list_commands"):
            yield from _walk(found, typer.Context(found, info_name=name, parent=context), f"{above} {name}")


def _command(name: str, command: Any) -> str:
    told = [] if name == "lift" else ["", " ".join(str(command.help or "").split())]
    lines = [f"## `{name}`", *told]
    rows = [_parameter(one) for one in command.params if getattr(one, "name", "") != "help"]
    if rows:
        lines += ["", "| argument or option | what it is |", "|---|---|", *rows]
    return "\n".join(lines)


def _parameter(one: Any) -> str:
    if one.param_type_name == "argument":
        written = str(one.metavar or one.name.upper())
    else:
        takes = "" if one.is_flag else f" {one.metavar or _takes(one)}"
        written = ", ".join(one.opts) + takes
    told = " ".join(str(getattr(one, "help", "") or "").split())
    default = one.default
    if one.param_type_name == "option" and not one.is_flag and default is not None and "[default" not in told:
        told += f" Default: {getattr(default, 'value', default)}."
    required = " Required." if one.required and one.param_type_name == "option" else ""
    safe = written.replace("|", "\\|")
    return f"| `{safe}` | {(told + required).strip()} |"


_WORDS = {int: "NUMBER", Path: "FILE", datetime: "DAY"}


def _takes(one: Any) -> str:
    annotation = one.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "|".join(str(choice.value) for choice in annotation)
    return _WORDS.get(annotation, "NAME")


# ---- writing and checking ----


def lagging(folder: Path, book: Rulebook) -> list[str]:
    """The pages in a folder that are not what the program would write, and those it would not write at all."""
    wanted = pages(book)
    late = [path for path, text in wanted.items() if _read(folder / path) != text]
    left = [f"rules/{page.name}" for page in sorted((folder / "rules").glob("*.md"))]
    return sorted([*late, *[path for path in left if path not in wanted]])


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write(folder: Path, book: Rulebook) -> list[str]:
    """Writes every page and takes away pages of rules that are no more; the names of those that changed."""
    changed = lagging(folder, book)
    wanted = pages(book)
    for path in changed:
        place = folder / path
        if path in wanted:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            place.unlink()
    return changed


def main(arguments: list[str]) -> int:
    """Writes the pages, or with --check says which lag; 1 if any does."""
    check = arguments == ["--check"]
    if arguments and not check:
        typer.echo("Usage: python -m lift.cli.docs [--check]", err=True)
        return 2
    root = rules_folder().parent
    book = load_rulebook()
    found = lagging(root / "docs", book) if check else write(root / "docs", book)
    for path in found:
        typer.echo(f"docs/{path} {'lags behind the program. Run: make docs' if check else 'written'}", err=check)
    manual = _print_manual(root, check=check)
    return 1 if (check and found) or manual else 0


def _print_manual(root: Path, *, check: bool) -> int:
    """docs/expressions.md is printed by the tests that prove it; they are in a checkout and in no wheel."""
    if not (root / "tests" / "spec" / "print_manual.py").is_file():
        return 0
    words = [sys.executable, "-m", _MANUAL, *(["--check"] if check else [])]
    return subprocess.run(words, cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
