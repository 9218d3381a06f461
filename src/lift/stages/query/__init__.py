"""Which units of a finished run answer to a question, and how many are there? (`lift query`; docs/questions.md)

Questions are put to the analysts' view alone, opened so that nothing else can be reached through it. A question is
compiled like a step of a rule: a unit answers to it only if it surely does, whatever the unknown facts are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.asked import Worked, work_out
from lift.engines.duckdb.engine import Row
from lift.engines.duckdb.tables import column_names
from lift.errors import DisclosureError
from lift.plan.layout import key_of
from lift.rulebook.answered import answer_facts
from lift.rulebook.answers import Value
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import LEVELS, Level
from lift.rulebook.prohibited import refuse_discount_review
from lift.rulebook.query import CONDITION, QUESTION, Column, FoundRow, Query, read_query
from lift.stages.query.counts import Count, Counts, count_cells, require_categories
from lift.stages.query.draft import lay_over, read_draft, require_file
from lift.workspace import audit
from lift.workspace.analysts import open_view
from lift.workspace.folder import Workspace
from lift.workspace.runs import PublishedRun

__all__ = ["Asking", "Count", "Counts", "FoundRow", "Question", "Rows", "asking"]


@dataclass(frozen=True)
class Question:
    """What is asked, as it was typed. `draft`: a rule file that is tried on the run for it."""

    condition: str
    each: Level = "family"
    select: str = ""
    by: str = ""
    count: bool = False
    include_unknown: bool = False
    draft: Path | None = None

    def as_logged(self) -> dict[str, Any]:
        """The whole question, for the audit; never anything of its answer."""
        asked: dict[str, Any] = {"condition": self.condition, "each": self.each, "select": self.select, "by": self.by}
        asked |= {"count": self.count, "include_unknown": self.include_unknown}
        if self.draft is not None:
            require_file(self.draft)
            asked["draft"] = {"file": self.draft.name, "sha256": hashlib.sha256(self.draft.read_bytes()).hexdigest()}
        return asked


@dataclass(frozen=True)
class Rows:
    """The first units that answer to a question, those that surely do before the others, in order of reference. `sure`
    and `perhaps` count all of them; of those that perhaps do, rows are there only if they were asked for."""

    columns: tuple[Column, ...]
    rows: tuple[FoundRow, ...]
    sure: int
    perhaps: int


@dataclass(frozen=True)
class Asking:
    """A question that has been put to a run: checked, logged, and not yet worked out."""

    question: Question
    query: Query
    run: PublishedRun
    _connection: DuckDBPyConnection

    @property
    def reads_ward(self) -> bool:
        """Whether the question names a ward."""
        return "ward" in self.query.reads

    def rows(self, most: int | None = None) -> Rows:
        """Who answers to it. `most`: rows at most; None for all of them."""
        worked, condition = self._work_out()
        ((sure, perhaps),) = self._connection.execute(
            f"SELECT count(*) FILTER ({condition}), count(*) FILTER (({condition}) IS NULL) FROM {worked.table}"
        ).fetchall()
        wanted = f"({condition}) IS NOT FALSE" if self.question.include_unknown else condition
        found = self._connection.execute(
            f"""SELECT *, ({condition}) IS NOT NULL AS is_sure FROM {worked.table} WHERE {wanted}
            ORDER BY is_sure DESC, {key_of(self.query.level)} {"" if most is None else f"LIMIT {most}"}"""
        )
        names = [str(column[0]) for column in found.description]
        readers = [worked.reader(column.step) for column in self.query.select]
        rows = tuple(_row(dict(zip(names, row, strict=True)), self.query.level, readers) for row in found.fetchall())
        return Rows(self.query.select, rows, int(sure), int(perhaps))

    def counts(self) -> Counts:
        """How many answer to it, by categories, as far as that may be told."""
        worked, condition = self._work_out()
        perhaps = self.question.include_unknown
        return count_cells(self._connection, self.query, worked, condition, include_unknown=perhaps)

    def _work_out(self) -> tuple[Worked, str]:
        """The question's steps of every unit, and its condition as it stands there."""
        steps = [name for name in self.query.book.steps if name.startswith(f"{QUESTION}.")]
        if not steps:
            return Worked(self.query.level, {}), "TRUE"
        worked = work_out(self._connection, self.query.book, self.run.record.day, QUESTION, steps)
        return worked, "TRUE" if self.query.condition is None else worked.sql(CONDITION)


@contextmanager
def asking(workspace: Workspace, run: PublishedRun, question: Question) -> Iterator[Asking]:
    """Puts a question to a run. It is in the audit before anything of its answer can be seen.

    Raises NotFoundError where the run has no view, QueryError for a question and RuleProblems for a draft that is
    wrong, UsageError for a count by what has no categories, and DisclosureError, which is logged too, for what may not
    be asked."""
    entry = {"what": "query", "run": run.id, **question.as_logged()}
    with ExitStack() as opened:
        try:
            put = opened.enter_context(_reading(run, question))
        except DisclosureError:
            audit.record(workspace, {**entry, "what": "query refused"})
            raise
        audit.record(workspace, entry)
        yield put


@contextmanager
def _reading(run: PublishedRun, question: Question) -> Iterator[Asking]:
    draft = question.draft
    book = load_rulebook(run.rules, examples=False) if draft is None else read_draft(run, draft)
    with open_view(run) as connection:
        answered = _answered(connection, book)
        if draft is not None:
            lay_over(connection, book, draft.stem, run.record.day)
            answered = tuple(sorted({*answered, draft.stem}))
        query = read_query(
            book, answered, question.each, question.condition,
            select=question.select, by=question.by, codes=_codes(connection, book),
        )  # fmt: skip
        refuse_discount_review(query.book, query.condition, query.shown)
        require_categories(query)
        yield Asking(question, query, run, connection)


def _answered(connection: DuckDBPyConnection, book: Rulebook) -> tuple[str, ...]:
    """The rules whose answers stand in the view."""
    there = {name for level in LEVELS for name in column_names(connection, level)}
    return tuple(sorted(name for name, rule in book.rules.items() if answer_facts(rule)["verdict"].name in there))


def _codes(connection: DuckDBPyConnection, book: Rulebook) -> dict[tuple[Level, str], list[str]]:
    """The codes of each fact whose list is the council's own, as this run has them."""
    found = {}
    for (level, name), fact in book.facts.items():
        if fact.type.kind == "code" and not fact.type.codes and name in column_names(connection, level):
            rows = connection.execute(f"SELECT DISTINCT {name} FROM {level} WHERE {name} IS NOT NULL ORDER BY 1")
            found[level, name] = [str(row[0]) for row in rows.fetchall()]
    return found


def _row(row: Row, level: Level, readers: Sequence[Callable[[Row], Value]]) -> FoundRow:
    return FoundRow(str(row[key_of(level)]), bool(row["is_sure"]), tuple(reader(row) for reader in readers))
