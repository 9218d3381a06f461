"""How do the amounts in a rule file become dated cells?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from lift.errors import Place
from lift.rulebook.dimensions import described, parse_unit
from lift.rulebook.located import Located
from lift.rulebook.model import Amount, Cell, Special
from lift.rulebook.nodes import Type
from lift.rulebook.problems import Path_, Problems
from lift.rulebook.scope import AmountHead
from lift.rulebook.shape import AmountShape, CellShape
from lift.rulebook.units import Scalar

UNITS = (
    "write GBP, GBP/week, GBP/month, GBP/year, count, fraction, years, months, days, weeks, hours/week, "
    "flag, date or code"
)
_WHOLE = ("months", "days")


@dataclass(frozen=True)
class FigureReader:
    """Reads the figures of one file. `broken` gathers the names of those that are wrong, so that the formulas which use
    them are not complained of as well."""

    owner: str
    default_day: str
    located: Located
    problems: Problems
    broken: set[str] = field(default_factory=set)

    def amount(self, name: str, entry: AmountShape) -> Amount:
        path: Path_ = ("amounts", name)
        kind = self.type(entry.unit, entry.codes, path)
        self.check_head(entry.cite, list(entry.versions), path)
        versions = tuple(
            (day, self.cell(raw, entry.status, kind, (*path, "is", str(day))))
            for day, raw in sorted(entry.versions.items())
        )
        if entry.covers_to is not None and entry.covers_to < versions[-1][0]:
            place = self.located.place((*path, "covers_to"))
            what = f"{name} is covered to {entry.covers_to}, before its last value of {versions[-1][0]} begins"
            self.problems.add(place, what, "move covers_to to the day the last value is known to hold for")
        return Amount(
            name=f"{self.owner}.{name}",
            type=kind,
            cite=entry.cite,
            source=tuple(entry.source),
            day=entry.in_force_on or self.default_day,
            covers_to=entry.covers_to,
            versions=versions,
            place=self.located.key_place(path),
            note=entry.note or "",
        )

    def check_head(self, cite: str, days: list[date], path: Path_) -> None:
        """Whether an amount or table has a citation, and its dates in order."""
        if not cite.strip():
            place = self.located.key_place(path)
            self.problems.add(place, f"{path[1]} has no citation", "add cite: with the provision it rests on")
        for before, after in pairwise(days):
            if after < before:
                place = self.located.key_place((*path, "is", str(after)))
                self.problems.add(place, f"the dates of {path[1]} are out of order", "put the earliest first")

    def type(self, unit: str, codes: list[str] | None, path: Path_) -> Type:
        kind = parse_unit(unit)
        if kind is None:
            self.wrong(self.located.place((*path, "unit")), f"{unit} is no unit", UNITS, path)
            return Type("number")
        if kind.kind == "code" and not codes:
            self.wrong(self.located.key_place(path), f"{path[1]} has no codes", "add codes: [a, b]", path)
        return Type("code", None, tuple(codes or ())) if kind.kind == "code" else kind

    def wrong(self, place: Place, what: str, fix: str, path: Path_) -> None:
        """A mistake that makes the whole figure unusable."""
        self.problems.add(place, what, fix)
        self.broken.add(str(path[1]))

    def cell(self, raw: Any, status: Any, kind: Type, path: Path_, place: Place | None = None) -> Cell:
        """A cell from `value` or `{value, status, within, note}`, at its path or (from a CSV) its place."""
        shape = raw if isinstance(raw, CellShape) else CellShape.model_construct(value=raw)
        where = place or self.located.place(path)
        value = read_value(shape.value, kind)
        if value is None and shape.value is not None:
            self.wrong(
                where, f"this is {no_such(kind)}", f"give {some_such(kind)}, or null where it is not known", path
            )
        elif value is None and self.problems.at(where):
            self.broken.add(str(path[1]))
        elif isinstance(value, Fraction) and value.denominator != 1 and _is_counted_whole(kind):
            self.wrong(where, f"{kind} are whole", f"give a whole number of {kind}", path)
        within = self._within(shape.within, value, kind, path) if shape.within is not None else None
        final = shape.status or (status if value is not None else "unconfirmed")
        return Cell(value, final, within, shape.note or "")

    def _within(self, ends: list[Any], value: Any, kind: Type, path: Path_) -> Any:
        low, high = (read_value(end, kind) for end in ends)
        place = self.located.place((*path, "within"))
        if not isinstance(low, Fraction | date) or type(low) is not type(high) or low > high:  # type: ignore[operator]
            self.wrong(place, "within is no low and high of this unit", "write within: [low, high]", path)
            return None
        if isinstance(value, type(low)) and not low <= value <= high:  # type: ignore[operator]  # of one type
            self.problems.add(place, "the value lies outside its own within", "mend one of the two")
        return low, high


def _is_counted_whole(kind: Type) -> bool:
    return kind.unit is not None and any(kind.unit.parts == ((unit, 1),) for unit in _WHOLE)


def no_such(kind: Type) -> str:
    """What a wrong value is not, for a message."""
    if kind.kind == "number":
        return "no plain number"
    return {"date": "no day", "flag": "neither true nor false"}.get(kind.kind, f"none of {', '.join(kind.codes)}")


def some_such(kind: Type) -> str:
    """What to write instead of a wrong value."""
    if kind.kind == "number":
        return f"{described(kind)} without sign or words"
    return {"date": "a day like 2026-04-06", "flag": "true or false"}.get(kind.kind, f"one of {', '.join(kind.codes)}")


def read_value(raw: Any, kind: Type) -> Scalar | Special | None:
    """The exact value of a scalar of this type; None where it is null or not of the type."""
    if raw in ("no_limit", "ended") and kind.kind == "number":
        return Special(raw)
    if kind.kind == "number":
        return Fraction(str(raw)) if isinstance(raw, int | Decimal) and not isinstance(raw, bool) else None
    if kind.kind == "date":
        return raw if isinstance(raw, date) else None
    if kind.kind == "flag":
        return raw if isinstance(raw, bool) else None
    return raw if isinstance(raw, str) and (not kind.codes or raw in kind.codes) else None


def amount_head(amount: Amount) -> AmountHead:
    return AmountHead(amount.name, amount.type, amount.day)
