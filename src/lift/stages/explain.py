"""Why does a unit have its answer: step by step, with the law, and the file line of every fact?

The run's own plan is run again for one household with every step kept: that is the explanation, there is no tracer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from lift.days import in_words
from lift.engines.duckdb.engine import answers_of, read_rows, read_steps
from lift.engines.duckdb.homes import copy_homes, held
from lift.engines.duckdb.run import fact_profiles, run_plan
from lift.engines.duckdb.tables import column_names
from lift.errors import NotFoundError
from lift.plan.compile import Options, compile_plan
from lift.plan.figures import is_lapsed, version_day
from lift.plan.layout import KEYS, key_of
from lift.rulebook.answers import Answer, Question, Range, Value
from lift.rulebook.check import amounts_of, in_reading_order, references, tables_of
from lift.rulebook.model import Amount, Cell, Fact, Rule, Rulebook, Special, Step
from lift.rulebook.nodes import LEVELS, FactRef, Level
from lift.rulebook.questions import read_written
from lift.rulebook.units import Scalar
from lift.workspace.database import database


@dataclass(frozen=True)
class Origin:
    """A source row that a unit's facts come from; the analysts' view holds no lines."""

    kind: str
    file: str
    line: int | None
    as_at: date | None
    """The day on which it was so: the row's own, or that of its extract, as the fact's age is counted."""


@dataclass(frozen=True)
class KnownFact:
    """A fact the rule reads on one unit: what is known of it, whether it is fresh, and where it came from."""

    level: Level
    key: str
    name: str
    meaning: str
    value: Value
    fresh: bool
    origins: tuple[Origin, ...]
    assumed: bool | None
    """The standing assumption in its place where it is unknown."""
    differs: bool = False
    """Two of its sources do not agree."""


@dataclass(frozen=True)
class ShownStep:
    """One line of the sum: a step on one unit with its values, the formula in force and the law behind it."""

    name: str
    level: Level
    key: str
    unit: str
    formula: str
    cite: str
    why: str
    proved: Value
    indicative: Value


@dataclass(frozen=True)
class ShownAmount:
    """A figure, and the span that a verdict sees in place of one that is not well enough known."""

    name: str
    unit: str
    value: Scalar | None
    since: date | None
    cite: str
    status: str
    span: Range | None = None


@dataclass(frozen=True)
class ShownTable:
    """The rows of a table in force: a value for each key, and what stands there."""

    name: str
    since: date
    cite: str
    rows: tuple[tuple[tuple[Scalar, ...], Cell], ...]

    @property
    def status(self) -> str:
        """How well known its cells are, each kind once."""
        return ", ".join(dict.fromkeys(cell.status for _, cell in self.rows))


@dataclass(frozen=True)
class ShownUnit:
    level: Level
    key: str
    family: str | None


@dataclass(frozen=True)
class Explanation:
    """Everything behind one answer. `units` are all units of the household: a sum over a family's adults can only be
    followed by who knows which of them are the family's."""

    answer: Answer
    rule: Rule
    day: date
    steps: tuple[ShownStep, ...]
    amounts: tuple[ShownAmount, ...]
    tables: tuple[ShownTable, ...]
    facts: tuple[KnownFact, ...]
    units: tuple[ShownUnit, ...]
    answer_formulas: Mapping[str, str]
    """eligible, already, worth_weekly … to the text of its formula."""
    answer_values: Mapping[str, Value]
    """The same names to what came out, proved."""


@dataclass(frozen=True)
class OtherAnswer:
    """An answer of the run that is only named."""

    rule: str
    key: str
    verdict: str


@dataclass(frozen=True)
class Explained:
    """The explanations of a unit's answers, rule by rule, and those answers that were not explained. `people` are those
    of the unit's family (of a home: all)."""

    explanations: tuple[Explanation, ...]
    others: tuple[OtherAnswer, ...]
    household: str
    people: tuple[str, ...]


#: Answers that stand on a list: these are explained without being asked for by rule.
LISTED = ("likely", "possible")


