"""Prints every budget of the design beside what was measured here and now.

`python -m benchmarks [--households N] [--dwellings N] [--repeats N]`. Ratios are medians over the repeats of one run on
one machine.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from benchmarks import by_hand, following, households, reading
from lift.engines.duckdb.answers import run_answers
from lift.plan.compile import compile_plan
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook

MIX = ("attendance_allowance", "benefit_cap", "free_school_meals", "pension_credit")
PENSION_AGE = (
    "attendance_allowance", "carers_allowance", "council_tax_reduction_pension_age", "housing_benefit_pension_age",
    "pension_credit",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--households", type=int, default=500_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--dwellings", type=int, default=10_000, help="of the city whose lists are exported")
    options = parser.parse_args()
    book = load_rulebook(examples=False)
    compile_times(book, options.repeats)
    start_times(options.repeats)
    reading.compare(options.repeats, say)
    following.measure(options.dwellings, partial(median_of, options.repeats), say)
    assess_times(book, options.households, options.repeats, "the four rules", MIX, aged=False)
    assess_times(book, options.households, options.repeats, "pension-age rules", PENSION_AGE, aged=True)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say("largest memory of this process", f"{used:,.0f} MB", "4 GB")


def say(what: str, measured: str, budget: str) -> None:
    print(f"{what:<58} {measured:<38} budget {budget}", flush=True)


def median_of(repeats: int, work: Callable[[], object]) -> float:
    """Median seconds over the repeats, after one run that warms up."""
    work()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def compile_times(book: Rulebook, repeats: int) -> None:
    rules = sorted(r.id for r in book.rules.values())
    seconds = median_of(
        repeats, lambda: [s.select.sql(dialect="duckdb") for s in compile_plan(book, rules, date(2026, 11, 12)).selects]
    )
    say(f"compile all {len(rules)} rules for a day, worst case", f"{seconds:.2f} s", "2 s")


def start_times(repeats: int) -> None:
    """`lift --help` against the emptiest Typer application."""
    empty = "import typer\napp = typer.Typer()\n@app.command()\ndef nothing() -> None: ...\napp()"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.py"
        file.write_text(empty)
        plain = median_of(max(repeats, 5), lambda: _run([sys.executable, str(file), "--help"]))
    ours = median_of(max(repeats, 5), lambda: _run([sys.executable, "-m", "lift.cli.main", "--help"]))
    say("lift --help against an empty Typer application", f"{ours:.2f} s / {plain:.2f} s = {ours / plain:.2f}x", "2x")


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


def assess_times(book: Rulebook, wanted: int, repeats: int, what: str, rules: Sequence[str], *, aged: bool) -> None:
    """Rules against the same written by hand; `aged`: among households of which a third are over pension age."""
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(Path(folder) / "bench.duckdb"), config={"threads": 2}) as connection,
    ):
        households.sample_units(connection, book, ROOT / "sample_data" / "incoming" / "2026-11")
        if aged:
            households.keep_a_third_over_pension_age(connection)
        households.multiply(connection, book, wanted)
        sizes = [f"{_count(connection, level):,} {level}" for level in ("household", "family", "person", "period")]
        say(f"units for {what}", ", ".join(sizes), "")
        households.exact_tables(connection, book)
        query = f"CREATE OR REPLACE TEMP TABLE by_hand AS {by_hand.query(rules)}"
        exact = median_of(repeats, lambda: connection.execute(query))

        def compare(title: str, budget: str) -> None:
            took = median_of(repeats, lambda: run_answers(connection, book, households.DAY, rules))
            say(f"{what}, {title}", f"{took:.2f} s / {exact:.2f} s = {took / exact:.2f}x", budget)

        compare("the sample's mix of unknowns", "2x")
        households.forget_everything(connection, book)
        compare("everything unknown", "3.5x")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main()
