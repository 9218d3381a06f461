"""How is the text of a cell made safe for whatever opens a file, a spreadsheet above all?"""

from __future__ import annotations

import datetime
import unicodedata

Cell = str | int | datetime.date | None
# What a spreadsheet takes for the beginning of a formula, also where spaces stand before it (OWASP; ASVS 1.2.10).
FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"


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
