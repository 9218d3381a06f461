"""Are files whole, private and in their place, or not there at all?"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from lift.errors import StorageError
from lift.workspace.busy import at_work
from lift.workspace.folder import Workspace
from lift.workspace.writing import check_space, move_into_place, private_folder, storing, sweep, write_whole


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_private_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "list.csv"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert [found.name for found in path.parent.iterdir()] == ["list.csv"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError) as raised:
        write_whole(path, b"new")
    assert str(raised.value) == (
        "list.csv: the disk is full. Free some space, then try again. Earlier runs and lists are as they were."
    )
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["list.csv"]


def test_what_the_disk_says_is_put_into_words(tmp_path: Path) -> None:
    def told(number: int) -> str:
        with pytest.raises(StorageError) as raised, storing(tmp_path / ".part-list.csv"):
            raise OSError(number, os.strerror(number))
        return str(raised.value)

    assert told(errno.EACCES) == (
        "list.csv: may not be written (Permission denied). Close the program that has it open, or see who may write to "
        f"the folder {tmp_path}. Earlier runs and lists are as they were."
    )
    assert told(errno.EROFS).startswith("list.csv: may not be written (Read-only file system). ")
    assert told(errno.EDQUOT).startswith("list.csv: the disk is full. ")
    assert told(errno.EIO) == (
        "list.csv: cannot be written (Input/output error). Earlier runs and lists are as they were."
    )


def test_a_finished_folder_moves_whole_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "work" / "2026-11"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "facts.yaml").write_text("facts")
    (folder / "run.json").write_text("{}")
    move_into_place(folder, tmp_path / "runs" / "2026-11")
    moved = sorted(path for path in (tmp_path / "runs").rglob("*"))
    assert [path.name for path in moved] == ["2026-11", "rules", "facts.yaml", "run.json"]
    assert [mode(path) for path in moved] == [0o700, 0o700, 0o600, 0o600]


def test_a_run_is_never_written_over(tmp_path: Path) -> None:
    folder, place = tmp_path / "work", tmp_path / "2026-11"
    folder.mkdir()
    place.mkdir()
    with pytest.raises(StorageError, match="is there already, and is never written over"):
        move_into_place(folder, place)


def test_a_file_where_a_folder_is_needed_is_told(tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("")
    with pytest.raises(StorageError, match="is a file where a folder is needed"):
        private_folder(tmp_path / "lists")


def test_a_disk_that_is_too_full_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=20 * 1024 * 1024))
    check_space(tmp_path, 20 * 1024 * 1024)
    with pytest.raises(StorageError, match="20 MB are free, but about 300 MB are needed"):
        check_space(tmp_path, 300 * 1024 * 1024)


def test_what_a_killed_program_left_half_written_is_swept(tmp_path: Path) -> None:
    (tmp_path / "2026-11").mkdir()
    (tmp_path / "2026-11" / ".part-pension_credit.csv").write_text("half")
    (tmp_path / "2026-11" / "families.csv").write_text("whole")
    sweep(tmp_path)
    sweep(tmp_path / "not there")
    assert [path.name for path in (tmp_path / "2026-11").iterdir()] == ["families.csv"]


def test_the_work_folder_is_wiped_at_the_start_and_at_the_end(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.work.mkdir()
    (workspace.work / "spill.tmp").write_text("residents")
    with at_work(workspace) as work:
        assert list(work.iterdir()) == []
        (work / "spill.tmp").write_text("residents")
    assert not workspace.work.exists()


def test_one_lift_at_a_time(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with at_work(workspace) as work:
        (work / "core.duckdb").write_text("half")
        with pytest.raises(StorageError, match="another lift is at work here"), at_work(workspace):
            pass
        assert (work / "core.duckdb").read_text() == "half"
    with at_work(workspace):
        pass
