"""What is a line of an extract before it is written, and how does it become bytes?

A row remembers whom it speaks of and which faults were planted in it, so that the truth can name file and line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import BinaryIO

from lift.city.law.money import pounds

SLASHED = "%d/%m/%Y"
DASHED = "%d-%m-%Y"


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault. `effect`: accepted, refused or set_aside."""

    name: str
    column: str = ""
    effect: str = "accepted"


@dataclass(frozen=True, slots=True)
class Row:
    """`people` are ids in the order in which the row names them, `home` the dwelling's index (-1 for none), `open`
    whether chance may spoil it.

    `key` is the row's own within its kind, the same from month to month.
    """

    cells: tuple[str, ...]
    people: tuple[str, ...] = ()
    home: int = -1
    open: bool = True
    key: str = ""
    faults: tuple[Fault, ...] = ()
    broken: str | None = None


@dataclass(frozen=True)
class Extract:
    """A file to be, or a district's part of it. `headings` name the cells; `headed` whether they are written; SHBE
    brackets its records."""

    name: str
    kind: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    headed: bool = True
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    first_line: str = ""
    counts_rows: bool = False

    def column(self, heading: str) -> int:
        return self.headings.index(heading)


@dataclass(frozen=True, slots=True)
class Placed:
    """A row at its line of its file, from 1."""

    file: str
    line: int
    row: Row


def text(row: Row, extract: Extract) -> str:
    """The line without its end. Records are joined as they are; a CSV line is quoted where it must be."""
    if row.broken is not None:
        return row.broken
    if not extract.headed:
        return extract.delimiter.join(row.cells)
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=extract.delimiter, lineterminator="").writerow(row.cells)
    return buffer.getvalue()


class Month:
    """The files of a month, which grow district by district."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.files: dict[str, _File] = {}

    def add(self, extract: Extract) -> list[Placed]:
        """Write the rows, and say where each stands."""
        file = self.files.get(extract.name)
        if file is None:
            file = self.files[extract.name] = _File(self.folder / extract.name, extract)
        return file.add(extract.rows)

    def close(self) -> None:
        for file in self.files.values():
            file.close()


class _File:
    def __init__(self, path: Path, extract: Extract) -> None:
        self.extract, self.lines, self.rows = extract, 0, 0
        self.handle: BinaryIO = path.open("wb")
        first = [text(Row(extract.headings), extract)] if extract.headed else []
        first += [extract.first_line] if extract.first_line else []
        self._write(first, extract.encoding)

    def _write(self, lines: list[str], encoding: str) -> None:
        newline = self.extract.newline
        self.handle.write("".join(line + newline for line in lines).encode(encoding))
        self.lines += len(lines)

    def add(self, rows: tuple[Row, ...]) -> list[Placed]:
        placed = [Placed(self.extract.name, line, row) for line, row in enumerate(rows, start=self.lines + 1)]
        # A byte order mark stands at the beginning of a file only.
        self._write([text(row, self.extract) for row in rows], self.extract.encoding.removesuffix("-sig"))
        self.rows += len(rows)
        return placed

    def close(self) -> None:
        if self.extract.counts_rows:
            self._write([f"TRL{self.extract.delimiter}{self.rows}"], self.extract.encoding)
        self.handle.close()


@cache
def _known(headings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(headings)


def cells(headings: tuple[str, ...], values: Mapping[str, str]) -> tuple[str, ...]:
    """The values in the order of the headings; blank where there is none, and no value without a heading."""
    if not values.keys() <= _known(headings):
        raise KeyError(f"no heading for {', '.join(sorted(values.keys() - _known(headings)))}")
    return tuple(values.get(heading, "") for heading in headings)


@lru_cache(maxsize=100_000)
def day(value: date | None, form: str = SLASHED) -> str:
    """A date as suppliers write it; blank for none."""
    return value.strftime(form) if value else ""


def money(pence: int | None) -> str:
    return "" if pence is None else pounds(pence)


def flag(value: bool) -> str:
    return "Y" if value else "N"
