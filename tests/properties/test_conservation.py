"""Whatever a few bytes of damage do to an extract, is every line still accounted for, and every sound line still in?"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lift.errors import ExtractError
from lift.stages.intake import IntakeReport, intake
from tests.unit.sources.samples import record, shbe

CASES = int(os.environ.get("LIFT_FUZZ_CASES", "150"))
HEADINGS = "account_ref,surname,forename,date_of_birth,nino,disregard_type"
NAMES = [
    "EXAMPLE",
    "Zoë",
    "O’NEIL",
    "SMITH",
    '"DE LA, CRUZ"',
    "Chloé",
    "A B C",
    "MÜLLER",
    "Renée",
    '"say ""x"""',
    "Łucja",
]
# Bytes that break readers: line ends, NUL, quotes, delimiters, halves of accents, bytes unknown to Windows-1252.
NASTY = [
    b"\r",
    b"\n",
    b"\x00",
    b'"',
    b'""',
    b",",
    b"|",
    b"\xe9",
    b"\xc3",
    b"\x81",
    b"\xef\xbb\xbf",
    b"\x1f",
    b" ",
    b"\\",
]


@dataclass(frozen=True)
class Damage:
    """At a place (as a share of the part that may be damaged), take `cut` bytes out and put `put` in."""

    place: float
    cut: int
    put: bytes


DAMAGES = st.lists(
    st.builds(
        Damage,
        place=st.floats(0, 1, exclude_max=True),
        cut=st.integers(0, 1),
        put=st.one_of(st.sampled_from(NASTY), st.integers(0, 255).map(lambda byte: bytes([byte])), st.just(b"")),
    ),
    min_size=1,
    max_size=5,
)


def damaged(content: bytes, first: int, last: int, damages: list[Damage]) -> bytes:
    """The content with its bytes from `first` to `last` damaged."""
    middle = bytearray(content[first:last])
    for damage in damages:
        place = int(damage.place * len(middle))
        middle[place : place + damage.cut] = damage.put
    return content[:first] + bytes(middle) + content[last:]


def taken_in(name: str, content: bytes) -> tuple[duckdb.DuckDBPyConnection, IntakeReport]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(content)
        connection = duckdb.connect(config={"threads": 1})
        return connection, intake(connection, Path(folder))


def physical_lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def check(connection: duckdb.DuckDBPyConnection, report: IntakeReport, table: str, before: bytes, after: bytes) -> None:
    """Every line counted once, and each line that is as it was still a row, with its own key."""
    (file,) = report.files
    lines = physical_lines(after)
    assert file.lines == len(lines)
    assert file.header + file.accepted + file.refused + file.blank + file.trailer == len(lines)
    kept = dict(connection.execute(f"SELECT line, {KEYS[table]} FROM {table}").fetchall())
    refused = {line for (line,) in connection.execute("SELECT line FROM refused_line").fetchall()}
    assert len(kept) + len(refused) + file.set_aside + file.blank + file.header + file.trailer == len(lines)
    assert not kept.keys() & refused
    reasons = {line for (line,) in connection.execute("SELECT DISTINCT line FROM refusal").fetchall()}
    assert reasons == refused
    original = set(physical_lines(before)[1:])
    for number, line in enumerate(lines, start=1):
        if line in original and line.startswith(MARKS[table]):
            assert kept.get(number) == KEY_OF[table](line), f"line {number}"


KEYS = {"council_tax_resident": "account_ref", "benefit_claim": "claim_key"}
MARKS = {"council_tax_resident": b"3", "benefit_claim": b"D|"}
KEY_OF = {
    "council_tax_resident": lambda line: line.split(b",")[0].decode(),
    "benefit_claim": lambda line: line.split(b"|")[1].decode(),
}


def residents(encoding: str, line_end: str) -> bytes:
    """A small file with names that need care; in ASCII they are written without accents."""
    rows = [HEADINGS]
    for i in range(22):
        name = NAMES[i % len(NAMES)]
        if encoding == "ascii":
            name = name.encode("ascii", errors="ignore").decode()
        if encoding == "cp1252":
            name = name.replace("Ł", "L")
        rows.append(f"3{i:07d}X,{name},ANN,{i + 1:02d}/03/19{40 + i},AB{i:06d}C,{'student' if i % 3 else ''}")
    return (line_end.join(rows) + line_end).encode("utf-8" if encoding == "utf-8-bom" else encoding)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-bom", "cp1252", "ascii"])
def test_the_undamaged_file_comes_in_whole(encoding: str, line_end: str) -> None:
    content = (b"\xef\xbb\xbf" if encoding == "utf-8-bom" else b"") + residents(encoding, line_end)
    connection, report = taken_in("r_2026-11-12.csv", content)
    assert (report.accepted, report.refused) == (22, 0)
    check(connection, report, "council_tax_resident", content, content)


@settings(max_examples=CASES)
@given(st.sampled_from(["utf-8", "utf-8-bom", "cp1252", "ascii"]), st.sampled_from(["\n", "\r\n"]), DAMAGES)
def test_damage_to_a_headed_file_costs_the_damaged_lines_alone(
    encoding: str, line_end: str, damages: list[Damage]
) -> None:
    before = (b"\xef\xbb\xbf" if encoding == "utf-8-bom" else b"") + residents(encoding, line_end)
    after = damaged(before, before.index(b"\n") + 1, len(before), damages)
    connection, report = taken_in("r_2026-11-12.csv", after)
    check(connection, report, "council_tax_resident", before, after)


RECORDS = [record("D", p2=f"{i:08d}", p6=NAMES[i % len(NAMES)].strip('"')) for i in range(12)]


@settings(max_examples=max(CASES // 5, 1))
@given(st.sampled_from(["utf-8", "cp1252"]), DAMAGES)
def test_damage_to_shbe_costs_the_damaged_records_or_the_file_says_so(encoding: str, damages: list[Damage]) -> None:
    before = shbe(RECORDS).replace("Ł", "L").encode(encoding)
    after = damaged(before, before.index(b"\n") + 1, before.rindex(b"\nTRL"), damages)
    try:
        connection, report = taken_in("shbe.txt", after)
    except ExtractError as error:
        # Only a line gained or lost may stop the file: its trailer then counts other than it holds.
        assert "its trailer record counts 12 records" in str(error)
        assert after.count(b"\n") != before.count(b"\n")
        return
    check(connection, report, "benefit_claim", before, after)
