"""What is true of an invented city in a month, as its generator wrote it down?"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
Mention = tuple[str, int, int]  # file, line, and whether the line's first or second person


@dataclass(frozen=True)
class Truth:
    """`mentions`: whom each place of each line speaks of. `entitlements` by rule and person or, where they are a
    family's, family."""

    people: dict[str, Row]
    mentions: dict[Mention, str]
    entitlements: dict[tuple[str, str], Row]
    faults: list[Row]

    @property
    def rules(self) -> list[str]:
        return sorted({rule for rule, _ in self.entitlements})


def read_truth(folder: Path) -> Truth:
    """Reads `truth/YYYY-MM/`. Raises FileNotFoundError if it is none."""
    return Truth(
        people={row["person_id"]: row for row in _rows(folder / "people.csv")},
        mentions={
            (row["file"], int(row["line"]), int(row["place"])): row["person_id"] for row in _rows(folder / "rows.csv")
        },
        entitlements={
            (row["entitlement"], row["person_id"] or row["family_id"]): row
            for row in _rows(folder / "entitlements.csv")
        },
        faults=_rows(folder / "faults.csv"),
    )


def _rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