def explain_run(place: Path, book: Rulebook, day: date, unit_key: str, rules: Sequence[str] | None = None) -> Explained:
    """As `explain`, from the database of a finished run, which stays as it is: `core.duckdb` or the analysts' view."""
    with database(None) as connection:
        quoted = str(place).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS run (READ_ONLY)")
        return explain(connection, book, day, unit_key, rules)


def explain(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, day: date, unit_key: str, rules: Sequence[str] | None = None
) -> Explained:
    """Why a unit has its answers: by these rules, or by those under which it stands on a list. `connection` is an
    in-memory database with the finished run attached read-only as `run`. Raises NotFoundError for a reference that the
    run does not hold."""
    level, household = _find(connection, unit_key)
    copy_homes(connection, [household])
    keys = {unit_key} | _related(connection, level, unit_key)
    answers = _answers(connection, book, keys, level, unit_key)
    listed = {(one.rule, one.key) for one in answers if one.verdict in LISTED}
    wanted = sorted({rule for rule, _ in listed}) if rules is None else rules
    steps = _run(connection, book, day, [name for name in wanted if book.rules[name].covers_day(day)])
    home = _Home.of(connection, book)
    found = []
    for answer in steps.answers:
        meant = answer.key == unit_key or (answer.level != level and answer.key in keys)
        if meant and (rules is not None or (answer.rule, answer.key) in listed):
            settled = replace(answer, settled_by=_settled_by(connection, answer))
            found.append(_Explainer(home, book, day, settled, steps.values).explanation())
    explained = {(one.answer.rule, one.answer.key) for one in found}
    others = [] if rules is not None else [one for one in answers if (one.rule, one.key) not in explained]
    people = [key for key in home.held["person"] if key in keys]
    return Explained(tuple(found), tuple(others), household, tuple(people))


def _answers(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, keys: set[str], level: Level, unit_key: str
) -> list[OtherAnswer]:
    """The answers that a reference stands for, as the run holds them."""
    rows = connection.execute(
        "SELECT rule, unit_key, verdict FROM run.answer WHERE unit_key IN (SELECT unnest(?)) ORDER BY rule, unit_key",
        [sorted(keys)],
    ).fetchall()
    found = [OtherAnswer(str(rule), str(key), str(verdict)) for rule, key, verdict in rows if rule in book.rules]
    return [one for one in found if one.key == unit_key or book.rules[one.rule].level != level]


@dataclass(frozen=True)
class _Worked:
    """What a plan over one household gave."""

    answers: Sequence[Answer]
    values: Mapping[tuple[Level, str], Mapping[tuple[str, bool], Value]]


def _run(connection: duckdb.DuckDBPyConnection, book: Rulebook, day: date, rules: Sequence[str]) -> _Worked:
    if not rules:
        return _Worked([], {})
    profiles, has_couples = fact_profiles(connection, book)
    plan = compile_plan(book, rules, day, Options(profiles, has_couples, keep_steps=True))
    outputs = sorted({a.table for a in plan.answers} | {table for table, _ in plan.steps.values()})
    run_plan(connection, plan, outputs=outputs)
    steps = read_steps(connection, plan)
    return _Worked(answers_of(connection, book, plan, steps), steps)


def _settled_by(connection: duckdb.DuckDBPyConnection, answer: Answer) -> tuple[Question, ...]:
    """The questions that the run found."""
    query = "SELECT settled_by FROM run.answer WHERE rule = ? AND unit_key = ?"
    row = connection.execute(query, [answer.rule, answer.key]).fetchone()
    return read_written(row[0] if row is not None else None)


def _find(connection: duckdb.DuckDBPyConnection, unit_key: str) -> tuple[Level, str]:
    for level in LEVELS:
        row = connection.execute(
            f"SELECT household_key FROM run.{level} WHERE {key_of(level)} = ?", [unit_key]
        ).fetchone()
        if row is not None:
            return level, str(row[0])
    raise NotFoundError("no such reference in this run. Copy it from a list, or name another run with --run.")


