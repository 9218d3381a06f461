"""What do the first and last line of a file of records say: of which day is it, and how many records are in it?"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lift.errors import ExtractError
from lift.sources.examine import UTF8_BOM, Examined
from lift.sources.layout import Layout

# Header, trailer and records are all far shorter; trailing blank lines may follow the trailer.
END = 1024 * 1024


@dataclass(frozen=True)
class Ends:
    """The reference date of the header record, and the number of records that the trailer counts."""

    extract_date: datetime.date
    count: int


def read_ends(examined: Examined, layout: Layout) -> Ends:
    """Raises ExtractError if the header or trailer record is missing or cannot be read: the file may be cut short."""
    name = examined.path.name
    header, trailer = (line.split(layout.delimiter) for line in _first_and_last(examined))
    if len(header) == layout.width:
        raise ExtractError(
            f"{name}: begins with a record where the header record with the reference date should stand. "
            "Its start is missing: ask for the whole extract."
        )
    if _is_record(trailer, layout) or examined.last_filled_line == 1:
        raise ExtractError(
            f"{name}: has no trailer record at line {examined.last_filled_line}, its last: it was cut short. "
            "Ask for the whole extract."
        )
    return Ends(extract_date=_day(name, header, layout), count=_count(name, trailer, layout, examined.last_filled_line))


def _first_and_last(examined: Examined) -> tuple[str, str]:
    """The first line and the last filled one, as text; damaged characters do not matter here."""
    with examined.path.open("rb") as file:
        first = file.read(END).replace(UTF8_BOM, b"").split(b"\n", 1)[0]
        file.seek(max(examined.size - END, 0))
        last = file.read().rstrip(b" \t\r\n").rsplit(b"\n", 1)[-1]
    return first.decode("cp1252", errors="replace").strip(), last.decode("cp1252", errors="replace").strip()


def _is_record(fields: list[str], layout: Layout) -> bool:
    """Whether the line is a record, whole or cut off: trailers are short and begin with something else."""
    profile = layout.profile
    letters = {record for table in profile.tables for record in table.records} | set(profile.set_aside)
    position = layout.record_index or 0
    return len(fields) >= layout.width or (position < len(fields) and fields[position].strip().upper() in letters)


def _day(name: str, header: list[str], layout: Layout) -> datetime.date:
    position = layout.profile.date_field or 1
    text = header[position - 1].strip() if position <= len(header) else ""
    for written in layout.profile.dates:
        try:
            return datetime.datetime.strptime(text, written).date()
        except ValueError:
            continue
    raise ExtractError(
        f"{name}: field {position} of its header record (line 1) is no date, so its reference date is not known. "
        "Ask for the extract again."
    )


def _count(name: str, trailer: list[str], layout: Layout, line: int) -> int:
    position = layout.profile.count_field or 1
    text = trailer[position - 1].strip() if position <= len(trailer) else ""
    if not text.isascii() or not text.isdigit():
        raise ExtractError(
            f"{name}: field {position} of its trailer record (line {line}) is no number, so nothing proves that the "
            "file is whole. Ask for the extract again."
        )
    return int(text) - (2 if layout.profile.trailer_counts_itself else 0)


def check_count(name: str, expected: int, found: int) -> None:
    """Raises ExtractError if the trailer counts other than the file holds."""
    if expected != found:
        raise ExtractError(
            f"{name}: its trailer record counts {expected} records, but the file holds {found}. It was cut short or "
            "changed: ask for the whole extract."
        )
