"""In which order do answers stand, which families are on any list, and where should each conversation begin?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]


DAYS_OF_A_DEADLINE = 60
_STRENGTHS = ("strong", "medium", "weak")


def order(row: Row, day: datetime.date) -> tuple[Any, ...]:
    """Where an answer stands among others: a deadline within 60 days, likely before possible, the low end, the high
    end, the evidence, the keys. An unknown end comes after every known one."""
    deadline, high = row["deadline"], row["order_high"]
    urgent = deadline is not None and (deadline - day).days <= DAYS_OF_A_DEADLINE
    evidence = row["evidence"]
    return (
        deadline.isoformat() if urgent else "9999",
        row["verdict"] != "likely",
        -(row["order_low"] or 0),
        high is None,
        -(high or 0),
        _STRENGTHS.index(evidence) if evidence in _STRENGTHS else len(_STRENGTHS),
        row["family_key"],
        row["reference"],
        row["rule"],
    )


def family_rows(
    ranked: Iterable[Row],
    titles: Mapping[str, str],
    day: datetime.date,
    together: Mapping[str, tuple[Decimal | None, Decimal | None]],
) -> list[tuple[Any, ...]]:
    """One row a family, in the order of its best answer; `titles` gives each rule's name. Never a sum: what two awards
    bring together is not what each brings alone, so `together` says it of families with several."""
    families: dict[str, list[Row]] = {}
    for row in sorted(ranked, key=lambda row: order(row, day)):
        families.setdefault(row["family_key"], []).append(row)
    return [
        (*_row(rank, rows, titles), *(together.get(family) or _alone(rows)))
        for rank, (family, rows) in enumerate(families.items(), start=1)
    ]


def _alone(rows: list[Row]) -> tuple[Decimal | None, Decimal | None]:
    """What the one likely award of a family brings a year, if it has just one that is surely not paid already."""
    sure = [row for row in rows if row["verdict"] == "likely" and not row["may_already_have"]]
    return (sure[0]["yearly_low"], sure[0]["yearly_high"]) if len(sure) == 1 else (None, None)


def _row(rank: int, rows: list[Row], titles: Mapping[str, str]) -> tuple[Any, ...]:
    first = rows[0]
    by_rule: dict[str, list[Row]] = {}
    for row in rows:
        by_rule.setdefault(row["rule"], []).append(row)
    likely = [_said(titles[name], found) for name, found in by_rule.items() if found[0]["verdict"] == "likely"]
    possible = [titles[name] for name, found in by_rule.items() if found[0]["verdict"] != "likely"]
    deadlines = [row["deadline"] for row in rows if row["deadline"]]
    return (
        rank, first["family_key"], first["household_key"], first["contact_key"], min(deadlines, default=None),
        first["name"], first["address"], first["postcode"], first["ward"],
        titles[first["rule"]], "\n".join(likely), "\n".join(possible),
        max((row["advice_first"] for row in rows), default=""),
    )  # fmt: skip


def _said(title: str, rows: list[Row]) -> str:
    """The list's name with what it is worth; for several of one family (children, say), how many."""
    sure = [row for row in rows if row["verdict"] == "likely"]
    if len(sure) > 1:
        return f"{title} ({len(sure)} people)"
    return f"{title}: {sure[0]['worth']}" if sure[0]["worth"] and sure[0]["per"] else title
