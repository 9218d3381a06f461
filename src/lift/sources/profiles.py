"""How is one supplier's file of a kind read: which field becomes which column, in which unit, and what is a blank?"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lift.errors import SettingsError
from lift.sources.amounts import unit_problem
from lift.sources.documents import read_yaml
from lift.sources.kinds import Column, Kind, load_kinds
from lift.sources.profile_shape import BlankShape, ColumnShape, FieldName, ProfileShape, TableShape

PROFILES_FOLDER = Path(__file__).parent / "profiles"
DELIMITERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "pipe": "|", "tab": "\t"}
UNKNOWN_BLANK = BlankShape.model_validate({"is": "unknown"})

# Flags as systems write them. A profile may list its own with `codes: {word: "true"}`.
FLAG_WORDS: Mapping[str, str | None] = {
    **dict.fromkeys(("1", "Y", "YES", "T", "TRUE"), "true"),
    **dict.fromkeys(("0", "N", "NO", "F", "FALSE"), "false"),
}


def normalise(heading: FieldName) -> FieldName:
    """Headings are compared by their letters and digits alone, in small letters; positions as they are."""
    return heading if isinstance(heading, int) else re.sub(r"[\W_]+", "", heading.casefold())


@dataclass(frozen=True)
class Reading:
    """How one canonical column is read. `fields` are normalised headings or positions from 1."""

    name: str
    column: Column
    how: str  # one | joined | first_of | constant | header
    fields: tuple[FieldName, ...]
    written: tuple[FieldName, ...]  # the same as the profile writes them
    constant: str | None
    unit: str | None
    convert: str | None
    blank: BlankShape
    codes: Mapping[str, str | None] | None  # keys in capitals; None is unknown
    other_codes: str  # refuse | unknown | a code
    dates: tuple[str, ...]
    sentinels: tuple[datetime.date, ...]  # dates that are no dates
    years_in_the_past: bool


@dataclass(frozen=True)
class Table:
    """One kind filled from the file, from lines whose record field is one of `records` (all lines, if empty)."""

    kind: Kind
    records: tuple[str, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Profile:
    """How to read one supplier's file."""

    name: str
    title: str
    evidence: str
    path: Path
    structure: str
    delimiters: tuple[str, ...]
    csv_quotes: bool
    width: int | None
    date_field: int | None
    count_field: int | None
    trailer_counts_itself: bool
    dates: tuple[str, ...]
    record_field: FieldName | None
    set_aside: Mapping[str, str]
    tables: tuple[Table, ...]
    drop: Mapping[FieldName, str]
    unused: Mapping[FieldName, str]

    @property
    def kind(self) -> Kind:
        """The main kind: the first table's."""
        return self.tables[0].kind


@dataclass(frozen=True)
class ProfileBook:
    """All profiles in use, by name."""

    profiles: Mapping[str, Profile]


def read_profile(path: Path) -> Profile:
    """One profile file, held against its kinds. Raises SettingsError."""
    shape = read_yaml(path, ProfileShape)
    try:
        return _profile(path, shape)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from None


def load_profiles(*folders: Path) -> ProfileBook:
    """LIFT's own profiles and those in `folders`. A council's profile must not take the name of another."""
    book = dict(_shipped())
    for folder in folders:
        # iterdir(), not glob(): glob() takes a folder that may not be read for an empty one.
        for path in sorted(path for path in folder.iterdir() if path.suffix == ".yaml"):
            profile = read_profile(path)
            if profile.name in book:
                raise SettingsError(
                    f"{path}: the profile {profile.name} exists already in {book[profile.name].path}. "
                    "Give this one a name of its own."
                )
            book[profile.name] = profile
    return ProfileBook(book)


@cache
def _shipped() -> Mapping[str, Profile]:
    profiles = [read_profile(path) for path in sorted(PROFILES_FOLDER.glob("*.yaml"))]
    return {profile.name: profile for profile in profiles}


