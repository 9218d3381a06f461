"""Whom has the council itself been told not to contact, and which rows of the suppression list does a lead answer for?

Both outlive the list: it is written anew each month by another team's system. A person is kept by as much as their rows
said of them, because references change with what is known; matching is the same as for the list.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

from duckdb import DuckDBPyConnection

from lift.errors import NotFoundError
from lift.workspace import audit
from lift.workspace.busy import at_work
from lift.workspace.folder import Workspace
from lift.workspace.register import open_register

REASONS = (
    "do_not_contact", "objected", "deceased", "protected", "safeguarding", "unsafe_telephone", "in_prison",
    "in_hospital_or_care", "breathing_space",
)  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """As much as is known of one person or address."""

    uprn: str | None = None
    account_ref: str | None = None
    nino: str | None = None
    phone: str | None = None
    surname: str | None = None
    forename: str | None = None
    date_of_birth: datetime.date | None = None
    address1: str | None = None
    postcode: str | None = None


@dataclass(frozen=True)
class Entry:
    """One suppression of the register's own."""

    number: int
    reference: str
    reason: str
    since: datetime.date
    asked_by: str
    ended: datetime.date | None
    identity: Identity


@dataclass(frozen=True)
class Acknowledged:
    """A named lead's word that a row of the suppression list matches nobody, and why."""

    lead: str
    role: str
    why: str
    since: datetime.date


_IDENTITY = ", ".join(field.name for field in fields(Identity))


def entries(connection: DuckDBPyConnection) -> list[Entry]:
    """Every suppression of the register's own, those that have ended too, oldest first."""
    rows = connection.execute(
        f"SELECT number, reference, reason, since, asked_by, ended, {_IDENTITY} FROM suppressed ORDER BY number"
    ).fetchall()
    return [Entry(*(*row[:6], Identity(*row[6:]))) for row in rows]


def suppress(
    workspace: Workspace, reference: str, reason: str, asked_by: str, day: datetime.date, known: Sequence[Identity]
) -> None:
    """Keeps everybody behind a reference off every list from now on. `known`: one for each of them."""
    with at_work(workspace), open_register(workspace) as connection:
        connection.begin()
        ((last,),) = connection.execute("SELECT coalesce(max(number), 0) FROM suppressed").fetchall()
        for number, one in enumerate(known, start=last + 1):
            connection.execute(
                f"INSERT INTO suppressed (number, reference, reason, since, asked_by, {_IDENTITY}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [number, reference, reason, day, asked_by, *astuple(one)],
            )
        connection.commit()
        told = {"what": "suppressed", "reference": reference, "reason": reason, "asked_by": asked_by}
        audit.record(workspace, told)


def lift_suppression(workspace: Workspace, reference: str, agreed_by: str, day: datetime.date) -> None:
    """Ends the register's own suppression of a reference. Raises NotFoundError."""
    with at_work(workspace), open_register(workspace) as connection:
        found = connection.execute(
            "SELECT count(*) FROM suppressed WHERE reference = ? AND ended IS NULL", [reference]
        ).fetchall()
        if not found[0][0]:
            raise NotFoundError(
                f"the register keeps no suppression of {reference}. `lift suppressions` shows what it keeps; what "
                "stands on the suppression list is changed there."
            )
        connection.execute(
            "UPDATE suppressed SET ended = ?, ended_by = ? WHERE reference = ? AND ended IS NULL",
            [day, agreed_by, reference],
        )
        audit.record(workspace, {"what": "suppression ended", "reference": reference, "agreed_by": agreed_by})


def digest_of(key: bytes, cells: Iterable[object]) -> str:
    """What a row says, as a keyed hash: the same row in next month's file has the same."""
    said = "\x1f".join("" if cell is None else str(cell) for cell in cells)
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def acknowledgements(connection: DuckDBPyConnection) -> dict[str, Acknowledged]:
    """Every acknowledged row, by its digest."""
    rows = connection.execute("SELECT row, lead, role, why, since FROM acknowledged ORDER BY row").fetchall()
    return {str(row[0]): Acknowledged(*row[1:]) for row in rows}


def acknowledge(
    workspace: Workspace, rows: Sequence[tuple[str, str]], lead: str, role: str, why: str, day: datetime.date
) -> None:
    """Records a lead's word on rows, each given by its digest and by its file and line in words."""
    with at_work(workspace), open_register(workspace) as connection:
        connection.begin()
        for digest, _ in rows:
            connection.execute(
                "INSERT OR REPLACE INTO acknowledged VALUES (?, ?, ?, ?, ?)", [digest, lead, role, why, day]
            )
        connection.commit()
        places = [place for _, place in rows]
        audit.record(workspace, {"what": "acknowledged", "rows": places, "lead": lead, "role": role, "why": why})
