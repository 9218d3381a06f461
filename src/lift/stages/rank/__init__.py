"""Who comes first on each list? (Stage 5: answers become the lists that a team works, and one of families across them.)

The order: a deadline within 60 days, likely before possible, the low end of a year's worth, its high end, the strength
of the evidence, and at last the references of family and unit, so that the same answers always give the same list.
Families stand in the order of their first answer, for each gets one contact.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from lift.rulebook.model import Rulebook
from lift.sources.frames import insert_frame
from lift.stages.rank.check_sample import drawn
from lift.stages.rank.contacts import make_contacts
from lift.stages.rank.families import family_rows, order
from lift.stages.rank.follows import Follows, what_follows
from lift.stages.rank.words import A_TIME, Questions, Worth, assumptions_in_words, name_in_words, worth_in_words
from lift.workspace.worklists import CHECK_SAMPLE, FAMILIES, FAMILIES_TITLE, Worklist

_TEXT, _MONEY = pl.String(), pl.Decimal(14, 2)

_RANKED: dict[str, Any] = {
    "list": _TEXT, "rank": pl.Int32(), "family_rank": pl.Int32(), "rule": _TEXT, "reference": _TEXT, "level": _TEXT,
    "family_key": _TEXT, "household_key": _TEXT, "contact_key": _TEXT, "deadline": pl.Date(), "verdict": _TEXT,
    "name": _TEXT, "about": _TEXT, "address": _TEXT, "postcode": _TEXT, "ward": _TEXT, "worth": _TEXT, "low": _MONEY,
    "high": _MONEY, "per": _TEXT, "yearly_low": _MONEY, "yearly_high": _MONEY, "may_already_have": pl.Boolean(),
    "evidence": _TEXT, "questions": _TEXT, "only_together": pl.Int32(), "assumptions": _TEXT, "advice_first": _TEXT,
    "follows": _TEXT, "source": _TEXT, "rule_hash": _TEXT,
}  # fmt: skip
_RANKED_FAMILY: dict[str, Any] = {
    "rank": pl.Int32(), "reference": _TEXT, "household_key": _TEXT, "contact_key": _TEXT, "deadline": pl.Date(),
    "name": _TEXT, "address": _TEXT, "postcode": _TEXT, "ward": _TEXT, "start_with": _TEXT, "likely": _TEXT,
    "possible": _TEXT, "advice_first": _TEXT, "yearly_low": _MONEY, "yearly_high": _MONEY,
}  # fmt: skip
_SAMPLE: dict[str, Any] = {
    "rank": pl.Int32(), "family_key": _TEXT, "household_key": _TEXT, "contact_key": _TEXT, "name": _TEXT,
    "address": _TEXT, "postcode": _TEXT, "ward": _TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class ListReport:
    """What one list holds. `yearly_low`: a year's worth, low end, of the likely answers that are surely not in payment
    already, `perhaps_low` of those that may be, in no total; None where the rule counts no money. `too_small`: answers
    left off, for they could not come to the smallest worth."""

    name: str
    title: str
    rules: tuple[str, ...]
    likely: int
    possible: int
    may_already_have: int
    advice_first: int
    yearly_low: Decimal | None
    money: str
    perhaps_low: Decimal | None = None
    too_small: int = 0


@dataclass(frozen=True)
class RankReport:
    lists: tuple[ListReport, ...]

    @property
    def rows(self) -> int:
        return sum(one.likely + one.possible for one in self.lists if one.name != FAMILIES)


def rank(
    connection: DuckDBPyConnection,
    book: Rulebook,
    lists: Sequence[Worklist],
    day: datetime.date,
    *,
    smallest_worth: Decimal,
) -> RankReport:
    """Fills `ranked` and `ranked_family` from `answer` for these lists, in this order, and `check_sample`.

    `smallest_worth`: pounds a week. A margin belongs to lists, not to rules, whose `likely` only needs the smallest
    award that the law pays; so an answer stays what it is, and is on no list where even its high end is below.
    """
    sample = any(one.name == CHECK_SAMPLE for one in lists)
    make_contacts(connection, sorted({rule for one in lists for rule in one.rules}), day, smallest_worth, sample=sample)
    connection.execute(f"CREATE OR REPLACE TABLE ranked ({_columns(_RANKED)})")
    connection.execute(f"CREATE OR REPLACE TABLE ranked_family ({_columns(_RANKED_FAMILY)})")
    answers = _in_words(connection, book)
    rows = [row for one in lists for row in _on_list(one, answers, day)]
    listed = {rule for one in lists for rule in one.rules}
    told = [name for name, rule in book.rules.items() if name in listed or not rule.makes_a_list]
    looked_at = [name for name in told if book.rules[name].may_follow]
    follows = what_follows(connection, book, looked_at, day, rows)
    rows = [_with_what_follows(row, follows) for row in rows]
    _store(connection, "ranked", [tuple(row[name] for name in _RANKED) for row in rows], _RANKED)
    families = family_rows(rows, {name: rule.name for name, rule in book.rules.items()}, day, follows.together)
    _store(connection, "ranked_family", families, _RANKED_FAMILY)
    connection.execute(f"CREATE OR REPLACE TABLE check_sample ({_columns(_SAMPLE)})")
    _store(connection, "check_sample", drawn(connection), _SAMPLE)
    report = RankReport((*(_report(connection, book, one) for one in lists), _families_report(connection, lists)))
    for table in ("contact", "rule", "answer", "sample", "wanted", "name", "place", "source"):
        connection.execute(f"DROP TABLE temp.rank_{table}")
    return report


def _on_list(one: Worklist, answers: Iterable[dict[str, Any]], day: datetime.date) -> list[dict[str, Any]]:
    """The answers that stand on a list, in their order, with their places and those of their families."""
    wanted = {part.rule: part.verdicts for part in one.parts}
    own = [row for row in answers if row["verdict"] in wanted.get(row["rule"], ())]
    own.sort(key=lambda row: order(row, day))
    families: dict[str, int] = {}
    return [
        row
        | {
            "list": one.name,
            "rank": place,
            "family_rank": families.setdefault(row["family_key"], len(families) + 1),
        }
        for place, row in enumerate(own, start=1)
    ]


def _with_what_follows(row: dict[str, Any], follows: Follows) -> dict[str, Any]:
    """The row with what its award would change elsewhere. Where that could cost something, an adviser looks first."""
    finding = (row["rule"], row["reference"])
    first = max(row["advice_first"], follows.cost.get(finding, ""))
    return row | {"advice_first": first, "follows": "\n".join(follows.lines.get(finding, ()))}


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


_ANSWERS = """
    SELECT a.rule, a.unit_key, a.level, a.contact_family_key, a.household_key, a.contact_key, a.verdict,
        n.title, n.forename, n.surname, o.title, o.forename, o.surname, p.address, p.postcode, p.ward, a.worth_part,
        CASE WHEN a.verdict = 'likely' THEN a.worth_low ELSE a.indicative_low END AS low,
        CASE WHEN a.verdict = 'likely' THEN a.worth_high ELSE a.indicative_high END AS high,
        a.one_off_low, a.one_off_high, a.in_kind, a.yearly_low, a.yearly_high, a.may_already_have, a.evidence,
        a.settled_by, a.assumptions, a.advice_first, s.source, a.rule_hash
    FROM rank_answer a
    LEFT JOIN rank_name n ON n.person_key = a.contact_key
    LEFT JOIN rank_name o ON a.level = 'person' AND a.unit_key <> a.contact_key AND o.person_key = a.unit_key
    LEFT JOIN rank_place p ON p.household_key = a.household_key
    LEFT JOIN rank_source s ON s.level = a.level AND s.unit_key = a.unit_key
    WHERE NOT a.is_too_small
    ORDER BY a.rule, a.unit_key"""


def _in_words(connection: DuckDBPyConnection, book: Rulebook) -> list[dict[str, Any]]:
    """Every answer worth acting on, with everything an officer reads put into words."""
    people = connection.execute("SELECT person_key, role, family_key FROM person").fetchall()
    roles, families = {key: role for key, role, _ in people}, {key: family for key, _, family in people}
    questions = Questions(book, roles, families)
    advised = {name for name, rule in book.rules.items() if "advice_first" in rule.answers}
    return [_row(row, questions, advised) for row in connection.execute(_ANSWERS).fetchall()]


def _row(row: tuple[Any, ...], questions: Questions, advised: set[str]) -> dict[str, Any]:
    (rule, unit, level, family, household, contact, verdict, title, forename, surname, o_title, o_forename,
     o_surname, address, postcode, ward, part, low, high, once_low, once_high, in_kind, yearly_low, yearly_high,
     may_already_have, evidence, settled_by, assumed, advice_first, source, rule_hash) = row  # fmt: skip
    asking = questions.of(rule, bool(may_already_have), settled_by, contact, unit)
    return {
        "rule": rule,
        "reference": unit,
        # What the order needs besides: of what is paid once only where nothing is paid each year.
        "order_low": once_low if yearly_low is None else yearly_low,
        "order_high": once_high if yearly_high is None else yearly_high,
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
        "questions": "\n".join(asking.questions),
        "only_together": asking.only_together,
        "assumptions": assumptions_in_words(assumed),
        # Where nobody can tell whether an award could cost them something, an adviser looks first.
        "advice_first": {True: "yes", False: "", None: "check"}[advice_first] if rule in advised else "",
        "source": source or "",
        "rule_hash": rule_hash,
    }


def _report(connection: DuckDBPyConnection, book: Rulebook, one: Worklist) -> ListReport:
    ((likely, possible, perhaps, advice, money, perhaps_money),) = connection.execute(
        """SELECT count(*) FILTER (verdict = 'likely'), count(*) FILTER (verdict = 'possible'),
            count(*) FILTER (verdict = 'likely' AND may_already_have), count(*) FILTER (advice_first <> ''),
            sum(yearly_low) FILTER (verdict = 'likely' AND NOT may_already_have),
            sum(yearly_low) FILTER (verdict = 'likely' AND may_already_have)
        FROM ranked WHERE list = ?""",
        [one.name],
    ).fetchall()
    rules = [book.rules[name] for name in one.rules]
    paying = [rule for rule in rules if any(part != "in_kind" for part in rule.worth)]
    total = (money or Decimal(0)) if paying else None
    whose = paying[0].worth_to if paying else "in kind" if rules else ""
    return ListReport(
        one.name,
        one.title,
        one.rules,
        likely,
        possible,
        perhaps,
        advice,
        total,
        whose,
        perhaps_money if paying else None,
        _too_small(connection, one),
    )


def _too_small(connection: DuckDBPyConnection, one: Worklist) -> int:
    counts = connection.execute(
        "SELECT rule, verdict, count(*) FROM rank_answer WHERE is_too_small GROUP BY ALL"
    ).fetchall()
    wanted = {part.rule: part.verdicts for part in one.parts}
    return sum(int(number) for rule, verdict, number in counts if verdict in wanted.get(rule, ()))


def _families_report(connection: DuckDBPyConnection, lists: Sequence[Worklist]) -> ListReport:
    ((likely, possible, advice),) = connection.execute(
        """SELECT count(*) FILTER (likely <> ''), count(*) FILTER (likely = ''), count(*) FILTER (advice_first <> '')
        FROM ranked_family"""
    ).fetchall()
    rules = tuple(dict.fromkeys(rule for one in lists for rule in one.rules))
    return ListReport(FAMILIES, FAMILIES_TITLE, rules, likely, possible, 0, advice, None, "")
