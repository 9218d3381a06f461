"""Does the closing screen say what was read, who is known and what comes next, also when no list may be shown?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lift.cli.main import run_app
from lift.cli.screen import Screen
from lift.cli.summary import closing_screen
from lift.stages.export import gate
from lift.stages.export.showing import Showing, showing_of
from lift.stages.intake import NO_SUPPRESSIONS
from lift.workspace.folder import Workspace
from lift.workspace.runs import Missing, find_run
from tests.middlemarch import MONTH, copy_of, finished, lists_of, suppression_file


@pytest.fixture
def council(tmp_path: Path) -> Workspace:
    return copy_of(finished(), tmp_path / "council")


def test_the_next_command_is_the_first_list_with_somebody_on_it(
    council: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_app(["summary", "--plain", "-w", str(council.root)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "Nothing has been sent. Next: lift list benefit_cap"


def test_without_a_suppression_list_counts_are_shown_and_no_list(
    council: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    suppression_file(council).unlink()
    assert run_app(["summary", "--plain", "-w", str(council.root)]) == 0
    told = capsys.readouterr()
    (row,) = [line.split("\t") for line in told.out.splitlines() if line.startswith("pension_credit\t")]
    assert row[4] == "all"
    assert told.out.endswith("Nothing has been sent. Next: lift list\n")
    assert told.err == (
        "Note: There is no suppression list in incoming, so no list can be shown or exported. Put one into the "
        "month's folder (templates/suppression.csv shows how), or have a lead sign nil_return.toml.\n"
    )


def test_a_run_without_a_suppression_list_says_so_once(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    run = find_run(council)
    absent = Missing(kind="suppression", title="Suppression list", cost="no list can be exported")
    told = {"missing": (*run.record.missing, absent), "warnings": (NO_SUPPRESSIONS, "April rates are due.")}
    without = replace(run, record=run.record.model_copy(update=told))
    closing_screen(Screen(plain=True), council, without, Showing(trouble="no list of who is left out."))
    said = capsys.readouterr()
    assert "Suppression list" not in said.out
    assert said.err == "Note: April rates are due.\nNote: No list of who is left out.\n"
    # Once there is one, what the run lacked is told as it stood.
    closing_screen(Screen(plain=True), council, without, Showing())
    said = capsys.readouterr()
    assert "  Suppression list: no list can be exported\n" in said.out
    assert said.err == f"Note: {NO_SUPPRESSIONS}\nNote: April rates are due.\n"


def test_what_a_run_has_just_counted_is_shown_as_it_is(
    council: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second count, as for `lift summary`, would take seconds in a city. Word for word the screen is the same."""
    run = find_run(council)
    with lists_of(council) as lists:
        showing = showing_of(lists.gate)
    closing_screen(Screen(plain=True), council, run)
    worked_out = capsys.readouterr()
    monkeypatch.setattr(gate, "open_gate", lambda *_: pytest.fail("worked out again"))
    closing_screen(Screen(plain=True), council, run, showing)
    assert capsys.readouterr() == worked_out
    closing_screen(Screen(plain=True), council, run, Showing(trouble="nothing may leave."))
    told = capsys.readouterr()
    assert told.err == "Note: Nothing may leave.\n"
    assert "\tall\t" in told.out


def test_the_summary_as_json_is_the_runs_record(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(["summary", "--json", "-w", str(council.root)]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((council.runs / MONTH / "run.json").read_text())
