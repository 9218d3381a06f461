"""Which kinds of extract are there, and which canonical columns has each?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from lift.sources.documents import Strict, read_yaml

KINDS_FOLDER = Path(__file__).parent / "kinds"

ColumnType = Literal["text", "integer", "money", "date", "flag", "code", "decimal"]
Need = Literal["value", "column", "optional"]
Sensitivity = Literal["ordinary", "identity", "contact", "financial", "family", "health", "safety"]
Look = Literal["nino", "postcode", "uprn", "upn", "year_group"]
Unit = Literal["GBP", "GBP/week", "GBP/month", "GBP/year"]

SQL_TYPES: Mapping[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "INTEGER",
    "money": "DECIMAL(12,2)",
    "date": "DATE",
    "flag": "BOOLEAN",
    "code": "VARCHAR",
    "decimal": "DECIMAL(9,2)",
}


class Column(Strict):
    """One canonical column. `need: value` means every row must fill it, `column` that a file must have it.

    A value out of `within`, money below nought that may not be (`below_nought`) and a day of what `has_happened` after
    the extract's are left out of a row (`left_out`). A day more than `seldom_ahead` days after it is told and kept."""

    type: ColumnType
    meaning: str
    need: Need = "optional"
    unit: Unit | None = None
    sensitivity: Sensitivity = "ordinary"
    looks_like: Look | None = None
    median_within: tuple[int, int] | None = None
    within: tuple[int, int] | None = None
    below_nought: bool = False
    has_happened: bool = False
    seldom_ahead: int | None = Field(default=None, ge=0)
    codes: list[str] | Literal["any"] | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Column:
        if (self.unit is not None) != (self.type == "money"):
            raise ValueError("money needs a unit, and nothing else has one")
        if (self.codes is not None) != (self.type == "code"):
            raise ValueError("a code needs its codes (or codes: any), and nothing else has them")
        if self.within is not None and self.type not in ("integer", "decimal", "money"):
            raise ValueError("only numbers and money lie within limits")
        if (self.below_nought and self.type != "money") or (self.has_happened and self.type != "date"):
            raise ValueError("below_nought is said of money, has_happened of a date")
        if self.seldom_ahead is not None and (self.type != "date" or self.has_happened):
            raise ValueError("seldom_ahead is said of a date that need not have happened")
        return self


class KindShape(Strict):
    """A file of `kinds/`, as written."""

    kind: str
    title: str
    short: str
    row: str
    key: list[str]
    months_back: int = Field(ge=0)
    snapshot: bool
    one_of: list[str] = Field(default_factory=list)
    in_order: list[tuple[str, str, str]] = Field(default_factory=list)
    columns: dict[str, Column]

    @field_validator("columns")
    @classmethod
    def _plain_names(cls, columns: dict[str, Column]) -> dict[str, Column]:
        for name in columns:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise ValueError(f"{name} is no column name: small letters, digits and underscores")
        return columns

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> KindShape:
        for name in [*self.key, *self.one_of]:
            if name not in self.columns:
                raise ValueError(f"{name} is not among the columns")
        for first, then, wrong in self.in_order:
            if not {first, then} <= self.columns.keys() or wrong not in (first, then):
                raise ValueError(f"in_order: [{first}, {then}, {wrong}] is not two columns and one of them again")
        return self


@dataclass(frozen=True)
class Kind:
    """One kind of extract. `short`: what a crowded line calls it and others like it. `key` names a row within it,
    `one_of` lists columns of which a row must fill one. `in_order`: the first of two days cannot be after the second,
    and which of them is not believed if it is."""

    name: str
    title: str
    short: str
    row: str
    key: tuple[str, ...]
    one_of: tuple[str, ...]
    months_back: int
    snapshot: bool
    in_order: tuple[tuple[str, str, str], ...]
    columns: Mapping[str, Column]


def read_kind(path: Path) -> Kind:
    """One file of `kinds/`. Raises SettingsError."""
    shape = read_yaml(path, KindShape)
    return Kind(
        name=shape.kind,
        title=shape.title,
        short=shape.short,
        row=shape.row,
        key=tuple(shape.key),
        one_of=tuple(shape.one_of),
        months_back=shape.months_back,
        snapshot=shape.snapshot,
        in_order=tuple(shape.in_order),
        columns=shape.columns,
    )


@cache
def load_kinds() -> Mapping[str, Kind]:
    """Every kind that LIFT knows, by name, in alphabetical order."""
    kinds = [read_kind(path) for path in sorted(KINDS_FOLDER.glob("*.yaml"))]
    return {kind.name: kind for kind in kinds}
