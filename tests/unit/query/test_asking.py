"""Who answers to a question about Middlemarch: exactly those of whom the reference engine is sure too?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lift.engines.reference import ReferenceEngine
from lift.errors import CoverageError, DisclosureError, NotFoundError, RuleError, RuleProblems
from lift.rulebook.answers import Value
from lift.rulebook.load import rules_folder
from lift.rulebook.nodes import LEVELS, Level
from lift.rulebook.query import CONDITION, QUESTION, Query
from lift.rulebook.units import Known, OneUnit, Units
from lift.stages.query import Question, asking
from lift.workspace import audit
from lift.workspace.analysts import open_view
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from tests import middlemarch


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Questions change nothing but the audit."""
    return middlemarch.copy_of(middlemarch.finished(), tmp_path_factory.mktemp("query") / "council")


def references(council: Workspace, condition: str, **more: Any) -> dict[str, bool]:
    """Reference to whether it is sure."""
    with asking(council, find_run(council), Question(condition, **more)) as asked:
        found = asked.rows()
        return {row.reference: row.sure for row in found.rows}


# ---- the same as the reference engine ----


@pytest.fixture(scope="module")
def units(council: Workspace) -> Units:
    """The view's units as the reference engine takes them."""
    made: list[OneUnit] = []
    with open_view(find_run(council)) as connection:
        for level in LEVELS:
            found = connection.execute(f"FROM {level}")
            names = [str(column[0]) for column in found.description]
            made += [_unit(level, dict(zip(names, row, strict=True))) for row in found.fetchall()]
        pairs = connection.execute("SELECT family_key, other_family_key FROM possible_couple").fetchall()
    return Units(tuple(made), frozenset((str(a), str(b)) for a, b in pairs))


def _unit(level: Level, row: dict[str, Any]) -> OneUnit:
    facts = {}
    for column, value in row.items():
        name = column.removesuffix("_low")
        if column.endswith(("_key", "_id", "_high", "_fresh")):
            continue
        low, high = (row[f"{name}_low"], row[f"{name}_high"]) if column.endswith("_low") else (value, value)
        if low is not None or high is not None:
            facts[name] = Known(_exact(low), _exact(high), row.get(f"{name}_fresh") is not False)
    return OneUnit(level, row[f"{level}_key"], row.get("family_key"), row["household_key"], facts)


