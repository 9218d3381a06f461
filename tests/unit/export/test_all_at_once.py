"""Do all lists together leave as they do one after the other, whichever process works on them?"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lift.errors import DisclosureError
from lift.stages import export
from lift.stages.export import Exported, open_lists
from lift.workspace.campaigns import campaigns
from lift.workspace.folder import Workspace
from lift.workspace.register import read_register
from lift.workspace.runs import find_run
from lift.workspace.settings import read_settings
from tests.middlemarch import copy_of, finished, lists_of


def files(workspace: Workspace) -> dict[str, bytes]:
    """What lies in lists/, and what the register keeps of it."""
    found = {
        path.relative_to(workspace.root).as_posix(): path.read_bytes()
        for path in sorted(workspace.lists.rglob("*"))
        if path.is_file()
    }
    with read_register(workspace) as register:
        contacts = register.execute("SELECT * FROM contact ORDER BY ALL").fetchall()
    return {**found, "register": repr((contacts, campaigns(workspace))).encode()}


def names(workspace: Workspace) -> list[str]:
    return [one.name for one in find_run(workspace).record.lists]


def all_at_once(workspace: Workspace) -> list[Exported]:
    run = find_run(workspace)
    every = names(workspace)
    with open_lists(workspace, read_settings(workspace), run, to_export=every) as lists:
        assert (lists.gate.beside is None) == (export.WORTH_A_PROCESS > 0)
        return list(lists.export_all(every))


@pytest.mark.parametrize(("answers", "at_a_time"), [(1_000_000, 1_000_000), (1_000_000, 1), (0, 7)])
def test_the_same_files_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: int, at_a_time: int) -> None:
    """In one process whole and in single answers, and shared by two."""
    apart = copy_of(finished(), tmp_path / "apart")
    with lists_of(apart) as lists:
        one_by_one = [lists.export(name) for name in names(apart)]
    monkeypatch.setattr(export, "WORTH_A_PROCESS", answers)
    monkeypatch.setattr(export, "AT_A_TIME", at_a_time)
    together = copy_of(finished(), tmp_path / "together")
    done = all_at_once(together)
    assert [(one.name, one.shown) for one in done] == [(one.name, one.shown) for one in one_by_one]
    assert files(together) == files(apart)
    assert len(files(together)) > 10


def test_a_family_leaves_once(tmp_path: Path) -> None:
    """Whoever an earlier list of the same export names is held back from the later ones."""
    workspace = copy_of(finished(), tmp_path / "council")
    all_at_once(workspace)
    found: list[str] = []
    for path in sorted(workspace.lists.rglob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            found += [row["reference"] for row in csv.DictReader(file)]
    assert len(found) == len(set(found)) > 20


def test_nothing_leaves_if_one_of_them_may_not(tmp_path: Path) -> None:
    workspace = copy_of(finished(), tmp_path / "council")
    settings = workspace.settings.read_text()
    last = settings.rindex("gateway = ")
    workspace.settings.write_text(f'{settings[:last]}gateway = ""{settings[settings.index(chr(10), last) :]}')
    with pytest.raises(DisclosureError, match=r"has no gateway, so nothing was exported\."):
        all_at_once(workspace)
    assert list(workspace.lists.rglob("*.*")) == []
    assert campaigns(workspace) == []
