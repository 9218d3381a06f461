"""Is the committed sample what the generator makes today?

PYTHONPATH=src .venv/bin/python -m lift.city sample_data --dwellings 300 --seed 1871 --month 2026-11
PYTHONPATH=src .venv/bin/python -m lift.city sample_data/minimal --dwellings 240 --seed 1872 --month 2026-11 --minimal
"""

from __future__ import annotations

from pathlib import Path

from tests.unit.city.test_determinism import REPOSITORY, prints

SAMPLE_DATA = REPOSITORY / "sample_data"
MOST_BYTES = 2_000_000


def test_sample_is_current(sample: Path) -> None:
    made = prints(sample)
    kept = prints(SAMPLE_DATA)
    assert {name: kept.get(name) for name in made} == made


def test_minimal_sample_is_current(minimal: Path) -> None:
    assert prints(SAMPLE_DATA / "minimal") == prints(minimal)


def test_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE_DATA.rglob("*") if path.is_file()) < MOST_BYTES