def _exact(value: Any) -> Any:
    return Fraction(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


QUESTIONS: list[tuple[str, Level]] = [
    ("pension_credit.verdict = 'likely' AND household.arrears >= 0 AND ward = 'Lowick'", "family"),
    ("savings < 10000 OR pension_credit.verdict = 'likely'", "family"),
    ("NOT (savings >= 6000 AND is_couple)", "family"),
    ("pension_credit.worth_weekly > 50", "family"),
    ("pension_credit.worth_a_year BETWEEN 1000 AND 5000 AND pension_credit.may_already_have", "family"),
    ("ANY(members WHERE AGE(date_of_birth) >= 80)", "family"),
    ("ANY(children WHERE free_school_meals.verdict = 'likely' AND date_of_birth >= '2015-09-01')", "family"),
    ("COUNT(children WHERE AGE(date_of_birth) < 5) >= 1 AND gets_universal_credit", "family"),
    ("SUM(adults.state_pension) > 200", "family"),
    ("pension_credit.income < 250 AND NOT pension_credit.of_age", "family"),
    ("benefit_cap.verdict <> 'unknown' AND COUNT(periods WHERE cap_reduction > 0) > 1", "family"),
    ("tenure IN ('owner', 'private_tenant') AND COUNT(residents) > 2", "household"),
    ("AGE(date_of_birth) >= 66 AND state_pension + private_pension < 230 AND role <> 'child'", "person"),
    (
        "cap_reduction > 0 AND family.benefit_cap.verdict = 'likely'".replace("family.benefit_cap", "benefit_cap"),
        "period",
    ),
]


@pytest.mark.parametrize(("condition", "each"), QUESTIONS)
def test_a_row_is_sure_exactly_where_the_reference_engine_is(
    council: Workspace, units: Units, condition: str, each: Level
) -> None:
    with asking(council, find_run(council), Question(condition, each, include_unknown=True)) as asked:
        found = {row.reference: row for row in asked.rows().rows}
        wanted = _by_reference(asked.query, asked.run.record.day, units)
        columns = [column.step for column in asked.query.select]
    sure = {key for key, values in wanted.items() if values[CONDITION] is True}
    perhaps = {key for key, values in wanted.items() if values[CONDITION] is None}
    assert {key for key, row in found.items() if row.sure} == sure
    assert {key for key, row in found.items() if not row.sure} == perhaps
    for key, row in found.items():
        assert list(row.values) == [wanted[key][step] for step in columns]


def test_the_questions_above_find_some_and_not_all(council: Workspace) -> None:
    """Or they would prove little."""
    sizes = [len(references(council, condition, each=each)) for condition, each in QUESTIONS]
    assert sum(size > 0 for size in sizes) >= 11
    unknown = [len(references(council, condition, each=each, include_unknown=True)) for condition, each in QUESTIONS]
    assert sum(more > size for more, size in zip(unknown, sizes, strict=True)) >= 9


def _by_reference(query: Query, day: Any, units: Units) -> dict[str, dict[str, Value]]:
    _, steps = ReferenceEngine(query.book, day).answers_and_steps([QUESTION], units)
    return steps


# ---- who is in it ----


def test_nobody_held_back_is_in_an_answer(council: Workspace) -> None:
    with open_view(find_run(council)) as connection:
        ((families,),) = connection.execute("SELECT count(*) FROM family").fetchall()
    everybody = references(council, "TRUE")
    assert len(everybody) == families
    assert all(everybody.values())


def test_no_more_rows_are_read_than_are_asked_for_and_all_are_counted(council: Workspace) -> None:
    with asking(council, find_run(council), Question("", "person")) as asked:
        every = asked.rows()
        assert asked.rows(3).rows == every.rows[:3]
        assert asked.rows(3).sure == every.sure == len(every.rows) > 3


def test_rows_are_in_order_of_reference_the_sure_ones_first(council: Workspace) -> None:
    with asking(council, find_run(council), Question("savings < 10000", include_unknown=True)) as asked:
        rows = asked.rows().rows
    assert [(not row.sure, row.reference) for row in rows] == sorted((not row.sure, row.reference) for row in rows)
    assert {row.sure for row in rows} == {True, False}


# ---- what is logged ----


def test_the_whole_question_is_in_the_audit_and_nothing_of_its_answer(council: Workspace) -> None:
    before = len(audit.entries(council))
    with asking(council, find_run(council), Question("savings < 1", select="savings, tenure")) as asked:
        keys = [row.reference for row in asked.rows().rows]
    (entry,) = audit.entries(council)[before:]
    assert {name: entry[name] for name in ("what", "run", "condition", "each", "select", "by", "count")} == {
        "what": "query",
        "run": "2026-11",
        "condition": "savings < 1",
        "each": "family",
        "select": "savings, tenure",
        "by": "",
        "count": False,
    }
    assert not any(key in json.dumps(entry) for key in keys)


def test_a_refused_question_is_in_the_audit_as_refused(council: Workspace) -> None:
    with (
        pytest.raises(DisclosureError),
        asking(council, find_run(council), Question("has_single_person_discount AND is_couple")),
    ):
        pass
    last = audit.entries(council)[-1]
    assert (last["what"], last["condition"]) == ("query refused", "has_single_person_discount AND is_couple")


def test_without_a_record_nothing_is_answered(tmp_path: Path) -> None:
    workspace = middlemarch.copy_of(middlemarch.finished(), tmp_path / "council")
    workspace.audit.unlink()
    workspace.audit.mkdir()
    with pytest.raises(OSError), asking(workspace, find_run(workspace), Question("TRUE")):
        raise AssertionError("answered without a record")


# ---- a draft rule ----


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Pension Credit under another id."""
    path = tmp_path / "more_credit.yaml"
    text = (rules_folder() / "pension_credit.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("id: pension_credit\n", "id: more_credit\n", 1), encoding="utf-8")
    return path


def test_a_draft_answers_as_the_rule_it_copies_but_where_the_day_of_birth_decides(
    council: Workspace, draft: Path
) -> None:
    question = Question("more_credit.verdict <> pension_credit.verdict", draft=draft)
    with asking(council, find_run(council), question) as asked:
        differ = asked.rows()
    assert 0 < differ.sure < 8
    month = "ANY(adults WHERE ADD_MONTHS(date_of_birth, 12 * 66) BETWEEN '2026-04-01' AND '2027-04-30')"
    near = references(council, month, include_unknown=True)
    assert {row.reference for row in differ.rows} <= set(near)
    with asking(council, find_run(council), Question("more_credit.verdict = 'likely'", draft=draft)) as asked:
        assert asked.rows().sure > 15


def test_a_draft_may_take_the_place_of_a_rule_of_the_run(council: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "pension_credit.yaml"
    text = (rules_folder() / "pension_credit.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("\neligible: ", "\neligible: FALSE AND ", 1), encoding="utf-8")
    assert not references(council, "pension_credit.verdict = 'likely'", draft=path)
    assert references(council, "pension_credit.verdict = 'likely'")


def test_the_run_stays_as_it_is_and_the_draft_s_hash_is_logged(council: Workspace, draft: Path) -> None:
    run = find_run(council)
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    references(council, "more_credit.verdict = 'likely'", draft=draft)
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    assert audit.entries(council)[-1]["draft"] == {"file": "more_credit.yaml", "sha256": digest}


def test_a_draft_that_is_wrong_is_told_with_its_line(council: Workspace, draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace("\neligible: ", "\neligible: of_aeg AND ", 1), encoding="utf-8")
    with pytest.raises(
        RuleProblems, match=r"more_credit\.yaml:\d+:\d+: unknown name of_aeg\n(.|\n)*did you mean of_age\?"
    ):
        references(council, "TRUE", draft=draft)


def test_a_mistake_in_the_draft_alone_is_told_with_its_own_line_though_the_run_s_rules_were_kept(
    council: Workspace, draft: Path
) -> None:
    """What a run keeps of its rules has no places."""
    draft.write_text(draft.read_text(encoding="utf-8").replace("\nlaw: ", "\nlwa: ", 1), encoding="utf-8")
    with pytest.raises(RuleProblems, match=r"more_credit\.yaml:\d+:1: unknown key lwa\n +lwa: "):
        references(council, "TRUE", draft=draft)


def test_a_draft_that_covers_other_days_is_told(council: Workspace, draft: Path) -> None:
    text = draft.read_text(encoding="utf-8")
    covers = next(line for line in text.split("\n") if line.startswith("covers:"))
    draft.write_text(text.replace(covers, "covers: [2025-04-07, 2026-05-01]", 1), encoding="utf-8")
    with pytest.raises(CoverageError, match="more_credit covers 2025-04-07 to 2026-05-01, not 2026-11-12"):
        references(council, "TRUE", draft=draft)


DISCOUNT_RULE = """
id: second_adults
name: Second adults
kind: measure
each: family
law: none
reviewed: {date: 2026-11-01, by: null}
covers: [2026-04-01, 2027-03-31]
eligible: household.has_single_person_discount AND is_couple
examples: []
"""


def test_a_draft_that_would_be_a_discount_review_is_refused(council: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "second_adults.yaml"
    path.write_text(DISCOUNT_RULE)
    with pytest.raises(DisclosureError, match="which would be a discount review"):
        references(council, "second_adults.eligible", draft=path)
    path.write_text(DISCOUNT_RULE.replace("eligible: household", "eligible: NOT household"))
    references(council, "second_adults.eligible", draft=path)


@pytest.mark.parametrize(
    ("condition", "is_refused"),
    [
        ("household.council_tax_discount = 'quarter' AND is_couple", True),
        ("household.council_tax_discount <> 'none' AND is_couple", True),
        ("household.council_tax_charge < household.council_tax_before_discounts AND is_couple", True),
        ("household.council_tax_discount = 'none' AND is_couple", False),
        ("household.council_tax_discount <> 'quarter' AND is_couple", False),
    ],
)
def test_a_discount_is_reviewed_by_no_other_fact_that_shows_it(
    council: Workspace, tmp_path: Path, condition: str, is_refused: bool
) -> None:
    path = tmp_path / "second_adults.yaml"
    path.write_text(DISCOUNT_RULE.replace("household.has_single_person_discount AND is_couple", condition))
    if is_refused:
        with pytest.raises(DisclosureError, match="which would be a discount review"):
            references(council, "second_adults.eligible", draft=path)
    else:
        references(council, "second_adults.eligible", draft=path)


def test_a_draft_that_is_not_there_or_no_rule_is_told(council: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"none\.yaml: there is no such file\. Give the draft of a rule"):
        references(council, "TRUE", draft=tmp_path / "none.yaml")
    shared = tmp_path / "common" / "pension_age.yaml"
    shared.parent.mkdir()
    shared.write_text((rules_folder() / "common" / "pension_age.yaml").read_text(encoding="utf-8"))
    with pytest.raises(RuleError, match="holds no rule of its own"):
        references(council, "TRUE", draft=shared)


@pytest.fixture(autouse=True)
def _the_chain_is_whole(council: Workspace) -> Iterator[None]:
    yield
    audit.entries(council)
