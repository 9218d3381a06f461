"""Which cities are committed, and how is a table of theirs read?"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

MONTH = date(2026, 11, 1)
DWELLINGS, SEED = 300, 1871
MINIMAL_DWELLINGS, MINIMAL_SEED = 240, 1872


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
