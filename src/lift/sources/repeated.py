"""How is a cell that says what thousands of others say tested and read only once?

The codes, flags and days of a file, and many of its amounts, are a few texts over and over. A column that hangs on
one such field is tested and read by the SQL of `typed`, but over the field's different texts alone; each row then
takes what became of its own text. The rows come out as if every cell had been read by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from lift.sources.frames import asked_of_frame, named_in, over_frame, words_in
from lift.sources.typed import NEVER, TypedTable, any_fires, only_field

FEWEST_ROWS = 4_000  # in fewer, it is quicker to read each cell by itself
SAMPLE = 1_000
SHARE = 4  # texts are few if each is found this many times on average


@dataclass(frozen=True)
class Tested:
    """Rows, the SQL of their columns' values (as in TypedTable), and the lines of those that a test refuses."""

    frame: pl.DataFrame
    values: Mapping[str, str]
    suspects: list[int]


def tested(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, table: TypedTable) -> Tested:
    """Tries every test, and reads the columns that repeat themselves. No row is lost; a suspect's values are void."""
    own = {name: field for name, sql in table.values.items() if (field := only_field(sql)) is not None and field != sql}
    few = _few_texts(frame, {*own.values(), *(test.field for test in table.tests if test.field is not None)})
    own = {name: field for name, field in own.items() if field in few}
    rest = any_fires(test for test in table.tests if test.field not in few)
    failing = f"SELECT line FROM {table.rows_for(rest)} WHERE {rest}"
    suspects = [] if rest == NEVER else [line for (line,) in over_frame(connection, named_in(failing, frame), failing)]
    if not few:
        return Tested(frame, table.values, suspects)
    read = _read(connection, few, own, table)
    refused = {field: texts.filter(read[_refused(field)].head(len(texts))) for field, texts in few.items()}
    doubted = [pl.col(field).is_in(texts.implode(), nulls_equal=True) for field, texts in refused.items() if len(texts)]
    if doubted:
        suspects = sorted({*suspects, *frame["line"].filter(frame.select(pl.any_horizontal(doubted)).to_series())})
    known = [
        pl.col(field).replace_strict(few[field], read[_known(name)].head(len(few[field]))).alias(_known(name))
        for name, field in own.items()
    ]
    values = {**table.values, **{name: _known(name) for name in own}}
    kept = " ".join(values.values())
    spent = set(own.values()) - words_in(f"{kept} {table.rows_for(kept)}")
    return Tested(frame.with_columns(known).drop(spent), values, suspects)


def _few_texts(frame: pl.DataFrame, fields: Collection[str]) -> dict[str, pl.Series]:
    """The different texts (null for blank) of each field that has few, in a sample of the rows and then in all."""
    if frame.height < FEWEST_ROWS or not fields:
        return {}
    sample = frame.select(sorted(fields)).gather_every(max(frame.height // SAMPLE, 1))
    counts = sample.select(pl.all().n_unique()).row(0, named=True)
    likely = [field for field, count in counts.items() if count * SHARE <= sample.height]
    different = {column.name: column.explode() for column in frame.select(pl.col(likely).unique().implode())}
    return {field: texts for field, texts in different.items() if len(texts) * SHARE <= frame.height}


def _read(
    connection: duckdb.DuckDBPyConnection, few: Mapping[str, pl.Series], own: Mapping[str, str], table: TypedTable
) -> pl.DataFrame:
    """Whether each text is refused, and what each column makes of those that are not; a row for each text in `few`."""
    longest = max(map(len, few.values()))
    padded = [texts.extend_constant(None, longest - len(texts)).alias(field) for field, texts in few.items()]
    tests = {field: any_fires(test for test in table.tests if test.field == field) for field in few}
    refusals = ", ".join(f"coalesce({test}, false) AS {_refused(field)}" for field, test in tests.items())
    # The expression of a value must only ever meet text that fits.
    values = "".join(
        f", CASE WHEN {_refused(field)} THEN NULL ELSE {table.values[name]} END AS {_known(name)}"
        for name, field in own.items()
    )
    query = f"""SELECT line, {", ".join(map(_refused, few))}{values}
        FROM (SELECT *, {refusals} FROM {table.rows_for(refusals + values)}) ORDER BY line"""
    return asked_of_frame(connection, pl.DataFrame(padded).with_row_index("line"), query)


def _refused(field: str) -> str:
    return f"refused_{field}"


def _known(column: str) -> str:
    return f"known_{column}"
