"""Are lists in their order, complete, and one row a family across them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lift.rulebook.answered import A_YEAR
from lift.stages.publish.report import money_in_words
from lift.workspace.database import Connection, database
from lift.workspace.folder import open_workspace
from lift.workspace.runs import PublishedRun, find_run
from tests.middlemarch import finished


@pytest.fixture(scope="module")
def run() -> PublishedRun:
    return find_run(open_workspace(finished()))


@pytest.fixture(scope="module")
def core(run: PublishedRun) -> Iterator[Connection]:
    with database(run.core, read_only=True) as connection:
        yield connection


def rows(core: Connection, sql: str) -> list[tuple[Any, ...]]:
    return core.execute(sql).fetchall()


def test_every_answer_worth_acting_on_is_on_its_list_once(core: Connection) -> None:
    """But a discount of which the reduction in payment leaves nothing stands on none: it is recorded and no more."""
    answers = rows(
        core,
        f"""SELECT rule, unit_key, verdict FROM answer WHERE verdict IN ('likely', 'possible')
        AND NOT coalesce(yearly_high < {A_YEAR["weekly"]} AND one_off_high IS NULL AND in_kind IS NULL, FALSE)
        ORDER BY ALL""",
    )
    ranked = rows(core, "SELECT rule, reference, verdict FROM ranked ORDER BY ALL")
    assert answers == ranked
    assert len(ranked) > 100


def test_sure_and_unsure_answers_of_pension_credit_are_worked_apart(core: Connection) -> None:
    found = rows(
        core,
        """SELECT DISTINCT list, rule, verdict FROM ranked WHERE rule IN ('pension_credit', 'attendance_allowance')
        ORDER BY ALL""",
    )
    assert found == [
        ("pension_credit", "pension_credit", "likely"),
        ("pensioner_conversation", "attendance_allowance", "possible"),
        ("pensioner_conversation", "pension_credit", "possible"),
    ]


def test_a_family_stands_where_its_first_answer_does(core: Connection) -> None:
    found = rows(
        core, "SELECT list, family_key, family_rank, min(rank) FROM ranked GROUP BY ALL ORDER BY list, min(rank)"
    )
    for name in {row[0] for row in found}:
        own = [row for row in found if row[0] == name]
        assert [row[2] for row in own] == list(range(1, len(own) + 1))


def test_ranks_count_from_one_in_the_order_that_the_notes_tell(core: Connection) -> None:
    found = rows(
        core,
        """SELECT r.list, r.rank, r.verdict <> 'likely',
            -CASE WHEN a.yearly_low IS NULL THEN coalesce(a.one_off_low, 0) ELSE a.yearly_low END,
            -coalesce(a.yearly_high, a.one_off_high, -1),
            CASE a.evidence WHEN 'strong' THEN 1 WHEN 'medium' THEN 2 WHEN 'weak' THEN 3 ELSE 4 END,
            r.family_key, r.reference
        FROM ranked r JOIN answer a ON a.rule = r.rule AND a.unit_key = r.reference ORDER BY r.list, r.rank""",
    )
    for name in {row[0] for row in found}:
        own = [row for row in found if row[0] == name]
        assert [row[1] for row in own] == list(range(1, len(own) + 1))
        assert [row[2:] for row in own] == sorted(row[2:] for row in own)


def test_a_row_says_whom_to_contact_where_and_where_to_look_it_up(core: Connection) -> None:
    unsaid = rows(core, "SELECT count(*) FROM ranked WHERE name = '' OR address = '' OR postcode = '' OR source = ''")
    assert unsaid == [(0,)]
    children = rows(
        core,
        """SELECT r.contact_key, c.role, p.role, r.about <> '' FROM ranked r JOIN person p ON p.person_key = r.reference
        JOIN person c ON c.person_key = r.contact_key WHERE r.list = 'free_school_meals'""",
    )
    assert {row[1:] for row in children} == {("claimant", "child", True)}


def test_the_source_is_a_line_of_a_file_that_was_read(core: Connection, run: PublishedRun) -> None:
    lines = {file.name: file.lines for file in run.record.files}
    for (source,) in rows(core, "SELECT DISTINCT source FROM ranked"):
        name, _, line = source.rpartition(" line ")
        assert 1 < int(line) <= lines[name]


def test_one_row_a_family_with_everything_that_it_is_listed_for(core: Connection) -> None:
    families = rows(core, "SELECT reference, likely, possible, rank FROM ranked_family ORDER BY rank")
    assert [row[3] for row in families] == list(range(1, len(families) + 1))
    listed: dict[str, set[str]] = {}
    for family, name in rows(core, "SELECT family_key, rule FROM ranked"):
        listed.setdefault(family, set()).add(name)
    assert {row[0]: len(set(filter(None, (row[1] + "\n" + row[2]).split("\n")))) for row in families} == {
        family: len(names) for family, names in listed.items()
    }
    assert [row[1] == "" for row in families] == sorted(row[1] == "" for row in families)


def test_counts_of_the_record_are_those_of_the_lists(core: Connection, run: PublishedRun) -> None:
    for one in run.record.lists:
        if one.name != "families":
            assert rows(
                core,
                f"""SELECT count(*) FILTER (verdict = 'likely'), count(*) FILTER (verdict = 'possible')
                FROM ranked WHERE list = '{one.name}'""",
            ) == [(one.likely, one.possible)]
    counted = {one.name: one for one in run.record.lists}
    assert rows(
        core,
        """SELECT sum(yearly_low) FROM ranked
        WHERE list = 'council_tax_reduction_not_claimed' AND verdict = 'likely' AND NOT may_already_have""",
    ) == [(counted["council_tax_reduction_not_claimed"].yearly_low,)]
    # Every claim of the sample was assessed before the run's day, so nobody surely does without Pension Credit.
    credit = counted["pension_credit"]
    assert credit.may_already_have == credit.likely > 0
    assert not credit.yearly_low
    ((pounds,),) = rows(core, "SELECT floor(sum(yearly_low)) FROM ranked WHERE list = 'pension_credit'")
    assert money_in_words(credit) == f"£{int(pounds):,} if new"


def test_no_temporary_table_is_left(core: Connection) -> None:
    assert rows(
        core, "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'rank\\_%' ESCAPE '\\'"
    ) == [(0,)]
