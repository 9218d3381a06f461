"""Is every mistake at the command line told in one message (where, what, what to do), with an exit code of its own?

Word for word: these are what an officer reads. Whatever goes wrong, earlier runs stay as they were.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lift.cli.main import run_app
from lift.workspace import start
from lift.workspace.folder import Workspace
from tests.middlemarch import MONTH, copy_of, finished, suppress, suppression_file

Told = tuple[int, str]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The finished workspace, copied, as the folder to stand in."""
    workspace = copy_of(finished(), tmp_path / "council")
    monkeypatch.chdir(workspace.root)
    monkeypatch.delenv("LIFT_WORKSPACE", raising=False)
    return workspace


def lift(capsys: Capture, *arguments: str) -> Told:
    """Exit code and what stood on standard error."""
    umask = os.umask(0o077)
    try:
        code = run_app(list(arguments))
    finally:
        os.umask(umask)
    return code, capsys.readouterr().err


def tree(folder: Path) -> dict[str, str]:
    """Every file below with its digest."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def incoming(workspace: Workspace, start: str = "") -> Path:
    """The month's folder, or the one extract in it whose name begins so."""
    folder = workspace.root / "incoming" / MONTH
    return next(path for path in sorted(folder.iterdir()) if path.name.startswith(start)) if start else folder


# ---- commands and workspaces ----


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["rnu"], 2, "lift: no such command 'rnu'. Did you mean 'run'? Try: lift --help\n"),
        (["run"], 2, "lift: missing option '--month'. Try: lift run --help\n"),
        (["run", "--month", "November"], 2, "lift: November is not a month. Write it as 2026-11.\n"),
        (["run", "--month", "2026-13"], 2, "lift: 2026-13 is not a month. Write it as 2026-11.\n"),
        (["run", "--month", "2026-11", "--day", "2026-02-30"], 2,
         "lift: invalid value for '--day': '2026-02-30' is not a day; write it as 2026-11-12. Try: lift run --help\n"),
        (["run", "--month", "2026-10"], 11,
         "lift: incoming/2026-10: does not exist. Make the folder and put the month's extracts into it. "
         "There is 2026-11.\n"),
        (["check", "--month", "2026-12"], 11,
         "lift: incoming/2026-12: does not exist. Make the folder and put the month's extracts into it. "
         "There is 2026-11.\n"),
        (["list", "pension_credti"], 17,
         "lift: run 2026-11 has no list pension_credti. Did you mean pension_credit? `lift list` shows them all.\n"),
        (["list", "xyz"], 17, "lift: run 2026-11 has no list xyz. `lift list` shows them all.\n"),
        (["list", "--purpose"], 2, "lift: say for which list, for example: lift list pension_credit --purpose\n"),
        (["list", "pension_credit", "--replace"], 2, "lift: --without and --replace go with --export\n"),
        (["list", "pension_credit", "--export", "--without", "telefone"], 2,
         "lift: telefone is no column that can be left out. Did you mean telephone?\n"),
        (["list", "--run", "2026-10"], 17, "lift: there is no run 2026-10 here. There is 2026-11.\n"),
        (["list", "--run", "latest"], 2,
         "lift: latest is not a run. Runs are named by their month, as in 2026-11 (and 2026-11-b for a second one).\n"),
        (["runs", "-w", "nowhere"], 12,
         "lift: nowhere: is not a workspace, for there is no council.toml in it. Go to one, name one with -w, or make "
         "one with: lift init DIR\n"),
        (["runs", "-w", "council.toml"], 12,
         "lift: council.toml: is a file, not a workspace. Give the folder that holds council.toml.\n"),
        (["init", "."], 12, "lift: .: is a workspace already. Nothing was changed; give another folder.\n"),
        (["init", "incoming"], 12,
         "lift: incoming: is not an empty folder. Nothing was changed; give a new or an empty folder.\n"),
        (["demo", "--folder", "incoming"], 12,
         "lift: incoming: is not an empty folder. Nothing was changed; give a new or an empty folder.\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_mistake_in_the_command(
    council: Workspace, capsys: Capture, arguments: list[str], code: int, message: str
) -> None:
    before = tree(council.root)
    assert lift(capsys, *arguments) == (code, message)
    assert tree(council.root) == before


