"""Which columns does an exported file have, and how is each cell made safe for a spreadsheet?"""

from __future__ import annotations

import datetime
import unicodedata
from dataclasses import dataclass
from typing import Literal

Cell = str | int | datetime.date | None
Kind = Literal["text", "number", "date"]
# What a spreadsheet takes for the beginning of a formula, also where spaces stand before it (OWASP; ASVS 1.2.10).
FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"


@dataclass(frozen=True)
class Column:
    """`key`: its name for machines. `width`: in characters, on screen and on paper. `covered_by`: the name under which
    a purpose must allow it, where that is not its own. `choices`: what may be filled in, as a drop-down."""

    key: str
    heading: str
    width: int
    kind: Kind = "text"
    covered_by: str = ""
    choices: tuple[str, ...] = ()

    @property
    def purpose_name(self) -> str:
        return self.covered_by or self.key


def clean(text: str) -> str:
    """Text without control and invisible characters; a line break stays one."""
    if text.replace("\n", "").isprintable():  # nearly every text is, and can hold nothing hidden
        return text.strip()
    return "\n".join(_clean_line(line) for line in text.split("\n")).strip()


def _clean_line(line: str) -> str:
    return "".join(" " if _is_hidden(character) else character for character in line)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def bare(text: str) -> str:
    """The text for machines: on one line, and without what could begin a formula where a person opens it all the same.
    A quote mark in front, as files for people have it, would end up on letters and in dialled numbers."""
    return " ".join(clean(text).split()).lstrip(FORMULA_STARTS + " \u00a0\t")


def in_csv(cell: Cell) -> str:
    """A cell as CSV text for machines: dates as 2026-11-12, nothing for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return bare(cell)
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)
