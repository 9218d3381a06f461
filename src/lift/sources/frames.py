"""How does a frame of text cross into DuckDB and back, without a copy on disk and without a further library?"""

from __future__ import annotations

from typing import Any

import duckdb
import polars as pl

from lift.errors import ExtractError

FRAME = "lift_incoming"


class _Stream:
    """A frame as DuckDB reads it: through Arrow's own interface."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def over_frame(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, sql: str) -> list[tuple[Any, ...]]:
    """Runs `sql` with the frame as the view `lift_incoming`.

    DuckDB's own message may repeat a cell, so it is never passed on.
    """
    connection.register(FRAME, _Stream(frame))
    try:
        return connection.execute(sql).fetchall()
    except duckdb.DatabaseError as error:
        kind = type(error).__name__
        raise ExtractError(
            f"DuckDB could not store the rows of a file ({kind}). If there is disk space and memory enough, "
            "this is a fault of LIFT: report it."
        ) from None
    finally:
        connection.unregister(FRAME)


def insert_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Appends a frame whose columns are the table's, in its order."""
    if frame.height:
        over_frame(connection, frame, f"INSERT INTO {table} SELECT * FROM {FRAME}")