def test_no_run_yet(tmp_path: Path, capsys: Capture) -> None:
    folder = str(tmp_path / "new")
    assert lift(capsys, "init", folder) == (0, "")
    message = "lift: there is no run here yet. Make one with: lift run --month 2026-11 (your month)\n"
    assert lift(capsys, "list", "-w", folder) == (17, message)
    message = "lift: incoming/2026-11: does not exist. Make the folder and put the month's extracts into it.\n"
    assert lift(capsys, "run", "--month", MONTH, "-w", folder) == (11, message)


def test_a_missing_key(council: Workspace, capsys: Capture) -> None:
    council.key.unlink()
    assert lift(capsys, "run", "--month", MONTH) == (
        12,
        "lift: reference.key: is missing from the workspace. Bring it back from the safe copy; with a new key every "
        "family would get a new reference.\n",
    )


def test_a_changed_record_of_what_was_done_stops_a_run_before_it_begins(council: Workspace, capsys: Capture) -> None:
    before = tree(council.runs)
    council.audit.write_bytes(council.audit.read_bytes().replace(b'"run"', b'"ran"', 1))
    (council.root / "incoming" / MONTH).rename(council.root / "incoming" / "2026-12")
    assert lift(capsys, "run", "--month", "2026-12", "--plain") == (
        12,
        "lift: audit.jsonl:1: was changed after it was written, so nothing further is done here. Bring the file back "
        "from the safe copy, and tell whoever answers for data protection.\n",
    )
    assert tree(council.runs) == before


NOT_ALLOWED = "this user may not read or write it. Check its permissions, or ask whoever looks after this computer. "
SAFE = "Earlier runs and lists are as they were.\n"


def forbid(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """What is below a folder, or in a file, that this user may not read. (Whoever may do anything runs tests too.)"""
    for name in ("listdir", "scandir", "open"):
        allowed = getattr(os, name)

        def call(path: Any = ".", *rest: Any, allowed: Callable[..., Any] = allowed, **more: Any) -> Any:
            if isinstance(path, str | os.PathLike) and Path(path).absolute() == place:
                raise PermissionError(errno.EACCES, "Permission denied", str(place))
            return allowed(path, *rest, **more)

        monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize(
    ("part", "code", "message"),
    [
        ("incoming/2026-11", 11, "incoming/2026-11: cannot be read (PermissionError). Check its permissions.\n"),
        ("rules", 19, f"rules: {NOT_ALLOWED}{SAFE}"),
        ("profiles", 19, f"profiles: {NOT_ALLOWED}{SAFE}"),
        ("audit.jsonl", 19, f"audit.jsonl: {NOT_ALLOWED}{SAFE}"),
    ],
)
def test_what_may_not_be_read_is_no_empty_folder(
    council: Workspace, capsys: Capture, monkeypatch: pytest.MonkeyPatch, part: str, code: int, message: str
) -> None:
    before = tree(council.runs)
    forbid(monkeypatch, council.root / part)
    assert lift(capsys, "run", "--month", MONTH, "--day", "2026-11-13", "--plain") == (code, f"lift: {message}")
    monkeypatch.undo()
    assert tree(council.runs) == before


def test_settings_with_mistakes(council: Workspace, capsys: Capture) -> None:
    text = council.settings.read_text()
    council.settings.write_text(text.replace("leave_out = []", 'leave_out = ["pension_credits"]'))
    assert lift(capsys, "run", "--month", MONTH) == (
        12,
        "lift: council.toml: there is no list pension_credits. Did you mean pension_credit?\n",
    )
    council.settings.write_text(text.replace("[run]", "[runs]"))
    assert lift(capsys, "run", "--month", MONTH) == (
        12, "lift: council.toml: runs is no setting of LIFT. Compare with the one that lift init writes.\n"
    )  # fmt: skip


def test_the_sample_data_are_not_there(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "__file__", str(tmp_path / "site-packages" / "lift" / "workspace" / "start.py"))
    assert lift(capsys, "demo", "--folder", str(tmp_path / "demo")) == (
        17,
        "lift: sample_data was not found: it comes with the source code, not with the installed program. Run this in a "
        "copy of the source, or give the folder with --sample.\n",
    )
    assert not (tmp_path / "demo").exists()


# ---- extracts ----


def truncated(workspace: Workspace) -> None:
    path = incoming(workspace, "shbe")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:40]))


