"""Who comes first on each list? (Stage 5: answers become ranked lists, one a rule, and one of families across them.)

The order: a deadline within 60 days, likely before possible, the low end of a year's worth, its high end, the strength
of the evidence, and at last the references of family and unit, so that the same answers always give the same list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from lift.rulebook.model import Rulebook
from lift.sources.frames import insert_frame
from lift.stages.rank.contacts import make_contacts
from lift.stages.rank.families import family_rows
from lift.stages.rank.words import A_TIME, Questions, Worth, assumptions_in_words, name_in_words, worth_in_words

FAMILIES = "families"
_TEXT, _MONEY = pl.String(), pl.Decimal(14, 2)

_RANKED: dict[str, Any] = {
    "list": _TEXT, "rank": pl.Int32(), "reference": _TEXT, "level": _TEXT, "family_key": _TEXT, "household_key": _TEXT,
    "contact_key": _TEXT, "deadline": pl.Date(), "verdict": _TEXT, "name": _TEXT, "about": _TEXT, "address": _TEXT,
    "postcode": _TEXT, "ward": _TEXT, "worth": _TEXT, "low": _MONEY, "high": _MONEY, "per": _TEXT, "yearly_low": _MONEY,
    "yearly_high": _MONEY, "may_already_have": pl.Boolean(), "evidence": _TEXT, "questions": _TEXT,
    "assumptions": _TEXT, "advice_first": _TEXT, "source": _TEXT, "rule_hash": _TEXT,
}  # fmt: skip
_RANKED_FAMILY: dict[str, Any] = {
    "rank": pl.Int32(), "reference": _TEXT, "household_key": _TEXT, "contact_key": _TEXT, "deadline": pl.Date(),
    "name": _TEXT, "address": _TEXT, "postcode": _TEXT, "ward": _TEXT, "start_with": _TEXT, "likely": _TEXT,
    "possible": _TEXT, "advice_first": _TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class ListReport:
    """What one list holds. `yearly_low`: a year's worth, low end, of the likely answers that are surely not in payment
    already; None where the rule counts no money."""

    name: str
    title: str
    likely: int
    possible: int
    may_already_have: int
    advice_first: int
    yearly_low: Decimal | None
    money: str


@dataclass(frozen=True)
class RankReport:
    lists: tuple[ListReport, ...]

    @property
    def rows(self) -> int:
        return sum(one.likely + one.possible for one in self.lists if one.name != FAMILIES)


def rank(connection: DuckDBPyConnection, book: Rulebook, rules: Sequence[str]) -> RankReport:
    """Fills `ranked` and `ranked_family` from `answer` for these rules, each of which is a list."""
    make_contacts(connection, rules)
    connection.execute(f"CREATE OR REPLACE TABLE ranked ({_columns(_RANKED)})")
    connection.execute(f"CREATE OR REPLACE TABLE ranked_family ({_columns(_RANKED_FAMILY)})")
    rows = _in_words(connection, book)
    _store(connection, "ranked", [tuple(row[name] for name in _RANKED) for row in rows], _RANKED)
    families = family_rows(rows, {name: rule.name for name, rule in book.rules.items()})
    _store(connection, "ranked_family", families, _RANKED_FAMILY)
    for table in ("contact", "rule", "answer", "wanted", "name", "place", "source"):
        connection.execute(f"DROP TABLE temp.rank_{table}")
    return RankReport((*(_report(connection, book, name) for name in sorted(rules)), _families_report(connection)))


def _columns(schema: dict[str, Any]) -> str:
    types = {
        _TEXT: "VARCHAR",
        _MONEY: "DECIMAL(14,2)",
        pl.Int32(): "INTEGER",
        pl.Date(): "DATE",
        pl.Boolean(): "BOOLEAN",
    }
    return ", ".join(f"{name} {types[kind]}" for name, kind in schema.items())


def _store(connection: DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> None:
    insert_frame(connection, table, pl.DataFrame(rows, schema=schema, orient="row"))


# `deadline`: no rule dates one yet; its place in the order is kept.
_ORDERED = """
    SELECT a.rule, row_number() OVER (PARTITION BY a.rule ORDER BY a.verdict <> 'likely',
            coalesce(a.yearly_low, a.one_off_low, 0) DESC, coalesce(a.yearly_high, a.one_off_high) DESC NULLS LAST,
            CASE a.evidence WHEN 'strong' THEN 1 WHEN 'medium' THEN 2 WHEN 'weak' THEN 3 ELSE 4 END,
            a.contact_family_key, a.unit_key) AS rank,
        a.unit_key, a.level, a.contact_family_key, a.household_key, a.contact_key, a.verdict,
        n.title, n.forename, n.surname, o.title, o.forename, o.surname, p.address, p.postcode, p.ward, a.worth_part,
        CASE WHEN a.verdict = 'likely' THEN a.worth_low ELSE a.indicative_low END AS low,
        CASE WHEN a.verdict = 'likely' THEN a.worth_high ELSE a.indicative_high END AS high,
        a.one_off_low, a.in_kind, a.yearly_low, a.yearly_high, a.may_already_have, a.evidence, a.settled_by,
        a.assumptions, a.advice_first, s.source, a.rule_hash
    FROM rank_answer a
    LEFT JOIN rank_name n ON n.person_key = a.contact_key
    LEFT JOIN rank_name o ON a.level = 'person' AND a.unit_key <> a.contact_key AND o.person_key = a.unit_key
    LEFT JOIN rank_place p ON p.household_key = a.household_key
    LEFT JOIN rank_source s ON s.level = a.level AND s.unit_key = a.unit_key
    ORDER BY a.rule, rank"""


def _in_words(connection: DuckDBPyConnection, book: Rulebook) -> list[dict[str, Any]]:
    """The rows of `ranked`, list by list in order, with everything an officer reads put into words."""
    roles = dict(connection.execute("SELECT person_key, role FROM person").fetchall())
    questions = Questions(book, roles)
    return [_row(row, questions) for row in connection.execute(_ORDERED).fetchall()]


def _row(row: tuple[Any, ...], questions: Questions) -> dict[str, Any]:
    (rule, place, unit, level, family, household, contact, verdict, title, forename, surname, o_title, o_forename,
     o_surname, address, postcode, ward, part, low, high, once_low, in_kind, yearly_low, yearly_high, may_already_have,
     evidence,
     settled_by, assumed, advice_first, source, rule_hash) = row  # fmt: skip
    return {
        "list": rule,
        "rank": place,
        "reference": unit,
        "level": level,
        "family_key": family or household,
        "household_key": household,
        "contact_key": contact,
        "deadline": None,
        "verdict": verdict,
        "name": name_in_words(title, forename, surname),
        "about": name_in_words(o_title, o_forename, o_surname),
        "address": address or "",
        "postcode": postcode or "",
        "ward": ward or "",
        "worth": worth_in_words(verdict, Worth(part, low, high, once_low, in_kind)),
        "low": low,
        "high": high,
        "per": A_TIME[part] if part else "",
        "yearly_low": yearly_low,
        "yearly_high": yearly_high,
        "may_already_have": bool(may_already_have),
        "evidence": evidence or "",
        "questions": questions.of(rule, bool(may_already_have), settled_by, contact, unit),
        "assumptions": assumptions_in_words(assumed),
        "advice_first": {True: "yes", False: "", None: "check"}[advice_first],
        "source": source or "",
        "rule_hash": rule_hash,
    }


def _report(connection: DuckDBPyConnection, book: Rulebook, name: str) -> ListReport:
    ((likely, possible, perhaps, advice, money),) = connection.execute(
        """SELECT count(*) FILTER (verdict = 'likely'), count(*) FILTER (verdict = 'possible'),
            count(*) FILTER (verdict = 'likely' AND may_already_have), count(*) FILTER (advice_first <> ''),
            sum(yearly_low) FILTER (verdict = 'likely' AND NOT may_already_have)
        FROM ranked WHERE list = ?""",
        [name],
    ).fetchall()
    rule = book.rules[name]
    counted = [part for part in rule.worth if part != "in_kind"]
    total = (money or Decimal(0)) if counted else None
    return ListReport(
        name, rule.name, likely, possible, perhaps, advice, total, rule.worth_to if counted else "in kind"
    )


def _families_report(connection: DuckDBPyConnection) -> ListReport:
    ((likely, possible, advice),) = connection.execute(
        """SELECT count(*) FILTER (likely <> ''), count(*) FILTER (likely = ''), count(*) FILTER (advice_first <> '')
        FROM ranked_family"""
    ).fetchall()
    return ListReport(FAMILIES, "Families on any list, one contact each", likely, possible, 0, advice, None, "")