def _profile(path: Path, shape: ProfileShape) -> Profile:
    _check_group_names(shape)
    profile = Profile(
        name=shape.profile,
        title=shape.title,
        evidence=shape.evidence,
        path=path,
        structure=shape.structure,
        delimiters=tuple(DELIMITERS[name] for name in shape.delimiters),
        csv_quotes=shape.quotes == "csv",
        width=shape.width,
        date_field=shape.header.date_field if shape.header else None,
        count_field=shape.trailer.count_field if shape.trailer else None,
        trailer_counts_itself=shape.trailer is not None and shape.trailer.counts == "lines",
        dates=tuple(shape.dates),
        record_field=None if shape.record_field is None else normalise(shape.record_field),
        set_aside=shape.set_aside,
        tables=tuple(_table(name, table, shape) for name, table in shape.tables.items()),
        drop={normalise(field): group.why for group in shape.drop for field in group.fields},
        unused={normalise(field): group.why for group in shape.unused for field in group.fields},
    )
    _check_fields(profile)
    return profile


def _dates(values: Iterable[object]) -> Iterable[datetime.date]:
    for value in values:
        if not isinstance(value, datetime.date):
            raise ValueError(f"sentinels: {value} is not a date. Write it as 2099-12-31.")
        yield value


def _check_group_names(shape: ProfileShape) -> None:
    for table_name, table in shape.tables.items():
        for name, column in table.columns.items():
            if column.group is not None and column.group not in shape.groups:
                place = f"tables.{table_name}.columns.{name}"
                raise ValueError(
                    f"{place}: there is no group {column.group}. Add it under groups, or correct the name."
                )


