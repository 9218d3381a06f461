"""Whom is the council in contact with at present, from which list, and which exported files must go when?

A campaign is one list in one month, opened when the list is first exported. It is open until somebody closes it, or
until the last of its files must be destroyed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from lift.errors import NotFoundError
from lift.workspace import audit
from lift.workspace.busy import at_work
from lift.workspace.folder import Workspace
from lift.workspace.register import open_register, read_register


@dataclass(frozen=True)
class Campaign:
    """`contacts`: families named in its files. `closes`: the day after which its files are destroyed."""

    list: str
    month: str
    opened: datetime.date
    closes: datetime.date
    letters_sent: datetime.date | None
    closed: datetime.date | None
    contacts: int

    def is_open(self, day: datetime.date) -> bool:
        return self.closed is None and day <= self.closes


@dataclass(frozen=True)
class Contact:
    """A family that a campaign names, and the person of it who is asked for."""

    family_key: str
    contact_key: str | None


@dataclass(frozen=True)
class ExportedFile:
    """A file in lists/: `file` is its path below the workspace."""

    file: str
    list: str
    run: str
    rows: int
    exported: datetime.date
    destroy_after: datetime.date


_CAMPAIGNS = """
    SELECT c.list, c.month, c.opened, c.closes, c.letters_sent, c.closed,
        (SELECT count(*) FROM contact k WHERE k.list = c.list AND k.month = c.month)
    FROM campaign c"""


def campaigns(workspace: Workspace) -> list[Campaign]:
    """Every campaign, the newest month first."""
    with read_register(workspace) as connection:
        rows = connection.execute(f"{_CAMPAIGNS} ORDER BY c.month DESC, c.list").fetchall()
    return [Campaign(*row) for row in rows]


@contextmanager
def recording_export(
    workspace: Workspace,
    name: str,
    run: str,
    month: str,
    day: datetime.date,
    contacts: Iterable[Contact],
    files: Sequence[ExportedFile],
) -> Iterator[list[str]]:
    """Remembers files and when they must go, and forgets those that the list had in this run and has no more, which are
    given; with contacts, opens the list's campaign or goes on with it, and remembers whom its files name. Of all that
    nothing is kept if the block does not go well."""
    contacts, kept = list(contacts), {file.file for file in files}
    with open_register(workspace) as connection:
        earlier = [one.file for one in exported_files(connection) if (one.list, one.run) == (name, run)]
        gone = [one for one in earlier if one not in kept]
        connection.begin()
        if contacts:
            closes = max(file.destroy_after for file in files)
            connection.execute(
                """INSERT INTO campaign (list, month, opened, closes) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET closes = greatest(closes, excluded.closes), closed = NULL""",
                [name, month, day, closes],
            )
        # All at once: an insert of its own for each contact costs a large council a minute.
        connection.execute(
            "INSERT OR IGNORE INTO contact SELECT ?, ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), ?",
            [name, month, [one.family_key for one in contacts], [one.contact_key for one in contacts], day],
        )
        for file in files:
            connection.execute(
                "INSERT OR REPLACE INTO exported VALUES (?, ?, ?, ?, ?, ?)",
                [file.file, file.list, file.run, file.rows, file.exported, file.destroy_after],
            )
        _forget(connection, gone)
        yield gone
        connection.commit()


def exported_files(connection: DuckDBPyConnection) -> list[ExportedFile]:
    """Every file that was exported and not yet destroyed."""
    return [ExportedFile(*row) for row in connection.execute("SELECT * FROM exported ORDER BY file").fetchall()]


def _forget(connection: DuckDBPyConnection, files: Iterable[str]) -> None:
    for file in files:
        connection.execute("DELETE FROM exported WHERE file = ?", [file])


def destroy_due(workspace: Workspace, day: datetime.date) -> list[str]:
    """Deletes every exported file whose time is over, and says which. What was moved elsewhere cannot be reached."""
    if not workspace.register.exists():
        return []
    with read_register(workspace) as connection:
        due = [one for one in exported_files(connection) if one.destroy_after < day]
    if not due:
        return []
    with at_work(workspace):
        for one in due:
            (workspace.root / one.file).unlink(missing_ok=True)
        audit.record(workspace, {"what": "destroyed", "files": [one.file for one in due], "why": "due"})
        with open_register(workspace) as connection:
            _forget(connection, [one.file for one in due])
        _remove_empty(workspace.lists)
    return [one.file for one in due]


def _remove_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def letters_sent(workspace: Workspace, name: str, month: str, day: datetime.date) -> None:
    """Remembers when a campaign's letters went out, for callers to know. Raises NotFoundError."""
    _change(workspace, name, month, "letters_sent", day)


def close(workspace: Workspace, name: str, month: str, day: datetime.date) -> None:
    """Ends a campaign: its families may be contacted from other lists in other months. Raises NotFoundError."""
    _change(workspace, name, month, "closed", day)


def _change(workspace: Workspace, name: str, month: str, column: str, day: datetime.date) -> None:
    with at_work(workspace), open_register(workspace) as connection:
        there = [
            (str(one), str(when)) for one, when in connection.execute("SELECT list, month FROM campaign").fetchall()
        ]
        if (name, month) not in there:
            known = ", ".join(f"{one} of {when}" for one, when in sorted(there)[-6:]) or "none yet"
            raise NotFoundError(f"there is no campaign {name} of {month}. There is: {known}.")
        connection.execute(f"UPDATE campaign SET {column} = ? WHERE list = ? AND month = ?", [day, name, month])
        audit.record(workspace, {"what": f"campaign {column}", "list": name, "month": month, "day": day.isoformat()})


def contacted_elsewhere(connection: DuckDBPyConnection, name: str, month: str, day: datetime.date) -> list[Contact]:
    """Whom campaigns other than this one name, of the same month or still open."""
    rows = connection.execute(
        """SELECT k.family_key, k.contact_key FROM contact k JOIN campaign c USING (list, month)
        WHERE NOT (c.list = $list AND c.month = $month)
            AND (c.month = $month OR c.closed IS NULL AND c.closes >= $day)
        ORDER BY ALL""",
        {"list": name, "month": month, "day": day},
    ).fetchall()
    return [Contact(str(family), None if person is None else str(person)) for family, person in rows]


def last_contacts(connection: DuckDBPyConnection, before: tuple[str, str]) -> dict[str, datetime.date]:
    """Family to the day on which a campaign other than this one (list, month) first named it, the latest of them."""
    rows = connection.execute(
        """SELECT family_key, max(since) FROM contact WHERE NOT (list = ? AND month = ?) GROUP BY family_key""",
        list(before),
    ).fetchall()
    return {str(family): day for family, day in rows}


def campaign_of(connection: DuckDBPyConnection, name: str, month: str) -> Campaign | None:
    rows = connection.execute(f"{_CAMPAIGNS} WHERE c.list = ? AND c.month = ?", [name, month]).fetchall()
    return Campaign(*rows[0]) if rows else None
