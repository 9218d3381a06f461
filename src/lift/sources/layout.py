"""Which field of this very file does each column of the profile come from?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lift.sources.profile_shape import FieldName
from lift.sources.profiles import Profile, Reading


@dataclass(frozen=True)
class Layout:
    """A profile laid over one file. Field numbers count from 0; `headings` are as the file writes them."""

    profile: Profile
    delimiter: str
    width: int
    index: Mapping[FieldName, int]
    headings: tuple[str, ...]
    dropped: frozenset[int]

    def fields_of(self, reading: Reading) -> tuple[int, ...]:
        """The fields that this column is read from; empty if the file does not hold it."""
        present = [self.index[field] for field in reading.fields if field in self.index]
        if reading.how == "one":
            return tuple(present[:1])  # alternatives stand in order of preference
        if reading.how == "joined" and len(present) < len(reading.fields):
            return ()
        return tuple(present)

    def kept(self) -> list[int]:
        """Every field that is read at all. Dropped and unused fields are not among them, and go no further."""
        fields = {i for table in self.profile.tables for reading in table.readings for i in self.fields_of(reading)}
        if self.record_index is not None:
            fields.add(self.record_index)
        return sorted(fields)

    def taken_as_written(self) -> list[int]:
        """The fields whose text is kept, or understood however it is written: nothing refuses one with loose spaces."""
        fields = {
            i
            for table in self.profile.tables
            for reading in table.readings
            if _is_lenient(reading)
            for i in self.fields_of(reading)
        }
        if self.record_index is not None:
            fields.add(self.record_index)
        return sorted(fields)

    @property
    def record_index(self) -> int | None:
        """The field that tells records apart."""
        return None if self.profile.record_field is None else self.index[self.profile.record_field]

    def heading(self, field: int) -> str:
        """A field as its reader knows it: its heading, or its position from 1."""
        return self.headings[field] if self.headings else f"position {field + 1}"


def _is_lenient(reading: Reading) -> bool:
    kind = reading.column.type
    return (
        kind == "text"
        or reading.how != "one"
        or (kind in ("code", "flag") and (reading.codes is None or reading.other_codes != "refuse"))
    )


def layout_of_records(profile: Profile) -> Layout:
    """A file of records: fields are known by position."""
    assert profile.width is not None
    return Layout(
        profile=profile,
        delimiter=profile.delimiters[0],
        width=profile.width,
        index={position: position - 1 for position in range(1, profile.width + 1)},
        headings=(),
        dropped=frozenset(field - 1 for field in profile.drop if isinstance(field, int)),
    )


def layout_of_headings(profile: Profile, delimiter: str, headings: tuple[str, ...], names: list[FieldName]) -> Layout:
    """A headed file: `names` are its headings, normalised, in the file's order."""
    index = {name: i for i, name in enumerate(names)}
    return Layout(
        profile=profile,
        delimiter=delimiter,
        width=len(names),
        index=index,
        headings=headings,
        dropped=frozenset(i for name, i in index.items() if name in profile.drop),
    )
