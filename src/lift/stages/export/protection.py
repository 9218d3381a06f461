"""Who must not be contacted, as of the newest list that the council has put among its extracts?

Without a sure answer nothing leaves: a list that is missing, too old, empty without a lead's signature, or partly
unreadable closes every export (DisclosureError). Messages give files and lines, never what stands there.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lift.errors import DisclosureError, ExtractError
from lift.sources.dating import date_in_name, read_manifest
from lift.sources.examine import examine
from lift.sources.kinds import load_kinds
from lift.sources.nil_return import NIL_RETURN, NilReturn, read_nil_return
from lift.sources.plausible import check_rows, file_date
from lift.sources.profiles import ProfileBook
from lift.sources.reader import Source, columns_held, read_rows
from lift.sources.recognise import recognise
from lift.sources.tables import create_tables
from lift.workspace.database import database

KIND = "suppression"
DAYS_BEHIND = 7
MONTH = re.compile(r"\d{4}-\d{2}")
NOT_EXTRACTS = (".", "~$")


@dataclass(frozen=True)
class Suppressed:
    """One row of the list, as read. `acknowledged`: a named lead knows that it matches nobody."""

    file: str
    line: int
    uprn: str | None
    account_ref: str | None
    nino: str | None
    phone: str | None
    surname: str | None
    forename: str | None
    date_of_birth: datetime.date | None
    address1: str | None
    postcode: str | None
    applies_to: datetime.date | None
    acknowledged: bool


@dataclass(frozen=True)
class Protection:
    """The newest list: its files, its day, its rows that still apply; or the nil return in its place."""

    files: tuple[Path, ...]
    sha256: tuple[str, ...]
    day: datetime.date
    rows: tuple[Suppressed, ...]
    nil_return: NilReturn | None

    @property
    def in_words(self) -> str:
        """What the notes of a list say of it."""
        if self.nil_return is not None:
            return f"nil return signed by {self.nil_return.signed_by} ({self.nil_return.role}) on {self.day:%-d %B %Y}"
        return f"list of {self.day:%-d %B %Y}"


def newest_protection(incoming: Path, profiles: ProfileBook, run_day: datetime.date) -> Protection:
    """The list in force for a run of this day. Raises DisclosureError if nothing may leave."""
    months = (
        [path for path in incoming.iterdir() if path.is_dir() and MONTH.fullmatch(path.name)]
        if incoming.is_dir()
        else []
    )
    for folder in sorted(months, reverse=True):
        found = _in_folder(folder, profiles, run_day)
        if found is not None:
            if found.day < run_day - datetime.timedelta(days=DAYS_BEHIND):
                raise DisclosureError(
                    f"the newest suppression list ({folder.name}) is of {found.day}, more than {DAYS_BEHIND} days "
                    f"before the day of this run ({run_day}). Nothing was exported. Put a newer list into "
                    f"{incoming.name}/{folder.name}."
                )
            return found
    raise DisclosureError(
        f"there is no suppression list in {incoming.name}. Nothing was exported. Put one into the month's folder "
        f"(templates/suppression.csv shows how), or have a lead sign {NIL_RETURN}."
    )


def _in_folder(folder: Path, profiles: ProfileBook, run_day: datetime.date) -> Protection | None:
    try:
        nil_return = read_nil_return(folder, None)
        sources = _lists(folder, profiles)
    except ExtractError as error:
        raise DisclosureError(
            f"{folder.name}: a file cannot be told from a suppression list, so nothing was exported. {error}"
        ) from None
    if not sources:
        return (
            Protection((folder / NIL_RETURN,), (nil_return.sha256,), nil_return.signed_on, (), nil_return)
            if nil_return
            else None
        )
    days, rows = _read(sources)
    if len(days) > 1:
        raise DisclosureError(
            f"{folder.name}: holds suppression lists of {len(days)} different days. Nothing was exported. Keep the "
            "newest only."
        )
    if rows and nil_return is not None:
        raise DisclosureError(
            f"{sources[0].name}: has rows, but {NIL_RETURN} says that nobody needs to be suppressed. Nothing was "
            "exported. Remove whichever is wrong."
        )
    if not rows and nil_return is None:
        raise DisclosureError(
            f"{sources[0].name}: has no rows. Nothing was exported. If nobody needs to be suppressed, have a lead "
            f"sign {NIL_RETURN}."
        )
    files = tuple(source.examined.path for source in sources)
    applying = tuple(row for row in rows if row.applies_to is None or row.applies_to >= run_day)
    return Protection(files, tuple(source.examined.sha256 for source in sources), max(days), applying, nil_return)


def _lists(folder: Path, profiles: ProfileBook) -> list[Source]:
    """The files of this folder that are suppression lists, by their headings."""
    paths = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix != ".toml" and not path.name.startswith(NOT_EXTRACTS)
    ]
    manifest = read_manifest(folder, {path.name for path in paths})
    sources: list[Source] = []
    for path in paths:
        said = manifest.get(path.name)
        examined = examine(path)
        layout = recognise(examined, profiles, said.profile if said else None)
        if layout.profile.kind.name == KIND:
            day = (said.extract_date if said else None) or date_in_name(path.name)
            sources.append(Source(len(sources) + 1, examined, layout, day))
    return sources


_COLUMNS = (
    "uprn", "account_ref", "nino", "phone", "surname", "forename", "date_of_birth", "address1", "postcode",
    "applies_to",
)  # fmt: skip


def _read(sources: list[Source]) -> tuple[set[datetime.date], list[Suppressed]]:
    """The days and rows of the lists. Raises DisclosureError if a single row cannot be read."""
    days: set[datetime.date] = set()
    with database(None) as connection:
        create_tables(connection, [load_kinds()[KIND]], columns_held(sources))
        for source in sources:
            try:
                tally = read_rows(connection, source)
                check_rows(connection, source, tally)
                if tally.accepted:
                    days.add(file_date(connection, source))
                elif source.extract_date is not None:
                    days.add(source.extract_date)
            except ExtractError as error:
                raise DisclosureError(
                    f"the suppression list cannot be read, so nothing was exported. {error}"
                ) from None
        refused = connection.execute("SELECT DISTINCT file_id, line FROM refusal ORDER BY ALL").fetchall()
        if refused:
            raise DisclosureError(
                f"rows of the suppression list that cannot be read: {places(sources, refused)}. Nothing was exported. "
                "Mend them; `lift check` says what is wrong with each."
            )
        rows = connection.execute(f"""SELECT file_id, line, {", ".join(_COLUMNS)},
            coalesce(acknowledged, FALSE) AND acknowledged_by IS NOT NULL
            FROM {KIND} ORDER BY file_id, line""").fetchall()
    names = {source.file_id: source.name for source in sources}
    return days, [Suppressed(names[row[0]], *row[1:]) for row in rows]


def places(sources: list[Source], lines: list[tuple[Any, ...]]) -> str:
    """`list.csv line 3, 8` for (file_id, line) pairs; the first ten."""
    names = {source.file_id: source.name for source in sources}
    return in_places([(names[file_id], line) for file_id, line in lines])


def in_places(lines: list[tuple[str, int]]) -> str:
    """`list.csv line 3, 8` for (file, line) pairs; the first ten."""
    by_file: dict[str, list[str]] = {}
    for name, line in lines[:10]:
        by_file.setdefault(name, []).append(str(line))
    told = "; ".join(f"{name} line {', '.join(numbers)}" for name, numbers in by_file.items())
    return told + (f" and {len(lines) - 10} more" if len(lines) > 10 else "")
