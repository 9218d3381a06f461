"""What does an adviser need to defend an answer: worth, sum, law, facts, and where each fact comes from?

By reference alone: names, addresses and telephones are in the call file.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lift.rulebook.model import Rulebook
from lift.rulebook.plain import plain_name
from lift.stages.export.call_file import Family
from lift.stages.export.columns import Column
from lift.stages.export.workings import Listed, Working, workings
from lift.workspace.cells import Cell

COLUMNS = (
    Column("reference", "Reference", 19),
    Column("about", "Answer about", 19),
    Column("worth", "Worth, and what to know", 28),
    Column("steps", "The sum, step by step", 60),
    Column("law", "Law", 32),
    Column("facts", "Facts", 44),
    Column("origins", "Where each fact comes from", 32),
)
_VERDICTS = {"likely": "Likely", "possible": "To be asked about"}


def page_rows(
    core: Path, book: Rulebook, day: datetime.date, families: Sequence[Family], since: Mapping[str, str], month: str
) -> list[tuple[Cell, ...]]:
    """The rows of these families, each answer worked out from the run's own tables at `core`. `since` and `month`: as
    `adviser_rows` takes them."""
    return adviser_rows(book, families, workings(core, book, day, listed_of(families)), since, month)


def listed_of(families: Iterable[Family]) -> list[Listed]:
    """Every answer of these families, for their workings."""
    return [
        Listed(row["rule"], row["reference"], row["level"], row["household_key"])
        for family in families
        for row in family.rows
    ]


def adviser_rows(
    book: Rulebook,
    families: Sequence[Family],
    found: Mapping[tuple[str, str], Working],
    since: Mapping[str, str],
    month: str,
) -> list[tuple[Cell, ...]]:
    """A row for each answer, family by family. `since`: reference to the month from which it has stood on the list."""
    rows: list[tuple[Cell, ...]] = []
    for family in families:
        for row in family.rows:
            one = found[row["rule"], row["reference"]]
            told = _worth(book, row, since.get(row["reference"], month), month)
            rows.append((family.reference, _about(book, row), told, one.steps, one.law, one.facts, one.origins))
    return rows


def _about(book: Rulebook, row: Mapping[str, Any]) -> str:
    """The rule, and whom of the family its answer is about, by reference."""
    whom = {"family": "the family", "household": "the home"}.get(row["level"], f"{row['role'] or 'person'}")
    own = "" if row["level"] == "family" else f"\n{row['reference']}"
    return f"{book.rules[row['rule']].name}\n{whom}{own}"


def _questions(row: Mapping[str, Any]) -> str:
    """What would settle it, all of it where nothing less does."""
    asked = row["questions"].split("\n")
    together = row.get("only_together") or 0  # runs of LIFT 0.1 do not say
    if not together:
        return " ".join(asked)
    needed = "both answers" if together == 2 else f"all {together} answers"
    return " ".join([*asked[:-together], f"It takes {needed} together to settle it:", *asked[-together:]])


def _worth(book: Rulebook, row: Mapping[str, Any], since: str, month: str) -> str:
    lines = [_VERDICTS[row["verdict"]]]
    if row["worth"]:
        lines.append(row["worth"])
    if row["advice_first"]:
        unsure = row["advice_first"] == "check"
        lines.append(
            "To an adviser first" + (": whether a claim could cost them something is not known" if unsure else "")
        )
    if row["may_already_have"]:
        lines.append("May have it already: ask that first")
    if row["evidence"]:
        lines.append(f"Signs of a need: {row['evidence']}")
    if row["assumptions"]:
        lines.append(f"Assumed: {row['assumptions']}")
    if row["verdict"] == "possible" and row["questions"]:
        lines.append(f"Not settled: {_questions(row)}")
    follows = row.get("follows")  # runs of LIFT 0.1 do not say
    if follows:
        lines += ["If it is awarded:", *(f"- {line}" for line in follows.split("\n"))]
    # Of what has a rule of its own, it is worked out whether it is opened.
    opens = [name for name in book.rules[row["rule"]].opens if name not in book.rules]
    if opens:
        lines.append("Opens: " + ", ".join(map(plain_name, opens)))
    if row["also"]:
        lines.append("This family also: " + ", ".join(book.rules[rule].name for rule in row["also"].split()))
    if since < month:
        lines.append(f"On this list since {since}")
    return "\n".join(lines)
