"""Are the families of whom nothing is known counted whole, and is no small count of them told?"""

from __future__ import annotations

import csv
import io

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from lift.stages.publish.unseen import seen, unseen
from lift.workspace.database import database
from lift.workspace.folder import open_workspace
from lift.workspace.runs import find_run
from tests.middlemarch import finished


@pytest.fixture
def town() -> DuckDBPyConnection:
    """Families in homes of two wards: `put` adds some."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE household (household_key VARCHAR, ward VARCHAR, council_tax_band VARCHAR)")
    connection.execute(
        "CREATE TABLE family (family_key VARCHAR, household_key VARCHAR, is_on_low_income_record BOOLEAN)"
    )
    return connection


def put(
    town: DuckDBPyConnection,
    homes: int,
    ward: str | None,
    band: str | None,
    *,
    known: bool | None = None,
    each: int = 1,
) -> None:
    """Homes with so many families each."""
    ((before,),) = town.execute("SELECT count(*) FROM household").fetchall()
    for home in range(before, before + homes):
        town.execute("INSERT INTO household VALUES (?, ?, ?)", [f"h{home}", ward, band])
        for family in range(each):
            town.execute("INSERT INTO family VALUES (?, ?, ?)", [f"f{home}-{family}", f"h{home}", known])


def table(town: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    text = unseen(town).decode("utf-8-sig")
    return {(row["ward"], row["council tax band"]): row["families"] for row in csv.DictReader(io.StringIO(text))}


def test_counts_by_ward_and_band_are_rounded_and_small_ones_not_told(town: DuckDBPyConnection) -> None:
    put(town, 13, "Longford", "A")
    put(town, 9, "Longford", "B")
    put(town, 10, "Sherbourne", "A")
    put(town, 40, "Sherbourne", "A", known=True)
    assert table(town) == {
        ("Longford", "A"): "15", ("Longford", "B"): "[c]", ("Longford", "all"): "20", ("Sherbourne", "A"): "10",
        ("Sherbourne", "all"): "10", ("all", "A"): "25", ("all", "B"): "[c]", ("all", "all"): "30",
    }  # fmt: skip


@pytest.mark.parametrize(("homes", "told"), [(9, "[c]"), (10, "10"), (12, "10"), (13, "15")])
def test_ten_homes_are_needed_to_be_told(town: DuckDBPyConnection, homes: int, told: str) -> None:
    put(town, homes, "Longford", "A")
    assert table(town)["Longford", "A"] == told


def test_many_families_in_few_homes_are_a_small_count_too(town: DuckDBPyConnection) -> None:
    put(town, 9, "Longford", "A", each=3)
    assert table(town)["Longford", "A"] == "[c]"


def test_a_home_without_ward_or_band_is_counted(town: DuckDBPyConnection) -> None:
    put(town, 10, None, None)
    assert set(table(town).values()) == {"10"}
    assert ("not known", "not known") in table(town)


def test_nobody_at_all_is_one_row(town: DuckDBPyConnection) -> None:
    assert table(town) == {("all", "all"): "[c]"}


def test_every_family_of_a_run_is_of_one_sort() -> None:
    run = find_run(open_workspace(finished()))
    with database(run.core, read_only=True) as connection:
        known = seen(connection)
        ((families, on_record),) = connection.execute(
            "SELECT count(*), count(*) FILTER (is_on_low_income_record) FROM family"
        ).fetchall()
    assert all(known.values())
    assert sum(known.values()) == on_record
    assert run.record.families_unseen == families - on_record > 0
    assert run.unseen.is_file()
