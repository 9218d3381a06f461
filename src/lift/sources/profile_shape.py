"""What may a profile file say, before it is held against the kinds?"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from lift.sources.documents import Strict

Delimiter = Literal["comma", "semicolon", "pipe", "tab"]
FieldName = str | int


class BlankShape(Strict):
    """What an empty cell means. `when` limits it to rows with these codes; every other blank is unknown."""

    meaning: str = Field(alias="is")
    when: dict[str, list[str]] = Field(default_factory=dict)
    why: str | None = None


class ColumnShape(Strict):
    """Where a canonical column comes from, and how its text is read. Exactly one source."""

    from_: FieldName | list[FieldName] | None = Field(default=None, alias="from")
    joined: list[FieldName] | None = None
    first_of: list[FieldName] | None = None
    constant: str | None = None
    header: bool = False
    group: str | None = Field(default=None, alias="as")
    unit: str | None = None
    convert: str | None = None
    blank: BlankShape | None = None
    codes: dict[str, str | None] | None = None
    other_codes: str | None = None
    dates: list[str] | None = None
    two_digit_years: Literal["past"] | None = None

    @field_validator("blank", mode="before")
    @classmethod
    def _a_word_alone(cls, blank: Any) -> Any:
        return {"is": blank} if isinstance(blank, str) else blank

    @model_validator(mode="after")
    def _one_source_at_most(self) -> ColumnShape:
        sources = [self.from_, self.joined, self.first_of, self.constant, self.header or None]
        if sum(source is not None for source in sources) > 1:
            raise ValueError("a column has one source: from, joined, first_of, constant or header")
        return self


class TableShape(Strict):
    """One canonical table filled from the file. `other_columns: own_name` maps every column that is not named."""

    records: list[str] = Field(default_factory=list)
    other_columns: Literal["own_name", "absent"] = "absent"
    columns: dict[str, ColumnShape] = Field(default_factory=dict)


class FieldsShape(Strict):
    """Fields that are not kept: headings, positions or ranges of positions such as 300-307."""

    fields: list[FieldName]
    why: str

    @field_validator("fields", mode="after")
    @classmethod
    def _ranges_spelt_out(cls, fields: list[FieldName]) -> list[FieldName]:
        spelt: list[FieldName] = []
        for field in fields:
            first, dash, last = str(field).partition("-")
            if dash and first.isdigit() and last.isdigit():
                spelt += range(int(first), int(last) + 1)
            else:
                spelt.append(field)
        return spelt


class HeaderShape(Strict):
    """The first line of a file of records: which field is its reference date."""

    date_field: int = Field(ge=1)


class TrailerShape(Strict):
    """The last line of a file of records: which field counts, and whether header and trailer count themselves."""

    count_field: int = Field(ge=1)
    counts: Literal["records", "lines"] = "records"


class SentinelShape(Strict):
    """Dates that are no dates: `unknown` ones hide what is not known, `none` ones say that there is no such day."""

    unknown: list[Any] = Field(default_factory=list)
    none: list[Any] = Field(default_factory=list)


class ProfileShape(Strict):
    """A file of `profiles/`, as written."""

    profile: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    evidence: str
    structure: Literal["headed", "records"]
    delimiters: list[Delimiter] = Field(min_length=1)
    quotes: Literal["csv", "literal"] = "csv"
    width: int | None = Field(default=None, ge=2)
    header: HeaderShape | None = None
    trailer: TrailerShape | None = None
    dates: list[str] = Field(min_length=1)
    sentinels: SentinelShape = SentinelShape()
    record_field: FieldName | None = None
    set_aside: dict[str, str] = Field(default_factory=dict)
    groups: dict[str, ColumnShape] = Field(default_factory=dict)
    tables: dict[str, TableShape] = Field(min_length=1)
    drop: list[FieldsShape] = Field(default_factory=list)
    unused: list[FieldsShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> ProfileShape:
        records = (self.width, self.header, self.trailer)
        if self.structure == "records" and (None in records or self.record_field is None):
            raise ValueError("a file of records needs width, header, trailer and record_field")
        if self.structure == "headed" and records != (None, None, None):
            raise ValueError("width, header and trailer belong to files of records only")
        lettered = [table for table in self.tables.values() if table.records]
        if self.record_field is None and (lettered or len(self.tables) > 1 or self.set_aside):
            raise ValueError("records, set_aside and several tables need a record_field")
        if self.record_field is not None and len(lettered) != len(self.tables):
            raise ValueError("with a record_field, every table says which records it takes")
        return self
