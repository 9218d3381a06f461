"""What does the analysts' view of a run hold, and whom and what does it surely not?"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lift.errors import DisclosureError, EngineError, NotFoundError, SettingsError
from lift.pipeline import run_month
from lift.plan.layout import IDS, KEYS
from lift.rulebook.answered import answer_facts
from lift.rulebook.load import load_rulebook
from lift.rulebook.nodes import LEVELS
from lift.stages.publish import analysts
from lift.stages.publish.analysts import make_view
from lift.workspace.analysts import open_view
from lift.workspace.database import database
from lift.workspace.folder import Workspace, open_workspace
from lift.workspace.runs import find_run
from tests.middlemarch import (
    MONTH,
    Quiet,
    copy_of,
    finished,
    new_workspace,
    small_city,
    suppression_file,
    work_only,
)


@pytest.fixture(scope="module")
def both() -> Iterator[duckdb.DuckDBPyConnection]:
    """The run's own tables as `core`, the analysts' as `view`."""
    run = find_run(open_workspace(finished()))
    with database(None) as connection:
        connection.execute(f"ATTACH '{run.core}' AS core (READ_ONLY)")
        connection.execute(f"ATTACH '{run.view}' AS view (READ_ONLY)")
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {str(row[0]) for row in rows(connection, f"DESCRIBE view.{table}")}


def test_it_holds_these_tables_and_no_more(both: duckdb.DuckDBPyConnection) -> None:
    found = rows(both, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'view' ORDER BY ALL")
    wanted = ["about", "answer", "extract_file", "fact_source", "family", "household", "period", "person"]
    assert [name for (name,) in found] == sorted([*wanted, "conflict", "possible_couple", "unit_source"])


def test_every_column_of_a_unit_is_a_key_a_fact_that_may_be_shown_or_an_answer(both: duckdb.DuckDBPyConnection) -> None:
    book = load_rulebook(examples=False)
    for level in LEVELS:
        shown = {name for own, name in book.analysts if own == level}
        shown |= {
            fact.name for rule in book.rules.values() for fact in answer_facts(rule).values() if fact.level == level
        }
        bases = {re.sub("_(low|high|fresh)$", "", column) for column in columns(both, level)}
        assert bases - {*KEYS[level], *IDS[level]} <= shown


def test_no_name_number_or_address_of_anybody_stands_in_it(both: duckdb.DuckDBPyConnection) -> None:
    identifiers = {
        str(value).upper()
        for (*values,) in rows(
            both,
            """SELECT surname, nino, uprn, account_ref, postcode, phone FROM core.record
            UNION SELECT NULL, NULL, uprn, property_ref, postcode, address1 FROM core.address""",
        )
        for value in values
        if value and len(str(value)) > 3
    }
    assert len(identifiers) > 1000
    words = {
        str(value).upper()
        for table in (*LEVELS, "answer", "unit_source", "fact_source", "about", "possible_couple")
        for row in rows(both, f"FROM view.{table}")
        for value in row
        if isinstance(value, str)
    }
    # Somebody's surname is the name of a fact too.
    assert not words & identifiers - {name.upper() for _, name in load_rulebook(examples=False).facts}


def test_a_birthday_is_a_month(both: duckdb.DuckDBPyConnection) -> None:
    months = rows(
        both,
        """SELECT v.date_of_birth_low = date_trunc('month', c.date_of_birth_low)
            AND v.date_of_birth_high = date_trunc('month', c.date_of_birth_high) + INTERVAL 1 MONTH - INTERVAL 1 DAY
        FROM view.person v JOIN core.person c USING (person_key) WHERE c.date_of_birth_low IS NOT NULL""",
    )
    assert len(months) > 300
    assert all(same for (same,) in months)


def test_facts_and_answers_are_those_of_the_run(both: duckdb.DuckDBPyConnection) -> None:
    ((same, different),) = rows(
        both,
        """SELECT count(*) FILTER (v.pension_credit__verdict = a.verdict AND v.savings_low IS NOT DISTINCT FROM
            c.savings_low AND v.savings_fresh IS NOT DISTINCT FROM c.savings_fresh), count(*)
        FROM view.family v JOIN core.family c USING (family_key)
        JOIN core.answer a ON a.rule = 'pension_credit' AND a.unit_key = v.family_key""",
    )
    assert same == different > 300


def test_money_is_the_range_that_the_verdict_rests_on(both: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        both,
        """SELECT a.verdict, v.pension_credit__worth_weekly_low, v.pension_credit__worth_a_year_low,
            CASE WHEN a.verdict = 'likely' THEN a.worth_low ELSE a.indicative_low END, a.yearly_low
        FROM view.family v JOIN core.answer a ON a.rule = 'pension_credit' AND a.unit_key = v.family_key""",
    )
    assert {"likely", "possible"} <= {row[0] for row in found}
    assert all(row[1:3] == row[3:5] for row in found)


def test_whom_a_rule_does_not_ask_about_is_not_asked(both: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        both,
        """SELECT v.free_school_meals__verdict, v.free_school_meals__eligible FROM view.person v
        WHERE v.person_key NOT IN (SELECT unit_key FROM core.answer WHERE rule = 'free_school_meals')""",
    )
    assert set(found) == {("not_asked", None)}


def test_no_planted_home_that_must_not_be_contacted_is_in_it(both: duckdb.DuckDBPyConnection) -> None:
    with (small_city() / "truth" / MONTH / "traps.csv").open(newline="", encoding="utf-8") as file:
        uprns = [trap["uprn"] for trap in csv.DictReader(file) if trap["must_not_be_contacted"] == "yes"]
    assert len(uprns) >= 12
    listed = "', '".join(uprns)
    homes = f"SELECT household_key FROM core.address WHERE uprn IN ('{listed}')"
    assert len(rows(both, homes)) >= 12
    for level in LEVELS:
        assert not rows(both, f"SELECT 1 FROM view.{level} WHERE household_key IN ({homes})")


def test_every_other_home_is_in_it_whole(both: duckdb.DuckDBPyConnection) -> None:
    for level in LEVELS:
        key = f"{level}_key"
        lost = f"""SELECT {key} FROM core.{level} WHERE household_key IN (SELECT household_key FROM view.household)
            EXCEPT SELECT {key} FROM view.{level}"""
        assert not rows(both, lost)
    ((kept, every),) = rows(both, "SELECT (SELECT count(*) FROM view.household), (SELECT count(*) FROM core.household)")
    assert 0.8 * every < kept < every


def test_a_source_is_a_kind_and_a_day_but_no_line(both: duckdb.DuckDBPyConnection) -> None:
    ((sources, lines),) = rows(both, "SELECT count(kind), count(line) FROM view.unit_source")
    assert sources > 300
    assert lines == 0


def test_the_check_on_the_finished_view_leaves_no_file_with_somebody_held_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = find_run(open_workspace(finished()))
    book = load_rulebook(run.rules, examples=False)
    with database(None) as connection:
        connection.execute(f"ATTACH '{run.core}' AS core (READ_ONLY)")
        connection.execute("USE core")
        connection.execute("CREATE TEMP TABLE held_person AS SELECT person_key FROM person LIMIT 1")
        connection.execute("CREATE TEMP TABLE held_home AS SELECT household_key FROM household LIMIT 0")
        make_view(connection, tmp_path / "good.duckdb", book, run.id)
        monkeypatch.setattr(analysts, "_OPEN_HOME", "CREATE OR REPLACE TEMP TABLE open_home AS FROM household")
        with pytest.raises(DisclosureError, match=r"bad\.duckdb: would have held somebody who is held back"):
            make_view(connection, tmp_path / "bad.duckdb", book, run.id)
    assert [path.name for path in tmp_path.iterdir()] == ["good.duckdb"]


# ---- without a sure suppression list ----


@pytest.fixture(scope="module")
def without_list(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = new_workspace(tmp_path_factory.mktemp("without") / "council")
    work_only(workspace, "pension_credit")
    suppression_file(workspace).unlink()
    showing = run_month(workspace, MONTH, Quiet()).showing
    assert showing is not None and not showing.lists
    assert showing.trouble.startswith("there is no suppression list in incoming, so no list can be shown or exported.")
    return workspace


def test_without_a_suppression_list_the_run_is_whole_and_has_no_view(without_list: Workspace) -> None:
    run = find_run(without_list)
    assert run.core.is_file()
    assert not run.view.exists()
    with pytest.raises(NotFoundError) as error, open_view(run):
        pass
    assert str(error.value) == (
        "run 2026-11 has no analyst.duckdb, which questions and explanations are read from. There is no suppression "
        "list in incoming, so no list can be shown or exported. Put one into the month's folder "
        "(templates/suppression.csv shows how), or have a lead sign nil_return.toml. Then run the month again."
    )


# ---- opened ----


def test_no_other_file_can_be_reached_through_it(tmp_path: Path) -> None:
    run = find_run(open_workspace(finished()))
    hostile = [
        f"ATTACH '{run.core}' AS core (READ_ONLY)",
        f"SELECT * FROM read_csv('{run.refusals}')",
        f"COPY person TO '{tmp_path / 'out.csv'}'",
        f"FROM '{run.refusals}'",
        "INSTALL httpfs",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "DELETE FROM person",
    ]
    for statement in hostile:
        with pytest.raises((EngineError, DisclosureError)) as error, open_view(run) as connection:
            connection.execute(statement)
        assert str(run.folder) not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_view_of_a_newer_lift_is_not_read(tmp_path: Path) -> None:
    workspace = copy_of(finished(), tmp_path / "council")
    run = find_run(workspace)
    with database(run.view) as connection:
        connection.execute("UPDATE about SET format = 2")
    with pytest.raises(SettingsError) as error, open_view(run):
        pass
    assert str(error.value) == (
        "runs/2026-11/analyst.duckdb: was written by a newer LIFT (format 2; this one knows 1). Install that version."
    )


def test_a_run_of_a_newer_lift_is_not_read(tmp_path: Path) -> None:
    workspace = copy_of(finished(), tmp_path / "council")
    record = find_run(workspace).folder / "run.json"
    record.write_text(record.read_text().replace('"format": 1', '"format": 2', 1))
    with pytest.raises(SettingsError) as error:
        find_run(workspace)
    assert str(error.value) == (
        "runs/2026-11/run.json: was written by a newer LIFT (format 2; this one knows 1). Install that version."
    )
