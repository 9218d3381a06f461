"""Does YAML keep its exact values, and does every value remember where it stood?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lift.errors import Problem, RuleProblems
from lift.rulebook.located import Located, read_located, read_located_text


def _read(text: str) -> Located:
    return read_located_text(text, "rules/x.yaml")


def _part(text: str, key: str, word: str) -> tuple[int, int, int]:
    """Line, column and width of a word in the value of a key."""
    located = _read(text)
    start = located.value[key].index(word)
    place = located.part((key,), start, start + len(word))
    return place.line, place.column, place.width


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7", 7),
        ("-7", -7),
        ("0", 0),
        ("227.10", Decimal("227.10")),
        ("0.10", Decimal("0.10")),
        ("2026-04-06", date(2026, 4, 6)),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("", None),
        ("~", None),
        ("yes", "yes"),
        ("on", "on"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("'7'", "7"),
        ('"2026-04-06"', "2026-04-06"),
        ("'true'", "true"),
        ("no_limit", "no_limit"),
        ("1 January", "1 January"),
    ],
)
def test_values_are_read_as_an_officer_means_them(written: str, value: Any) -> None:
    found = _read(f"a: {written}\n").value["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_decimal_keeps_its_places() -> None:
    assert str(_read("a: 0.10").value["a"]) == "0.10"


@pytest.mark.parametrize(
    "written", ["1_000", "0x1F", "0o17", "010", "1e3", "1.5e3", ".5", "5.", ".inf", "-.inf", ".nan", "+.inf"]
)
def test_traps_of_yaml_are_refused(written: str) -> None:
    with pytest.raises(RuleProblems) as raised:
        _read(f"a: {written}\n")
    assert raised.value.problems[0].what == f"{written} is no plain number"


@pytest.mark.parametrize("written", ["2026-02-29", "2026-13-01", "2026-04-06 10:00:00", "2026-04-06T10:00:00Z"])
def test_days_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(RuleProblems) as raised:
        _read(f"a: {written}\n")
    assert raised.value.problems[0].what == f"{written} is no day of the calendar"


def test_every_value_has_its_place() -> None:
    located = _read("a:\n  b: [1, 'two']\n  2026-04-06: {c: 3.50}\n")
    assert str(located.place(("a", "b", 0))) == "rules/x.yaml:2:7"
    assert str(located.place(("a", "b", 1))) == "rules/x.yaml:2:11"
    assert located.place(("a", "b", 1)).width == 3
    assert str(located.place(("a", "2026-04-06", "c"))) == "rules/x.yaml:3:19"
    assert str(located.key_place(("a", "2026-04-06"))) == "rules/x.yaml:3:3"


def test_a_path_that_is_not_there_has_the_nearest_place_above_it() -> None:
    located = _read("a:\n  b: 1\n")
    assert str(located.place(("a", "c", "d"))) == "rules/x.yaml:2:3"
    assert str(located.place(("z",))) == "rules/x.yaml:1:1"


def test_a_part_of_a_plain_text() -> None:
    assert _part("f: one + three\n", "f", "three") == (1, 10, 5)


def test_a_part_of_a_folded_text_stands_on_its_own_line() -> None:
    text = "f: >-\n  one + two\n  + three\n"
    assert _part(text, "f", "two") == (2, 9, 3)
    assert _part(text, "f", "three") == (3, 5, 5)
    assert _part(text, "f", "two + three") == (2, 9, 3)


def test_a_part_of_a_plain_text_over_several_lines() -> None:
    assert _part("f: one\n  + two\n", "f", "two") == (2, 5, 3)


def test_doubled_quotes_and_backslashes_are_stepped_over() -> None:
    assert _part("f: 'it''s + x'\n", "f", "x") == (1, 13, 1)
    assert _part('f: "a \\" b"\n', "f", "b") == (1, 10, 1)


def test_a_key_that_stands_twice_is_found_at_its_second_place() -> None:
    with pytest.raises(RuleProblems) as raised:
        _read("a: 1\nb: 2\na: 3\n")
    assert str(raised.value.problems[0]).startswith("rules/x.yaml:3:1: a stands here twice")


def test_an_alias_stands_where_its_anchor_does() -> None:
    located = _read("a: &x {b: 1}\nc: *x\n")
    assert located.value == {"a": {"b": 1}, "c": {"b": 1}}
    assert located.place(("c", "b")).line == 1


def test_an_alias_that_goes_round_is_refused() -> None:
    with pytest.raises(RuleProblems, match="goes round in a circle"):
        _read("a: &x [*x]\n")


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 7)]
    with pytest.raises(RuleProblems):
        _read("\n".join(lines))


def test_reading_up_to_a_key_leaves_out_what_is_below_it(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: 1\nexamples:\n  - name: {broken\n", encoding="utf-8")
    assert read_located(file, "x", until_key="examples").value == {"a": 1}


def test_values_that_cannot_be_read_are_collected_as_null() -> None:
    found: list[Problem] = []
    located = read_located_text("a: 1_000\nb: 2\n", "x", collect=found)
    assert located.value == {"a": None, "b": 2}
    assert len(found) == 1


def test_a_key_that_cannot_be_read_is_left_out() -> None:
    found: list[Problem] = []
    located = read_located_text("a: {2026-02-30: 1, 2026-03-01: 2}\n", "x", collect=found)
    assert located.value == {"a": {date(2026, 3, 1): 2}}


def test_an_empty_text_holds_nothing() -> None:
    assert _read("").value == {}
    assert _read("# only a comment\n").value == {}
