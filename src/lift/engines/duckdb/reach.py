"""Which facts can each open answer of a run rest on? (`engines/reach.py` follows the chains of open steps.)

Which steps are open is worked out for all open answers together; the chains are followed once for each pattern of open
steps, of which there are few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import duckdb

from lift.engines.duckdb.run import PLANNING
from lift.engines.reach import SCOPES, Chains, Scope, Way, only_with
from lift.plan.compile import Plan
from lift.plan.layout import KEYS, Stored
from lift.plan.values import Day, Number
from lift.rulebook.model import Fact, Relation, Rule, Rulebook
from lift.rulebook.nodes import LEVELS


def reached(
    connection: duckdb.DuckDBPyConnection, book: Rulebook, rule: Rule, plan: Plan, facts: Sequence[Fact], size: int
) -> Iterator[tuple[int, int, Way]]:
    """Answer, place of a fact and a way in which it may matter. `plan` has kept all its steps and has been run over the
    households of `settle_trial`, one for each open answer."""
    names = sorted({name for name, proved in plan.steps if proved})
    patterns: dict[tuple[str, ...], list[tuple[int, Way]]] = {}
    chains = Chains(book, rule, {(fact.level, fact.name): place for place, fact in enumerate(facts)})
    with PLANNING:
        query = _open_steps(plan, names, size)
    rows = connection.execute(query).fetchall()
    for answer, is_plain, *bits in rows:
        pattern = (str(is_plain), *bits)
        if pattern not in patterns:
            open_steps = {(name, scope) for scope, text in zip(SCOPES, bits, strict=True) for name in _set(names, text)}
            patterns[pattern] = chains.follow(open_steps, is_plain=is_plain)
        for place, way in patterns[pattern]:
            yield answer, place, way


def gathered(relation: Relation, book: Rulebook, names: Collection[str]) -> str:
    """Whether a unit `u` with columns of these names may be among those that a relation gathers for the open answer
    `one`, as far as that is easily told: by one code of it, and by its family."""
    tests = []
    code = only_with(relation, book)
    if code is not None and code[0] in names:
        tests.append(f"coalesce(u.{code[0]} {'=' if code[1] else '<>'} '{code[2]}', TRUE)")
    if relation.outside:
        tests.append("(u.family = one.family AND one.is_plain) IS NOT TRUE")
    return " AND ".join(tests) or "TRUE"


def _set(names: Sequence[str], bits: str) -> list[str]:
    return [name for name, bit in zip(names, bits, strict=True) if bit == "1"]


# ---- which steps are open ----


def _open_steps(plan: Plan, names: Sequence[str], size: int) -> str:
    """A row for each open answer: whether nobody's family there is in doubt, and for each scope a text that says of
    every step whether it is open on any unit there."""
    parts, joins = {}, []
    for level in LEVELS:
        tables = {plan.steps[name, True][0] for name in names if plan.steps[name, True][1].level == level}
        mine = [name for name in names if plan.steps[name, True][1].level == level]
        for table in sorted(tables):
            columns = []
            for name in mine:
                is_open = _is_open(plan.steps[name, True][1])
                for scope in SCOPES:
                    place = names.index(name)
                    columns.append(f"bool_or({is_open}) FILTER ({_within(scope)}) AS {scope}_{place}")
                    parts[scope, place] = f"CASE WHEN {table}.{scope}_{place} THEN '1' ELSE '0' END"
            joins.append(f"""LEFT JOIN (SELECT t.trial, {", ".join(columns)} FROM settle_trial t
                JOIN settle_open o ON o.answer = t.answer JOIN settle_{level} u ON u.household = t.household
                JOIN {table} s ON s.{KEYS[level][0]} = t.trial * {size} + u.unit GROUP BY t.trial) {table}
                ON {table}.trial = t.trial""")
    texts = [f"concat({', '.join(parts[scope, place] for place in range(len(names)))})" for scope in SCOPES]
    return f"""SELECT t.answer, o.is_plain, {", ".join(texts)} FROM settle_trial t JOIN settle_open o USING (answer)
        {" ".join(joins)} ORDER BY t.answer"""


def _within(scope: Scope) -> str:
    if scope == "home":
        return "TRUE"
    family = "u.family = o.family"
    return family if scope == "family" else "u.unit = o.subject OR u.unit = o.family OR u.unit = o.household"


def _is_open(stored: Stored) -> str:
    """Whether a step's value on the unit `s` is not one point."""
    value = stored.read("s", "")
    if value.constant is not None or (isinstance(value, Number) and value.infinite):
        return "FALSE"
    if isinstance(value, Number | Day):
        if value.low is None or value.high is None:
            return "TRUE"
        low, high = value.low.sql(dialect="duckdb"), value.high.sql(dialect="duckdb")
        return f"{low} IS NULL OR {low} IS DISTINCT FROM {high}"
    return f"{value.sql.sql(dialect='duckdb')} IS NULL"
