"""Where do the pages of rules go, and what does their index say? (`lift rules page`)

A folder of HTML files, one a rule, and an index: which entitlement is covered in which benefit year, how well its
figures are known there, and who has signed it off. Nothing that is not a page of ours is ever written over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from html import escape
from pathlib import Path

from lift.cli.rule_page import MARK, Shown, page_of_rule, style, table
from lift.days import in_words
from lift.errors import StorageError
from lift.html import breaking, page
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.page import signed_off
from lift.rulebook.years import Coverage, Year, coverage, years_of
from lift.workspace.writing import private_folder, write_whole

INDEX = "index.html"
_WIDE = "<style>@page { size: A4 landscape }</style>"


def write_pages(book: Rulebook, shown: Sequence[Shown], names: Sequence[str], folder: Path) -> list[Path]:
    """Writes the pages of the named rules and the index of all; gives their paths, the index last.

    Raises StorageError, with nothing written, if one of them would take the place of a file that is not ours."""
    wanted = [folder / f"{name}.html" for name in names]
    for path in [*wanted, folder / INDEX]:
        _require_ours(path)
    private_folder(folder)
    by_id = {one.rule.id: one for one in shown}
    for name, path in zip(names, wanted, strict=True):
        write_whole(path, page_of_rule(book, by_id[name]).encode())
    there = {one.rule.id for one in shown if _is_ours(folder / f"{one.rule.id}.html")}
    write_whole(folder / INDEX, index_page(book, shown, there).encode())
    return [*wanted, folder / INDEX]


def left_over(folder: Path, rules: Iterable[str]) -> list[Path]:
    """Pages of ours in the folder that belong to no rule any more."""
    known = {*(f"{name}.html" for name in rules), INDEX}
    return [path for path in sorted(folder.glob("*.html")) if path.name not in known and _is_ours(path)]


def _require_ours(path: Path) -> None:
    if (path.exists() or path.is_symlink()) and not _is_ours(path):
        raise StorageError(
            f"{path}: is there already and is no page of a rule, so it is not written over. Move it away, or give "
            "another folder. Nothing was written."
        )


def _is_ours(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and MARK.encode() in path.read_bytes()
    except OSError:
        return False


# ---- the index ----


def index_page(book: Rulebook, shown: Sequence[Shown], there: Iterable[str]) -> str:
    """Coverage by rule and benefit year; `there` are the rules whose pages lie beside it."""
    linked = set(there)
    last = max((years_of(one.rule)[-1].begins.year for one in shown if years_of(one.rule)), default=None)
    years = years_of(shown[0].rule, last) if shown else []
    heading = ("Entitlement", *(year.title for year in years), "Sign-off")
    rows = [_row(book, one, last, linked=one.rule.id in linked) for one in shown]
    unsigned = sum(one.rule.reviewed_by is None for one in shown)
    said = (
        f"{_counted(len(shown), 'rule')}; not signed off by an officer: {unsigned or 'none'}. One "
        "column a benefit year, which begins with the new rates in April (council tax: on 1 April)."
    )
    quiet = (
        "Figures: the amounts and tables that the rule rests on. Weak ones are projected or unconfirmed and decide "
        "nothing; without a figure means that none is known, or that it is known no longer. Examples are those dated "
        "in the year. A rule says nothing of days that it does not cover."
    )
    parts = [MARK, _WIDE, "<h1>The rules, by benefit year</h1>", f'<p class="state">{said}</p>']
    parts += [table(heading, rows), f'<p class="quiet">{quiet}</p>']
    return page("The rules, by benefit year", style("The rules, by benefit year."), parts)


def _row(book: Rulebook, one: Shown, last: int | None, *, linked: bool) -> list[str]:
    rule = one.rule
    name = f'<a href="{escape(rule.id)}.html">{escape(rule.name)}</a>' if linked else escape(rule.name)
    about = f"{rule.kind.replace('_', ' ')}, each {rule.level}" + (", the council's own rule" if one.is_own else "")
    first = f'<b>{name}</b><span class="mark">{breaking(about)}</span>'
    return [first, *(_cell(book, rule, year) for year in years_of(rule, last)), escape(signed_off(rule))]


def _cell(book: Rulebook, rule: Rule, year: Year) -> str:
    found = coverage(book, rule, year)
    if found is None:
        return '<span class="quiet">not covered</span>'
    return "".join(f'<span class="{kind}" style="display:block">{escape(text)}</span>' for text, kind in _told(found))


def _told(found: Coverage) -> list[tuple[str, str]]:
    """What a cell says, and how: the days where they are not the whole year, figures, examples."""
    told = []
    if found.begins > found.year.begins:
        told.append((f"from {in_words(found.begins)}", "quiet"))
    if found.ends < found.year.ends - timedelta(days=1):
        told.append((f"to {in_words(found.ends)}", "quiet"))
    told.append((_counted(found.figures, "figure"), ""))
    if found.unknown:
        told.append((f"{found.unknown} without a figure", "weak"))
    if found.weak:
        told.append((f"{found.weak} weak", "weak"))
    if found.single_source:
        told.append((f"{found.single_source} from a single source", "quiet"))
    told.append((_counted(found.examples, "example"), "" if found.examples else "weak"))
    return told


def _counted(number: int, name: str) -> str:
    return f"{number or 'no'} {name}{'' if number == 1 else 's'}"


def shown_rules(book: Rulebook, own: Path | None, came_with: Path) -> list[Shown]:
    """Every rule, and whether it is the council's own; `came_with`: the folder of the program's rules."""
    files: Mapping[str, Path] = (
        {} if own is None else {path.stem: path for path in own.iterdir() if path.suffix == ".yaml"}
    )
    found = []
    for rule in book.rules.values():
        replaced = came_with / "local" / f"{rule.id}.yaml"
        is_own = rule.id in files
        replaces = f"rules/local/{replaced.name}" if is_own and replaced.is_file() else ""
        found.append(Shown(rule, is_own, replaces))
    return found
