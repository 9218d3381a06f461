"""Which profile is this file written in? Decided by its heading line or its records, never by its name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lift.errors import ExtractError
from lift.sources.examine import UTF8_BOM, Examined
from lift.sources.layout import Layout, layout_of_headings, layout_of_records
from lift.sources.profile_shape import FieldName
from lift.sources.profiles import Profile, ProfileBook, Reading, normalise

FIRST_LINES = 5
ENOUGH = 256 * 1024


@dataclass(frozen=True)
class Fit:
    """How well a heading line suits a profile: what it lacks, and which of its columns (from 0) nobody expects."""

    profile: Profile
    delimiter: str
    headings: tuple[str, ...]
    names: tuple[FieldName, ...]
    missing: tuple[str, ...]
    unexpected: tuple[int, ...]
    known: int

    @property
    def fits(self) -> bool:
        return not self.missing and not self.unexpected

    @property
    def distance(self) -> tuple[int, str]:
        """Small when much is known and little amiss. A wrong delimiter knows nothing, and so is far away."""
        return (len(self.missing) + len(self.unexpected) - self.known, self.profile.name)


def recognise(examined: Examined, book: ProfileBook, wanted: str | None = None) -> Layout:
    """The profile of a file, laid over it. `wanted` names the profile, if two would fit. Raises ExtractError."""
    name = examined.path.name
    profiles = list(book.profiles.values())
    if wanted is not None:
        if wanted not in book.profiles:
            raise ExtractError(f"{name}: there is no profile {wanted}. Known profiles: {', '.join(book.profiles)}.")
        profiles = [book.profiles[wanted]]
    lines = _first_lines(examined)
    records = [profile for profile in profiles if profile.structure == "records" and _has_records(profile, lines)]
    if len(records) == 1:
        return layout_of_records(records[0])
    fits = [_best_fit(profile, lines[0]) for profile in profiles if profile.structure == "headed"]
    fitting = _closest([fit for fit in fits if fit.fits])
    if len(records) + len(fitting) > 1:
        names = " and ".join(sorted([*(p.name for p in records), *(fit.profile.name for fit in fitting)]))
        raise ExtractError(f"{name}: fits the profiles {names} alike. Name one for this file in extracts.toml.")
    if not fitting:
        raise ExtractError(f"{name}: {_no_fit(fits)}")
    return _laid_over(name, fitting[0])


def _first_lines(examined: Examined) -> list[str]:
    with examined.path.open("rb") as file:
        start = file.read(ENOUGH)
    encoding = "cp1252" if examined.encoding == "cp1252" else "utf-8"
    text = start.replace(UTF8_BOM, b"").decode(encoding, errors="replace")
    return [line.removesuffix("\r") for line in text.split("\n")[:FIRST_LINES]]


def _has_records(profile: Profile, lines: Sequence[str]) -> bool:
    """Whether one of the first lines is a record of this profile, or the first is its header record alone."""
    width, delimiter = profile.width or 0, profile.delimiters[0]
    letters = {record for table in profile.tables for record in table.records} | set(profile.set_aside)
    for line in lines:
        fields = line.split(delimiter)
        position = profile.record_field
        if len(fields) == width and isinstance(position, int) and fields[position - 1].strip().upper() in letters:
            return True
    header = lines[0].split(delimiter)
    date_field = profile.date_field or 0
    is_header = 1 < len(header) < width and date_field <= len(header)
    return is_header and bool(re.fullmatch(r"\s*\d\d[-/]\d\d[-/]\d{4}\s*", header[date_field - 1]))


def _best_fit(profile: Profile, line: str) -> Fit:
    return min((_fit(profile, line, delimiter) for delimiter in profile.delimiters), key=lambda fit: fit.distance)


def _fit(profile: Profile, line: str, delimiter: str) -> Fit:
    headings = tuple(next(csv.reader([line], delimiter=delimiter), []))
    names = tuple(normalise(heading) for heading in headings)
    expected = _expected(profile)
    return Fit(
        profile=profile,
        delimiter=delimiter,
        headings=headings,
        names=names,
        missing=tuple(_missing(profile, set(names))),
        unexpected=tuple(i for i, name in enumerate(names) if name not in expected),
        known=len(expected.intersection(names)),
    )


def _closest(fitting: list[Fit]) -> list[Fit]:
    """Of several profiles that fit, those whose headings the file writes most nearly letter for letter."""
    alike = {
        fit.profile.name: sum(heading.strip() in _written(fit.profile) for heading in fit.headings) for fit in fitting
    }
    return [fit for fit in fitting if alike[fit.profile.name] == max(alike.values())]


def _written(profile: Profile) -> set[FieldName]:
    return {field for table in profile.tables for reading in table.readings for field in reading.written}


def _expected(profile: Profile) -> set[FieldName]:
    fields = {field for table in profile.tables for reading in table.readings for field in reading.fields}
    if profile.record_field is not None:
        fields.add(profile.record_field)
    return fields | profile.drop.keys() | profile.unused.keys()


def _missing(profile: Profile, names: set[FieldName]) -> Iterable[str]:
    """Columns that the file must have and lacks. The extract's date may come from elsewhere."""
    for table in profile.tables:
        for reading in table.readings:
            if reading.column.need == "optional" or reading.name == "extract_date":
                continue
            if not _is_there(reading, names):
                yield reading.name
    if profile.record_field is not None and profile.record_field not in names:
        yield str(profile.record_field)


def _is_there(reading: Reading, names: set[FieldName]) -> bool:
    if reading.how in ("constant", "header"):
        return True
    if reading.how == "joined":
        return names.issuperset(reading.fields)
    return not names.isdisjoint(reading.fields)


def _no_fit(fits: Sequence[Fit]) -> str:
    """What is wrong with the heading line. Never repeats it unless it surely is one: it may hold a resident's row."""
    nearest = min(fits, key=lambda fit: fit.distance, default=None)
    if nearest is None or nearest.known < max(2, len(nearest.missing)):
        return (
            "its first line is no heading line of any known profile, nor does it hold records. "
            "Add the heading line, or a profile for this file."
        )
    complaints = [f"lacks {', '.join(nearest.missing)}"] if nearest.missing else []
    if nearest.unexpected:
        complaints.append(f"has columns that nobody expects ({_unexpected(nearest)})")
    return (
        f"its heading line fits no profile. The nearest is {nearest.profile.name}, but the file "
        f"{' and '.join(complaints)}. Correct the headings, or add a profile for this file."
    )


def _unexpected(fit: Fit) -> str:
    """Headings by name while they are few; by number if the line may be joined to a row of data."""
    if len(fit.unexpected) * 2 > fit.known:
        return "numbers " + ", ".join(str(i + 1) for i in fit.unexpected[:10])
    return ", ".join(f"number {i + 1}: {fit.headings[i].strip()[:40]}" for i in fit.unexpected[:10])


def _laid_over(name: str, fit: Fit) -> Layout:
    places: dict[FieldName, int] = {}
    for i, heading in enumerate(fit.names):
        if heading in places:
            raise ExtractError(
                f"{name}: columns {places[heading] + 1} and {i + 1} have the same heading ({fit.headings[i].strip()}). "
                "Rename or remove one of them."
            )
        places[heading] = i
    return layout_of_headings(fit.profile, fit.delimiter, fit.headings, list(fit.names))
