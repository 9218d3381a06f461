"""Where does a run keep what its analysts may see, and can this LIFT read it? (`runs/<id>/analyst.duckdb`)"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lift.errors import DisclosureError, NotFoundError, SettingsError, as_sentence
from lift.workspace.database import Connection, database
from lift.workspace.runs import PublishedRun

FORMAT = 1
HELD_BACK = (
    "somebody in this home must not be contacted, so nothing about it is shown. Take it to whoever leads on "
    "safeguarding."
)


def require_view(run: PublishedRun) -> Path:
    """Where the analysts' view of a run is. Raises NotFoundError where it has none."""
    if not run.view.is_file():
        why = run.record.without_view or "It was made by a LIFT that wrote none: run the month again."
        raise NotFoundError(
            f"run {run.id} has no {run.view.name}, which questions and explanations are read from. {as_sentence(why)}"
        )
    return run.view


@contextmanager
def open_view(run: PublishedRun, *, spill: Path | None = None) -> Iterator[Connection]:
    """The analysts' view of a run, to be read only: no file beside it can be reached through it. Raises NotFoundError
    where the run has none, SettingsError where a newer LIFT wrote it."""
    with database(require_view(run), read_only=True, spill=spill, sealed=True) as connection:
        ((written,),) = connection.execute("SELECT max(format) FROM about").fetchall()
        if written > FORMAT:
            raise SettingsError(
                f"runs/{run.id}/{run.view.name}: was written by a newer LIFT (format {written}; this one knows "
                f"{FORMAT}). Install that version."
            )
        yield connection


def require_shown(run: PublishedRun, household: str) -> None:
    """Raises DisclosureError for a home in which somebody was held back when the run was made: the view holds every
    other. NotFoundError where nobody can tell, since there is no view."""
    with open_view(run) as connection:
        found = connection.execute("SELECT 1 FROM household WHERE household_key = ?", [household]).fetchall()
    if not found:
        raise DisclosureError(HELD_BACK)
