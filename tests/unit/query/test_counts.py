"""How is a count told: by which cells, which of them hidden, and what of those of whom nothing is known?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from lift.errors import UsageError
from lift.stages.query import Counts, Question, asking
from lift.workspace.analysts import open_view
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from tests import middlemarch


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return middlemarch.copy_of(middlemarch.finished(), tmp_path_factory.mktemp("counts") / "council")


def count(council: Workspace, condition: str, by: str = "", **more: Any) -> Counts:
    with asking(council, find_run(council), Question(condition, by=by, count=True, **more)) as asked:
        return asked.counts()


def sql(council: Workspace, query: str) -> list[tuple[Any, ...]]:
    with open_view(find_run(council)) as connection:
        return connection.execute(query).fetchall()


def rounded(number: int) -> int | None:
    return None if number < 10 else 5 * round(number / 5 + 1e-9)


def test_a_count_of_all_is_one_cell(council: Workspace) -> None:
    ((families,),) = sql(council, "SELECT count(*) FROM family")
    counts = count(council, "")
    assert [(cell.categories, cell.sure) for cell in counts.cells] == [((), rounded(families))]
    assert counts.sure == rounded(families)


def test_cells_are_those_of_every_pair_of_categories_that_anybody_falls_in(council: Workspace) -> None:
    exact: Counter[tuple[str, ...]] = Counter(
        {
            (ward or "not known", tenure or "not known"): number
            for ward, tenure, number in sql(
                council,
                """SELECT h.ward, h.tenure, count(*) FROM family f JOIN household h USING (household_key)
                WHERE f.savings_high < 10000 AND f.savings_fresh IS NOT FALSE GROUP BY ALL""",
            )
        }
    )
    counts = count(council, "savings < 10000", "ward,tenure")
    wards = {
        ward or "not known"
        for (ward,) in sql(council, "SELECT DISTINCT ward FROM household SEMI JOIN family USING (household_key)")
    }
    tenures = {
        t or "not known"
        for (t,) in sql(council, "SELECT DISTINCT tenure FROM household SEMI JOIN family USING (household_key)")
    }
    assert {cell.categories for cell in counts.cells} == {(ward, tenure) for ward in wards for tenure in tenures}
    assert {cell.categories: cell.sure for cell in counts.cells} == {
        cell.categories: rounded(exact[cell.categories]) for cell in counts.cells
    }
    shown = [cell.sure for cell in counts.cells if cell.sure is not None]
    assert shown
    assert None in [cell.sure for cell in counts.cells]
    assert counts.sure == sum(shown)


def test_nobody_looks_like_a_few(council: Workspace) -> None:
    """An empty cell and one of three are both [c]."""
    counts = count(council, "pension_credit.verdict = 'likely' AND council_tax_band = 'H'", "council_tax_band")
    assert {cell.sure for cell in counts.cells} == {None}
    assert len(counts.cells) > 2
    assert counts.sure is None


def test_many_people_of_few_homes_are_not_told(council: Workspace) -> None:
    """Periods: many a family, and each family lives in one home."""
    (many,) = sql(
        council, "SELECT family_key, count(*) FROM period GROUP BY ALL HAVING count(*) >= 6 ORDER BY ALL LIMIT 1"
    )
    assert many[1] >= 6
    periods, homes = sql(
        council, "SELECT count(*), count(DISTINCT household_key) FROM period WHERE cap_reduction_low > 0"
    )[0]
    counts = count(council, "cap_reduction > 0", each="period")
    assert counts.sure == (None if homes < 10 else rounded(periods))


def test_unknown_comes_last_and_flags_are_words(council: Workspace) -> None:
    counts = count(council, "", "is_couple")
    assert [cell.categories for cell in counts.cells] == [("no",), ("yes",), ("not known",)]


def test_of_whom_it_is_not_known_is_told_apart(council: Workspace) -> None:
    sure = count(council, "savings < 10000", "tenure")
    assert all(cell.perhaps is None for cell in sure.cells)
    both = count(council, "savings < 10000", "tenure", include_unknown=True)
    assert [cell.sure for cell in both.cells] == [cell.sure for cell in sure.cells]
    assert sure.perhaps is not None
    assert sure.perhaps > 100
    assert both.perhaps == sum(cell.perhaps or 0 for cell in both.cells)


def test_bands_are_made_in_the_question(council: Workspace) -> None:
    band = "CASE WHEN savings < 6000 THEN 'under 6,000' WHEN savings < 16000 THEN 'under 16,000' ELSE 'more' END"
    counts = count(council, "", f"{band}, tenure")
    assert {cell.categories[0] for cell in counts.cells} == {"under 6,000", "under 16,000", "not known"}


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("savings", "--by savings: this is a number of GBP, and counts go by a flag or a code. Make bands of it: "
         "CASE WHEN … THEN 'under 100' ELSE '100 and over' END"),
        ("tenure, ward, is_couple, council_tax_band", "--by takes at most 3 at once. Leave some out."),
    ],
)  # fmt: skip
def test_a_count_by_what_has_no_categories_is_told(council: Workspace, by: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        count(council, "", by)
    assert str(error.value) == said
