"""How do the tables in a rule file, or in a CSV beside it, become rows that can be looked up?"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lift.errors import Place
from lift.rulebook.figures import FigureReader, no_such, read_value, some_such
from lift.rulebook.located import PLAIN_NUMBER
from lift.rulebook.model import Special, Table, TableKey
from lift.rulebook.nodes import Type
from lift.rulebook.problems import Path_
from lift.rulebook.scope import TableHead
from lift.rulebook.shape import CellShape, TableShape


@dataclass(frozen=True)
class _Row:
    """A row as written. `places`: of each of its cells; `path` leads to the last, where the file is YAML."""

    cells: list[Any]
    place: Place
    places: tuple[Place, ...]
    path: Path_


@dataclass(frozen=True)
class TableReader:
    """Reads the tables of one file. `folder` is where its CSV files lie; `key_types` are the types of facts and steps
    by name: a key of that name has that type, any other is a number."""

    figures: FigureReader
    folder: Path
    key_types: Mapping[str, Type]

    def table(self, name: str, entry: TableShape) -> Table:
        path: Path_ = ("tables", name)
        figures = self.figures
        kind = figures.type(entry.unit, None, path) if entry.unit != "code" else Type("code")
        figures.check_head(entry.cite, list(entry.versions), path)
        keys = tuple(self._key(key, (*path, "by", index)) for index, key in enumerate(entry.by))
        versions = tuple(
            (day, self._rows(raw, keys, entry.status, kind, (*path, "is", str(day))))
            for day, raw in sorted(entry.versions.items())
        )
        day = entry.in_force_on or figures.default_day
        place = figures.located.key_place(path)
        return Table(f"{figures.owner}.{name}", kind, keys, entry.cite, day, versions, place, tuple(entry.source))

    def _key(self, raw: Any, path: Path_) -> TableKey:
        name, how = next(iter(raw.items())) if isinstance(raw, dict) else (raw, None)
        kind = self.key_types.get(name, Type("number"))
        if kind.kind in ("code", "flag") and how == "band":
            what = f"the {kind.kind} {name} has no order, so it cannot be banded"
            self.figures.problems.add(self.figures.located.place(path), what, f"write {name}")
        return TableKey(name, kind, kind.is_ranged and how != "exact")

    def _rows(self, raw: Any, keys: tuple[TableKey, ...], status: Any, kind: Type, path: Path_) -> tuple[Any, ...]:
        problems, place = self.figures.problems, self.figures.located.place(path)
        written = self._written(raw, path) if isinstance(raw, list) else self._csv(raw["from"], path, keys, kind)
        if written == []:
            problems.add(place, f"{path[1]} has no rows from {path[-1]}", "give at least one row")
        seen: dict[Any, Any] = {}
        for row in written or []:
            found = self._row(row, keys, status, kind)
            if found is not None and found[0] in seen:
                problems.add(row.place, f"two rows of {path[1]} have the same key", "keep one row for each key")
            elif found is not None:
                seen[found[0]] = found
        return tuple(sorted(seen.values(), key=lambda pair: tuple(map(_order, pair[0]))))

    def _written(self, raw: list[Any], path: Path_) -> list[_Row]:
        place = self.figures.located.place
        found = []
        for index, cells in enumerate(raw):
            own = (*path, index)
            places = tuple(place((*own, number)) for number in range(len(cells)))
            found.append(_Row(cells, place(own), places, (*own, len(cells) - 1)))
        return found

    def _row(self, row: _Row, keys: tuple[TableKey, ...], status: Any, kind: Type) -> Any:
        problems = self.figures.problems
        if len(row.cells) != len(keys) + 1:
            shown = ", ".join(key.name for key in keys)
            count = "1 key" if len(keys) == 1 else f"{len(keys)} keys"
            problems.add(row.place, f"a row of this table has {count} and one value", f"write [{shown}, value]")
            return None
        values = tuple(read_value(raw, key.type) for raw, key in zip(row.cells, keys, strict=False))
        for value, key, place in zip(values, keys, row.places, strict=False):
            if value is None or isinstance(value, Special):
                what = f"the key {key.name} of this row is {no_such(key.type)}"
                problems.add(place, what, f"give {some_such(key.type)}; look at the order of the row")
                return None
        try:
            last = CellShape.model_validate(row.cells[-1]) if isinstance(row.cells[-1], dict) else row.cells[-1]
        except ValidationError:
            problems.add(row.places[-1], "this is no cell", "write a value, or {value, status, within, note}")
            return None
        cell = self.figures.cell(last, status, kind, row.path, row.places[-1])
        if isinstance(cell.value, Special):
            what = f"{cell.value.value} has a meaning only for an amount"
            problems.add(row.places[-1], what, "end the table by a new version")
        return values, cell

    def _csv(self, name: str, path: Path_, keys: tuple[TableKey, ...], kind: Type) -> list[_Row] | None:
        """Rows of a CSV with one column per key (by name) and a column `value`; None where it cannot be read."""
        problems, place = self.figures.problems, self.figures.located.place((*path, "from"))
        if Path(name).name != name:
            problems.add(place, f"{name} is a path", "name a CSV that lies beside the rule file")
            return None
        try:
            lines = (self.folder / name).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            fix = "put the CSV beside the rule file, saved as UTF-8"
            problems.add(place, f"{name} is not there or is not UTF-8", fix)
            return None
        shown = Path(self.figures.located.name).with_name(name).as_posix()
        wanted = [*[key.name for key in keys], "value"]
        reader = csv.reader(lines)
        heading = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in wanted if column not in heading]
        if missing:
            place = Place(shown, 1, 1, lines[0] if lines else "")
            problems.add(place, f"there is no column {missing[0]}", f"its columns are {', '.join(wanted)}")
            return None
        kinds = [*[key.type for key in keys], kind]
        found, empty = [], False
        for cells in (row for row in reader if row):
            place = Place(shown, reader.line_num, 1, lines[reader.line_num - 1])
            given = dict(zip(heading, (cell.strip() for cell in cells), strict=False))
            if any(not given.get(column) for column in wanted):
                problems.add(place, "a cell of this row is empty", "write null where the figure is not known")
                empty = True
            else:
                values = [_csv_value(given[n], k) for n, k in zip(wanted, kinds, strict=True)]
                found.append(_Row(values, place, (place,) * len(values), path))
        return found or (None if empty else [])


def _order(value: Any) -> tuple[str, Any]:
    return (type(value).__name__, value)


def _csv_value(text: str, kind: Type) -> Any:
    if text == "null":
        return None
    if kind.kind == "number":
        return Decimal(text) if PLAIN_NUMBER.fullmatch(text) else text
    if kind.kind == "flag":
        return {"true": True, "false": False}.get(text, text)
    try:
        return date.fromisoformat(text) if kind.kind == "date" else text
    except ValueError:
        return text


def table_head(name: str, table: Table) -> TableHead:
    return TableHead(name, table.name, table.type, tuple((k.name, k.type) for k in table.keys), table.day)
