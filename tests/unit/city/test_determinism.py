"""Are the same arguments the same bytes, another seed another city, and a city whole or not there at all?"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import lift.city
from lift.city import generate, write
from lift.city.extracts.row import Extract
from lift.city.figures import Figures
from lift.city.generate import Brief
from tests.unit.city.cities import MONTH, TRUTH, table

REPOSITORY = Path(__file__).parents[3]


def prints(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, dwellings=130, seed=7, month=MONTH)
    assert prints(tmp_path / "one") == prints(tmp_path / "two")


def test_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    for name in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "lift.cli.main", "sample", str(tmp_path / name), "--dwellings", "60", "--seed", "5"],
            check=True,
            cwd=REPOSITORY,
            env={"PYTHONHASHSEED": name, "PYTHONPATH": str(REPOSITORY / "src")},
        )
    assert prints(tmp_path / "1") == prints(tmp_path / "2")


def test_another_seed_another_city(tmp_path: Path) -> None:
    for seed in (7, 8):
        write(tmp_path / str(seed), dwellings=130, seed=seed, month=MONTH)
    first, second = prints(tmp_path / "7"), prints(tmp_path / "8")
    assert first.keys() == second.keys()
    differing = {name for name in first if first[name] != second[name]}
    assert differing == {name for name in first if "/wards_" not in name}  # postcodes lie where they lie


@pytest.mark.parametrize("dwellings", [1, 2, 25])
def test_small_cities(tmp_path: Path, dwellings: int) -> None:
    write(tmp_path, dwellings=dwellings, seed=3, month=MONTH)
    (accounts,) = tmp_path.glob("incoming/2026-11/council_tax_accounts_*.csv")
    fields = [line.split(b",") for line in accounts.read_bytes().splitlines()]
    assert len({line[2] for line in fields if line[1] == b"1"}) == dwellings


@pytest.mark.parametrize("month", [date(2026, 5, 1), date(2026, 8, 1), date(2027, 3, 1)])
def test_other_months(tmp_path: Path, month: date) -> None:
    write(tmp_path, dwellings=250, seed=3, month=month)
    assert (tmp_path / "incoming" / month.strftime("%Y-%m")).is_dir()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"month": date(2024, 11, 1)}, "May 2026 to March 2027"),
        ({"dwellings": 0}, "at least one dwelling"),
        ({"dwellings": 250_001}, "at most 250,000 dwellings"),
        ({"months": 0}, "one month to 12 months"),
        ({"months": 13}, "one month to 12 months"),
    ],
)
def test_a_city_that_cannot_be_is_refused(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    known: dict[str, Any] = {"dwellings": 10, "seed": 1, "month": MONTH, **wrong}
    with pytest.raises(ValueError, match=told):
        write(tmp_path / "out", **known)
    assert not (tmp_path / "out").exists()


def test_a_city_is_not_written_over_another(tmp_path: Path) -> None:
    write(tmp_path, dwellings=5, seed=1, month=MONTH)
    before = prints(tmp_path)
    with pytest.raises(FileExistsError, match="incoming is there already"):
        write(tmp_path, dwellings=6, seed=1, month=MONTH)
    assert prints(tmp_path) == before


@pytest.mark.parametrize("is_new", [True, False])
def test_a_city_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    def stop(*_: object) -> list[Extract]:
        raise KeyboardInterrupt

    folder = tmp_path / "city"
    if not is_new:
        folder.mkdir()
        (folder / "README.md").write_text("mine")
    monkeypatch.setattr(generate, "extracts", stop)
    with pytest.raises(KeyboardInterrupt):
        write(folder, dwellings=5, seed=1, month=MONTH)
    assert [path.name for path in tmp_path.rglob("*")] == ([] if is_new else ["city", "README.md"])


def test_two_processes_write_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, least in (("one", 1_000_000), ("two", 1)):
        monkeypatch.setattr(lift.city, "WORTH_TWO_PROCESSES", least)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        write(tmp_path / name, dwellings=40, seed=7, month=MONTH, months=3)
    assert prints(tmp_path / "one") == prints(tmp_path / "two")


# Districts


@pytest.fixture
def districts_of_fifty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "HOMES_OF_A_DISTRICT", 50)


@pytest.mark.usefixtures("districts_of_fifty")
def test_a_district_is_the_same_whichever_others_are_made(figures: Figures) -> None:
    brief = Brief(figures, 130, 7, MONTH)
    assert list(brief.districts) == [0, 1, 2]
    alone = generate.district(brief, 2)
    again = [generate.district(brief, number) for number in brief.districts][2]
    assert alone == again
    assert [home.dwelling.index for home in alone.homes] == list(range(100, 130))


@pytest.mark.usefixtures("districts_of_fifty")
def test_nobody_shares_a_number_across_districts(tmp_path: Path) -> None:
    write(tmp_path, dwellings=130, seed=7, month=MONTH)
    people = table(tmp_path / TRUTH / "people.csv")
    for column in ("person_id", "nino", "phone"):
        held = [row[column] for row in people if row[column]]
        assert len(held) == len(set(held)), column
    assert len({row["household_id"] for row in people}) > 100


@pytest.mark.usefixtures("districts_of_fifty")
def test_a_file_of_many_districts_is_one_file(tmp_path: Path) -> None:
    """One heading, one byte order mark, one header and trailer, and the truth names the lines of the whole file."""
    write(tmp_path, dwellings=130, seed=7, month=MONTH)
    (accounts,) = tmp_path.glob("incoming/*/council_tax_accounts_*.csv")
    assert accounts.read_bytes().count(b"extract_date") == 1
    (roll,) = tmp_path.glob("incoming/*/school_roll_primary_*.csv")
    assert roll.read_bytes().count(b"\xef\xbb\xbf") == 1
    (shbe,) = tmp_path.glob("incoming/*/shbe_*.txt")
    lines = shbe.read_text().splitlines()
    assert lines[0].startswith("HDR|") and lines[-1] == f"TRL|{len(lines) - 2}"
    text = accounts.read_bytes().decode("cp1252").splitlines()
    seen = 0
    people = {row["person_id"]: row["surname"].upper() for row in table(tmp_path / TRUTH / "people.csv")}
    spoilt = {(row["file"], row["line"]) for row in table(tmp_path / TRUTH / "faults.csv")}
    for row in table(tmp_path / TRUTH / "rows.csv"):
        sound = (row["file"], row["line"]) not in spoilt
        if row["file"] == accounts.name and row["person_id"] in people and sound:
            assert people[row["person_id"]] in text[int(row["line"]) - 1].upper()
            seen += 1
    assert seen > 100
