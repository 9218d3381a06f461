"""Which single question would settle each possible answer of a run? (The same as engines.settle, as SQL.)

Every household with a possible answer is copied once for each answer tried to each open question, with that one fact
put at the value, and the plan is run over the copies. Questions that fail at their ends are not tried in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.engines.duckdb.tables import column_names, plain_text
from lift.engines.settle import LARGE_HOUSEHOLD
from lift.plan.compile import Options, Plan, compile_plan
from lift.plan.inputs import ends_of, sql_type
from lift.plan.layout import KEYS
from lift.rulebook.check import closure, references
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import LEVELS, Gather, Level
from lift.rulebook.questions import SETTLED, askable, ends, turning_points
from lift.rulebook.units import Scalar

_SETTLED = ", ".join(f"'{verdict}'" for verdict in SETTLED)


def settle_possible(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, day: date, rules: Sequence[str], plan: Plan
) -> None:
    """Fills `answer.settled_by` of the possible answers. `plan` is the run's own, its answer tables still standing."""
    for table in plan.answers:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE before_{table.table} AS SELECT * FROM {table.table}")
    found = connection.execute("SELECT DISTINCT rule FROM answer WHERE verdict = 'possible' ORDER BY rule").fetchall()
    for (name,) in found:
        if name in rules:
            _Settler(connection, book, book.rules[str(name)], day).settle()
    for table in plan.answers:
        connection.execute(f"DROP TABLE before_{table.table}")


