"""Do rows come out the same, whether cells that say the same are read once for all or each by itself?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lift.errors import ExtractError
from lift.sources import repeated
from tests.properties.test_conservation import DAMAGES, Damage, damaged, taken_in

CASES = int(os.environ.get("LIFT_FUZZ_CASES", "20"))
INCOMING = Path(__file__).resolve().parents[2] / "sample_data" / "incoming" / "2026-11"
EXTRACTS = ("council_tax_accounts", "ctr_awards", "ctr_members", "uc_notices", "school_roll_primary", "contacts")
# What suppliers write in a cell, and what they should not.
DATES = ["31/02/2020", "1/3/1946", "2026-11-10 00:00:00", "31/12/2099", "2-Jan-46"]
CELLS = st.sampled_from(
    [*DATES, " 1 ", "1", "0", "y", "N", "maybe", "spd", "£1,234.50", "12.345", "-1", " ", "A1", "f3"]
)


@contextmanager
def reading(*, repeats_from: int) -> Iterator[None]:
    """Cells of blocks with so many rows, or more, are read once for all, however few say the same."""
    with patch.multiple(repeated, FEWEST_ROWS=repeats_from, SHARE=1):
        yield


def outcome(name: str, content: bytes) -> list[object]:
    """Every row of every table, or the reason why there is none."""
    try:
        connection, report = taken_in(name, content)
    except ExtractError as error:
        return [str(error)]
    tables = sorted(table for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall())
    found = [(table, connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()) for table in tables]
    connection.close()
    return [report, *found]


def start_of(extract: str) -> tuple[str, bytes]:
    """The name of an extract of the sample, and its first lines."""
    (file,) = INCOMING.glob(f"{extract}_2*.csv")
    return file.name, b"".join(file.read_bytes().splitlines(keepends=True)[:40])


def check(name: str, content: bytes) -> list[object]:
    with reading(repeats_from=10**9):
        apart = outcome(name, content)
    with reading(repeats_from=0), patch.object(repeated, "_read", wraps=repeated._read) as read:
        together = outcome(name, content)
    assert together == apart
    assert read.called or len(together) == 1
    return together


@pytest.mark.parametrize("extract", EXTRACTS)
def test_the_undamaged_extract_is_read_alike(extract: str) -> None:
    assert len(check(*start_of(extract))) > 1


@settings(max_examples=CASES)
@given(st.sampled_from(EXTRACTS), DAMAGES)
def test_damaged_bytes_are_read_alike(extract: str, damages: list[Damage]) -> None:
    name, before = start_of(extract)
    check(name, damaged(before, before.index(b"\n") + 1, len(before), damages))


@settings(max_examples=CASES)
@given(st.sampled_from(EXTRACTS), st.lists(st.tuples(st.integers(1, 39), st.integers(0, 60), CELLS), max_size=6))
def test_odd_cells_are_read_alike(extract: str, changes: list[tuple[int, int, str]]) -> None:
    name, before = start_of(extract)
    lines = [line.split(b",") for line in before.split(b"\n")]
    for line, cell, text in changes:
        row = lines[line % len(lines)]
        row[cell % len(row)] = text.encode()
    check(name, b"\n".join(b",".join(line) for line in lines))
