"""Does `lift sample` write a city that `lift init` takes, and say what is wrong where it cannot?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lift.cli.main import run_app

Capture = pytest.CaptureFixture[str]


def test_a_city_is_written_and_taken_into_a_workspace(tmp_path: Path, capsys: Capture) -> None:
    city = tmp_path / "city"
    assert run_app(["sample", str(city), "--dwellings", "30", "--seed", "4", "--months", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["months"] == ["2026-10", "2026-11"]
    assert (told["dwellings"], told["seed"], told["files"]) == (30, 4, 22)
    assert sorted(path.name for path in (city / "truth").iterdir()) == ["2026-10", "2026-11", "events.csv"]
    assert run_app(["init", str(tmp_path / "council"), "--sample", str(city)]) == 0
    assert len(list((tmp_path / "council" / "incoming" / "2026-10").iterdir())) == 11


def test_it_says_what_is_there_and_what_comes_next(tmp_path: Path, capsys: Capture) -> None:
    assert run_app(["sample", str(tmp_path / "city"), "--dwellings", "30", "--minimal", "--month", "2026-12"]) == 0
    told = capsys.readouterr().out
    assert "Making a city of 30 dwellings that do not exist." in told
    assert "city is ready: 5 files of 2026-12" in told
    assert f"lift init council --sample {tmp_path / 'city'}\n  lift run --month 2026-12 -w council" in told


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--dwellings", "0"], 2, "lift sample: a city needs at least one dwelling. Nothing was written."),
        (["--months", "13"], 2, "lift sample: a city has one month to 12 months. Nothing was written."),
        (
            ["--month", "2024-11"],
            2,
            "lift sample: figures.yaml holds the rates for May 2026 to March 2027: choose a month among them. "
            "Nothing was written.",
        ),
        (["--month", "11/2026"], 2, "lift sample: 11/2026 is not a month; write it as 2026-11. Nothing was written."),
        (["--figures", "nowhere.yaml"], 19, "nowhere.yaml: No such file or directory."),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    tmp_path: Path, capsys: Capture, arguments: list[str], code: int, told: str
) -> None:
    assert run_app(["sample", str(tmp_path / "city"), *arguments]) == code
    assert f"lift: {told}" in capsys.readouterr().err
    assert not (tmp_path / "city").exists()


def test_a_folder_that_holds_extracts_is_left_alone(tmp_path: Path, capsys: Capture) -> None:
    mine = tmp_path / "incoming" / "2026-11" / "accounts.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert run_app(["sample", str(tmp_path), "--dwellings", "5"]) == 2
    assert capsys.readouterr().err == (
        f"lift: {tmp_path}: holds an incoming/ or a truth/ already. Nothing was changed; "
        "give a new or an empty folder.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["incoming"]
    assert mine.read_text() == "mine"
