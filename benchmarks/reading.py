"""How much slower than DuckDB's own `read_csv` is intake, which checks every line on its own and loses none?"""

from __future__ import annotations

import csv
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
    """The sample's good lines over and over, quotation marks as they stand, with references of their own."""
    text = sample.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    header, lines = text[0], [line for line in text[1:] if _is_good(line, text[0])]
    names = header.lower().split(",")
    places = [names.index(name) for name in ("account_ref", "property_ref", "uprn")]
    rng = random.Random(1)
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write(header + "\n")
        for number in range(_LINES):
            cells = rng.choice(lines).split(",")
            for place in places:  # all three stand before the first field in quotation marks
                cells[place] = str(10 ** (len(cells[place]) - 1) + number)
            out.write(",".join(cells) + "\n")


def _is_good(line: str, header: str) -> bool:
    """Whether the line is a row that will be accepted: about all are; what is planted in the sample is not."""
    (cells,) = csv.reader([line])
    return len(cells) == header.count(",") + 1 and cells[1] == "1" and "\ufffd" not in line


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
