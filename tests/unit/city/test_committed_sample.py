"""Is the committed sample what the generator makes today? (sample_data/README.md says how it is made anew.)"""

from __future__ import annotations

from pathlib import Path

from lift.city import write
from tests.middlemarch import SAMPLE, small_city
from tests.unit.city.cities import MONTH
from tests.unit.city.test_determinism import prints

MOST_BYTES = 6_000_000


def test_sample_is_current(tmp_path: Path) -> None:
    write(tmp_path, dwellings=2000, seed=1871, month=MONTH)
    kept = prints(SAMPLE)
    made = prints(tmp_path)
    assert {name: kept.get(name) for name in made} == made


def test_minimal_sample_is_current() -> None:
    assert prints(SAMPLE / "minimal") == prints(small_city(dwellings=240, seed=1872, minimal=True))


def test_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < MOST_BYTES
