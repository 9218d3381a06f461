"""What should be asked about each possible answer of a run? (`engines/settle.py` searches, `worlds.py` tries out.)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import ExitStack, contextmanager
from datetime import date

import duckdb

from lift.engines.duckdb.engine import read_steps
from lift.engines.duckdb.near import Near, Proved
from lift.engines.duckdb.reach import reached
from lift.engines.duckdb.worlds import WORLDS, Column, Worlds, store
from lift.engines.settle import search
from lift.engines.trials import Asked
from lift.plan.layout import KEYS
from lift.rulebook.answers import Range
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import LEVELS
from lift.rulebook.questions import askable, bounds_rulebook, written


def settle_possible(connection: duckdb.DuckDBPyConnection, book: Rulebook, day: date, rules: Sequence[str]) -> None:
    """Fills `answer.settled_by` of the possible answers, from the tables that build made."""
    found = connection.execute(
        "SELECT rule FROM answer WHERE verdict = 'possible' GROUP BY rule ORDER BY count(*) DESC, rule"
    ).fetchall()
    wanted = [book.rules[str(name)] for (name,) in found if name in rules]
    if not wanted:
        return
    connection.execute(f"ATTACH ':memory:' AS {WORLDS}")
    try:
        with ExitStack() as stack:
            _number_units(stack.enter_context(_beside(connection, "main")), [rule.id for rule in wanted])
            asking = [_Asking(stack.enter_context(_beside(connection, rule.id)), book, rule, day) for rule in wanted]
            _side_by_side(asking, _threads(connection))
            for one in asking:
                one.write()
    finally:
        connection.execute(f"DETACH {WORLDS}")


@contextmanager
def _beside(connection: duckdb.DuckDBPyConnection, schema: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of a rule's own, to which the names of tables mean the copies in its schema, then the tables of
    `_number_units`, and only then those of the run."""
    ((run,),) = connection.execute("SELECT current_database()").fetchall()
    with connection.cursor() as own:
        own.execute(f"CREATE SCHEMA IF NOT EXISTS {WORLDS}.{schema}")
        own.execute(f"SET search_path = '{WORLDS}.{schema},{WORLDS}.main,{run}.main'")
        yield own


def _threads(connection: duckdb.DuckDBPyConnection) -> int:
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    return int(threads)


def _side_by_side(asking: Sequence[_Asking], threads: int) -> None:
    """Settles several rules at a time: a round is too small for DuckDB to spread over more than one thread. Whatever
    goes wrong with one, or Ctrl-C, stops the others."""
    with ThreadPoolExecutor(min(threads, len(asking))) as pool:
        waiting = [pool.submit(one.settle) for one in asking]
        try:
            for future in as_completed(waiting):
                future.result()
        except BaseException:
            for future in waiting:
                future.cancel()
            while wait(waiting, timeout=0.05).not_done:
                for one in asking:
                    one.connection.interrupt()
            raise


def _number_units(connection: duckdb.DuckDBPyConnection, rules: Sequence[str]) -> None:
    """The households with an open answer, all their units with numbers for keys, and their possible couples."""
    run = connection.execute
    run(
        """CREATE TABLE settle_home AS
        SELECT DISTINCT household_key FROM answer WHERE verdict = 'possible' AND list_contains($rules, rule)""",
        {"rules": list(rules)},
    )
    keys = " UNION ".join(
        f"SELECT {key} AS key FROM {level} SEMI JOIN settle_home USING (household_key)"
        for level in LEVELS
        for key in KEYS[level]
    )
    run(f"""CREATE TABLE settle_number AS
        SELECT key, row_number() OVER (ORDER BY key) - 1 AS number FROM ({keys}) WHERE key IS NOT NULL""")
    for level in LEVELS:
        own, *above = KEYS[level]
        family = "f.number" if "family_key" in above else "NULL" if level == "household" else "u.number"
        joins = "LEFT JOIN settle_number f ON f.key = t.family_key" if "family_key" in above else ""
        run(f"""CREATE TABLE settle_{level} AS
            SELECT u.number AS unit, {family} AS family, h.number AS household, t.* FROM {level} t
            JOIN settle_number u ON u.key = t.{own} JOIN settle_number h ON h.key = t.household_key {joins}""")
    run("""CREATE TABLE settle_couple AS
        SELECT f.household, f.unit AS family, o.number AS other FROM possible_couple c
        JOIN settle_family f USING (family_key) JOIN settle_number o ON o.key = c.other_family_key""")


