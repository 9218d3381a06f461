"""Who is behind a reference, and where do they live? For whoever may read the run's own database, never for a home in
which somebody is held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lift.errors import DisclosureError, NotFoundError
from lift.stages.export.gate import open_gate
from lift.workspace.analysts import HELD_BACK
from lift.workspace.database import Connection, database
from lift.workspace.folder import Workspace
from lift.workspace.runs import PublishedRun
from lift.workspace.settings import read_settings

# Which source is believed about a name; an account often holds two people in one text.
_ORDER = ("contact", "benefit_claim", "ctr_award", "universal_credit_notice", "pupil")


@dataclass(frozen=True)
class Named:
    """People by reference, in the order asked for, and their address in one line."""

    people: tuple[tuple[str, str], ...]
    address: str


def names_of(workspace: Workspace, run: PublishedRun, reference: str, household: str, people: Sequence[str]) -> Named:
    """Names as the extracts hold them. Raises NotFoundError without the run's own database, and DisclosureError where
    somebody in the home is held back today, or nobody can tell."""
    if not run.core.is_file():
        raise NotFoundError(f"run {run.id}: its core.duckdb is not here, and names stand nowhere else.")
    require_open(workspace, run, [reference, household, *people])
    with database(run.core, read_only=True) as connection:
        found = dict(connection.execute(_NAMES, [list(_ORDER), list(people)]).fetchall())
        return Named(
            tuple((key, str(found.get(key) or "name not known")) for key in people), _address(connection, household)
        )


def require_open(workspace: Workspace, run: PublishedRun, references: Sequence[str]) -> None:
    """Raises DisclosureError where one of these references stands for somebody held back: by the newest list and the
    register, not by what was known when the run was made. For what leaves the screen."""
    with open_gate(workspace, read_settings(workspace), run, all_matched=False) as gate:
        if gate.held(references):
            raise DisclosureError(HELD_BACK)


_NAMES = """
    SELECT l.person_key,
        arg_min(concat_ws(' ', r.title, r.given, r.surname),
            (r.surname IS NULL, coalesce(list_position(?, r.kind), 99), r.file_id, r.line))
    FROM record r JOIN person_link l USING (record_id)
    WHERE l.person_key IN (SELECT unnest(?)) AND (r.surname IS NOT NULL OR r.given IS NOT NULL) GROUP BY ALL"""


def _address(connection: Connection, household: str) -> str:
    rows = connection.execute(
        """SELECT concat_ws(', ', address1, address2, address3, address4, postcode) FROM address
        WHERE household_key = ?""",
        [household],
    ).fetchall()
    return str(rows[0][0]) if rows else "address not known"
