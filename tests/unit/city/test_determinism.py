"""Are the same arguments the same bytes, and another seed another city?"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from lift.city import write
from lift.city.__main__ import main
from tests.unit.city.cities import MONTH

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
            [sys.executable, "-m", "lift.city", str(tmp_path / name), "--dwellings", "60", "--seed", "5"],
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
    assert differing == first.keys()


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


def test_month_without_rates_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "out"), "--month", "2024-11"]) == 1
    assert "May 2026 to March 2027" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_no_dwelling_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "out"), "--dwellings", "0"]) == 1
    assert "at least one dwelling" in capsys.readouterr().err