def _table(kind_name: str, shape: TableShape, profile: ProfileShape) -> Table:
    kind = load_kinds().get(kind_name)
    if kind is None:
        raise ValueError(f"tables: there is no kind {kind_name}. Known kinds: {', '.join(load_kinds())}.")
    for name in shape.columns:
        if name not in kind.columns:
            near = difflib.get_close_matches(name, kind.columns, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Use a column of kinds/{kind_name}.yaml."
            raise ValueError(f"tables.{kind_name}.columns: {kind_name} has no column {name}. {hint}")
    readings = []
    for name, column in kind.columns.items():
        written = shape.columns.get(name)
        if written is None and shape.other_columns == "absent":
            continue
        readings.append(_reading(name, column, written or ColumnShape(), kind, profile))
    return Table(kind=kind, records=tuple(record.upper() for record in shape.records), readings=tuple(readings))


def _reading(name: str, column: Column, written: ColumnShape, kind: Kind, profile: ProfileShape) -> Reading:
    shape = _with_group(written, profile)
    how, written_fields = _source(name, shape)
    own_unit = column.unit if profile.tables[kind.name].other_columns == "own_name" else None
    reading = Reading(
        name=name,
        column=column,
        how=how,
        fields=tuple(normalise(field) for field in written_fields),
        written=written_fields,
        constant=shape.constant,
        unit=shape.unit or own_unit,
        convert=shape.convert,
        blank=shape.blank or UNKNOWN_BLANK,
        codes=_codes(column, shape),
        other_codes=shape.other_codes or "refuse",
        dates=tuple(shape.dates or profile.dates),
        sentinels=tuple(sorted(_dates([*profile.sentinels.unknown, *profile.sentinels.none]))),
        years_in_the_past=shape.two_digit_years == "past",
    )
    problem = _reading_problem(reading, kind)
    if problem is not None:
        raise ValueError(f"tables.{kind.name}.columns.{name}: {problem}.")
    return reading


def _with_group(written: ColumnShape, profile: ProfileShape) -> ColumnShape:
    """The column with what its group says and it does not say itself."""
    if written.group is None:
        return written
    group = profile.groups[written.group].model_dump(by_alias=True, exclude_unset=True)
    return ColumnShape.model_validate({**group, **written.model_dump(by_alias=True, exclude_unset=True)})


def _source(name: str, shape: ColumnShape) -> tuple[str, tuple[FieldName, ...]]:
    if shape.header:
        return "header", ()
    if shape.constant is not None:
        return "constant", ()
    if shape.joined is not None:
        return "joined", tuple(shape.joined)
    if shape.first_of is not None:
        return "first_of", tuple(shape.first_of)
    written = name if shape.from_ is None else shape.from_
    alternatives = written if isinstance(written, list) else [written]
    return "one", tuple(alternatives)


def _codes(column: Column, shape: ColumnShape) -> Mapping[str, str | None] | None:
    if column.type == "flag":
        return _in_capitals(shape.codes) if shape.codes else FLAG_WORDS
    if shape.codes is not None:
        return _in_capitals(shape.codes)
    return {code.upper(): code for code in column.codes} if isinstance(column.codes, list) else None


def _in_capitals(codes: Mapping[str, str | None]) -> Mapping[str, str | None]:
    return {word.strip().upper(): code for word, code in codes.items()}


def _reading_problem(reading: Reading, kind: Kind) -> str | None:
    """Why the column cannot be read as the profile says, or None."""
    column = reading.column
    if column.type == "money" and reading.how != "constant":
        assert column.unit is not None  # Column._fits_its_type
        if reading.unit is None:
            return "money needs a unit"
        problem = unit_problem(reading.unit, column.unit, reading.convert)
        if problem is not None:
            return problem
    elif reading.unit is not None or reading.convert is not None:
        return "only money has a unit and a conversion"
    if reading.how == "header" and (column.type != "date" or reading.name != "extract_date"):
        return "only extract_date comes from the header record"
    return _codes_problem(reading) or _blank_problem(reading, kind)


def _allowed_codes(column: Column) -> list[str] | None:
    """The words that this column may hold; None if any."""
    if column.type == "flag":
        return ["true", "false"]
    return column.codes if isinstance(column.codes, list) else None


def _codes_problem(reading: Reading) -> str | None:
    allowed = _allowed_codes(reading.column)
    if reading.column.type not in ("flag", "code"):
        wrong = reading.codes is not None or reading.other_codes != "refuse"
        return "only flags and codes have codes" if wrong else None
    words = list((reading.codes or {}).values())
    words += [reading.constant] if reading.constant is not None else []
    words += [reading.other_codes] if reading.other_codes not in ("refuse", "unknown") else []
    for word in words:
        if word is not None and allowed is not None and word not in allowed:
            return f"{word} is not among its codes ({', '.join(allowed)})"
    return None


def _blank_problem(reading: Reading, kind: Kind) -> str | None:
    column, meaning = reading.column, reading.blank.meaning
    number = column.type in ("integer", "money", "decimal")
    if meaning == "zero" and not number:
        return "a blank is zero for numbers only"
    if meaning == "none" and number:
        return "a blank number is unknown or zero, not none"
    if meaning not in ("unknown", "none", "zero") and meaning not in (_allowed_codes(column) or []):
        return f"a blank is unknown, none, zero or one of its codes, not {meaning}"
    for name, codes in reading.blank.when.items():
        other = kind.columns.get(name)
        allowed = _allowed_codes(other) if other else None
        if allowed is None or not set(codes) <= set(allowed):
            return f"blank.when: {name} is no code or flag of {kind.name}, or lacks one of these codes"
    return None


def _check_fields(profile: Profile) -> None:
    """No field is both kept and dropped; in a file of records every position is spoken for."""
    used = {field for table in profile.tables for reading in table.readings for field in reading.fields}
    if profile.record_field is not None:
        used.add(profile.record_field)
    for field in sorted(used & (profile.drop.keys() | profile.unused.keys()), key=str):
        raise ValueError(f"field {field} is both kept and left out. Take it out of one of the two.")
    for field in sorted(profile.drop.keys() & profile.unused.keys(), key=str):
        raise ValueError(f"field {field} stands under drop and under unused. Take it out of one of the two.")
    if profile.width is not None:
        spoken_for = used | profile.drop.keys() | profile.unused.keys()
        astray = spoken_for ^ set(range(1, profile.width + 1))
        if astray:
            first = sorted(astray, key=str)[0]
            raise ValueError(f"position {first} is not spoken for, or is none of the {profile.width}. List it once.")
