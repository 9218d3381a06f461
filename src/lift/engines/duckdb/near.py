"""What is not known near each open answer, so that it could be asked? (The same questions as in `in_memory.py`.)"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import duckdb

from lift.engines.duckdb.reach import gathered
from lift.engines.trials import LARGE_HOUSEHOLD, Asked
from lift.plan.inputs import ends_of
from lift.plan.layout import key_of
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.questions import Between, ends, gathered_levels
from lift.rulebook.units import Scalar

Proved = dict[tuple[int, str], Between]
"""Number of a unit and name of a fact to what is proved of it."""


@dataclass(frozen=True)
class Near:
    """The open answers of `settle_open`, and what they may rest on (`settle_reach`). `names`: the columns of each
    level's units."""

    book: Rulebook
    rule: Rule
    names: Mapping[Level, Collection[str]]
    proved: Proved

    def questions(self, connection: duckdb.DuckDBPyConnection, facts: Sequence[Fact]) -> Iterator[tuple[int, Asked]]:
        """Unknown facts of each answer's subject, of units above it and of those it may gather, the cheapest first, its
        own before others'; each with the number of the answer."""
        selects = [self._open_facts(place, fact) for place, fact in enumerate(facts)]
        if not selects:
            return
        query = f"{' UNION ALL '.join(selects)} ORDER BY answer, place, is_own DESC, key"
        by_proof = {fact.name for fact in facts if fact.proved_bounds}
        tried: dict[tuple[int, str | None, str | None], tuple[int, ...]] = {}
        for answer, place, unit, key, _, low, high in connection.execute(query).fetchall():
            fact = facts[place]
            known = self.proved.get((unit, fact.name)) if fact.name in by_proof else None
            if known is not None:
                values = ends(fact, known)
            elif (values := tried.get((place, low, high), ())) == ():
                values = tried[place, low, high] = ends(fact, (_read(fact, low), _read(fact, high)))
            yield answer, Asked(fact.level, key, fact, place, values, unit)

    def _open_facts(self, place: int, fact: Fact) -> str:
        """The SELECT of the units near each open answer of which a fact is not known, or not exactly."""
        own = "TRUE" if fact.level == "household" else "coalesce(u.family = one.family, FALSE)"
        near = f"(one.people <= {LARGE_HOUSEHOLD} OR {own})"
        if fact.level == self.rule.level and fact.level not in gathered_levels(self.book, self.rule):
            near = "u.unit = one.subject"
        is_open, low, high = self._known(fact)
        return f"""SELECT one.answer, {place} AS place, u.unit, u.{key_of(fact.level)} AS key, {own} AS is_own,
            CAST({low} AS VARCHAR) AS low, CAST({high} AS VARCHAR) AS high
            FROM settle_open one JOIN settle_{fact.level} u ON u.household = one.household AND {near}
            WHERE {is_open} AND {self._is_reached(place, fact.level, own)}"""

    def _known(self, fact: Fact) -> tuple[str, str, str]:
        """Whether a fact is open on `u`, and the ends between which it is known to lie."""
        names = self.names[fact.level]
        is_open, low, high = "TRUE", "NULL", "NULL"
        ends = [f"u.{name}" for name in ends_of(fact) if name in names]
        if len(ends) == 2:
            low, high = ends
            is_open = f"({low} IS NULL OR {low} IS DISTINCT FROM {high})"
        elif ends:
            is_open = f"{ends[0]} IS NULL"
        if is_open != "TRUE" and fact.shelf_life is not None and f"{fact.name}_fresh" in names:
            fresh = f"u.{fact.name}_fresh IS DISTINCT FROM FALSE"
            is_open = f"({is_open} OR NOT {fresh})"
            low, high = (f"CASE WHEN {fresh} THEN {end} END" for end in (low, high))
        return is_open, low, high

    def _is_reached(self, place: int, level: Level, own: str) -> str:
        """Whether an open answer may rest on a fact of a unit."""
        mine = [relation for relation in self.book.relations.values() if relation.target == level]
        tests = [f"WHEN '{one.name}' THEN {gathered(one, self.book, self.names[level])}" for one in mine]
        cases = " ".join(tests) or "WHEN '' THEN TRUE"
        return f"""EXISTS (FROM settle_reach r WHERE r.answer = one.answer AND r.place = {place}
            AND CASE r.scope WHEN 'home' THEN TRUE WHEN 'family' THEN {own}
                ELSE u.unit IN (one.subject, one.family, one.household) END
            AND CASE r.relation {cases} ELSE TRUE END)"""


def _read(fact: Fact, text: str | None) -> Scalar | None:
    if text is None:
        return None
    return date.fromisoformat(text) if fact.type.kind == "date" else Fraction(text)
