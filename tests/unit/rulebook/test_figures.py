"""How do amounts and tables come out at their edges?"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from lift.rulebook.figures import FigureReader, read_value
from lift.rulebook.located import read_located_text
from lift.rulebook.model import Amount, Special, Table
from lift.rulebook.nodes import Type
from lift.rulebook.problems import Problems, read_shape
from lift.rulebook.shape import AmountShape, SharedShape, TableShape
from lift.rulebook.tables import TableReader
from tests.unit.rulebook.names_in_scope import unit

_HEAD = "id: x\nlaw: x\n"


def _read(text: str, folder: Path = Path()) -> tuple[dict[str, Amount], dict[str, Table], list[str], set[str]]:
    problems = Problems()
    located = read_located_text(_HEAD + text, "rules/x.yaml", collect=problems.found)
    read = read_shape(SharedShape, located, problems)
    assert read is not None
    figures = FigureReader("x", "run_day", located, problems)
    tables = TableReader(
        figures, folder, {"rooms": unit("count"), "born": Type("date"), "kind": Type("code", None, ("a", "b"))}
    )
    amounts = {name: figures.amount(name, entry) for name, entry in read.shape.amounts.items()}
    made = {name: tables.table(name, entry) for name, entry in read.shape.tables.items()}
    return amounts, made, [problem.what for problem in problems.found], figures.broken


def _amount(cells: str, unit_: str = "GBP/week", more: str = "") -> tuple[Amount, list[str]]:
    text = f"amounts:\n  a:\n    unit: {unit_}\n    cite: law\n    status: verified\n{more}    is: {cells}\n"
    amounts, _, wrong, _ = _read(text)
    return amounts["a"], wrong


def _table(rows: str, by: str = "[rooms]") -> tuple[Table, list[str]]:
    head = f"tables:\n  t:\n    unit: GBP\n    by: {by}\n    cite: law\n    status: verified\n"
    text = f"{head}    is: {{2026-04-06: {rows}}}\n"
    _, tables, wrong, _ = _read(text)
    return tables["t"], wrong


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (5, unit("GBP"), Fraction(5)),
        (True, unit("GBP"), None),
        ("no_limit", unit("GBP"), Special.NO_LIMIT),
        ("ended", unit("GBP"), Special.ENDED),
        ("ended", Type("code", None, ("ended",)), "ended"),
        ("ended", Type("flag"), None),
        (True, Type("flag"), True),
        (1, Type("flag"), None),
        (date(2026, 4, 6), Type("date"), date(2026, 4, 6)),
        ("2026-04-06", Type("date"), None),
        ("a", Type("code", None, ("a",)), "a"),
        ("b", Type("code", None, ("a",)), None),
        (None, unit("GBP"), None),
    ],
)
def test_a_scalar_is_read_by_its_type(raw: object, kind: Type, value: object) -> None:
    assert read_value(raw, kind) == value


def test_versions_stand_in_order_with_their_status() -> None:
    amount, wrong = _amount("{2025-04-07: 227.10, 2026-04-06: {value: 238, status: projected, within: [230, 240]}}")
    assert wrong == []
    (first, old), (second, new) = amount.versions
    assert (first, second) == (date(2025, 4, 7), date(2026, 4, 6))
    assert (old.value, old.status, old.is_weak) == (Fraction("227.10"), "verified", False)
    assert new.value == Fraction(238)
    assert new.within == (Fraction(230), Fraction(240))
    assert new.is_weak


def test_null_is_unknown_and_weak_whatever_its_status() -> None:
    amount, wrong = _amount("{2026-04-06: null}")
    assert wrong == []
    assert amount.versions[0][1].value is None
    assert amount.versions[0][1].is_weak


@pytest.mark.parametrize("status", ["verified", "single_source", "derived"])
def test_strong_statuses_are_strong(status: str) -> None:
    amount, _ = _amount(f"{{2026-04-06: {{value: 1, status: {status}}}}}")
    assert not amount.versions[0][1].is_weak


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("{value: 1, within: [1, 1]}", None),
        ("{value: 1, within: [1, 2]}", None),
        ("{value: null, within: [1, 2]}", None),
        ("{value: 1, within: [1.01, 2]}", "the value lies outside its own within"),
        ("{value: 1, within: [2, 1]}", "within is no low and high of this unit"),
        ("{value: 1, within: [2026-04-06, 2026-04-07]}", "within is no low and high of this unit"),
        ("{value: no_limit, within: [1, 2]}", None),
    ],
)
def test_within_at_its_edges(cell: str, what: str | None) -> None:
    assert _amount(f"{{2026-04-06: {cell}}}")[1] == ([] if what is None else [what])


def test_covers_to_may_end_on_the_day_the_last_value_begins() -> None:
    assert _amount("{2026-04-06: 1}", more="    covers_to: 2026-04-06\n")[1] == []
    assert len(_amount("{2026-04-06: 1}", more="    covers_to: 2026-04-05\n")[1]) == 1


def test_a_wrong_figure_is_remembered_as_broken() -> None:
    entries = (
        "  a: {unit: GBP, cite: law, is: {2026-04-06: lots}}",
        "  b: {unit: GBP, cite: law, is: {2026-04-06: 1}}",
    )
    assert _read("amounts:\n" + "\n".join(entries) + "\n")[3] == {"a"}


def test_a_figure_whose_number_yaml_could_not_read_is_broken_too() -> None:
    _, _, wrong, broken = _read("amounts:\n  a: {unit: GBP, cite: law, is: {2026-04-06: 1_000}}\n")
    assert wrong == ["1_000 is no plain number"]
    assert broken == {"a"}


def test_rows_are_sorted_by_their_key() -> None:
    table, wrong = _table("[[5, 3], [0, 1], [3, 2]]")
    assert wrong == []
    assert [keys for keys, _ in table.versions[0][1]] == [(0,), (3,), (5,)]


def test_a_number_is_banded_unless_it_says_exact() -> None:
    assert _table("[[0, 1]]")[0].keys[0].banded
    assert not _table("[[0, 1]]", by="[{rooms: exact}]")[0].keys[0].banded
    assert not _table("[[a, 1]]", by="[kind]")[0].keys[0].banded
    assert _table("[[1960-01-01, 1]]", by="[born]")[0].keys[0].banded


def test_a_row_of_two_keys() -> None:
    table, wrong = _table("[[a, 0, 1], [b, 0, 2]]", by="[kind, rooms]")
    assert wrong == []
    assert [keys for keys, _ in table.versions[0][1]] == [("a", 0), ("b", 0)]


def test_a_cell_of_a_row_may_be_weak() -> None:
    table, wrong = _table("[[0, {value: null, within: [1, 2]}]]")
    assert wrong == []
    assert table.versions[0][1][0][1].is_weak


def _csv(tmp_path: Path, text: bytes, by: str = "[rooms]") -> tuple[Table, list[str]]:
    (tmp_path / "t.csv").write_bytes(text)
    written = f"tables:\n  t: {{unit: GBP, by: {by}, cite: law, is: {{2026-04-06: {{from: t.csv}}}}}}\n"
    _, tables, wrong, _ = _read(written, tmp_path)
    return tables["t"], wrong


def test_a_csv_gives_the_same_rows_as_the_file_would(tmp_path: Path) -> None:
    table, wrong = _csv(tmp_path, b"\xef\xbb\xbfnote,value, rooms\r\nx,10.50,0\r\n\r\ny,null,3\r\n")
    assert wrong == []
    assert [(keys, cell.value) for keys, cell in table.versions[0][1]] == [((0,), Fraction("10.50")), ((3,), None)]


def test_a_csv_of_codes_and_days(tmp_path: Path) -> None:
    table, wrong = _csv(tmp_path, b"kind,born,value\na,1960-01-01,1\nb,1960-01-01,2\n", by="[kind, born]")
    assert wrong == []
    assert [keys for keys, _ in table.versions[0][1]] == [("a", date(1960, 1, 1)), ("b", date(1960, 1, 1))]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"rooms,value\n0,1e3\n", "this is no plain number"),
        (b"rooms,value\n0,NaN\n", "this is no plain number"),
        (b"rooms,value\n0,\n", "a cell of this row is empty"),
        (b"rooms,value\n0\n", "a cell of this row is empty"),
        (b"rooms,value\nnull,1\n", "the key rooms of this row is no plain number"),
        (b"rooms\n0\n", "there is no column value"),
        (b"rooms,value\n", "t has no rows from 2026-04-06"),
        (b"rooms,value\n0,\xe4\n", "t.csv is not there or is not UTF-8"),
    ],
)
def test_a_csv_at_its_edges(tmp_path: Path, text: bytes, what: str) -> None:
    assert _csv(tmp_path, text)[1] == [what]


def test_shapes_take_what_the_format_says() -> None:
    assert AmountShape.model_validate({"unit": "GBP", "cite": "x", "is": {"2026-04-06": 1}}).versions
    assert TableShape.model_validate({"unit": "GBP", "by": ["a"], "cite": "x", "is": {"2026-04-06": []}}).versions
