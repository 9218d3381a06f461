"""Is the check sample drawn by lot, of the right size, and only from families of whom nothing is known?"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.stages.rank import rank
from lift.stages.rank.check_sample import SHARE
from lift.workspace.database import Connection, database
from lift.workspace.runs import find_run
from lift.workspace.worklists import CHECK_SAMPLE, worklists
from tests.middlemarch import DAY, copy_of, finished

LATER = datetime.date(2026, 12, 12)
SMALLEST = Decimal(1)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False)


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Connection]:
    run = find_run(copy_of(finished(), tmp_path / "council"))
    with database(run.core) as connection:
        yield connection


def sample(core: Connection) -> list[str]:
    return [key for (key,) in core.execute("SELECT family_key FROM check_sample ORDER BY rank").fetchall()]


def test_it_holds_families_on_no_list_of_whom_no_income_is_known_and_an_adult_of_each(core: Connection) -> None:
    ((wrong,),) = core.execute(
        """SELECT count(*) FROM check_sample s JOIN family f USING (family_key)
        JOIN person p ON p.person_key = s.contact_key
        WHERE f.is_on_low_income_record OR p.role = 'child' OR p.family_key <> s.family_key
            OR s.family_key IN (SELECT reference FROM ranked_family)"""
    ).fetchall()
    assert wrong == 0
    assert core.execute("SELECT bool_and(name <> '' AND postcode <> '') FROM check_sample").fetchall() == [(True,)]


def test_it_is_one_to_two_in_a_hundred(core: Connection) -> None:
    ((able,),) = core.execute(
        """SELECT count(*) FROM family f WHERE is_on_low_income_record IS NOT TRUE
        AND family_key NOT IN (SELECT reference FROM ranked_family)
        AND EXISTS (FROM person p WHERE p.family_key = f.family_key AND p.role <> 'child')"""
    ).fetchall()
    assert len(sample(core)) == math.ceil(SHARE * able) > 1


def test_another_month_draws_others_and_the_same_month_the_same(core: Connection, book: Rulebook) -> None:
    drawn = sample(core)
    lists = worklists(book.rules, ["pension_credit"])
    rank(core, book, lists, LATER, smallest_worth=SMALLEST)
    later = sample(core)
    assert later != drawn
    rank(core, book, lists, LATER + datetime.timedelta(days=10), smallest_worth=SMALLEST)
    assert sample(core) == later


def test_a_council_may_leave_it_out(core: Connection, book: Rulebook) -> None:
    lists = worklists(book.rules, ["pension_credit"], [CHECK_SAMPLE])
    assert CHECK_SAMPLE not in {one.name for one in rank(core, book, lists, DAY, smallest_worth=SMALLEST).lists}
    assert sample(core) == []