class _Settler:
    """One rule's open answers."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, book: Rulebook, rule: Rule, day: date) -> None:
        self.connection, self.book, self.rule, self.day = connection, book, rule, day
        self.names: dict[Level, list[str]] = {}
        self.gathered = {
            book.relations[n.relation].target
            for s in closure(rule, book)
            for n in references(s)
            if isinstance(n, Gather)
        }

    def settle(self) -> None:
        run = self.connection.execute
        facts = askable(self.book, self.rule)
        self._questions(facts)
        run("CREATE OR REPLACE TEMP TABLE telling (question BIGINT)")
        for points in (False, True):
            self._trials(facts, points)
            tried = run("SELECT count(*) FROM trial").fetchone()
            if tried and tried[0]:
                self._try()
        self._write()
        for name in ("question", "telling", "trial", "open_answer"):
            run(f"DROP TABLE IF EXISTS {name}")

    def _questions(self, facts: list[Fact]) -> None:
        """One row per open answer and unknown fact of the subject, of units above it and of those the rule gathers."""
        run = self.connection.execute
        run(f"""CREATE OR REPLACE TEMP TABLE open_answer AS
            SELECT a.unit_key, a.family_key, a.household_key,
                (SELECT count(*) FROM person p WHERE p.household_key = a.household_key) > {LARGE_HOUSEHOLD} AS large
            FROM answer a WHERE a.rule = '{self.rule.id}' AND a.verdict = 'possible'""")
        run("""CREATE OR REPLACE TEMP TABLE found_question (
            unit_key VARCHAR, household_key VARCHAR, level VARCHAR, target VARCHAR,
            fact VARCHAR, place INTEGER, own BOOLEAN)""")
        for place, fact in enumerate(facts):
            self._open_facts(place, fact)
        run("""CREATE OR REPLACE TEMP TABLE question AS SELECT
            row_number() OVER (ORDER BY unit_key, place, NOT own, target) AS question,
            *, TRUE AS alive FROM found_question""")
        run("DROP TABLE found_question")

    def _open_facts(self, place: int, fact: Fact) -> None:
        level, key = fact.level, KEYS[fact.level][0]
        family = "u.family_key = a.family_key" if level != "household" else "TRUE"
        same_level = level == self.rule.level and level not in self.gathered
        subject = f" AND u.{key} = a.unit_key" if same_level else ""
        self.connection.execute(f"""INSERT INTO found_question
            SELECT a.unit_key, a.household_key, '{level}', u.{key}, '{fact.name}', {place}, {family}
            FROM open_answer a
            JOIN {level} u ON u.household_key = a.household_key AND (NOT a.large OR {family}){subject}
            WHERE {self._is_open(fact)}""")

    def _is_open(self, fact: Fact) -> str:
        names = self._column_names(fact.level)
        low, high = ends_of(fact)[0], ends_of(fact)[-1]
        if low not in names:
            return "TRUE"
        stale = f" OR u.{fact.name}_fresh = FALSE" if f"{fact.name}_fresh" in names else ""
        return f"(u.{low} IS NULL OR u.{low} IS DISTINCT FROM u.{high}{stale})"

    def _column_names(self, level: Level) -> list[str]:
        """The columns of a level's table as built."""
        if level not in self.names:
            self.names[level] = column_names(self.connection, level)
        return self.names[level]

    def _trials(self, facts: list[Fact], points: bool) -> None:
        """One row per question still alive and value tried: (trial, question, place of the value)."""
        run = self.connection.execute
        run("CREATE OR REPLACE TEMP TABLE found_trial (question BIGINT, fact VARCHAR, value VARCHAR)")
        for fact in facts:
            self._try_values(fact, turning_points(self.book, [self.rule], fact) if points else ends(fact))
            if not points and fact.type.kind in ("number", "date"):
                self._try_known_ends(fact)
        run("""CREATE OR REPLACE TEMP TABLE trial AS SELECT
            row_number() OVER (ORDER BY question, value) AS trial, t.*, q.household_key, q.unit_key,
            q.level, q.target FROM (SELECT DISTINCT * FROM found_trial) t JOIN question q USING (question)""")
        run("DROP TABLE found_trial")

    def _try_values(self, fact: Fact, values: Sequence[Scalar]) -> None:
        """Each value, for the questions whose known range holds it."""
        if not values:
            return
        key, low, high = KEYS[fact.level][0], ends_of(fact)[0], ends_of(fact)[-1]
        names = self._column_names(fact.level)
        quoted = ["('" + plain_text(value).replace("'", "''") + "')" for value in values]
        value = f"CAST(c.value AS {sql_type(fact)})"
        fits = "TRUE"
        if low in names and low != high:
            stale = f"u.{fact.name}_fresh = FALSE OR " if f"{fact.name}_fresh" in names else ""
            fits = f"({stale}(coalesce({value} >= u.{low}, TRUE) AND coalesce({value} <= u.{high}, TRUE)))"
        self.connection.execute(f"""INSERT INTO found_trial SELECT q.question, q.fact, c.value FROM question q
            JOIN {fact.level} u ON u.{key} = q.target, (VALUES {", ".join(quoted)}) c(value)
            WHERE q.alive AND q.fact = '{fact.name}' AND q.level = '{fact.level}' AND {fits}""")

    def _try_known_ends(self, fact: Fact) -> None:
        """The ends of a range that is known in part, where they stand in for the fact's own."""
        key, names = KEYS[fact.level][0], self._column_names(fact.level)
        for end in ends_of(fact):
            if end not in names:
                continue
            fresh = f" AND u.{fact.name}_fresh IS DISTINCT FROM FALSE" if f"{fact.name}_fresh" in names else ""
            self.connection.execute(f"""INSERT INTO found_trial
                SELECT q.question, q.fact, CAST(u.{end} AS VARCHAR) FROM question q
                JOIN {fact.level} u ON u.{key} = q.target
                WHERE q.alive AND q.fact = '{fact.name}' AND q.level = '{fact.level}' AND u.{end} IS NOT NULL{fresh}""")

    def _try(self) -> None:
        """Runs the plan over a copy of the household for every trial, and marks what stays open or changes nothing.

        The copies live in memory under the same table names, so that the plan is the very one of the run."""
        run = self.connection.execute
        before = run("SELECT current_setting('search_path')").fetchone()
        run("ATTACH ':memory:' AS worlds")
        try:
            for level in LEVELS:
                self._copy(level)
            run("""CREATE TABLE worlds.main.possible_couple AS SELECT c.family_key || '#' || t.trial AS family_key,
                c.other_family_key || '#' || t.trial AS other_family_key
                FROM trial t JOIN family f USING (household_key)
                JOIN possible_couple c ON c.family_key = f.family_key""")
            run("SET search_path = 'worlds.main'")
            plan = self._run_plan()
        finally:
            run(f"SET search_path = '{before[0] if before else ''}'")
            run("DETACH worlds")
        self._judge(plan)

    def _copy(self, level: Level) -> None:
        names = self._column_names(level)
        columns = [f"u.{key} || '#' || t.trial AS {key}" for key in KEYS[level]]
        tried = self.connection.execute(
            f"SELECT DISTINCT fact FROM trial WHERE level = '{level}' ORDER BY fact"
        ).fetchall()
        put: set[str] = set()
        for (name,) in tried:
            fact = self.book.facts[level, str(name)]
            here = f"t.level = '{level}' AND t.target = u.{KEYS[level][0]} AND t.fact = '{name}'"
            value = f"CAST(CASE WHEN {here} THEN t.value END AS {sql_type(fact)})"
            for column in ends_of(fact):
                own = f"u.{column}" if column in names else f"CAST(NULL AS {sql_type(fact)})"
                columns.append(f"CASE WHEN {here} THEN {value} ELSE {own} END AS {column}")
                put.add(column)
            if f"{name}_fresh" in names:
                columns.append(f"CASE WHEN {here} THEN TRUE ELSE u.{name}_fresh END AS {name}_fresh")
                put.add(f"{name}_fresh")
        columns += [f"u.{name}" for name in names if name not in put and name not in KEYS[level]]
        self.connection.execute(f"""CREATE TABLE worlds.main.{level} AS SELECT {", ".join(columns)}
            FROM {level} u JOIN trial t ON t.household_key = u.household_key""")

    def _run_plan(self) -> Plan:
        profiles, has_couples = fact_profiles(self.connection, self.book)
        plan = compile_plan(self.book, [self.rule.id], self.day, Options(profiles, has_couples))
        run_plan(self.connection, plan)
        return plan

    def _judge(self, plan: Plan) -> None:
        """A question dies where a tried answer leaves the verdict open; it is telling where one changes the answer."""
        table = plan.answers[0]
        r = f"{self.rule.id}__"
        columns = [f"{r}{name}" for name in ("verdict", "eligible", "already")]
        columns += [f"{r}{part}_{end}" for part in table.worth[self.rule.id] for end in ("low", "high")]
        after, before = (", ".join(f"{alias}.{column}" for column in columns) for alias in ("o", "b"))
        run = self.connection.execute
        run(f"""CREATE OR REPLACE TEMP TABLE outcome AS SELECT
            t.question, coalesce(o.{r}verdict IN ({_SETTLED}), FALSE) AS settled,
            row({after}) IS DISTINCT FROM row({before}) AS changed
            FROM trial t JOIN before_{table.table} b ON b.{table.key} = t.unit_key
            LEFT JOIN {table.table} o ON o.{table.key} = t.unit_key || '#' || t.trial""")
        run("UPDATE question SET alive = FALSE WHERE question IN (SELECT question FROM outcome WHERE NOT settled)")
        run("INSERT INTO telling SELECT DISTINCT question FROM outcome WHERE changed")
        run("DROP TABLE outcome")

    def _write(self) -> None:
        run = self.connection.execute
        telling = "question IN (SELECT question FROM telling)"
        alone = f"alive AND {telling}"
        listing = "string_agg(level || ':' || target || ':' || fact, ' ' ORDER BY question)"
        run(f"""UPDATE answer
            SET settled_by = CASE WHEN q.alone IS NULL THEN ';' || coalesce(q.others, '') ELSE q.alone || ';' END
            FROM (SELECT unit_key, {listing} FILTER (WHERE {alone}) AS alone,
                    {listing} FILTER (WHERE {telling}) AS others
                FROM question GROUP BY unit_key) q
            WHERE answer.rule = '{self.rule.id}' AND answer.verdict = 'possible' AND answer.unit_key = q.unit_key""")