def swapped(workspace: Workspace) -> None:
    path = incoming(workspace, "council_tax_accounts")
    lines = path.read_text(encoding="cp1252").split("\n")
    lines[0] = lines[0].replace("uprn,", "x,").replace("postcode,", "uprn,", 1).replace("x,", "postcode,", 1)
    path.write_text("\n".join(lines), encoding="cp1252")


def renamed(workspace: Workspace) -> None:
    path = incoming(workspace, "ctr_awards")
    text = path.read_text(encoding="cp1252")
    path.write_text(text.replace(text.split(",", 2)[1], "wrong_name", 1), encoding="cp1252")


def twice(workspace: Workspace) -> None:
    path = incoming(workspace, "ctr_awards")
    shutil.copy(path, path.with_name("ctr_awards_copy_2026-11-12.csv"))


def emptied(workspace: Workspace) -> None:
    incoming(workspace, "uc_notices").write_bytes(b"")


def folder_in_place_of_a_file(workspace: Workspace) -> None:
    (incoming(workspace) / "from_the_supplier").mkdir()


def without_accounts(workspace: Workspace) -> None:
    incoming(workspace, "council_tax_accounts").unlink()


def without_benefits(workspace: Workspace) -> None:
    for name in ("ctr_awards", "ctr_members", "shbe"):
        incoming(workspace, name).unlink()


def of_another_month(workspace: Workspace) -> None:
    (workspace.root / "incoming" / MONTH).rename(workspace.root / "incoming" / "2027-02")


def a_workbook(workspace: Workspace) -> None:
    (incoming(workspace) / "ctr_2026-11-12.xlsx").write_bytes(b"PK\x03\x04rest")


