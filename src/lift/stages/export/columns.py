"""Which columns does an exported list have, and how is each cell made safe for a spreadsheet?"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from lift.rulebook.model import Rule

Cell = str | int | Decimal | datetime.date | None
Kind = Literal["text", "number", "money", "date"]
A_TIME = {"weekly": "a week", "monthly": "a month", "yearly": "a year", "one_off": "once", "arrears": "in arrears"}
# What a spreadsheet takes for the beginning of a formula, also where spaces stand before it (OWASP; ASVS 1.2.10).
FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"


@dataclass(frozen=True)
class Column:
    """`key`: the column of `ranked` or `ranked_family`. `width`: in characters, on screen and on paper."""

    key: str
    heading: str
    width: int
    kind: Kind = "text"


_WHO = (
    Column("rank", "No.", 5, "number"),
    Column("name", "Name", 20),
    Column("about", "About", 18),
    Column("address", "Address", 24),
    Column("postcode", "Postcode", 10),
    Column("ward", "Ward", 11),
)
_ANSWER = (
    Column("verdict", "Verdict", 9),
    Column("worth", "Worth", 21),
    Column("low", "Least £", 9, "money"),
    Column("high", "Most £", 9, "money"),
    Column("may_already_have", "May have it", 7),
    Column("evidence", "Evidence", 9),
    Column("questions", "Ask first", 36),
    Column("advice_first", "Adviser first", 8),
    Column("deadline", "Deadline", 11, "date"),
)
_LOOK_UP = (
    Column("since", "On this list since", 8),
    Column("assumptions", "Assumed", 12),
    Column("source", "Look it up in", 21),
    Column("reference", "Reference", 18),
)
_FAMILY = (
    Column("start_with", "Start with", 24),
    Column("likely", "Likely", 42),
    Column("possible", "Ask about", 32),
    Column("advice_first", "Adviser first", 8),
    Column("deadline", "Deadline", 11, "date"),
    Column("reference", "Reference", 18),
)


def columns_of(rule: Rule | None, filled: set[str]) -> tuple[Column, ...]:
    """A list's columns; None: the families' list. What this rule can never fill, or fills nowhere, is left out."""
    if rule is None:
        return tuple(c for c in (*_WHO, *_FAMILY) if c.key != "about" and (c.key != "deadline" or c.key in filled))
    left_out = {key for key in ("deadline", "assumptions") if key not in filled}
    left_out |= set() if rule.level == "person" else {"about"}
    left_out |= set() if rule.evidence else {"evidence"}
    left_out |= set() if any(part != "in_kind" for part in rule.worth) else {"low", "high"}
    left_out |= set() if "already" in rule.answers else {"may_already_have"}
    left_out |= set() if "advice_first" in rule.answers else {"advice_first"}
    often = A_TIME.get(rule.worth[0], "") if rule.worth else ""
    return tuple(_said(column, often) for column in (*_WHO, *_ANSWER, *_LOOK_UP) if column.key not in left_out)


def _said(column: Column, often: str) -> Column:
    """Money says how often it is paid."""
    return replace(column, heading=f"{column.heading} {often}") if column.kind == "money" else column


def cells_of(row: Mapping[str, Any], columns: Sequence[Column]) -> list[Cell]:
    """One row, cleaned: text without control characters, flags in words."""
    return [_cell(row[column.key]) for column in columns]


def _cell(value: Any) -> Cell:
    """A flag shows where it is set, and nothing where it is not."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return clean(value) if isinstance(value, str) else value


def clean(text: str) -> str:
    """Text without control and invisible characters; a line break stays one."""
    kept = [" " if _is_hidden(character) and character != "\n" else character for character in text]
    return "".join(kept).strip()


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def neutral(text: str) -> str:
    """The text for a CSV that people open in a spreadsheet: on one line, and never the beginning of a formula."""
    line = " ".join(text.split("\n"))
    return "'" + line if line.lstrip()[:1] and line.lstrip()[0] in FORMULA_STARTS else line


def in_csv(cell: Cell) -> str:
    """A cell as CSV text: money with two decimals, dates as 2026-11-12, nothing for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutral(cell)
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)
