"""How much slower than DuckDB's own `read_csv` is intake, which checks every line on its own and loses none?"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from lift.stages.intake import intake

_LINES = 300_000


def compare(repeats: int, say: Callable[[str, str, str], None]) -> None:
    """A council tax file of 300,000 lines, read both ways."""
    with tempfile.TemporaryDirectory() as folder:
        sample = next(
            (Path(__file__).resolve().parents[1] / "sample_data/incoming/2026-11").glob("council_tax_accounts*.csv")
        )
        file = Path(folder) / "incoming" / sample.name
        file.parent.mkdir()
        _enlarge(sample, file)
        plain = _median(repeats, lambda: _read_csv(file))
        ours = _median(repeats, lambda: _intake(file.parent))
        size = file.stat().st_size / 1e6
    say(
        f"intake of {_LINES:,} accounts ({size:.0f} MB) against read_csv",
        f"{ours:.2f} s / {plain:.2f} s = {ours / plain:.2f}x",
        "2x",
    )


def _enlarge(sample: Path, file: Path) -> None:
    """The sample's good lines over and over, each with an account number of its own."""
    text = sample.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    header, lines = text[0], [line for line in text[1:] if line.count(",") == text[0].count(",") and '"' not in line]
    place = next(i for i, name in enumerate(header.lower().split(",")) if "account" in name)
    rng = random.Random(1)
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write(header + "\n")
        for number in range(_LINES):
            cells = rng.choice(lines).split(",")
            cells[place] = str(30_000_000 + number)
            out.write(",".join(cells) + "\n")


def _read_csv(file: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"CREATE TABLE plain AS SELECT * FROM read_csv('{file}', header=true, all_varchar=true)")


def _intake(folder: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        intake(connection, folder)


def _median(repeats: int, work: Callable[[], None]) -> float:
    times = []
    for _ in range(repeats + 1):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:])
