"""How is a draft rule tried on a real run, which stays as it is?

The draft is read beside the rules that the run used, run over the facts of the analysts' view, and its answers are laid
over the view for as long as it is open.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.answers import beside_unit, fill_answers, run_answers
from lift.engines.duckdb.tables import column_names
from lift.errors import NotFoundError, RuleError
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.prohibited import refuse_review_rule
from lift.workspace.runs import PublishedRun


def require_file(draft: Path) -> None:
    """Raises NotFoundError."""
    if not draft.is_file():
        raise NotFoundError(f"{draft}: there is no such file. Give the draft of a rule, as in --rule draft.yaml.")


def read_draft(run: PublishedRun, draft: Path) -> Rulebook:
    """The rules of a run with the draft beside them, or in place of the one that has its id. Raises RuleProblems."""
    book = load_rulebook(run.rules, examples=False, only=draft)
    if draft.stem not in book.rules:
        raise RuleError(f"{draft}: holds no rule of its own, only what rules share. Give a file that has an eligible:.")
    refuse_review_rule(book, book.rules[draft.stem])
    return book


def lay_over(connection: DuckDBPyConnection, book: Rulebook, draft: str, day: date) -> None:
    """Works the draft out and puts its answers beside the units, in temporary tables that stand before the view's own.
    Raises CoverageError for a day that the draft does not cover."""
    rule = book.rules[draft]
    fill_answers(connection, run_answers(connection, book, day, [draft]), book, temporary=True)
    columns, join = beside_unit(rule)
    old = [name for name in column_names(connection, rule.level) if name.startswith(f"{draft}__")]
    kept = f"u.* EXCLUDE ({', '.join(sorted(old))})" if old else "u.*"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {rule.level} AS SELECT {kept}, {', '.join(columns)} FROM {rule.level} u {join}"
    )
