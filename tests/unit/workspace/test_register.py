"""Does the register outlive runs, versions and killed programs?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lift.errors import SettingsError, StorageError
from lift.workspace import register
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.runs import RunRecord, all_runs, find_run, next_id, run_ids
from lift.workspace.writing import write_whole


def publish(workspace: Workspace, run: str, references: list[str]) -> None:
    """A run that holds one list and nothing else."""
    record = RunRecord(
        run=run, month=run[:7], day=date(2026, int(run[5:7]), 12), council="Middlemarch", identity=run, files=(),
        nil_return=None, warnings=(), missing=(), people=0, families=0, households=0,
        families_on_benefit_record=0, families_on_universal_credit_alone=0,
        lists=(), rules={}, rule_files={}, plan_hash="0", versions={}, who="test",
        when=datetime(2026, 12, 1, tzinfo=UTC), seconds={},
    )  # fmt: skip
    folder = workspace.runs / run
    write_whole(folder / "run.json", record.model_dump_json().encode())
    with database(folder / "core.duckdb") as connection:
        connection.execute("CREATE TABLE ranked (list VARCHAR, rule VARCHAR, reference VARCHAR, verdict VARCHAR)")
        for reference in references:
            connection.execute(
                "INSERT INTO ranked VALUES ('pension_credit', 'pension_credit', ?, 'likely')", [reference]
            )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    publish(workspace, "2026-10", ["f1", "f2"])
    publish(workspace, "2026-11", ["f2", "f3"])
    return workspace


def test_runs_that_the_register_lacks_are_recorded_once(workspace: Workspace) -> None:
    for _ in range(3):
        register.bring_up_to_date(workspace)
    with register.open_register(workspace) as connection:
        assert connection.execute("SELECT count(*) FROM listed").fetchall() == [(4,)]
        assert connection.execute("SELECT run FROM run ORDER BY run").fetchall() == [("2026-10",), ("2026-11",)]
    assert workspace.register.stat().st_mode & 0o777 == 0o600


def test_a_list_knows_since_when_each_reference_stands_on_it(workspace: Workspace) -> None:
    register.bring_up_to_date(workspace)
    with register.read_register(workspace) as connection:
        since = register.listed_since(connection, "pension_credit", "2026-11")
        assert since == {"f1": "2026-10", "f2": "2026-10", "f3": "2026-11"}
        assert register.listed_since(connection, "pension_credit", "2026-10") == {"f1": "2026-10", "f2": "2026-10"}


def test_a_newer_register_is_refused(workspace: Workspace) -> None:
    register.bring_up_to_date(workspace)
    with database(workspace.register) as connection:
        connection.execute("UPDATE register_version SET version = 9")
    with pytest.raises(
        SettingsError, match=r"register.duckdb: was written by a newer LIFT \(version 9; this one knows 2\)"
    ):
        register.bring_up_to_date(workspace)


def first_version(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register as the first version wrote it, with what stood on lists then."""
    with monkeypatch.context() as patch:
        patch.setattr(register, "MIGRATIONS", register.MIGRATIONS[:1])
        with register.open_register(workspace) as connection:
            connection.execute("INSERT INTO run VALUES ('2026-10', '2026-10', '2026-10-12', '0')")
            connection.execute("INSERT INTO listed VALUES ('2026-10', 'pension_credit', 'f1', 'likely')")


def test_a_migration_goes_forward_after_a_backup(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    first_version(workspace, monkeypatch)
    register.bring_up_to_date(workspace)
    with register.open_register(workspace) as connection:
        assert connection.execute("SELECT version FROM register_version").fetchall() == [(len(register.MIGRATIONS),)]
        found = connection.execute("SELECT run, list, rule, reference FROM listed ORDER BY run, reference").fetchall()
        assert found == [
            ("2026-10", "pension_credit", "pension_credit", "f1"),
            ("2026-11", "pension_credit", "pension_credit", "f2"),
            ("2026-11", "pension_credit", "pension_credit", "f3"),
        ]
        assert connection.execute("SELECT count(*) FROM campaign").fetchall() == [(0,)]
    with database(workspace.root / "register.before-version-2.duckdb", read_only=True) as backup:
        assert backup.execute("SELECT count(*) FROM listed").fetchall() == [(1,)]
        assert backup.execute("SELECT version FROM register_version").fetchall() == [(1,)]


def test_a_reader_brings_an_old_register_forward_too(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    first_version(workspace, monkeypatch)
    with register.read_register(workspace) as connection:
        assert connection.execute("SELECT count(*) FROM contact").fetchall() == [(0,)]


def test_a_migration_that_fails_changes_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    register.bring_up_to_date(workspace)
    known = len(register.MIGRATIONS)
    wrong = (*register.MIGRATIONS, ("ALTER TABLE listed ADD COLUMN contacted DATE", "SELECT * FROM nowhere"))
    with monkeypatch.context() as patch:
        patch.setattr(register, "MIGRATIONS", wrong)
        with pytest.raises(Exception, match=r"could not do a step"):
            register.bring_up_to_date(workspace)
    with register.open_register(workspace) as connection:
        assert connection.execute("SELECT version FROM register_version").fetchall() == [(known,)]
        columns = [row[0] for row in connection.execute("DESCRIBE listed").fetchall()]
    assert "contacted" not in columns


def test_a_register_that_is_no_database_is_told(workspace: Workspace) -> None:
    workspace.register.write_text("not a database, but long enough to be taken for one" * 100)
    with pytest.raises(StorageError, match=r"register.duckdb: is no database of this program, or is damaged"):
        register.bring_up_to_date(workspace)


def test_runs_are_named_by_month_and_found_latest_first(workspace: Workspace) -> None:
    assert next_id(workspace, "2026-12") == "2026-12"
    assert next_id(workspace, "2026-11") == "2026-11-b"
    publish(workspace, "2026-11-b", [])
    (workspace.runs / "notes").mkdir()
    assert run_ids(workspace) == ["2026-10", "2026-11", "2026-11-b"]
    assert next_id(workspace, "2026-11") == "2026-11-c"
    assert find_run(workspace).id == "2026-11-b"
    assert find_run(workspace, "2026-10").id == "2026-10"
    assert [run.id for run in all_runs(workspace)] == run_ids(workspace)


def test_a_run_whose_record_was_changed_is_told(workspace: Workspace) -> None:
    path = workspace.runs / "2026-11" / "run.json"
    path.write_text(path.read_text().replace('"people"', '"persons"'))
    with pytest.raises(StorageError, match=r"runs/2026-11/run.json: cannot be read"):
        find_run(workspace, "2026-11")
