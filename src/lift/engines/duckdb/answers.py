"""How do a plan's last tables become the table `answer` (docs/tables.md), and that the columns a question names?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import itemgetter

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.apart import parts_of
from lift.engines.duckdb.run import run_parts
from lift.plan.compile import Plan, compile_plan
from lift.plan.layout import key_of
from lift.plan.verdicts import AnswerTable
from lift.rulebook.answered import A_YEAR, NOT_ASKED, PAID_ONCE, WORTH_A_YEAR, WORTH_ONCE, answer_facts
from lift.rulebook.model import Rule, Rulebook

_COLUMNS = """
    rule VARCHAR, level VARCHAR, unit_key VARCHAR, family_key VARCHAR, household_key VARCHAR, verdict VARCHAR,
    eligible BOOLEAN, already BOOLEAN, possible_when BOOLEAN, may_already_have BOOLEAN, advice_first BOOLEAN,
    worth_part VARCHAR, worth_low DECIMAL(14,2), worth_high DECIMAL(14,2),
    indicative_low DECIMAL(14,2), indicative_high DECIMAL(14,2), yearly_low DECIMAL(14,2), yearly_high DECIMAL(14,2),
    one_off_low DECIMAL(14,2), one_off_high DECIMAL(14,2), in_kind VARCHAR, evidence VARCHAR, assumptions VARCHAR,
    settled_by VARCHAR, rule_hash VARCHAR, plan_hash VARCHAR
"""


def run_answers(connection: DuckDBPyConnection, book: Rulebook, day: date, rules: Sequence[str]) -> Plan:
    """Makes the plan for what these tables hold and runs it; its answer tables stay as temporary tables."""
    plans = [compile_plan(book, sorted(rules), day, options) for options in parts_of(connection, book, rules)]
    run_parts(connection, plans)
    return plans[0]


def fill_answers(connection: DuckDBPyConnection, plan: Plan, book: Rulebook, *, temporary: bool = False) -> None:
    """Makes `answer` from the answer tables of a plan that has been run, in order of rule and unit."""
    kind = "TEMP TABLE" if temporary else "TABLE"
    connection.execute(f"CREATE OR REPLACE {kind} answer ({_COLUMNS})")
    table_of = {rule: table for table in plan.answers for rule in table.rules}
    for rule, table in sorted(table_of.items(), key=itemgetter(0)):
        connection.execute(_insert(plan, table, book.rules[rule]))


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
    # Sorted before anything is added that is the same in every row.
    return f"""INSERT INTO answer SELECT {", ".join(values)}
        FROM (SELECT * FROM {table.table} WHERE {r}asked ORDER BY {table.key})"""


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


#: Where a figure of an answer stands for a likely one, and for any other: the range that the verdict rests on.
_FIGURES = {WORTH_A_YEAR: ("yearly", "yearly"), WORTH_ONCE: ("one_off", "one_off")}
_FIRST = ("worth", "indicative")
_FLAGS = {"in_payment": "already"}


def beside_unit(rule: Rule) -> tuple[list[str], str]:
    """A rule's answer as columns beside each unit `u`, by the names that a question gives them, and the join that
    brings them there from the table `answer`."""
    a, columns = f"a_{rule.id}", {}
    for name, fact in answer_facts(rule).items():
        if name == "verdict":
            columns[fact.name] = f"coalesce({a}.verdict, '{NOT_ASKED}')"
        elif name == "evidence":
            columns[fact.name] = f"CASE WHEN {a}.rule IS NOT NULL THEN coalesce({a}.evidence, 'none') END"
        elif fact.type.kind == "flag":
            columns[fact.name] = f"{a}.{_FLAGS.get(name, name)}"
        else:
            likely, else_ = _FIGURES.get(name, _FIRST)
            for end in ("low", "high"):
                columns[f"{fact.name}_{end}"] = (
                    f"CASE WHEN {a}.verdict = 'likely' THEN {a}.{likely}_{end} ELSE {a}.{else_}_{end} END"
                )
    join = f"""
        LEFT JOIN (SELECT * FROM answer WHERE rule = '{rule.id}') {a} ON {a}.unit_key = u.{key_of(rule.level)}"""
    return [f"{value} AS {column}" for column, value in columns.items()], join
