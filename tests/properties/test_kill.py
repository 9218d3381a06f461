"""Does a program that is killed at any moment leave earlier runs whole, and nothing half done in sight?

`kill -9` in the middle of a real `lift run` and of a real export. A few kills here; LIFT_KILLS=100 for more.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import openpyxl
import pytest

from lift.workspace import audit, register
from lift.workspace.folder import Workspace
from lift.workspace.runs import all_runs, run_ids
from tests.middlemarch import SAMPLE, new_workspace, work_only

KILLS = int(os.environ.get("LIFT_KILLS", "3"))
PROGRAM = [sys.executable, "-c", "from lift.cli.main import run; run()"]


def command(workspace: Workspace, *arguments: str, program: str = PROGRAM[-1]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM[:-1], program, *arguments, "-w", str(workspace.root), "--plain"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def finish(process: subprocess.Popen[bytes]) -> float:
    """Waits for a command that nobody kills, and tells how long it took."""
    began = time.monotonic()
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()
    return time.monotonic() - began


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate(timeout=60)


def tree(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Few extracts and one rule, for speed; the same extracts for two months, of which the first has been run."""
    workspace = new_workspace(tmp_path_factory.mktemp("kill") / "council", SAMPLE / "minimal")
    work_only(workspace, "pension_credit")
    incoming = workspace.root / "incoming"
    (incoming / "2026-12").mkdir()
    for path in (incoming / "2026-11").iterdir():
        (incoming / "2026-12" / path.name).write_bytes(path.read_bytes())
    finish(command(workspace, "run", "--month", "2026-11"))
    return workspace


def test_a_killed_run_leaves_earlier_runs_whole_and_the_next_one_works(council: Workspace) -> None:
    earlier = tree(council.runs / "2026-11")
    lasts = finish(command(council, "check", "--month", "2026-12")) + 6
    moments = random.Random(KILLS)
    for _ in range(KILLS):
        kill_after(command(council, "run", "--month", "2026-12"), moments.uniform(0.3, lasts))
        assert tree(council.runs / "2026-11") == earlier
        assert run_ids(council) in (["2026-11"], ["2026-11", "2026-12"])
        for run in all_runs(council):  # every run in sight can be read, and its database opened
            with duckdb.connect(str(run.core), read_only=True) as core:
                assert core.execute("SELECT count(*) FROM ranked").fetchall()[0][0] > 0
            assert run.report.is_file()
            assert run.refusals.is_file()
        assert len(audit.entries(council)) >= 1
        with register.open_register(council) as connection:
            assert connection.execute("SELECT min(run) FROM run").fetchall() == [("2026-11",)]
    finish(command(council, "run", "--month", "2026-12"))
    assert run_ids(council) == ["2026-11", "2026-12"]
    assert tree(council.runs / "2026-11") == earlier
    assert not council.work.exists()
    with register.open_register(council) as connection:
        assert connection.execute("SELECT run FROM run ORDER BY run").fetchall() == [("2026-11",), ("2026-12",)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limit to the size of files")
@pytest.mark.parametrize("size", [0, 1000, 4000])
def test_an_export_killed_in_the_middle_of_a_file_leaves_whole_files(council: Workspace, size: int) -> None:
    """The operating system kills the program at the byte that goes over a limit: a moment that chance seldom meets."""
    export = ("list", "pension_credit", "--export")
    finish(command(council, *export))
    folder = council.lists / run_ids(council)[-1]
    whole = tree(folder)
    assert (folder / "callers" / "pension_credit_call_file.xlsx").stat().st_size > 4000
    limited = (
        f"import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
        f"signal.signal(signal.SIGXFSZ, signal.SIG_DFL); {PROGRAM[-1]}"
    )
    process = command(council, *export, program=limited)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGXFSZ
    found = tree(folder)
    assert {name: digest for name, digest in found.items() if ".part-" not in name} == whole
    finish(command(council, *export))
    assert tree(folder) == whole


def test_a_killed_export_leaves_whole_files_or_none(council: Workspace) -> None:
    export = ("list", "pension_credit", "--export")
    lasts = finish(command(council, *export))
    folder = council.lists / run_ids(council)[-1]
    whole = tree(folder)
    moments = random.Random(KILLS)
    for attempt in range(KILLS):
        if attempt % 2:
            for path in folder.rglob("*.*"):
                path.unlink()
        kill_after(command(council, *export), moments.uniform(0.2 * lasts, lasts))
        found = {name: digest for name, digest in tree(folder).items() if ".part-" not in name}
        assert found.items() <= whole.items()
        audit.entries(council)
    finish(command(council, *export))
    assert tree(folder) == whole  # and what a killed export left half written is gone
    openpyxl.load_workbook(folder / "callers" / "pension_credit_call_file.xlsx")
