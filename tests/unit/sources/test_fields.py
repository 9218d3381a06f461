"""Can a broken line swallow, shift or spoil its neighbour? Never; and all lines at once give what each apart gives."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lift.sources import fields as subject
from lift.sources import lines as lines_of_a_file
from lift.sources.fields import BROKEN_QUOTE, CONTROL, LONGEST_FIELD, NOT_CP1252, TOO_LONG, Fields, split_fields
from lift.sources.layout import Layout, layout_of_headings, layout_of_records
from lift.sources.lines import NOT_UTF8, Block, Fault
from lift.sources.profiles import load_profiles, normalise
from lift.sources.typed import only_field
from tests.unit.sources.samples import record

HEADINGS = ("account_ref", "surname", "address1")
NOTHING: frozenset[int] = frozenset()


def layout(delimiter: str = ",") -> Layout:
    profile = load_profiles().profiles["plain_council_tax_account"]
    return layout_of_headings(profile, delimiter, HEADINGS, [normalise(heading) for heading in HEADINGS])


def block(*lines: str) -> Block:
    return Block(1, len(lines), "".join(f"{line}\n" for line in lines).encode())


def split(*lines: str, encoding: str = "utf-8", delimiter: str = ",") -> Fields:
    return split_fields(block(*lines), layout(delimiter), encoding, NOTHING)


def texts(fields: Fields) -> list[tuple[object, ...]]:
    return fields.frame.rows()


def test_each_field_is_trimmed_and_a_blank_one_is_null() -> None:
    found = split('1, A ,"  B, C "', "2,\u00a0D\t,", '3,"",x')
    assert texts(found) == [(1, "1", "A", "B, C"), (2, "2", "D", None), (3, "3", None, "x")]


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_every_delimiter_works_with_and_without_quotes(delimiter: str) -> None:
    lines = [delimiter.join(("1", "A", "B")), delimiter.join(("2", f'"A{delimiter}""x"""', "B"))]
    assert texts(split(*lines, delimiter=delimiter)) == [(1, "1", "A", "B"), (2, "2", f'A{delimiter}"x"', "B")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('1,"A,B', BROKEN_QUOTE),
        ('1,"A "Q" B",C', BROKEN_QUOTE),
        ("1,A\rB,C", CONTROL),
        ("1,A\x00B,C", CONTROL),
        ("1,A\x1fB,C", CONTROL),
        ("1,A\x85B,C", CONTROL),
        ("1,A,B" * 1 + "x" * (LONGEST_FIELD + 1), TOO_LONG),
    ],
)
def test_a_faulty_line_is_refused_alone(line: str, fault: Fault) -> None:
    found = split("1,A,B", line, '3,"C, D",E')
    assert found.faults == {1: fault}
    assert texts(found) == [(1, "1", "A", "B"), (3, "3", "C, D", "E")]


def test_a_byte_that_windows_1252_does_not_know_is_named_as_such() -> None:
    assert split("1,A,B", "2,\x81,B", encoding="cp1252").faults == {1: NOT_CP1252}


def test_a_line_that_was_no_text_stays_refused() -> None:
    found = split_fields(Block(1, 2, b"1,A,B\n2,caf\\xe9,B", {1: NOT_UTF8}), layout(), "utf-8", NOTHING)
    assert found.faults == {1: NOT_UTF8}
    assert texts(found) == [(1, "1", "A", "B")]


def test_a_short_line_and_a_long_one_do_not_make_up_for_each_other() -> None:
    found = split("1,A", "2,B,C,D", "3,E,F")
    assert [(i, fault.reason) for i, fault in found.faults.items()] == [(0, "width"), (1, "width")]
    assert found.faults[0].message.startswith("has 2 fields where the heading line has 3: ")
    assert texts(found) == [(3, "3", "E", "F")]


def test_quoted_delimiters_and_missing_ones_do_not_make_up_for_each_other() -> None:
    found = split('1,"A,B"', "2,C,D", "3,E,F,G")
    assert sorted(found.faults) == [0, 2]
    assert texts(found) == [(2, "2", "C", "D")]


def test_quotes_that_close_and_open_the_wrong_way_round_are_found() -> None:
    found = split('1,"a,"b",c"', "2,A,B")
    assert found.faults == {0: BROKEN_QUOTE}
    assert texts(found) == [(2, "2", "A", "B")]


def test_quotation_marks_inside_an_unquoted_field_are_kept() -> None:
    assert texts(split('1,A "Q" B,5" pipe', "2,C,D")) == [(1, "1", 'A "Q" B', '5" pipe'), (2, "2", "C", "D")]


def test_rows_of_nothing_are_blank() -> None:
    found = split("1,A,B", "", "  ", ",,", ' , ,""', "2,C,D")
    assert found.blank == 4
    assert texts(found) == [(1, "1", "A", "B"), (6, "2", "C", "D")]


def test_skipped_lines_are_neither_rows_nor_faults() -> None:
    lines = block("head", "1,A,B", "2,C,D", "tail", "")
    found = split_fields(lines, layout(), "utf-8", frozenset({0, 3}))
    assert (texts(found), found.faults, found.blank) == ([(2, "1", "A", "B"), (3, "2", "C", "D")], {}, 1)


