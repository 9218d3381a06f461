"""How many families does each list of a run show now, and how many are held back from it?

`lift run` shows it on its closing screen, `lift summary` and `lift list` later. It is never kept with the run: whoever
looks later sees it by the suppression list and the register of that moment.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duckdb import DuckDBPyConnection

from lift.stages.export.gate import Gate, protect
from lift.stages.export.notes import Shown
from lift.stages.export.standing import Ranked, Standing
from lift.workspace.folder import Workspace
from lift.workspace.settings import Settings


@dataclass(frozen=True)
class Showing:
    """Each list by its name; none where nothing may be shown. `trouble`: why not."""

    lists: Mapping[str, Shown] = field(default_factory=dict)
    trouble: str = ""


def showing_of(gate: Gate) -> Showing:
    """What the lists of a finished run show."""
    return Showing(gate.standing.shown(gate.run.record.lists))


def showing_in_the_making(
    connection: DuckDBPyConnection,
    workspace: Workspace,
    settings: Settings,
    month: str,
    days: Sequence[datetime.date],
    lists: Sequence[Ranked],
) -> Showing:
    """What the lists of a run that has been ranked show, over its tables as they are. `days`: those that it tells.
    Makes `held_person` and `held_home`. Raises DisclosureError if nothing may leave."""
    protection = protect(connection, workspace, settings, days)
    return Showing(Standing(connection, workspace, settings, month, protection.today).shown(lists))
