"""Where do a city's files stand, and how is a table of it read?"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

MONTH = date(2026, 11, 1)
INCOMING, TRUTH = Path("incoming/2026-11"), Path("truth/2026-11")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
