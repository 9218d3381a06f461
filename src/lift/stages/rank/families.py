"""Which families stand on any list, with what, and where should the one conversation with each begin?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]


@dataclass
class _Family:
    rows: list[Row] = field(default_factory=list)

    @property
    def order(self) -> tuple[Any, ...]:
        """Deadline, likely before possible, the best low end, the best high end, more answers, the key."""
        likely = [row for row in self.rows if row["verdict"] == "likely"]
        best = max((row["yearly_low"] or Decimal(0) for row in likely or self.rows), default=Decimal(0))
        high = max((row["yearly_high"] or Decimal(0) for row in likely or self.rows), default=Decimal(0))
        first = min((row["deadline"].isoformat() for row in self.rows if row["deadline"]), default="9999")
        return (first, not likely, -best, -high, -len(self.rows), self.rows[0]["family_key"])


def family_rows(ranked: Iterable[Row], titles: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """One row a family, in order; `titles` gives each list's name. Never a sum: what two awards bring together is not
    what each brings alone."""
    families: dict[str, _Family] = {}
    for row in ranked:
        families.setdefault(row["family_key"], _Family()).rows.append(row)
    ordered = sorted(families.values(), key=lambda family: family.order)
    return [_row(rank, family, titles) for rank, family in enumerate(ordered, start=1)]


def _row(rank: int, family: _Family, titles: Mapping[str, str]) -> tuple[Any, ...]:
    rows = sorted(
        family.rows, key=lambda row: (row["verdict"] != "likely", -(row["yearly_low"] or 0), row["list"], row["rank"])
    )
    first = rows[0]
    by_list: dict[str, list[Row]] = {}
    for row in rows:
        by_list.setdefault(row["list"], []).append(row)
    likely = [_said(titles[name], found) for name, found in by_list.items() if found[0]["verdict"] == "likely"]
    possible = [titles[name] for name, found in by_list.items() if found[0]["verdict"] != "likely"]
    deadlines = [row["deadline"] for row in rows if row["deadline"]]
    return (
        rank, first["family_key"], first["household_key"], first["contact_key"], min(deadlines, default=None),
        first["name"], first["address"], first["postcode"], first["ward"],
        titles[first["list"]], "\n".join(likely), "\n".join(possible),
        "yes" if any(row["advice_first"] == "yes" for row in rows) else "",
    )  # fmt: skip


def _said(title: str, rows: list[Row]) -> str:
    """The list's name with what it is worth; for several of one family (children, say), how many."""
    sure = [row for row in rows if row["verdict"] == "likely"]
    if len(sure) > 1:
        return f"{title} ({len(sure)} people)"
    return f"{title}: {sure[0]['worth']}" if sure[0]["worth"] and sure[0]["per"] else title
