"""Does an installed LIFT carry its law and its data files?"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = (".yaml", ".csv")


def data_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in DATA}


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--wheel-dir", str(folder)]
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*command, *options], check=True, cwd=folder)
    (wheel,) = folder.glob("lift_council-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_every_rule(wheel_names: set[str]) -> None:
    rules = data_files(ROOT / "rules")
    assert "facts.yaml" in rules
    shipped = {name.removeprefix("lift/rules/") for name in wheel_names if name.startswith("lift/rules/")}
    assert rules <= shipped


def test_the_wheel_carries_the_data_files_beside_the_code(wheel_names: set[str]) -> None:
    assert {f"lift/{name}" for name in data_files(ROOT / "src" / "lift")} <= wheel_names


def test_the_wheel_carries_nothing_but_the_package(wheel_names: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel_names if ".dist-info/" not in name} == {"lift"}
