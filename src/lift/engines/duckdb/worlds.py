"""How are answers tried out in a run's own tables: households copied for each trial, and the plan run over the copies?

All trials of a round are made and run together, never a statement a household. The copies have numbers for keys, and
hold no fact that the rule does not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb
import polars as pl

from lift.engines.duckdb.run import PLANNING, Profiles, fact_profiles, parsed, run_statements, write_plan
from lift.engines.duckdb.tables import column_names, from_whole_number
from lift.engines.trials import Asked, Put, Trial
from lift.plan.compile import Options, Plan, compile_plan
from lift.plan.inputs import FactProfile, ends_of, sql_type
from lift.plan.layout import IDS, KEYS
from lift.rulebook.answered import NOT_ASKED
from lift.rulebook.check import closure
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import LEVELS, Level
from lift.rulebook.questions import deciding, facts_behind, gathered_levels
from lift.streams import Stream

#: So many households are copied at a time.
TOGETHER = 100_000
#: The database in memory that holds the copies, those of each rule in a schema of its own, under the names of the run's
#: own tables.
WORLDS = "worlds"


class Worlds:
    """Trials of one rule. `asked` are the facts that are tried, in order of their places; `subjects` the numbers of the
    unit that each open answer is about and of its household. Before, `settle.py` has made its tables `settle_…`.

    At first the copies are those of every open answer, with nothing put; trial and answer are the same number."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        book: Rulebook,
        rule: Rule,
        asked: Sequence[Fact],
        subjects: Sequence[tuple[int, int]],
    ) -> None:
        self.rule = deciding(rule)
        self.book = replace(book, rules={**book.rules, rule.id: self.rule})
        self.connection, self.asked, self.subjects = connection, asked, subjects
        self.read = facts_behind(book, self.rule)
        others = {fact.level for fact in self.read} | gathered_levels(self.book, self.rule)
        #: Of other levels no unit is copied: a year of notices for each trial, say, where the rule reads none of them.
        self.levels = {"household", "family", self.rule.level, *others}
        ((self.size,),) = connection.execute("SELECT count(*) FROM settle_number").fetchall()
        self.names = {level: column_names(connection, f"settle_{level}") for level in LEVELS}
        #: By whether the trials share bases, what copies each level.
        self.copies = {
            shared: [parsed(connection, self._copy(level, shared)) for level in LEVELS if level in self.levels]
            for shared in (False, True)
        }
        self._fill([Trial(number, ()) for number in range(len(subjects))])
        for level in LEVELS:
            if level not in self.levels:
                connection.execute(f"{self._copy(level, False)} LIMIT 0")
        self.profiles, self.has_couples = fact_profiles(connection, book)

    def unit(self, key: str) -> int:
        """The number of the unit that a copy's key stands for."""
        return int(key) % int(self.size)

    def run(self, book: Rulebook, rules: Sequence[str], day: date) -> Plan:
        """Runs rules over the copies as they are at first, with every step kept as it is proved."""
        steps = dict.fromkeys(step.name for rule in rules for step in closure(book.rules[rule], book))
        options = Options(self.profiles, self.has_couples, keep_proved=tuple(steps))
        with PLANNING:
            plan = compile_plan(book, rules, day, options)
            outputs = sorted({table for table, _ in plan.steps.values()})
            statements = write_plan(self.connection, plan, outputs=outputs)
        run_statements(self.connection, statements)
        return plan

    def prepare(self, day: date) -> None:
        """Makes ready for trials: the plan provides for whatever may be put."""
        options = Options(self._tried(self.profiles), self.has_couples, settled_only=True)
        with PLANNING:
            self.plan = compile_plan(self.book, [self.rule.id], day, options)
            self.statements = write_plan(self.connection, self.plan)

    def _tried(self, profiles: Profiles) -> Profiles:
        """The profiles with whatever may be put. What is put is fresh."""
        found = dict(profiles)
        for fact in self.asked:
            own = found.get((fact.level, fact.name))
            found[fact.level, fact.name] = FactProfile(all_fresh=own is None or own.all_fresh)
        return found

    # ---- one round ----

    def try_out(self, trials: Sequence[Trial]) -> list[str | None]:
        """What each trial settles, in order, as `trials.TryOut` says."""
        found: list[str | None] = []
        for start in range(0, len(trials), TOGETHER):
            found += self._try(trials[start : start + TOGETHER])
        return found

    def _try(self, trials: Sequence[Trial]) -> list[str | None]:
        self._fill(trials)
        run_statements(self.connection, self.statements)
        table = self.plan.answers[0]
        verdict = f"CASE WHEN o.{self.rule.id}__asked THEN o.{self.rule.id}__verdict ELSE '{NOT_ASKED}' END"
        settled = self.connection.execute(f"""SELECT t.trial, {verdict} AS verdict FROM settle_trial t
            JOIN {table.table} o ON o.{table.key} = t.trial * {self.size} + t.subject
            WHERE verdict IS NOT NULL""").fetchall()
        found: list[str | None] = [None] * len(trials)
        for number, settled_as in settled:
            found[number] = settled_as
        return found

    def _fill(self, trials: Sequence[Trial]) -> None:
        """Makes the copies of every trial's household."""
        bases = {id(trial.base): trial.base for trial in trials}
        of_base = {identity: number for number, identity in enumerate(bases)}
        subjects = [self.subjects[trial.answer] for trial in trials]
        columns = {
            "trial": range(len(trials)),
            "answer": [trial.answer for trial in trials],
            "subject": [subject for subject, _ in subjects],
            "household": [household for _, household in subjects],
            "base": [of_base[id(trial.base)] for trial in trials],
            **_columns([trial.put or (trial.without, None, None) for trial in trials]),
        }
        store(self.connection, "settle_trial", columns)
        shared = [put for base in bases.values() for put in base]
        numbers = [number for number, base in enumerate(bases.values()) for _ in base]
        store(self.connection, "settle_shared", {"base": numbers, **_columns(shared)})
        for copy in self.copies[bool(shared)]:
            self.connection.execute(copy)
        self.connection.execute(f"""CREATE OR REPLACE TABLE possible_couple AS SELECT
            t.trial * {self.size} + c.family AS family_key, t.trial * {self.size} + c.other AS other_family_key,
            t.trial * {self.size} + c.family AS family_id, t.trial * {self.size} + c.other AS other_family_id
            FROM settle_trial t JOIN settle_couple c USING (household)""")

    def _copy(self, level: Level, shared: bool) -> str:
        """The statement that copies the units of a level, with what is put in place of what is held. `shared`: whether
        anything is put by bases."""
        names = self.names[level]
        tried = [place for place, fact in enumerate(self.asked) if fact.level == level and fact in self.read]
        # A copy's key and its number are the same.
        names_of = zip(_numbers(level), IDS[level], strict=True)
        keys = [f"t.trial * {self.size} + u.{unit} AS {name}" for (unit, key), own in names_of for name in (key, own)]
        facts = [fact for fact in self.read if fact.level == level]
        columns = [column for fact in facts for column in self._columns(fact, names, shared)]
        joined = tried and shared
        bases = f"LEFT JOIN ({_pivoted(tried)}) s ON s.base = t.base AND s.unit = u.unit" if joined else ""
        return f"""CREATE OR REPLACE TABLE {level} AS
            SELECT {", ".join([*keys, *columns])}
            FROM settle_trial t JOIN settle_{level} u USING (household) {bases}"""

    def _columns(self, fact: Fact, names: Sequence[str], shared: bool) -> list[str]:
        """A fact's columns in the copies: what is put, else what is held."""
        place = next((place for place, one in enumerate(self.asked) if one is fact), None)
        kind, found = sql_type(fact), []
        for column, end in _ends(fact):
            held = f"u.{column}" if column in names else f"CAST(NULL AS {kind})"
            if place is not None:
                found.append(f"coalesce({from_whole_number(fact, _put(place, end, shared))}, {held}) AS {column}")
            elif column in names:
                found.append(held)
        if f"{fact.name}_fresh" in names:
            fresh = f"u.{fact.name}_fresh"
            put = "" if place is None else f"{_put(place, 'low', shared)} IS NOT NULL OR {fresh} AS {fact.name}_fresh"
            found.append(put or fresh)
        return found


