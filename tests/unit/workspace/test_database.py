"""Is a database in the making whole when it is closed, or is it said why not?"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lift.errors import StorageError
from lift.workspace.database import database


class Full:
    """A connection on a disk that is full when everything is to be written at last."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def execute(self, query: str) -> duckdb.DuckDBPyConnection:
        if query == "CHECKPOINT":
            raise duckdb.IOException("IO Error: Could not write file: No space left on device")
        return self.connection.execute(query)

    def close(self) -> None:
        self.connection.close()


def test_a_file_in_the_making_stands_by_itself_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "core.duckdb"
    with database(path, spill=tmp_path / "spill") as connection:
        connection.execute("CREATE TABLE kept AS SELECT range AS n FROM range(100)")
        connection.execute("UPDATE kept SET n = n + 1")
        assert connection.execute("SELECT current_setting('checkpoint_threshold')").fetchall() != [("16.0 MiB",)]
    assert [one.name for one in tmp_path.iterdir()] == ["core.duckdb"]
    with database(path, read_only=True, spill=tmp_path / "spill") as connection:
        assert connection.execute("SELECT sum(n) FROM kept").fetchall() == [(5050,)]


def test_a_disk_that_is_full_at_the_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = duckdb.connect
    monkeypatch.setattr("duckdb.connect", lambda *given, **named: Full(connect(*given, **named)))
    message = "core.duckdb: the disk is full. Free some space, then try again. Earlier runs are as they were."
    with (
        pytest.raises(StorageError) as raised,
        database(tmp_path / "core.duckdb", spill=tmp_path / "spill") as connection,
    ):
        connection.execute("CREATE TABLE kept AS SELECT 1")
    assert str(raised.value) == message
