"""Does any later change to the audit record show?"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from lift.errors import SettingsError
from lift.workspace import audit
from lift.workspace.folder import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    for list_name in ("pension_credit", "benefit_cap", "families"):
        audit.record(workspace, {"what": "export", "list": list_name, "rows": 3})
    return workspace


def test_entries_say_what_who_and_when_in_order(workspace: Workspace) -> None:
    found = audit.entries(workspace)
    assert [entry["list"] for entry in found] == ["pension_credit", "benefit_cap", "families"]
    assert all(entry["who"] and entry["when"] for entry in found)
    assert workspace.audit.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [lines[0], lines[1].replace(b'"rows": 3', b'"rows": 2'), lines[2]], 2),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], b"\n", *lines[1:]], 2),
        (lambda lines: lines[1:], 1),
    ],
    ids=["edited", "dropped", "moved", "blank line", "first one dropped"],
)
def test_a_changed_line_shows(workspace: Workspace, change: Callable[[list[bytes]], list[bytes]], line: int) -> None:
    workspace.audit.write_bytes(b"".join(change(workspace.audit.read_bytes().splitlines(keepends=True))))
    with pytest.raises(SettingsError, match=f"^audit.jsonl:{line}: was changed after it was written"):
        audit.record(workspace, {"what": "export"})
    with pytest.raises(SettingsError):
        audit.entries(workspace)


def test_a_line_cut_short_by_a_kill_is_written_over_and_said(workspace: Workspace) -> None:
    with workspace.audit.open("ab") as file:
        file.write(b'{"what": "exp')
    assert len(audit.entries(workspace)) == 3
    audit.record(workspace, {"what": "run"})
    found = audit.entries(workspace)
    assert len(found) == 4
    assert found[3]["after_a_line_cut_short"] is True
    assert b'"exp' + b"\n" not in workspace.audit.read_bytes()


def test_the_hash_of_an_entry_is_the_next_ones_previous(workspace: Workspace) -> None:
    latest = audit.record(workspace, {"what": "run"})
    audit.record(workspace, {"what": "run"})
    assert audit.entries(workspace)[-1]["previous"] == latest


def _record_twenty(folder: Path) -> None:
    for number in range(20):
        audit.record(Workspace(folder), {"what": "query", "number": number})


def test_two_who_record_at_once_leave_one_chain(tmp_path: Path) -> None:
    """Two analysts who ask at the same moment must not break the record for everybody."""
    both = multiprocessing.get_context("spawn")
    writers = [both.Process(target=_record_twenty, args=(tmp_path,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(audit.entries(Workspace(tmp_path))) == 40