def _columns(puts: Sequence[Put | tuple[Asked | None, None, None]]) -> dict[str, Column]:
    """What is put where, as columns. Of a question without an answer nothing is put, in place of what its base puts."""
    return {
        "unit": [asked and asked.number for asked, _, _ in puts],
        "place": [asked and asked.place for asked, _, _ in puts],
        "low": [low for _, low, _ in puts],
        "high": [high for _, _, high in puts],
    }


def _put(place: int, end: str, shared: bool) -> str:
    """What is put on the unit `u` in the trial `t`, a whole number; NULL where nothing is."""
    otherwise = f"ELSE s.{end}_{place} " if shared else ""
    return f"CASE WHEN t.place = {place} AND t.unit = u.unit THEN t.{end} {otherwise}END"


Column = Sequence[int] | Sequence[int | None] | Sequence[str]
_TEXTS = ("text", "scope", "relation")


def store(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Column]) -> None:
    """Makes a temporary table of whole numbers, and of texts in the columns named so."""
    kinds = {name: pl.String if name in _TEXTS else pl.Int64 for name in columns}
    connection.register("settle_frame", Stream(pl.DataFrame(columns, schema=kinds)))
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM settle_frame")
    finally:
        connection.unregister("settle_frame")


def _pivoted(places: Sequence[int]) -> str:
    """What is put on each unit of a level in each base, a column for each end of each fact."""
    ends = [
        f"max(CASE WHEN place = {place} THEN {end} END) AS {end}_{place}" for place in places for end in ("low", "high")
    ]
    return f"""SELECT {", ".join(["base", "unit", *ends])} FROM settle_shared
        WHERE place IN ({", ".join(map(str, places))}) GROUP BY base, unit"""


def _numbers(level: Level) -> list[tuple[str, str]]:
    """The columns with numbers of units, and the keys that they become."""
    of_level = {"family_key": "family", "household_key": "household"}
    own, *above = KEYS[level]
    return [("unit", own), *((of_level[key], key) for key in above)]


def _ends(fact: Fact) -> list[tuple[str, str]]:
    """A fact's columns, and which end of what is put each takes."""
    return list(zip(ends_of(fact), ("low", "high"), strict=False))
