"""How do amounts and tables in a rule file become dated cells?"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from lift.rulebook.dimensions import parse_unit
from lift.rulebook.located import Located
from lift.rulebook.model import Amount, Cell, Special, Table, TableKey
from lift.rulebook.nodes import Type
from lift.rulebook.problems import Problems
from lift.rulebook.scope import AmountHead, TableHead
from lift.rulebook.shape import AmountShape, CellShape, TableShape
from lift.rulebook.units import Scalar


def read_amount(
    owner: str, name: str, entry: AmountShape, default_day: str, located: Located, problems: Problems
) -> Amount:
    path = ("amounts", name)
    kind = _type(entry.unit, entry.codes, located, (*path, "unit"), problems)
    if not entry.cite.strip():
        problems.add(located.key_place(path), f"amount {name} has no citation", "give cite: the provision")
    days = list(entry.versions)
    if days != sorted(days):
        problems.add(located.place((*path, "is")), f"the dates of {name} are out of order", "put the earliest first")
    versions = tuple(
        (day, read_cell(raw, entry.status, kind, located, (*path, "is", str(day)), problems))
        for day, raw in sorted(entry.versions.items())
    )
    return Amount(
        name=f"{owner}.{name}",
        type=kind,
        cite=entry.cite,
        source=tuple(entry.source),
        day=entry.in_force_on or default_day,
        covers_to=entry.covers_to,
        versions=versions,
        place=located.key_place(path),
    )


def _type(unit: str, codes: list[str] | None, located: Located, path: Any, problems: Problems) -> Type:
    kind = parse_unit(unit)
    if kind is None:
        problems.add(located.place(path), f"{unit} is no unit", "write GBP, GBP/week, GBP/month, GBP/year, count, fraction, years, months, days, weeks, hours/week, flag, date or code")
        return Type("number")
    return Type("code", None, tuple(codes or ())) if kind.kind == "code" else kind


def read_cell(raw: Any, status: Any, kind: Type, located: Located, path: Any, problems: Problems) -> Cell:
    """A cell from `value` or `{value, status, within, note}`."""
    shape = raw if isinstance(raw, CellShape) else CellShape.model_construct(value=raw)
    value = read_value(shape.value, kind)
    if value is None and shape.value is not None:
        problems.add(located.place(path), f"this is no {kind}", f"give a {kind}, null, no_limit or ended")
    within = None
    if shape.within is not None:
        ends = [read_value(end, kind) for end in shape.within]
        if any(end is None or isinstance(end, Special) for end in ends) or ends[0] > ends[1]:  # type: ignore[operator]
            problems.add(located.place((*path, "within")), "within is not a low and a high of this unit", "write within: [low, high]")
        else:
            within = (ends[0], ends[1])
    final = shape.status or (status if value is not None else "unconfirmed")
    return Cell(value, final, within, shape.note or "")  # type: ignore[arg-type]  # the two ends are of one kind


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


def read_table(
    owner: str, name: str, entry: TableShape, default_day: str, key_types: dict[str, Type], located: Located, folder: Path, problems: Problems
) -> Table:
    """`key_types` are the types of facts and steps by name: a key of that name has that type, any other is a number."""
    path = ("tables", name)
    kind = _type(entry.unit, None, located, (*path, "unit"), problems)
    keys = tuple(_key(key, key_types) for key in entry.by)
    versions = []
    for day, raw in sorted(entry.versions.items()):
        where = (*path, "is", str(day))
        rows = raw if isinstance(raw, list) else _csv_rows(folder / raw["from"], located, where, keys, problems)
        cells = [_row(row, keys, entry.status, kind, located, where, problems) for row in rows]
        kept = tuple(sorted((c for c in cells if c is not None), key=lambda pair: tuple(map(_order, pair[0]))))
        if len({values for values, _ in kept}) != len(kept):
            problems.add(located.place(where), f"two rows of {name} have the same key", "keep one row for each key")
        versions.append((day, kept))
    full = f"{owner}.{name}"
    return Table(full, kind, keys, entry.cite, entry.in_force_on or default_day, tuple(versions), located.key_place(path))


def _order(value: Any) -> tuple[str, Any]:
    return (type(value).__name__, value)


def _key(raw: Any, key_types: dict[str, Type]) -> TableKey:
    name, how = next(iter(raw.items())) if isinstance(raw, dict) else (raw, None)
    kind = key_types.get(name, Type("number"))
    if kind.kind == "number":
        kind = Type("number", kind.unit)
    banded = how == "band" or (how is None and kind.kind in ("number", "date"))
    return TableKey(name, kind, banded)


def _row(row: Any, keys: tuple[TableKey, ...], status: Any, kind: Type, located: Located, path: Any, problems: Problems) -> Any:
    if not isinstance(row, list) or len(row) != len(keys) + 1:
        problems.add(located.place(path), f"a row has {len(keys)} keys and one value", "write [key, …, value]")
        return None
    values = tuple(read_value(raw, key.type) for raw, key in zip(row, keys, strict=False))
    if any(value is None or isinstance(value, Special) for value in values):
        problems.add(located.place(path), "a key of a row is not of its type", "check the order of the row's values")
        return None
    last = CellShape.model_validate(row[-1]) if isinstance(row[-1], dict) else row[-1]
    return values, read_cell(last, status, kind, located, path, problems)


def _csv_rows(file: Path, located: Located, path: Any, keys: tuple[TableKey, ...], problems: Problems) -> list[list[Any]]:
    """Rows of a CSV with one column per key (by name) and a column `value`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            lines = list(csv.DictReader(handle))
    except OSError:
        problems.add(located.place(path), f"the table {file.name} is not there", "put the CSV beside the rule file")
        return []
    names = [*[key.name for key in keys], "value"]
    if lines and set(names) - set(lines[0]):
        problems.add(located.place(path), f"{file.name} lacks a column", f"its columns are {', '.join(names)}")
        return []
    kinds = [*[key.type for key in keys], Type("number")]
    return [[_csv_value(line[n], kind) for n, kind in zip(names, kinds, strict=True)] for line in lines]


def _csv_value(text: str, kind: Type) -> Any:
    text = text.strip()
    if not text or text == "null":
        return None
    try:
        if kind.kind == "number":
            return Decimal(text)
        return date.fromisoformat(text) if kind.kind == "date" else text
    except (ValueError, ArithmeticError):
        return text


def table_head(name: str, table: Table) -> TableHead:
    return TableHead(name, table.name, table.type, tuple((k.name, k.type) for k in table.keys), table.day)