class _Asking:
    """The open answers of a rule in a run, on a connection of their own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, book: Rulebook, rule: Rule, day: date) -> None:
        self.connection, self.book, self.rule, self.day = connection, book, rule, day
        self.texts: list[str] = []

    def settle(self) -> None:
        """Finds what to ask about every open answer."""
        rule = self.rule
        subjects = self._open_answers()
        facts = askable(self.book, rule)
        worlds = Worlds(self.connection, self.book, rule, facts, subjects)
        self._reach(worlds, facts)
        near = Near(self.book, rule, worlds.names, self._proved(worlds, facts))
        asked: list[list[Asked]] = [[] for _ in subjects]
        for answer, one in near.questions(self.connection, facts):
            asked[answer].append(one)
        worlds.prepare(self.day)
        self.texts = [written(questions) for questions in search(self.book, rule, asked, worlds.try_out)]

    def _proved(self, worlds: Worlds, facts: Sequence[Fact]) -> Proved:
        """What schemes prove of some facts beside what is held of them."""
        shown, by_step = bounds_rulebook(self.book, [fact for fact in facts if fact in worlds.read])
        if not by_step:
            return {}
        plan = worlds.run(shown, [name for name in shown.rules if name not in self.book.rules], self.day)
        return {
            (worlds.unit(key), by_step[name].name): (value.low, value.high)
            for (_, key), mine in read_steps(self.connection, plan).items()
            for (name, is_proved), value in mine.items()
            if is_proved and isinstance(value, Range)
        }

    def _reach(self, worlds: Worlds, facts: Sequence[Fact]) -> None:
        """Makes `settle_reach`, with the facts that each answer may rest on."""
        plan = worlds.run(worlds.book, [self.rule.id], self.day)
        found = list(reached(self.connection, self.book, self.rule, plan, facts, worlds.size))
        columns: dict[str, Column] = {
            "answer": [answer for answer, _, _ in found],
            "place": [place for _, place, _ in found],
            "scope": [way.scope for _, _, way in found],
            "relation": [way.relation for _, _, way in found],
        }
        store(self.connection, "settle_reach", columns)

    def _open_answers(self) -> list[tuple[int, int]]:
        """Makes `settle_open`; the numbers of each answer's unit and of its household."""
        run = self.connection.execute
        run(
            """CREATE OR REPLACE TEMP TABLE settle_open AS
            SELECT row_number() OVER (ORDER BY a.unit_key) - 1 AS answer, u.number AS subject, f.number AS family,
                h.number AS household,
                (SELECT count(*) FROM settle_person p WHERE p.household = h.number) AS people,
                h.number NOT IN (SELECT household FROM settle_couple
                    UNION ALL SELECT household FROM settle_person WHERE family IS NULL
                    UNION ALL SELECT household FROM settle_period WHERE family IS NULL) AS is_plain
            FROM answer a JOIN settle_number u ON u.key = a.unit_key
            JOIN settle_number h ON h.key = a.household_key LEFT JOIN settle_number f ON f.key = a.family_key
            WHERE a.rule = $rule AND a.verdict = 'possible'""",
            {"rule": self.rule.id},
        )
        return run("SELECT subject, household FROM settle_open ORDER BY answer").fetchall()

    def write(self) -> None:
        """Writes it into `answer`."""
        store(self.connection, "settle_found", {"answer": range(len(self.texts)), "text": self.texts})
        self.connection.execute(
            """UPDATE answer SET settled_by = f.text FROM settle_found f JOIN settle_open o USING (answer)
            JOIN settle_number n ON n.number = o.subject
            WHERE answer.rule = $rule AND answer.verdict = 'possible' AND answer.unit_key = n.key""",
            {"rule": self.rule.id},
        )