def _related(connection: duckdb.DuckDBPyConnection, level: Level, unit_key: str) -> set[str]:
    """The units of other levels that a reference also stands for: a family's members and periods, a person's family."""
    if level == "household":
        return {str(r[0]) for lv in LEVELS for r in connection.execute(f"SELECT {key_of(lv)} FROM {lv}").fetchall()}
    row = connection.execute(f"SELECT family_key FROM {level} WHERE {key_of(level)} = ?", [unit_key]).fetchone()
    assert row is not None
    found = set()
    for other in LEVELS:
        if "family_key" in KEYS[other]:
            rows = connection.execute(f"SELECT {key_of(other)} FROM {other} WHERE family_key = ?", [row[0]]).fetchall()
            found |= {str(r[0]) for r in rows}
    return found


#: Level, unit and fact to the rows it may come from.
Origins = dict[tuple[str, str, str], list[Origin]]


@dataclass(frozen=True)
class _Home:
    """What is held of the household in hand: each unit's row by its key, where its facts come from, and on which facts
    (level, unit, name) two sources do not agree."""

    held: Mapping[Level, Mapping[str, Mapping[str, object]]]
    origins: Origins
    differing: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, book: Rulebook) -> _Home:
        held = {level: {str(r[key_of(level)]): r for r in read_rows(connection, level)} for level in LEVELS}
        keys = [key for level in LEVELS for key in held[level]]
        return cls(held, _origins(connection, keys, book), _differing(connection, keys))


