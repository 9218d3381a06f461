"""A full disk at any write, or Ctrl-C at any moment of an export: is nothing half-written, and all well afterwards?"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lift.errors import StorageError
from lift.stages.export import Lists
from lift.workspace import audit
from lift.workspace.campaigns import campaigns, exported_files
from lift.workspace.folder import Workspace
from lift.workspace.register import read_register
from tests.middlemarch import copy_of, finished, lists_of

NAME = "benefit_cap"
FILES = 3


def state(workspace: Workspace) -> dict[str, bytes]:
    """Everything in lists/, unfinished files included."""
    return {str(path): path.read_bytes() for path in sorted(workspace.lists.rglob("*")) if path.is_file()}


class Nth:
    """Does what it stands for, but the n-th time something else; `reached` tells whether there was an n-th time."""

    def __init__(self, real: Callable[[int], None], number: int, happens: Callable[[], BaseException]) -> None:
        self.real, self.number, self.happens, self.reached = real, number, happens, False

    def __call__(self, handle: int) -> None:
        self.number -= 1
        if self.number == 0:
            self.reached = True
            raise self.happens()
        self.real(handle)


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("number", range(1, 2 * FILES + 3))
def test_nobody_counts_as_contacted_where_no_file_left(tmp_path: Path, number: int) -> None:
    """The full disk comes before the names: at a file, at the audit record. Else the next list would leave them off."""
    workspace = copy_of(finished(), tmp_path / "council")
    with lists_of(workspace) as lists, pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", Nth(os.fsync, number, full))
        with pytest.raises(StorageError, match="the disk is full"):
            lists.export(NAME)
    assert state(workspace) == {}
    assert campaigns(workspace) == []
    with read_register(workspace) as register:
        assert exported_files(register) == []


def attempts(lists: Lists, happens: Callable[[], BaseException], expected: type[BaseException]) -> list[str]:
    """Exports with the first write failing, then the second, and so on until one goes through; what each said."""
    told = []
    for number in range(1, 40):
        with pytest.MonkeyPatch.context() as patch:
            nth = Nth(os.fsync, number, happens)
            patch.setattr(os, "fsync", nth)
            try:
                lists.export(NAME)
            except expected as error:
                told.append(str(error))
            if not nth.reached:
                return told
    raise AssertionError("never went through")


@pytest.mark.parametrize(("happens", "expected"), [(full, StorageError), (KeyboardInterrupt, KeyboardInterrupt)])
def test_a_first_export_is_there_whole_or_not_at_all(
    tmp_path: Path, happens: Callable[[], BaseException], expected: type[BaseException]
) -> None:
    workspace = copy_of(finished(), tmp_path / "council")
    with lists_of(workspace) as lists:
        whole = dict.fromkeys(lists.export(NAME).files)
        content = {path: path.read_bytes() for path in whole}
        for path in whole:
            path.unlink()
        told = attempts(lists, happens, expected)
    # Each file is flushed beside its place, and its folder; then the audit record and its folder; then the names.
    assert len(told) == 3 * FILES + 2
    assert {path: path.read_bytes() for path in whole} == content
    assert sorted(state(workspace)) == sorted(map(str, whole))
    assert not workspace.work.exists()
    audit.entries(workspace)  # the chain is whole


@pytest.mark.parametrize("number", [1, 5, 7, 10])
def test_an_earlier_export_stays_whole(tmp_path: Path, number: int) -> None:
    """The full disk comes while a changed list is written over an earlier one."""
    workspace = copy_of(finished(), tmp_path / "council")
    with lists_of(workspace) as lists:
        lists.export(NAME)
    before = state(workspace)
    workspace.settings.write_text(workspace.settings.read_text().replace("# pension_credit = 120", f"{NAME} = 3"))
    with lists_of(workspace) as lists, pytest.MonkeyPatch.context() as patch:
        nth = Nth(os.fsync, number, full)
        patch.setattr(os, "fsync", nth)
        with pytest.raises(StorageError) as raised:
            lists.export(NAME)
    assert str(raised.value).endswith(
        ": the disk is full. Free some space, then try again. Earlier runs and lists are as they were."
    )
    after = state(workspace)
    assert set(after) == set(before)
    done = [path for path in before if after[path] != before[path]]
    assert len(done) < FILES  # a file has its old content or its new one, and never a part
    with lists_of(workspace) as lists:
        lists.export(NAME)
    assert all(state(workspace)[path] == after[path] for path in done)
