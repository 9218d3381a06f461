"""Which day is it, for what grows old: suppression lists, purposes, exported files?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from lift.workspace.settings import Settings


def today() -> datetime.date:
    return datetime.date.today()


def export_day(settings: Settings, known: Iterable[datetime.date]) -> datetime.date:
    """Today; in an invented council, whose files never grow older, the latest of the days that they tell."""
    return max(known) if settings.council.invented else today()
