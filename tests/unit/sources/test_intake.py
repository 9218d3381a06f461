"""Does a folder of extracts come in whole, in order, with its record, or not at all?"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lift.errors import ExtractError
from lift.sources.examine import Examined
from lift.sources.kinds import load_kinds
from lift.sources.lines import Block, read_blocks
from lift.sources.profiles import load_profiles
from lift.stages.intake import intake
from tests.unit.sources.samples import CLAIM, PERSON, accounts, plain, put, read, record, rows, shbe

NIL = """kind = "suppression"
signed_by = "A. Lead"
role = "Safeguarding lead"
signed_on = 2026-11-12
statement = "I have checked, and nobody needs to be suppressed this month."
"""


def test_every_row_knows_its_file_and_line(tmp_path: Path) -> None:
    put(tmp_path, "b.csv", accounts(3))
    put(tmp_path, "A.txt", shbe([record("D"), "", record("S", PERSON)], count=2))
    connection, report = read(tmp_path)
    assert [(file.file_id, file.name) for file in report.files] == [(1, "A.txt"), (2, "b.csv")]
    assert rows(connection, "SELECT file_id, line FROM benefit_claim") == [(1, 2)]
    assert rows(connection, "SELECT file_id, line FROM benefit_person") == [(1, 4)]
    assert rows(connection, "SELECT file_id, line FROM council_tax_account") == [(2, 2), (2, 3), (2, 4)]


def test_every_file_is_recorded_with_its_counts_and_totals(tmp_path: Path) -> None:
    text = accounts(3) + "\n,,,\n" + "1,2\n"
    path = put(tmp_path, "a.csv", text)
    connection, report = read(tmp_path)
    (file,) = report.files
    assert (file.lines, file.header, file.accepted, file.refused, file.blank, file.trailer) == (7, 1, 3, 1, 2, 0)
    assert file.is_conserved()
    assert file.control_totals["council_tax_account.full_charge_annual"] == Decimal("5137.32")
    stored = rows(connection, "SELECT name, profile, kind, bytes, encoding, extract_date, lines FROM extract_file")
    day = datetime.date(2026, 11, 12)
    kind = "council_tax_account"
    assert stored == [("a.csv", f"plain_{kind}", kind, path.stat().st_size, "utf-8", day, 7)]
    assert rows(connection, "SELECT * FROM extract_kind") == [(1, kind, 3)]
    total = "SELECT column_name, unit, filled, total FROM control_total WHERE column_name = 'full_charge_annual'"
    assert rows(connection, total) == [("full_charge_annual", "GBP/year", 3, Decimal("5137.32"))]
    assert rows(connection, "SELECT * FROM refused_line") == [(1, 7, "1,2")]


def test_every_kind_has_a_relation_even_without_a_file(tmp_path: Path) -> None:
    connection, report = read(put(tmp_path, "a.csv", accounts(1)).parent)
    for name, kind in load_kinds().items():
        described = [column for column, *_ in rows(connection, f"DESCRIBE {name}")]
        assert described == ["file_id", "line", *kind.columns]
        assert report.rows[name] == (1 if name == "council_tax_account" else 0)


def test_a_row_may_be_refused_for_several_reasons_and_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "shbe.txt", shbe([record("D"), record("D", p8="never", p43="1.5"), record("X")]))
    connection, report = read(tmp_path)
    assert (report.accepted, report.refused) == (1, 2)
    assert rows(connection, "SELECT line, column_name, reason FROM refusal") == [
        (3, "claimant_date_of_birth", "bad_date"),
        (3, "hb_weekly", "bad_money"),
        (4, None, "unknown_record"),
    ]


def test_a_refusal_never_repeats_a_value(tmp_path: Path) -> None:
    secret = "SECRETVALUE"
    places = (8, 9, 13, 33, 43, 75, 105, 115, 123, 241)
    wrong = record("D", {**CLAIM, **dict.fromkeys(places, secret)})
    put(tmp_path, "shbe.txt", shbe([record("D"), wrong, record(secret)]))
    connection, _ = read(tmp_path)
    told = rows(connection, "SELECT message FROM refusal")
    assert len(told) >= 10
    assert not any(secret in str(message) for message in told)


def test_refused_lines_are_kept_without_their_dropped_fields(tmp_path: Path) -> None:
    put(tmp_path, "shbe.txt", shbe([record("D"), record("D", p8="never\x07"), record("D") + "|"]))
    connection, _ = read(tmp_path)
    (_, first), (_, second) = rows(connection, "SELECT line, raw FROM refused_line ORDER BY line")
    fields = str(first).split("|")
    assert fields[5] == CLAIM[6]
    assert fields[7] == "never\\x07"
    assert [fields[position - 1] for position in (247, 288, 289, 301, 307)] == [""] * 5
    assert second is None  # it cannot be cut into fields, so nobody knows where bank details stand in it


def test_rows_keep_the_order_of_lines_whatever_the_setting(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", accounts(5000))
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    intake(connection, tmp_path)
    lines = [line for (line,) in rows(connection, "SELECT line FROM council_tax_account")]
    assert lines == list(range(2, 5002))
    assert rows(connection, "SELECT current_setting('preserve_insertion_order')") == [(False,)]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_files_give_the_same_tables(tmp_path: Path, threads: int) -> None:
    put(tmp_path, "a.csv", accounts(3000).replace("EXAMPLE7,", '"EX""AMPLE"",7",'))
    put(tmp_path, "shbe.txt", shbe([record("D", p8="never" if i % 7 == 0 else "02-03-1948") for i in range(50)]))
    dumps = []
    for count in (threads, 1):
        connection = duckdb.connect(config={"threads": count})
        intake(connection, tmp_path)
        names = [*load_kinds(), "extract_file", "extract_column", "control_total", "refusal", "refused_line"]
        dumps.append([rows(connection, f"SELECT * FROM {name}") for name in names])
    assert dumps[0] == dumps[1]


def test_blocks_of_a_file_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.csv", accounts(200))
    put(tmp_path, "shbe.txt", shbe([record("D") for _ in range(20)]) + "\n\n")
    whole, report = read(tmp_path)
    monkeypatch.setattr("lift.sources.lines.BLOCK", 700)
    pieces, again = read(tmp_path)
    assert report == again
    for name in ("council_tax_account", "benefit_claim", "extract_file"):
        assert rows(whole, f"SELECT * FROM {name}") == rows(pieces, f"SELECT * FROM {name}")


@pytest.mark.parametrize("block", [48_000_000, 700])
@pytest.mark.parametrize("before", [b"\n3000", b",EXAMPLE", b"\r\n"])
def test_a_byte_order_mark_is_no_part_of_a_value_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, before: bytes
) -> None:
    """Files put together have one in the middle. What became of it went by where a block of the file began."""
    content = accounts(60).replace("\n", "\r\n").encode()
    put(tmp_path / "sound", "a.csv", content)
    put(tmp_path / "marked", "a.csv", b"\xef\xbb\xbf" + content.replace(before, b"\xef\xbb\xbf" + before))
    put(tmp_path / "inside", "a.csv", content.replace(before, before + b"\xef\xbb\xbf"))
    monkeypatch.setattr("lift.sources.lines.BLOCK", block)
    sound, report = read(tmp_path / "sound")
    assert report.accepted == 60
    for folder in ("marked", "inside"):
        found, told = read(tmp_path / folder)
        assert (told.accepted, told.refused) == (60, 0)
        table = "SELECT * FROM council_tax_account"
        assert rows(found, table) == rows(sound, table)


def test_what_is_wrong_with_a_file_waits_until_the_files_before_it_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next file is split while one is stored, and yet what is told first is what is wrong with the first."""
    put(tmp_path, "a.txt", shbe([record("D"), record("D")], count=1))
    put(tmp_path, "b.csv", accounts(3))

    def changed(examined: Examined) -> Iterator[Block]:
        if examined.path.name == "b.csv":
            raise ExtractError("b.csv: changed while it was read.")
        return read_blocks(examined)

    monkeypatch.setattr("lift.sources.reader.read_blocks", changed)
    with pytest.raises(ExtractError, match=r"^a\.txt: "):
        read(tmp_path)
    put(tmp_path, "a.txt", shbe([record("D"), record("D")], count=2))
    with pytest.raises(ExtractError, match=r"^b\.csv: changed while it was read\.$"):
        read(tmp_path)


