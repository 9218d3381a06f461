"""What is a line of an extract before it is written, and how does it become bytes?

A row remembers whom it speaks of and which faults were planted in it, so that the truth can name file and line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

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
    """`people` are ids, `home` the dwelling's index (-1 for none), `open` whether chance may spoil it."""

    cells: tuple[str, ...]
    people: tuple[str, ...] = ()
    home: int = -1
    open: bool = True
    faults: tuple[Fault, ...] = ()
    broken: str | None = None


@dataclass(frozen=True)
class Extract:
    """A file to be. `headings` name the cells; `headed` whether they are written; SHBE brackets its records."""

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


def lines(extract: Extract) -> Iterator[tuple[str, Row | None]]:
    if extract.headed:
        yield text(Row(extract.headings), extract), None
    if extract.first_line:
        yield extract.first_line, None
    for row in extract.rows:
        yield text(row, extract), row
    if extract.counts_rows:
        yield f"TRL{extract.delimiter}{len(extract.rows)}", None


def render(extract: Extract) -> tuple[bytes, list[Placed]]:
    """The file's bytes, and where every row stands."""
    written: list[str] = []
    placed: list[Placed] = []
    for number, (line, row) in enumerate(lines(extract), start=1):
        written.append(line + extract.newline)
        if row is not None:
            placed.append(Placed(extract.name, number, row))
    return "".join(written).encode(extract.encoding), placed


@cache
def _known(headings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(headings)


def cells(headings: tuple[str, ...], values: Mapping[str, str]) -> tuple[str, ...]:
    """The values in the order of the headings; blank where there is none, and no value without a heading."""
    if not values.keys() <= _known(headings):
        raise KeyError(f"no heading for {', '.join(sorted(values.keys() - _known(headings)))}")
    return tuple(values.get(heading, "") for heading in headings)


def day(value: date | None, form: str = SLASHED) -> str:
    """A date as suppliers write it; blank for none."""
    return value.strftime(form) if value else ""


def money(pence: int | None) -> str:
    return "" if pence is None else pounds(pence)


def flag(value: bool) -> str:
    return "Y" if value else "N"
