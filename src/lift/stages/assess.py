"""What is each household entitled to, as far as its facts can tell? (Stage 4: the plan, run over the facts.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from lift.engines.duckdb.answers import fill_answers, run_answers
from lift.engines.duckdb.settle import settle_possible
from lift.rulebook.model import Rulebook


@dataclass(frozen=True)
class AssessReport:
    """How many answers of each verdict each rule gave, in order of rule and verdict."""

    plan_hash: str
    counts: tuple[tuple[str, str, int], ...]


def assess(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, day: date, rules: Sequence[str], *, settle: bool = True
) -> AssessReport:
    """Fills the table `answer` (docs/tables.md) from the tables build made. `settle`: also work out which
    questions would settle each possible answer. Raises CoverageError for a day that a rule does not cover."""
    plan = run_answers(connection, book, day, rules)
    fill_answers(connection, plan, book)
    if settle:
        settle_possible(connection, book, day, rules)
    counts = connection.execute("SELECT rule, verdict, count(*) FROM answer GROUP BY ALL ORDER BY ALL").fetchall()
    return AssessReport(plan.hash, tuple((str(r), str(v), int(n)) for r, v, n in counts))
