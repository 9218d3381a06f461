"""How does a frame of text cross into DuckDB and back, without a copy on disk and without a further library?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import polars as pl

from lift.errors import ExtractError
from lift.streams import Stream

FRAME = "lift_incoming"


def over_frame(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, sql: str) -> list[tuple[Any, ...]]:
    """Runs `sql` with the frame as the view `lift_incoming`."""
    with _in_view(connection, frame):
        return connection.execute(sql).fetchall()


def asked_of_frame(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, query: str) -> pl.DataFrame:
    """What a query of the view `lift_incoming` finds, row for row, as another frame."""
    with _in_view(connection, frame):
        return pl.DataFrame(connection.sql(query))


@contextmanager
def _in_view(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> Iterator[None]:
    """DuckDB's own message may repeat a cell, so it is never passed on."""
    connection.register(FRAME, Stream(frame))
    try:
        yield
    except duckdb.DatabaseError as error:
        kind = type(error).__name__
        raise ExtractError(
            f"DuckDB could not store the rows of a file ({kind}). If there is disk space and memory enough, "
            "this is a fault of LIFT: report it."
        ) from None
    finally:
        connection.unregister(FRAME)


def named_in(sql: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that the SQL names: DuckDB would take in every column of a stream, wanted or not."""
    return frame.select(sorted(words_in(sql).intersection(frame.columns)) or frame.columns[:1])


def words_in(sql: str) -> set[str]:
    """Every name in the SQL, and more."""
    return set(re.findall(r"\w+", sql))


def insert_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Appends a frame whose columns are the table's, in its order."""
    if frame.height:
        over_frame(connection, frame, f"INSERT INTO {table} SELECT * FROM {FRAME}")
