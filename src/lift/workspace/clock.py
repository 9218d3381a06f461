"""Which day is it, for what grows old: suppression lists, purposes, exported files?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from lift.workspace.settings import Settings, read_settings


def today() -> datetime.date:
    return datetime.date.today()


def export_day(settings: Settings, known: Iterable[datetime.date]) -> datetime.date:
    """Today; in an invented council, whose files never grow older, the latest of the days that they tell."""
    return max(known) if settings.council.invented else today()


def day_of_the_newest(workspace: Workspace) -> datetime.date:
    """The day by which the newest run's lists leave. Raises NotFoundError where there is no run."""
    return export_day(read_settings(workspace), find_run(workspace).record.days)