def _differing(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> frozenset[tuple[str, str, str]]:
    rows = connection.execute(
        "SELECT level, unit_key, fact FROM run.conflict WHERE unit_key IN (SELECT unnest(?))", [list(keys)]
    ).fetchall()
    return frozenset((str(level), str(key), str(fact)) for level, key, fact in rows)


def _origins(connection: duckdb.DuckDBPyConnection, keys: Sequence[str], book: Rulebook) -> Origins:
    """The source rows of units from the kinds of extract that supply each fact, in order of priority. Each is as at the
    day that the fact's age counts from: when the row was assessed, or the day of the extract."""
    # Runs of LIFT 0.1 do not say which facts are dated by their extract.
    has_days = "by_extract" in column_names(connection, "run.fact_source")
    dated = "f.extract_date, p.by_extract" if has_days else "s.as_at AS extract_date, FALSE AS by_extract"
    rows = connection.execute(
        f"""WITH mine AS (SELECT * FROM run.unit_source WHERE unit_key IN (SELECT unnest(?)))
        SELECT DISTINCT s.level, s.unit_key, p.fact, s.kind, f.name, s.line, s.as_at, {dated}, p.priority
        FROM mine s JOIN run.fact_source p ON p.level = s.level AND p.kind = s.kind
        JOIN run.extract_file f ON f.file_id = s.file_id ORDER BY p.priority, s.kind, f.name, s.line, s.as_at""",
        [list(keys)],
    ).fetchall()
    # What does not age is so on the day of its extract; a period's facts are those of its end.
    ageless = {name for name, fact in book.facts.items() if fact.shelf_life is None and fact.level != "period"}
    found: Origins = defaultdict(list)
    for level, key, fact, kind, name, line, as_at, extract_date, by_extract, _ in rows:
        day = extract_date if by_extract or (level, fact) in ageless else as_at
        origin = Origin(str(kind), str(name), line, day)
        if origin not in found[level, str(key), str(fact)]:
            found[level, str(key), str(fact)].append(origin)
    return found


def shown_amount(amount: Amount, since: date | None, day: date) -> ShownAmount:
    """An amount in the version that begins on a day; None: before the first."""
    if since is None:
        return ShownAmount(amount.name, str(amount.type), None, None, amount.cite, "none")
    cell = dict(amount.versions)[since]
    if isinstance(cell.value, Special):
        return ShownAmount(amount.name, str(amount.type), None, since, amount.cite, cell.value.value)
    lapsed = is_lapsed(amount, day)
    return ShownAmount(
        amount.name,
        str(amount.type),
        cell.value,
        since,
        amount.cite,
        f"{cell.status}, to {in_words(amount.covers_to)} only" if lapsed else cell.status,
        Range(*(cell.within or (None, None))) if cell.is_weak or lapsed else None,
    )


class _Explainer:
    """One answer's explanation."""

    def __init__(
        self,
        home: _Home,
        book: Rulebook,
        day: date,
        answer: Answer,
        steps: Mapping[tuple[Level, str], Mapping[tuple[str, bool], Value]],
    ) -> None:
        self.book, self.day, self.answer, self.steps = book, day, answer, steps
        self.rule = book.rules[answer.rule]
        self.held, self.origins, self.differing = home.held, home.origins, home.differing

    def explanation(self) -> Explanation:
        formulas = {name: self.book.steps[full].formulas[-1].text for name, full in self.rule.answers.items()}
        return Explanation(
            answer=self.answer,
            rule=self.rule,
            day=self.day,
            steps=self._steps(),
            amounts=tuple(self._amount(amount) for amount in amounts_of(self.rule, self.book)),
            tables=tuple(self._tables()),
            facts=self._facts(),
            units=self._units(),
            answer_formulas=formulas,
            answer_values=self._answer_values(),
        )

    def _answer_values(self) -> dict[str, Value]:
        values = self.steps.get((self.rule.level, self.answer.key), {})
        return {name: values[full, True] for name, full in self.rule.answers.items() if (full, True) in values}

    def _units(self) -> tuple[ShownUnit, ...]:
        found = [(level, key, self.held[level][key].get("family_key")) for level in LEVELS for key in self._all(level)]
        return tuple(ShownUnit(level, key, None if own is None else str(own)) for level, key, own in found)

    def _steps(self) -> tuple[ShownStep, ...]:
        """Every step the rule rests on, those read first before those that read them, on each unit that has it."""
        shown: list[ShownStep] = []
        for step in in_reading_order(self.rule, self.book):
            for key in self._keys(step.level):
                values = self.steps.get((step.level, key), {})
                if (step.name, True) in values:
                    shown.append(self._shown(step, key, values))
        return tuple(shown)

    def _shown(self, step: Step, key: str, values: Mapping[tuple[str, bool], Value]) -> ShownStep:
        day = version_day(step.day, self.day)
        begun = [f for f in step.formulas if f.start is None or f.start <= day] or list(step.formulas)
        proved = values[step.name, True]
        return ShownStep(
            step.name,
            step.level,
            key,
            str(step.type),
            begun[-1].text,
            step.cite,
            step.why,
            proved,
            values.get((step.name, False), proved),
        )

    def _keys(self, level: Level) -> list[str]:
        """The units of a level that this answer rests on: the subject, and the others of its household."""
        return [self.answer.key] if level == self.rule.level else self._all(level)

    def _all(self, level: Level) -> list[str]:
        return sorted(self.held[level])

    def _amount(self, amount: Amount) -> ShownAmount:
        day = version_day(amount.day, self.day)
        since = max((start for start, _ in amount.versions if start <= day), default=None)
        return shown_amount(amount, since, self.day)

    def _tables(self) -> Iterator[ShownTable]:
        for table in tables_of(self.rule, self.book):
            day = version_day(table.day, self.day)
            begun = [(start, rows) for start, rows in table.versions if start <= day]
            if begun:
                yield ShownTable(table.name, begun[-1][0], table.cite, begun[-1][1])

    def _facts(self) -> tuple[KnownFact, ...]:
        names: dict[tuple[Level, str], None] = {}
        for step in in_reading_order(self.rule, self.book, with_answers=True):
            for node in references(step):
                if isinstance(node, FactRef):
                    names.setdefault((node.level, node.name))
        return tuple(self._fact(self.book.facts[pair], key) for pair in names for key in self._all(pair[0]))

    def _fact(self, fact: Fact, key: str) -> KnownFact:
        value, fresh = held(fact, self.held[fact.level][key])
        unknown = value is None or value == Range(None, None)
        assumption = self.book.assumptions.get(fact.name)
        assumed = assumption.assumed if assumption is not None and unknown else None
        differs = (fact.level, key, fact.name) in self.differing
        found = () if unknown and not differs else tuple(self.origins.get((fact.level, key, fact.name), ()))
        return KnownFact(fact.level, key, fact.name, fact.meaning, value, fresh, found, assumed, differs)