def test_quotes_mean_nothing_in_a_file_without_them() -> None:
    profile = load_profiles().profiles["shbe_raw"]
    assert not profile.csv_quotes


def test_dropped_and_unused_fields_go_no_further_than_the_splitter() -> None:
    shape = layout_of_records(load_profiles().profiles["shbe_raw"])
    for lines in (block(record("D")), block(record("D"), "")):  # all at once, and each apart
        names = split_fields(lines, shape, "utf-8", NOTHING).frame.columns
        assert names == ["line", *(f"f{i}" for i in shape.kept())]
        assert not {f"f{i}" for i in shape.dropped} & set(names)
        assert "f14" not in names  # position 15, unused


CELL = st.text(alphabet=st.sampled_from(list('ab1,"; \n\r\té“\x00\x1f\x85')), max_size=6)
ODD_LINE = st.lists(CELL, max_size=5).map(",".join).map(lambda line: line.replace("\n", ""))
SOUND_CELL = st.text(alphabet="ab1 é", max_size=4) | st.text(alphabet='a, ""', max_size=4).map(
    lambda cell: '"' + cell.replace('"', '""') + '"'
)
ANY_LINE = ODD_LINE | st.lists(SOUND_CELL, min_size=3, max_size=3).map(",".join)
WRITTEN_BY_CSV = st.lists(CELL.map(lambda cell: cell.replace("\n", "").replace("\r", "")), min_size=3, max_size=3)


def apart(lines: list[str]) -> tuple[list[tuple[object, ...]], dict[int, str], int]:
    """What comes of the lines if each is looked at alone, and nothing is taken as proved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "_proved", lambda lines, layout: [])
        found = subject._split_apart(block(*lines), layout(), "utf-8", NOTHING)
    return found.frame.rows(), {i: fault.reason for i, fault in found.faults.items()}, found.blank


@given(st.lists(ANY_LINE, min_size=1, max_size=8))
def test_all_lines_at_once_give_what_each_apart_gives(lines: list[str]) -> None:
    found = split(*lines)
    assert (texts(found), {i: fault.reason for i, fault in found.faults.items()}, found.blank) == apart(lines)
    assert len(texts(found)) + len(found.faults) + found.blank == len(lines)


@given(st.lists(WRITTEN_BY_CSV, min_size=1, max_size=8), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_what_a_csv_writer_writes_is_read_back(cells: list[list[str]], quoting: int) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=quoting, lineterminator="\n").writerows(cells)  # type: ignore[arg-type]
    lines = written.getvalue().removesuffix("\n").split("\n")
    kept, faults, blank = apart(lines)
    assert texts(split(*lines)) == kept
    for row in kept:
        line = row[0]
        assert isinstance(line, int)
        assert list(row[1:]) == [cell.strip(subject.SPACES) or None for cell in cells[line - 1]]
    assert len(kept) + len(faults) + blank == len(cells)


@given(st.lists(ANY_LINE, min_size=1, max_size=6))
def test_a_proof_is_never_given_for_a_line_that_would_be_refused(lines: list[str]) -> None:
    text = "\n".join(lines).encode()
    if subject._is_plain(text) and subject._is_proved(text, len(lines), layout()):
        widths = [len(next(csv.reader([line], strict=True), [""])) for line in lines if '"' in line]
        assert all(width == 3 for width in widths)


@pytest.mark.parametrize("size", [1, 3, 4, 5, 9, 1_000])
def test_lines_are_proved_alike_in_pieces_of_any_size(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PIECE", size)
    lines = ['1,"A, B",C', "2,D,", "3,É,F"]
    assert subject._is_proved("\n".join(lines).encode(), 3, layout())
    assert subject._is_proved("".join(f"{line}\n" for line in lines).encode(), 3, layout())
    for broken in ('2,"D,', "2,D", "2,D,E,F", '2,"D,E', "", "2,\x00,"):
        text = "\n".join([lines[0], broken, lines[2]]).encode()
        assert not subject._is_proved(text, 3, layout()), broken


@given(st.lists(st.text("aé\r", max_size=60), min_size=1, max_size=40), st.data())
def test_lines_are_found_by_their_number(lines: list[str], data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(0, len(lines) - 1))))
    whole = Block(1, len(lines), "\n".join(lines).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_of_a_file, "STRETCH", 50)
        patch.setattr(lines_of_a_file, "STRIDE", 2)
        assert whole.some_lines(places) == [lines[place] for place in places]


@pytest.mark.parametrize(
    ("sql", "field"),
    [
        ("upper(f12) = 'f3'", "f12"),
        ("CASE WHEN f4 IS NULL THEN day_2_f4 END", "f4"),
        ("concat(f1, f2)", None),
        ("coalesce(day_0_f1_f2, day_0_f1_f2)", None),
        ("f1 IS NULL AND when_0", None),
        ("DATE '2026-11-12'", None),
    ],
)
def test_the_one_field_of_an_expression_is_known(sql: str, field: str | None) -> None:
    assert only_field(sql) == field
