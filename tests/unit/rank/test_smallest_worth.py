"""Is an answer left off its list only where its high end is below what the council takes for the smallest worth?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from lift.rulebook.load import load_rulebook
from lift.stages.rank import rank
from lift.workspace.database import Connection, database
from lift.workspace.runs import find_run
from lift.workspace.worklists import worklists
from tests.middlemarch import DAY, copy_of, finished

RULES = ("benefit_cap", "free_school_meals", "pension_credit")


def listed(core: Connection, rule: str) -> set[str]:
    return {key for (key,) in core.execute("SELECT reference FROM ranked WHERE rule = ?", [rule]).fetchall()}


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    run = find_run(copy_of(finished(), tmp_path_factory.mktemp("small") / "council"))
    with database(run.core) as connection:
        yield connection


def counts(core: Connection, smallest: str) -> dict[str, int]:
    book = load_rulebook(examples=False)
    report = rank(core, book, worklists(book.rules, RULES), DAY, smallest_worth=Decimal(smallest))
    return {one.name: one.too_small for one in report.lists}


@pytest.mark.parametrize(("a_year", "is_listed"), [("51.99", False), ("52.00", True), ("52.01", True)])
def test_the_high_end_of_a_year_decides(core: Connection, a_year: str, is_listed: bool) -> None:
    ((one,),) = core.execute(
        "SELECT min(unit_key) FROM answer WHERE rule = 'pension_credit' AND verdict = 'likely'"
    ).fetchall()
    core.execute("BEGIN")
    core.execute(
        "UPDATE answer SET yearly_high = ?, yearly_low = 5.20 WHERE rule = 'pension_credit' AND unit_key = ?",
        [Decimal(a_year), one],
    )
    small = counts(core, "1.00")
    assert (one in listed(core, "pension_credit")) is is_listed
    assert small["pension_credit"] == (0 if is_listed else 1)
    assert {name for name, number in small.items() if number} <= {"pension_credit"}
    core.execute("ROLLBACK")


def test_what_is_paid_once_or_in_kind_is_never_too_small(core: Connection) -> None:
    core.execute("BEGIN")
    core.execute(
        "UPDATE answer SET yearly_low = 0, yearly_high = 0 WHERE yearly_high IS NOT NULL OR in_kind IS NOT NULL"
    )
    counts(core, "100.00")
    assert listed(core, "free_school_meals")
    assert (
        len(listed(core, "benefit_cap"))
        == core.execute(
            """SELECT count(*) FROM answer
        WHERE rule = 'benefit_cap' AND verdict IN ('likely', 'possible') AND one_off_high IS NOT NULL"""
        ).fetchall()[0][0]
        > 0
    )
    core.execute("ROLLBACK")


def test_a_council_may_list_everything(core: Connection) -> None:
    core.execute("BEGIN")
    core.execute("UPDATE answer SET yearly_low = 0.05, yearly_high = 0.05 WHERE rule = 'pension_credit'")
    assert counts(core, "0")["pension_credit"] == 0
    assert listed(core, "pension_credit")
    core.execute("ROLLBACK")