def test_nothing_is_left_behind_by_a_file_that_fails(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", accounts(3))
    put(tmp_path, "shbe.txt", shbe([record("D")], count=9))
    connection = duckdb.connect()
    with pytest.raises(ExtractError, match="counts 9 records"):
        intake(connection, tmp_path)
    assert rows(connection, "SELECT table_name FROM duckdb_tables()") == []
    assert rows(connection, "SELECT view_name FROM duckdb_views() WHERE NOT internal") == []
    put(tmp_path, "shbe.txt", shbe([record("D")]))
    assert intake(connection, tmp_path).accepted == 4


def test_progress_is_told_by_file_and_byte(tmp_path: Path) -> None:
    size = put(tmp_path, "a.csv", accounts(3)).stat().st_size
    told: list[tuple[str, int, int]] = []
    read(tmp_path, progress=lambda *told_now: told.append(told_now))
    assert told == [("a.csv", size, size)]


def test_what_systems_leave_behind_is_no_extract(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", accounts(1))
    for name in (".DS_Store", "~$a.xlsx", "Thumbs.db", "desktop.ini"):
        put(tmp_path, name, b"\x00\x01")
    _, report = read(tmp_path)
    assert [file.name for file in report.files] == ["a.csv"]


NO_DAY = accounts(2).replace("2026-11-12", "")


@pytest.mark.parametrize(
    "name", ["a_2026-11-12.csv", "a 20261112.csv", "a.12-11-2026.csv", "a_2026_11_12_v2.csv", "12.11.2026.csv"]
)
def test_the_day_may_stand_in_the_name(tmp_path: Path, name: str) -> None:
    _, report = read(put(tmp_path, name, NO_DAY).parent)
    assert report.files[0].extract_date == datetime.date(2026, 11, 12)


def test_the_day_is_taken_from_the_rows_then_the_list_then_the_name_then_the_caller(tmp_path: Path) -> None:
    put(tmp_path, "a_2026-11-02.csv", accounts(2))
    _, report = read(tmp_path, extract_date=datetime.date(2026, 11, 4))
    assert report.files[0].extract_date == datetime.date(2026, 11, 12)
    put(tmp_path, "a_2026-11-02.csv", NO_DAY)
    _, report = read(tmp_path, extract_date=datetime.date(2026, 11, 4))
    assert report.files[0].extract_date == datetime.date(2026, 11, 2)
    put(tmp_path, "extracts.toml", '["a_2026-11-02.csv"]\nextract_date = 2026-11-03\n')
    _, report = read(tmp_path)
    assert report.files[0].extract_date == datetime.date(2026, 11, 3)
    (tmp_path / "extracts.toml").unlink()
    (tmp_path / "a_2026-11-02.csv").rename(tmp_path / "a.csv")
    _, report = read(tmp_path, extract_date=datetime.date(2026, 11, 4))
    assert report.files[0].extract_date == datetime.date(2026, 11, 4)


def test_older_notices_and_rolls_may_lie_beside_this_months_files(tmp_path: Path) -> None:
    notice = {"ctr_ref": "1", "sequence_number": "1", "notice_type": "award", "extract_date": "2024-02-01"}
    put(tmp_path, "uc1.csv", plain("universal_credit_notice", [notice]))
    put(tmp_path, "uc2.csv", plain("universal_credit_notice", [{**notice, "extract_date": "2026-11-02"}]))
    put(tmp_path, "roll.csv", plain("pupil", [{"upn": "1", "surname": "A", "extract_date": "2026-06-01"}]))
    _, report = read(tmp_path, month="2026-11")
    assert (report.rows["universal_credit_notice"], report.rows["pupil"]) == (2, 1)


OURS = """profile: ours
title: Ours
evidence: our own
structure: headed
delimiters: [comma]
dates: ["%Y-%m-%d"]
tables:
  contact:
    columns:
      surname: {from: Nachname}
      phone: {from: Telefon}
      uprn: {from: UPRN}
"""


def test_a_council_reads_its_own_layout_by_its_own_profile(tmp_path: Path) -> None:
    put(tmp_path / "profiles", "ours.yaml", OURS)
    put(tmp_path / "in", "c_2026-11-12.csv", "UPRN,Nachname,Telefon\n100,EXAMPLE,024 7600 0000\n")
    connection, _ = read(tmp_path / "in", profiles=load_profiles(tmp_path / "profiles"))
    assert rows(connection, "SELECT uprn, surname, phone FROM contact") == [("100", "EXAMPLE", "024 7600 0000")]


SUPPRESSED = {"extract_date": "2026-11-12", "uprn": "100", "reason": "refuge", "acknowledged": "no"}


def test_a_suppression_list_with_rows_is_complete(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", accounts(1))
    odd = {**SUPPRESSED, "uprn": "101", "reason": "some new word", "acknowledged": "perhaps"}
    blank = {**SUPPRESSED, "uprn": "102", "reason": "", "acknowledged": ""}
    put(tmp_path, "s.csv", plain("suppression", [SUPPRESSED, odd, blank]))
    connection, report = read(tmp_path, month="2026-11")
    assert report.suppressions_are_complete
    assert report.warnings == ()
    assert rows(connection, "SELECT uprn, reason, acknowledged FROM suppression ORDER BY line") == [
        ("100", "refuge", False),
        ("101", "protected", None),
        ("102", "protected", False),
    ]


def test_a_refused_suppression_row_leaves_the_list_incomplete(tmp_path: Path) -> None:
    put(tmp_path, "s.csv", plain("suppression", [SUPPRESSED, {**SUPPRESSED, "applies_to": "soon"}]))
    _, report = read(tmp_path)
    assert not report.suppressions_are_complete
    assert report.warnings == (
        "s.csv: 1 row was refused. No list can be exported until the file is mended and the month is run again.",
    )


@pytest.mark.parametrize("content", [None, plain("suppression", [])])
def test_without_rows_only_a_signed_nil_return_completes_it(tmp_path: Path, content: str | None) -> None:
    put(tmp_path, "a.csv", accounts(1))
    if content is not None:
        put(tmp_path, "s_2026-11-12.csv", content)
    _, report = read(tmp_path, month="2026-11")
    assert not report.suppressions_are_complete
    put(tmp_path, "nil_return.toml", NIL)
    connection, report = read(tmp_path, month="2026-11")
    assert report.suppressions_are_complete
    assert report.nil_return is not None
    assert report.nil_return.signed_by == "A. Lead"
    stored = rows(connection, "SELECT kind, signed_by, role, signed_on FROM nil_return")
    assert stored == [("suppression", "A. Lead", "Safeguarding lead", datetime.date(2026, 11, 12))]


@pytest.mark.parametrize(("alike", "of", "is_twice"), [(9, 9, False), (10, 10, True), (10, 20, False), (11, 20, True)])
def test_parts_of_an_extract_may_have_rows_in_common_but_not_most(
    tmp_path: Path, alike: int, of: int, is_twice: bool
) -> None:
    """Accounts that move from one part to the other while both are written, against one extract written twice."""
    heading, *lines = accounts(of * 2).splitlines()
    put(tmp_path, "a.csv", "\n".join([heading, *lines[:of]]) + "\n")
    part = [line.replace("HIGH", "LOW") for line in lines[of - alike : of * 2 - alike]]
    put(tmp_path, "b.csv", "\n".join([heading, *part, ""]).replace(",A,", ",B,") + "\n")
    if is_twice:
        with pytest.raises(ExtractError, match="seems to be here twice"):
            read(tmp_path)
    else:
        assert read(tmp_path)[1].accepted == of * 2
