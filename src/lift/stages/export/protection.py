"""Who must not be contacted, as of the newest list among the council's extracts and of its own register?

Without a sure answer nothing leaves: a list that is missing, too old, empty without a lead's signature, or partly
unreadable closes every export (DisclosureError). Messages give files and lines, never what stands there.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lift.days import in_words
from lift.errors import DisclosureError, ExtractError
from lift.sources.dating import date_in_name, read_manifest
from lift.sources.examine import examine
from lift.sources.kinds import load_kinds
from lift.sources.nil_return import NIL_RETURN, NilReturn, read_nil_return
from lift.sources.plausible import check_rows, file_date
from lift.sources.profiles import ProfileBook
from lift.sources.reader import Source, columns_held, parts_ahead, read_rows
from lift.sources.recognise import recognise
from lift.sources.tables import create_tables
from lift.workspace.clock import export_day
from lift.workspace.database import database
from lift.workspace.settings import Settings
from lift.workspace.suppressed import Acknowledged, Entry, digest_of

KIND = "suppression"
DAYS_BEHIND = 7
MONTH = re.compile(r"\d{4}-\d{2}")
NOT_EXTRACTS = (".", "~$")
REGISTER = "register.duckdb"


@dataclass(frozen=True)
class Suppressed:
    """One row of the list, or one entry of the register. `digest`: what the row says, as a keyed hash. `acknowledged`:
    the lead who knows that it matches nobody. Where `must_match` is false it need not match anybody."""

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
    acknowledged: str | None
    digest: str
    must_match: bool = True


@dataclass(frozen=True)
class Protection:
    """The newest list: its files, its day, its rows that still apply and those of the register; or the nil return in
    its place. `today`: the day on which it was asked for. `unmatched`: rows that match nobody in the run."""

    files: tuple[Path, ...]
    sha256: tuple[str, ...]
    day: datetime.date
    rows: tuple[Suppressed, ...]
    nil_return: NilReturn | None
    today: datetime.date
    unmatched: tuple[Suppressed, ...] = ()

    def with_unmatched(self, rows: Iterable[Suppressed]) -> Protection:
        return replace(self, unmatched=tuple(rows))

    @property
    def in_words(self) -> str:
        """What the notes of a list say of it."""
        day = in_words(self.day)
        if self.nil_return is not None:
            return f"nil return signed by {self.nil_return.signed_by} ({self.nil_return.role}) on {day}"
        return f"suppression list of {day}"


@dataclass(frozen=True)
class Kept:
    """What the register keeps: the council's own suppressions, and rows of the list that a lead answers for."""

    entries: tuple[Entry, ...]
    acknowledged: Mapping[str, Acknowledged]
    key: bytes


def newest_protection(
    incoming: Path, profiles: ProfileBook, settings: Settings, known: Iterable[datetime.date], kept: Kept
) -> Protection:
    """The list in force today. `known`: days that the run tells, for an invented council. Raises DisclosureError if
    nothing may leave."""
    for folder in _months(incoming):
        sources, nil_return = _received(folder, profiles)
        if sources or nil_return:
            days, rows = _read(sources, kept) if sources else (set(), [])
            _check(folder, sources, days, rows, nil_return)
            files = [(source.examined.path, source.examined.sha256) for source in sources]
            if nil_return is not None:
                days.add(nil_return.signed_on)
                files.append((folder / NIL_RETURN, nil_return.sha256))
            day = max(days)
            today = export_day(settings, [day, *known])
            _check_age(folder, day, today)
            applying = [row for row in rows if row.applies_to is None or row.applies_to >= today]
            own = [_own(entry) for entry in kept.entries if entry.ended is None]
            paths, digests = (tuple(one) for one in zip(*files, strict=True))
            return Protection(paths, digests, day, (*applying, *own), nil_return, today)
    raise DisclosureError(
        f"there is no suppression list in {incoming.name}, so no list can be shown or exported. Put one into "
        f"the month's folder (templates/suppression.csv shows how), or have a lead sign {NIL_RETURN}."
    )


def _months(incoming: Path) -> list[Path]:
    """The months' folders, the newest first."""
    if not incoming.is_dir():
        return []
    return sorted((p for p in incoming.iterdir() if p.is_dir() and MONTH.fullmatch(p.name)), reverse=True)


