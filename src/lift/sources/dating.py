"""Of which day is this extract, and may a file of that day be in this month's run?

Raw SHBE says so in its header record. For other files, in this order: a column `extract_date`; the file's entry in
`extracts.toml` beside it; a date in its name (2026-11-12, 20261112 or 12-11-2026); the day given for all files. If
none of these is there, the file is refused: a day that nobody said is not guessed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, RootModel

from lift.errors import ExtractError, UsageError
from lift.sources.documents import Strict, read_toml
from lift.sources.kinds import Kind

MANIFEST = "extracts.toml"
NAME_DATES: tuple[tuple[str, str], ...] = (
    (r"(?<!\d)(\d{4})[-_.](\d\d)[-_.](\d\d)(?!\d)", "ymd"),
    (r"(?<!\d)(\d\d)[-_.](\d\d)[-_.](\d{4})(?!\d)", "dmy"),
    (r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)", "ymd"),
)


class Entry(Strict):
    """What `extracts.toml` may say of one file."""

    extract_date: datetime.date | None = None
    profile: str | None = None


class Manifest(RootModel[dict[str, Entry]]):
    """`extracts.toml`: a table a file, by the file's name."""

    root: dict[str, Entry] = Field(default_factory=dict)


def read_manifest(folder: Path, names: set[str]) -> Mapping[str, Entry]:
    """The entries of `extracts.toml`, if it is there. Raises ExtractError if it names a file that is not."""
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    entries = read_toml(path, Manifest).root
    for name in entries:
        if name not in names:
            raise ExtractError(
                f"{MANIFEST}: names the file {name}, which is not here. Correct the name, or remove the entry."
            )
    return entries


def date_in_name(name: str) -> datetime.date | None:
    """The one date that a file's name holds; None if it holds none, or several."""
    found: set[datetime.date] = set()
    for pattern, order in NAME_DATES:
        for match in re.finditer(pattern, name):
            numbers = [int(part) for part in match.groups()]
            year, month, day = numbers if order == "ymd" else reversed(numbers)
            try:
                found.add(datetime.date(year, month, day))
            except ValueError:
                continue
    return found.pop() if len(found) == 1 else None


def parse_month(month: str) -> datetime.date:
    """The first day of a month written as 2026-11. Raises UsageError."""
    try:
        return datetime.datetime.strptime(month, "%Y-%m").date()
    except ValueError:
        raise UsageError(f"{month} is not a month. Write it as 2026-11.") from None


def check_month(name: str, kind: Kind, day: datetime.date, month: datetime.date | None) -> None:
    """Raises ExtractError if a file of this day does not belong in the run of this month."""
    if month is None:
        return
    months_old = (month.year - day.year) * 12 + month.month - day.month
    if months_old < 0:
        raise ExtractError(
            f"{name}: is of {day.isoformat()}, after the month of this run ({month:%Y-%m}). "
            "Put it into the folder of its own month, or run that month."
        )
    if months_old > kind.months_back:
        months = "a month" if kind.months_back == 1 else f"{kind.months_back} months"
        raise ExtractError(
            f"{name}: is of {day.isoformat()}, too old for the run of {month:%Y-%m} "
            f"({kind.title} may be {months} old). Ask for a newer extract."
        )