@pytest.mark.parametrize(
    ("spoil", "month", "beginning", "ending"),
    [
        (emptied, MONTH, "lift: uc_notices_2026-11-11.csv: is empty. ",
         "Ask the supplier's system for the extract again, or remove the file.\n"),
        (truncated, MONTH, "lift: shbe_2026-11-12.txt: has no trailer record at line 40, its last: it was cut short. ",
         "Ask for the whole extract.\n"),
        (twice, MONTH, "lift: ctr_awards_copy_2026-11-12.csv: is the same file as ctr_awards_2026-11-12.csv, byte for "
         "byte. ", "Remove one of them.\n"),
        (renamed, MONTH, "lift: ctr_awards_2026-11-12.csv: its heading line fits no profile. ",
         "Correct the headings, or add a profile for this file.\n"),
        (swapped, MONTH, "lift: council_tax_accounts_2026-11-10.csv: most values under ",
         "compare the headings with what stands below them, or correct the profile.\n"),
        (folder_in_place_of_a_file, MONTH, "lift: from_the_supplier: is a folder, not a file. ",
         "Put the extracts themselves into 2026-11.\n"),
        (a_workbook, MONTH, "lift: ctr_2026-11-12.xlsx: is an Excel workbook or a zip archive, not plain text. ",
         "Save it as CSV (UTF-8) and put that file here.\n"),
        (without_accounts, MONTH, "lift: incoming/2026-11: holds no council tax accounts, from which homes are made. ",
         "Add that extract, then run again.\n"),
        (without_benefits, MONTH, "lift: incoming/2026-11: holds neither Council Tax Reduction awards nor Housing "
         "Benefit claims (SHBE), so no income is known. ", "Add one of them, then run again.\n"),
        (of_another_month, "2027-02", "lift: shbe_2026-11-12.txt: is of 2026-11-12, too old for the run of 2027-02 "
         "(Housing Benefit claims may be a month old). ", "Ask for a newer extract.\n"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_a_mistake_in_the_extracts(
    council: Workspace,
    capsys: Capture,
    spoil: Callable[[Workspace], None],
    month: str,
    beginning: str,
    ending: str,
) -> None:
    spoil(council)
    before = tree(council.root)
    code, message = lift(capsys, "run", "--month", month, "--plain")
    assert code == 11
    assert message.startswith(beginning)
    assert message.endswith(ending)
    assert tree(council.root) == before


def test_a_file_in_place_of_the_months_folder(council: Workspace, capsys: Capture) -> None:
    (council.root / "incoming" / "2026-12").write_text("")
    assert lift(capsys, "run", "--month", "2026-12") == (
        11,
        "lift: incoming/2026-12: is a file, not a folder. Make the folder and put the month's extracts into it. "
        "There is 2026-11.\n",
    )


def test_a_day_that_no_rule_covers(council: Workspace, capsys: Capture) -> None:
    before = tree(council.runs)
    code, message = lift(capsys, "run", "--month", MONTH, "--day", "2019-01-01", "--plain")
    assert code == 18
    assert " covers " in message
    assert message.endswith("Choose another day, or bring its rates up to date.\n")
    assert tree(council.runs) == before


def test_a_rule_of_the_councils_own_with_a_mistake(council: Workspace, capsys: Capture) -> None:
    (council.rules / "crisis_fund.yaml").write_text("id: crisis_fund\nname: Crisis fund\n")
    before = tree(council.runs)
    code, message = lift(capsys, "run", "--month", MONTH)
    assert code == 10
    assert message.startswith("lift: rules/crisis_fund.yaml:1:1: the key ")
    assert ".work" not in message
    assert tree(council.runs) == before


# ---- exports ----


def test_an_export_without_a_suppression_list(council: Workspace, capsys: Capture) -> None:
    suppression_file(council).unlink()
    assert lift(capsys, "list", "pension_credit", "--export") == (
        15,
        "lift: there is no suppression list in incoming, so no list can be shown or exported. Put one into "
        "the month's folder (templates/suppression.csv shows how), or have a lead sign nil_return.toml.\n",
    )
    assert list(council.lists.rglob("*.*")) == []
    code, message = lift(capsys, "list", "--plain")
    assert code == 0
    assert message.startswith("Note: There is no suppression list in incoming, so no list can be shown or exported.")


def test_a_list_cannot_be_shown_either_while_nobody_knows_who_must_not_be_on_it(
    council: Workspace, capsys: Capture
) -> None:
    suppress(council, {"nino": "MW999999A", "reason": "refuge"})
    assert lift(capsys, "list", "pension_credit") == (
        15,
        "lift: rows of the suppression list that match nobody in this run's extracts: suppressions_2026-11-12.csv line "
        "2. Somebody may be missed, so nothing was exported. Correct them, or have a lead who knows why acknowledge "
        "them: lift suppressions acknowledge 2 --help\n",
    )


# ---- the machine ----


def test_a_folder_that_may_not_be_written(council: Workspace, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    assert lift(capsys, "list", "pension_credit", "--export") == (
        19,
        "lift: pension_credit_call_file.xlsx: may not be written (Permission denied). Close the program that has it "
        f"open, or see who may write to the folder lists/{MONTH}/callers. {SAFE}",
    )


def test_a_full_disk_before_the_run(council: Workspace, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(council.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=20 * 1024 * 1024))
    assert lift(capsys, "run", "--month", MONTH) == (
        19,
        "lift: .: 20 MB are free, but about 300 MB are needed. Free some space or move the workspace, then try again. "
        "Nothing was changed.\n",
    )


def test_stopping_by_hand(council: Workspace, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = tree(council.root)
    monkeypatch.setattr("lift.pipeline.intake", stop)
    assert lift(capsys, "check", "--month", MONTH) == (130, "lift: Stopped. Earlier runs and lists are as they were.\n")
    assert tree(council.root) == before


def test_a_fault_of_ours_tells_kind_and_place_and_never_what_it_said(
    council: Workspace, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Mrs Dorothea Brooke, MW112648B")

    monkeypatch.setattr("lift.pipeline.intake", fail)
    monkeypatch.setattr("sys.argv", ["lift", "check", "--month", MONTH])
    code, message = lift(capsys, "check", "--month", MONTH)
    assert code == 70
    assert message.startswith("lift: a fault of LIFT itself (ValueError at test_command_messages.py:")
    assert message.endswith("Details without data are in faults.log; send them with a report.\n")
    kept = council.fault_log.read_text()
    assert kept.startswith("ValueError\n  main.py:")
    assert "Brooke" not in kept + message
    assert council.fault_log.stat().st_mode & 0o777 == 0o600
