"""What is each household entitled to, as far as its facts can tell? (Stage 4: the plan, run over the facts.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.engines.duckdb.settle import settle_possible
from lift.plan.compile import Options, Plan, compile_plan
from lift.plan.verdicts import AnswerTable
from lift.rulebook.answered import A_YEAR, PAID_ONCE
from lift.rulebook.model import Rule, Rulebook

_COLUMNS = """
    rule VARCHAR, level VARCHAR, unit_key VARCHAR, family_key VARCHAR, household_key VARCHAR, verdict VARCHAR,
    eligible BOOLEAN, already BOOLEAN, possible_when BOOLEAN, may_already_have BOOLEAN, advice_first BOOLEAN,
    worth_part VARCHAR, worth_low DECIMAL(14,2), worth_high DECIMAL(14,2),
    indicative_low DECIMAL(14,2), indicative_high DECIMAL(14,2), yearly_low DECIMAL(14,2), yearly_high DECIMAL(14,2),
    one_off_low DECIMAL(14,2), one_off_high DECIMAL(14,2), in_kind VARCHAR, evidence VARCHAR, assumptions VARCHAR,
    settled_by VARCHAR, rule_hash VARCHAR, plan_hash VARCHAR
"""


@dataclass(frozen=True)
class AssessReport:
    """How many answers of each verdict each rule gave, in order of rule and verdict."""

    plan_hash: str
    counts: tuple[tuple[str, str, int], ...]


def assess(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, day: date, rules: Sequence[str], *, settle: bool = True
) -> AssessReport:
    """Fills the table `answer` (docs/tables.md) from the tables build made. `settle`: also work out which single
    question would settle each possible answer. Raises CoverageError for a day that a rule does not cover."""
    plan = run_answers(connection, book, day, rules)
    connection.execute(f"CREATE OR REPLACE TABLE answer ({_COLUMNS})")
    for table in plan.answers:
        for rule in sorted(table.rules):
            connection.execute(_insert(plan, table, book.rules[rule]))
    _put_in_order(connection)
    if settle:
        settle_possible(connection, book, day, rules, plan)
    counts = connection.execute("SELECT rule, verdict, count(*) FROM answer GROUP BY ALL ORDER BY ALL").fetchall()
    return AssessReport(plan.hash, tuple((str(r), str(v), int(n)) for r, v, n in counts))


def run_answers(connection: duckdb.DuckDBPyConnection, book: Rulebook, day: date, rules: Sequence[str]) -> Plan:
    """Makes the plan for what these tables hold and runs it; its answer tables stay as temporary tables."""
    profiles, has_couples = fact_profiles(connection, book)
    plan = compile_plan(book, sorted(rules), day, Options(profiles, has_couples))
    run_plan(connection, plan)
    return plan


def _put_in_order(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TEMP TABLE answer_ordered AS SELECT * FROM answer ORDER BY rule, unit_key")
    connection.execute(f"CREATE OR REPLACE TABLE answer ({_COLUMNS})")
    connection.execute("INSERT INTO answer SELECT * FROM answer_ordered")
    connection.execute("DROP TABLE answer_ordered")


def _insert(plan: Plan, table: AnswerTable, rule: Rule) -> str:
    """The statement that turns one rule's columns of the last table into rows of `answer`."""
    r = f"{rule.id}__"
    family = "NULL" if rule.level == "household" else "family_key"
    worth = table.worth[rule.id]
    first = next((part for part in worth), None)
    ends = (
        [f"{r}{first}_{end}" for end in ("low", "high", "indicative_low", "indicative_high")] if first else ["NULL"] * 4
    )
    values = [
        _text(rule.id), _text(rule.level), table.key, family, "household_key", f"{r}verdict",
        f"{r}eligible", f"{r}already", f"{r}possible_when", f"{r}may_already_have", f"{r}advice_first",
        _text(first) if first else "NULL", *ends, *_yearly(r, worth), *_once(r, worth),
        _text(rule.in_kind) if rule.in_kind else "NULL", f"{r}evidence", f"{r}assumptions", "NULL",
        _text(rule.hash), _text(plan.hash),
    ]  # fmt: skip
    return f"INSERT INTO answer SELECT {', '.join(values)} FROM {table.table} WHERE {r}asked"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _yearly(r: str, worth: Sequence[str]) -> tuple[str, str]:
    """A year's worth over the parts that recur, proved for a likely answer, else indicative."""
    parts = [part for part in worth if part in A_YEAR]
    return _summed(r, [(part, A_YEAR[part]) for part in parts])


def _once(r: str, worth: Sequence[str]) -> tuple[str, str]:
    return _summed(r, [(part, 1) for part in worth if part in PAID_ONCE])


def _summed(r: str, parts: list[tuple[str, int]]) -> tuple[str, str]:
    if not parts:
        return "NULL", "NULL"
    ends = []
    for end in ("low", "high"):
        proved = " + ".join(f"{r}{part}_{end} * {times}" for part, times in parts)
        loose = " + ".join(f"{r}{part}_indicative_{end} * {times}" for part, times in parts)
        ends.append(f"CASE WHEN {r}verdict = 'likely' THEN {proved} ELSE {loose} END")
    return ends[0], ends[1]
