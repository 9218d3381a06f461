"""Which heading did each column come from, what did a blank in it mean, and what do its amounts add up to?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import duckdb
import polars as pl

from lift.sources.frames import insert_frame
from lift.sources.profiles import Reading
from lift.sources.reader import Source

TEXT = pl.String()


def store_columns(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """One row in `extract_column` for every column of the file's kinds, whether the file holds it or not."""
    rows = []
    for table in source.layout.profile.tables:
        readings = {reading.name: reading for reading in table.readings}
        for name in table.kind.columns:
            rows.append((source.file_id, table.kind.name, name, *_described(readings.get(name), source)))
    names = ("kind", "column_name", "heading", "unit", "conversion", "blank", "blank_when", "why")
    schema = {"file_id": pl.Int32(), **dict.fromkeys(names, TEXT)}
    insert_frame(connection, "extract_column", pl.DataFrame(rows, schema=schema, orient="row"))


def _described(reading: Reading | None, source: Source) -> Iterable[str | None]:
    """heading, unit, conversion, blank, blank_when, why. A column that the file does not hold is unknown throughout."""
    heading = None if reading is None else _heading(reading, source)
    if reading is None or heading is None:
        return (None, None, None, "unknown", None, None)
    when = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in reading.blank.when.items()) or None
    return (heading, reading.unit, reading.convert, reading.blank.meaning, when, reading.blank.why)


def _heading(reading: Reading, source: Source) -> str | None:
    if reading.how == "constant":
        return f"always {reading.constant}"
    if reading.how == "header":
        return "header record"
    fields = source.layout.fields_of(reading)
    if not fields:
        return "the file as a whole" if reading.name == "extract_date" and source.extract_date else None
    return {"joined": " + ", "first_of": ", else "}.get(reading.how, " ").join(source.layout.heading(i) for i in fields)


def store_totals(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, Decimal]:
    """The sum of each money column over the file's rows, kept in `control_total` and returned by `kind.column`."""
    totals: dict[str, Decimal] = {}
    rows = []
    for table in source.layout.profile.tables:
        kind = table.kind
        money = [reading.name for reading in table.readings if reading.column.type == "money"]
        if not money:
            continue
        sums = ", ".join(f"count({name}), coalesce(sum({name}), 0)" for name in money)
        query = f"SELECT {sums} FROM {kind.name} WHERE file_id = ?"
        (found,) = connection.execute(query, [source.file_id]).fetchall()
        for name, filled, total in zip(money, found[::2], found[1::2], strict=True):
            totals[f"{kind.name}.{name}"] = total
            rows.append((source.file_id, kind.name, name, kind.columns[name].unit, filled, total))
    schema = {
        "file_id": pl.Int32(),
        "kind": TEXT,
        "column_name": TEXT,
        "unit": TEXT,
        "filled": pl.Int32(),
        "total": pl.Decimal(18, 2),
    }
    insert_frame(connection, "control_total", pl.DataFrame(rows, schema=schema, orient="row"))
    return totals