def _received(folder: Path, profiles: ProfileBook) -> tuple[list[Source], NilReturn | None]:
    try:
        return _lists(folder, profiles), read_nil_return(folder, None)
    except ExtractError as error:
        raise DisclosureError(
            f"{folder.name}: a file cannot be told from a suppression list, so no list can be shown or exported. "
            f"{error}"
        ) from None


def _check(
    folder: Path,
    sources: list[Source],
    days: set[datetime.date],
    rows: list[Suppressed],
    nil_return: NilReturn | None,
) -> None:
    if len(days) > 1:
        raise DisclosureError(
            f"{folder.name}: holds suppression lists of {len(days)} different days, so no list can be shown or "
            "exported. Keep the newest only."
        )
    if rows and nil_return is not None:
        raise DisclosureError(
            f"{sources[0].name}: has rows, but {NIL_RETURN} says that nobody needs to be suppressed, so no list "
            "can be shown or exported. Remove whichever is wrong."
        )
    if not rows and nil_return is None:
        raise DisclosureError(
            f"{sources[0].name}: has no rows, so no list can be shown or exported. If nobody needs to be suppressed, "
            f"have a lead sign {NIL_RETURN}."
        )


def _check_age(folder: Path, day: datetime.date, today: datetime.date) -> None:
    if day < today - datetime.timedelta(days=DAYS_BEHIND):
        raise DisclosureError(
            f"the newest suppression list ({folder.name}) is of {day}, more than {DAYS_BEHIND} days before {today}, so "
            f"no list can be shown or exported. Put a newer list into {folder.parent.name}/{folder.name}."
        )
    if day > today:
        raise DisclosureError(
            f"the newest suppression list ({folder.name}) is of {day}, which is after today ({today}), so no "
            "list can be shown or exported. Correct its day, or it would never grow old."
        )


def _own(entry: Entry) -> Suppressed:
    """An entry of the register as a row: it matched when it was made, and need not for ever."""
    one = entry.identity
    return Suppressed(
        REGISTER, entry.number, one.uprn, one.account_ref, one.nino, one.phone, one.surname, one.forename,
        one.date_of_birth, one.address1, one.postcode, None, None, "", must_match=False,
    )  # fmt: skip


def _lists(folder: Path, profiles: ProfileBook) -> list[Source]:
    """The files of this folder that are suppression lists, by their headings."""
    paths = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix != ".toml" and not path.name.startswith(NOT_EXTRACTS)
    ]
    manifest = read_manifest(folder, {path.name for path in paths})
    sources: list[Source] = []
    with ThreadPoolExecutor(max_workers=2) as readers:
        files = list(readers.map(examine, paths))
    for path, examined in zip(paths, files, strict=True):
        said = manifest.get(path.name)
        layout = recognise(examined, profiles, said.profile if said else None)
        if layout.profile.kind.name == KIND:
            day = (said.extract_date if said else None) or date_in_name(path.name)
            sources.append(Source(len(sources) + 1, examined, layout, day))
    return sources


_COLUMNS = (
    "uprn", "account_ref", "nino", "phone", "surname", "forename", "date_of_birth", "address1", "postcode",
    "applies_to",
)  # fmt: skip


def _read(sources: list[Source], kept: Kept) -> tuple[set[datetime.date], list[Suppressed]]:
    """The days and rows of the lists. Raises DisclosureError if a single row cannot be read."""
    days: set[datetime.date] = set()
    with database(None) as connection:
        create_tables(connection, [load_kinds()[KIND]], columns_held(sources))
        for source, parts in parts_ahead(sources):
            try:
                tally = read_rows(connection, source, parts)
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
                f"rows of the suppression list that cannot be read: {places(sources, refused)}, so no list can be "
                "shown or exported. Mend them; `lift check` says what is wrong with each."
            )
        rows = connection.execute(f"""SELECT file_id, line, {", ".join(_COLUMNS)},
            CASE WHEN acknowledged THEN acknowledged_by END
            FROM {KIND} ORDER BY file_id, line""").fetchall()
    names = {source.file_id: source.name for source in sources}
    return days, [_row(names[file_id], line, cells, kept) for file_id, line, *cells in rows]


def _row(file: str, line: int, cells: list[Any], kept: Kept) -> Suppressed:
    """`cells`: as in _COLUMNS, and whom the list itself names as acknowledging."""
    digest = digest_of(kept.key, cells[: len(_COLUMNS)])
    known = kept.acknowledged.get(digest)
    *said, named = cells
    return Suppressed(*(file, line, *said, named or (known.lead if known else None), digest))


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
