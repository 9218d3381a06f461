"""How do amounts and tables in a rule file become dated cells?"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from lift.errors import Place
from lift.rulebook.dimensions import parse_unit
from lift.rulebook.located import PLAIN_NUMBER, Located
from lift.rulebook.model import Amount, Cell, Special, Table, TableKey
from lift.rulebook.nodes import Type
from lift.rulebook.problems import Path_, Problems
from lift.rulebook.scope import AmountHead, TableHead
from lift.rulebook.shape import AmountShape, CellShape, TableShape
from lift.rulebook.units import Scalar

UNITS = (
    "write GBP, GBP/week, GBP/month, GBP/year, count, fraction, years, months, days, weeks, hours/week, "
    "flag, date or code"
)
_WHOLE = {"months", "days"}


@dataclass(frozen=True)
class FigureReader:
    """Reads the amounts and tables of one file. `folder` is where its CSV files lie, `shown` its name for users."""

    owner: str
    default_day: str
    located: Located
    folder: Path
    problems: Problems

    def amount(self, name: str, entry: AmountShape) -> Amount:
        path: Path_ = ("amounts", name)
        kind = self._type(entry.unit, entry.codes, path)
        self._check_head(name, path, entry.cite, list(entry.versions))
        versions = tuple(
            (day, self.cell(raw, entry.status, kind, self.located.place((*path, "is", str(day)))))
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

    def _check_head(self, name: str, path: Path_, cite: str, days: list[date]) -> None:
        if not cite.strip():
            self.problems.add(
                self.located.key_place(path), f"{name} has no citation", "add cite: with the provision it rests on"
            )
        for before, after in pairwise(days):
            if after < before:
                place = self.located.key_place((*path, "is", str(after)))
                self.problems.add(place, f"the dates of {name} are out of order", "put the earliest first")

    def _type(self, unit: str, codes: list[str] | None, path: Path_) -> Type:
        kind = parse_unit(unit)
        if kind is None:
            self.problems.add(self.located.place((*path, "unit")), f"{unit} is no unit", UNITS)
            return Type("number")
        if kind.kind == "code" and not codes:
            self.problems.add(self.located.key_place(path), f"{path[-1]} has no codes", "add codes: [a, b]")
        return Type("code", None, tuple(codes or ())) if kind.kind == "code" else kind

    def cell(self, raw: Any, status: Any, kind: Type, place: Place) -> Cell:
        """A cell from `value` or `{value, status, within, note}`."""
        shape = raw if isinstance(raw, CellShape) else CellShape.model_construct(value=raw)
        value = read_value(shape.value, kind)
        if value is None and shape.value is not None:
            self.problems.add(
                place, f"this is {no_such(kind)}", f"give {some_such(kind)}, or null where it is not known"
            )
        elif isinstance(value, Fraction) and value.denominator != 1 and _is_counted_whole(kind):
            self.problems.add(place, f"{kind} are whole", f"give a whole number of {kind}")
        within = None
        if shape.within is not None:
            low, high = (read_value(end, kind) for end in shape.within)
            if _are_ends(low, high):
                within = (low, high)
                if isinstance(value, type(low)) and not low <= value <= high:  # type: ignore[operator]  # of one type
                    self.problems.add(place, "the value lies outside its own within", "mend one of the two")
            else:
                self.problems.add(place, "within is no low and high of this unit", "write within: [low, high]")
        final = shape.status or (status if value is not None else "unconfirmed")
        return Cell(value, final, within, shape.note or "")  # type: ignore[arg-type]  # the two ends are of one kind

    # ---- tables ----

    def table(self, name: str, entry: TableShape, key_types: Mapping[str, Type]) -> Table:
        """`key_types` are the types of facts and steps by name: a key of that name has that type, any other is a
        number."""
        path: Path_ = ("tables", name)
        kind = self._type(entry.unit, None, path) if entry.unit != "code" else Type("code")
        self._check_head(name, path, entry.cite, list(entry.versions))
        keys = tuple(self._key(key, key_types, (*path, "by", index)) for index, key in enumerate(entry.by))
        versions = tuple(
            (day, self._rows(raw, keys, entry.status, kind, (*path, "is", str(day))))
            for day, raw in sorted(entry.versions.items())
        )
        day = entry.in_force_on or self.default_day
        return Table(f"{self.owner}.{name}", kind, keys, entry.cite, day, versions, self.located.key_place(path))

    def _key(self, raw: Any, key_types: Mapping[str, Type], path: Path_) -> TableKey:
        name, how = next(iter(raw.items())) if isinstance(raw, dict) else (raw, None)
        kind = key_types.get(name, Type("number"))
        if kind.kind in ("code", "flag") and how == "band":
            self.problems.add(
                self.located.place(path),
                f"the {kind.kind} {name} has no order, so it cannot be banded",
                f"write {name}",
            )
        banded = kind.kind in ("number", "date") and how != "exact"
        return TableKey(name, kind, banded)

    def _rows(self, raw: Any, keys: tuple[TableKey, ...], status: Any, kind: Type, path: Path_) -> tuple[Any, ...]:
        if isinstance(raw, list):
            written = [(row, self.located.place((*path, index))) for index, row in enumerate(raw)]
        else:
            written = self._csv_rows(raw["from"], path, keys, kind)
        if not written and not self.problems.at(self.located.place(path)):
            self.problems.add(
                self.located.place(path), f"{path[1]} has no rows from {path[-1]}", "give at least one row"
            )
        seen: dict[Any, Any] = {}
        for row, place in written:
            found = self._row(row, keys, status, kind, place)
            if found is not None and found[0] in seen:
                self.problems.add(place, f"two rows of {path[1]} have the same key", "keep one row for each key")
            elif found is not None:
                seen[found[0]] = found
        return tuple(sorted(seen.values(), key=lambda pair: tuple(map(_order, pair[0]))))

    def _row(self, row: Any, keys: tuple[TableKey, ...], status: Any, kind: Type, place: Place) -> Any:
        if not isinstance(row, list) or len(row) != len(keys) + 1:
            count = "1 key" if len(keys) == 1 else f"{len(keys)} keys"
            shown = ", ".join(key.name for key in keys)
            self.problems.add(place, f"a row of this table has {count} and one value", f"write [{shown}, value]")
            return None
        values = tuple(read_value(raw, key.type) for raw, key in zip(row, keys, strict=False))
        for value, key in zip(values, keys, strict=True):
            if value is None or isinstance(value, Special):
                self.problems.add(
                    place,
                    f"the key {key.name} of this row is {no_such(key.type)}",
                    f"give {some_such(key.type)}; check the order of the row",
                )
                return None
        last = CellShape.model_validate(row[-1]) if isinstance(row[-1], dict) else row[-1]
        cell = self.cell(last, status, kind, place)
        if isinstance(cell.value, Special):
            self.problems.add(
                place, f"{cell.value.value} has a meaning only for an amount", "end the table by a new version"
            )
        return values, cell

    def _csv_rows(self, name: str, path: Path_, keys: tuple[TableKey, ...], kind: Type) -> list[tuple[Any, Place]]:
        """Rows of a CSV with one column per key (by name) and a column `value`."""
        place = self.located.place(path)
        if Path(name).name != name:
            self.problems.add(place, f"{name} is a path", "name a CSV that lies beside the rule file")
            return []
        try:
            lines = (self.folder / name).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            self.problems.add(
                place, f"{name} is not there or is not UTF-8", "put the CSV beside the rule file, saved as UTF-8"
            )
            return []
        wanted = [*[key.name for key in keys], "value"]
        shown = str(Path(self.located.name).with_name(name).as_posix())
        reader = csv.reader(lines)
        heading = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in wanted if column not in heading]
        if missing:
            what = f"{name} has no column {missing[0]}"
            self.problems.add(
                Place(shown, 1, 1, lines[0] if lines else ""), what, f"its columns are {', '.join(wanted)}"
            )
            return []
        kinds = [*[key.type for key in keys], kind]
        found = []
        for cells in reader:
            where = Place(shown, reader.line_num, 1, lines[reader.line_num - 1])
            given = dict(zip(heading, cells, strict=False))
            found.append(([_csv_value(given.get(n, ""), k) for n, k in zip(wanted, kinds, strict=True)], where))
        return found


def _is_counted_whole(kind: Type) -> bool:
    return kind.unit is not None and [name for name, _ in kind.unit.parts] in [[unit] for unit in sorted(_WHOLE)]


def _are_ends(low: Any, high: Any) -> bool:
    plain = all(isinstance(end, Fraction | date) for end in (low, high))
    return plain and type(low) is type(high) and low <= high


def no_such(kind: Type) -> str:
    """What a wrong value is not, for a message."""
    if kind.kind == "number":
        return "no plain number"
    return {"date": "no day", "flag": "neither true nor false"}.get(kind.kind, f"none of {', '.join(kind.codes)}")


def some_such(kind: Type) -> str:
    if kind.kind == "number":
        return f"a number of {kind} without sign or words" if kind.unit is not None and kind.unit.parts else "a number"
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


def table_head(name: str, table: Table) -> TableHead:
    return TableHead(name, table.name, table.type, tuple((k.name, k.type) for k in table.keys), table.day)


def _order(value: Any) -> tuple[str, Any]:
    return (type(value).__name__, value)


def _csv_value(text: str, kind: Type) -> Any:
    text = text.strip()
    if not text or text == "null":
        return None
    try:
        if kind.kind == "number":
            return Decimal(text) if PLAIN_NUMBER.fullmatch(text) else text
        if kind.kind == "flag":
            return {"true": True, "false": False}.get(text, text)
        return date.fromisoformat(text) if kind.kind == "date" else text
    except ValueError:
        return text
