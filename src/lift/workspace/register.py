"""What outlives a run: runs, who stood on which list, campaigns and contacts, exported files, suppressions?

A database of its own, with numbered steps from one version to the next. Before a step is taken the file is copied, and
the copy opened and counted. Writing a run is idempotent: the same run twice leaves one record.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duckdb import DuckDBPyConnection

from lift.errors import SettingsError, StorageError
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.runs import PublishedRun, all_runs
from lift.workspace.writing import PRIVATE_FILE, to_disk

#: Step n takes the register from version n to n + 1. Steps are only ever added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE run (run VARCHAR PRIMARY KEY, month VARCHAR NOT NULL, day DATE NOT NULL, plan_hash VARCHAR "
        "NOT NULL)",
        """CREATE TABLE listed (run VARCHAR NOT NULL, list VARCHAR NOT NULL, reference VARCHAR NOT NULL,
            verdict VARCHAR NOT NULL, PRIMARY KEY (list, reference, run))""",
    ),
    (
        # A list may hold answers of several rules about one family.
        """CREATE TABLE stood (run VARCHAR NOT NULL, list VARCHAR NOT NULL, rule VARCHAR NOT NULL,
            reference VARCHAR NOT NULL, verdict VARCHAR NOT NULL, PRIMARY KEY (list, reference, run, rule))""",
        "INSERT INTO stood SELECT run, list, list, reference, verdict FROM listed ORDER BY ALL",
        "DROP TABLE listed",
        "ALTER TABLE stood RENAME TO listed",
        # One campaign for each list and month; a contact is a family that its files named.
        """CREATE TABLE campaign (list VARCHAR NOT NULL, month VARCHAR NOT NULL, opened DATE NOT NULL,
            closes DATE NOT NULL, letters_sent DATE, closed DATE, PRIMARY KEY (list, month))""",
        """CREATE TABLE contact (list VARCHAR NOT NULL, month VARCHAR NOT NULL, family_key VARCHAR NOT NULL,
            contact_key VARCHAR, since DATE NOT NULL, PRIMARY KEY (list, month, family_key))""",
        """CREATE TABLE exported (file VARCHAR PRIMARY KEY, list VARCHAR NOT NULL, run VARCHAR NOT NULL,
            rows INTEGER NOT NULL, exported DATE NOT NULL, destroy_after DATE NOT NULL)""",
        # What the council itself was told, beside the suppression list: as much of a person as their rows said.
        """CREATE TABLE suppressed (number INTEGER PRIMARY KEY, reference VARCHAR NOT NULL, reason VARCHAR NOT NULL,
            since DATE NOT NULL, asked_by VARCHAR NOT NULL, ended DATE, ended_by VARCHAR, uprn VARCHAR,
            account_ref VARCHAR, nino VARCHAR, phone VARCHAR, surname VARCHAR, forename VARCHAR, date_of_birth DATE,
            address1 VARCHAR, postcode VARCHAR)""",
        # A row of the suppression list that a lead knows to match nobody, by a keyed hash of what it says.
        """CREATE TABLE acknowledged (row VARCHAR PRIMARY KEY, lead VARCHAR NOT NULL, role VARCHAR NOT NULL,
            why VARCHAR NOT NULL, since DATE NOT NULL)""",
    ),
)


@contextmanager
def open_register(workspace: Workspace) -> Iterator[DuckDBPyConnection]:
    """The register, brought to this version. Raises SettingsError if a newer LIFT wrote it."""
    path = workspace.register
    version = _version(path) if path.exists() else 0
    if version > len(MIGRATIONS):
        raise SettingsError(
            f"{path.name}: was written by a newer LIFT (version {version}; this one knows {len(MIGRATIONS)}). "
            "Install that version."
        )
    if path.exists() and version < len(MIGRATIONS):
        _back_up(path, version)
    with database(path) as connection:
        path.chmod(PRIVATE_FILE)
        for number in range(version, len(MIGRATIONS)):
            _migrate(connection, number)
        yield connection


@contextmanager
def read_register(workspace: Workspace) -> Iterator[DuckDBPyConnection]:
    """The register for reading only, so that several may read at once; brought to this version first if need be."""
    path = workspace.register
    if not path.exists():
        with open_register(workspace):
            pass
    with database(path, read_only=True) as connection:
        if _version_of(connection) == len(MIGRATIONS):
            yield connection
            return
    with open_register(workspace):
        pass
    with database(path, read_only=True) as connection:
        yield connection


def _version(path: Path) -> int:
    with database(path, read_only=True) as connection:
        return _version_of(connection)


def _version_of(connection: DuckDBPyConnection) -> int:
    made = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'register_version'").fetchall()
    if not made[0][0]:
        return 0
    return int(connection.execute("SELECT max(version) FROM register_version").fetchall()[0][0])


def _migrate(connection: DuckDBPyConnection, number: int) -> None:
    connection.begin()
    connection.execute("CREATE TABLE IF NOT EXISTS register_version (version INTEGER NOT NULL)")
    for statement in MIGRATIONS[number]:
        connection.execute(statement)
    connection.execute("DELETE FROM register_version")
    connection.execute("INSERT INTO register_version VALUES (?)", [number + 1])
    connection.commit()


def _back_up(path: Path, version: int) -> None:
    """A copy beside the register, named by its version; opened, and its rows held against the original's."""
    copy = path.with_name(f"{path.stem}.before-version-{version + 1}.duckdb")
    shutil.copyfile(path, copy)
    copy.chmod(PRIVATE_FILE)
    to_disk(copy)
    if _rows(copy) != _rows(path):
        raise StorageError(
            f"{copy.name}: the copy of the register does not hold what the register holds. Nothing was changed."
        )


def _rows(path: Path) -> dict[str, int]:
    with database(path, read_only=True) as connection:
        names = [
            str(row[0]) for row in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        ]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name in names}


def bring_up_to_date(workspace: Workspace) -> None:
    """Records every run that the register lacks: one that was published when the program was killed, say."""
    with open_register(workspace) as connection:
        known = {str(row[0]) for row in connection.execute("SELECT run FROM run").fetchall()}
        for run in all_runs(workspace):
            if run.id not in known:
                _record(connection, run)


def _record(connection: DuckDBPyConnection, run: PublishedRun) -> None:
    core = str(run.core).replace("'", "''")
    connection.execute(f"ATTACH '{core}' AS core (READ_ONLY)")
    connection.begin()
    connection.execute("DELETE FROM listed WHERE run = ?", [run.id])
    connection.execute(
        "INSERT INTO listed SELECT ?, list, rule, reference, verdict FROM core.ranked ORDER BY list, reference, rule",
        [run.id],
    )
    connection.execute(
        "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?)",
        [run.id, run.record.month, run.record.day, run.record.plan_hash],
    )
    connection.commit()
    connection.execute("DETACH core")


def listed_since(connection: DuckDBPyConnection, name: str, month: str) -> dict[str, str]:
    """Reference to the first month in which it stood on this list, among months up to `month`."""
    found = connection.execute(
        """SELECT reference, min(month) FROM listed JOIN run USING (run) WHERE list = ? AND month <= ?
        GROUP BY reference""",
        [name, month],
    ).fetchall()
    return {str(reference): str(first) for reference, first in found}
