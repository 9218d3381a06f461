"""Which provisions does a citation name, and who is held to which list of instruments?"""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.rulebook.citations import Citation, Cited, numbers_changed, read_citation
from lift.rulebook.load import read_rulebook

_NAMES = ("SI 2002/1792", "SI 2012/2885", "SI 2013/376", "Pensions Act 1995", "Pensions Act 2014", "SSCBA 1992")


@pytest.mark.parametrize(
    ("text", "provisions"),
    [
        ("SI 2002/1792", [""]),
        (
            "SI 2002/1792 reg 6(4) and (5), Sch I paras 1 and 2",
            ["reg 6(4)", "reg 6(5)", "Sch I para 1", "Sch I para 2"],
        ),
        (
            "SI 2002/1792 Sch I para 1(1)(a)(iii), (b)(iii) and (iv) and (c)(iv)",
            ["Sch I para 1(1)(a)(iii)", "Sch I para 1(1)(b)(iii)", "Sch I para 1(1)(b)(iv)", "Sch I para 1(1)(c)(iv)"],
        ),
        ("SI 2013/376 reg 82(1)(b), (2) and (3)", ["reg 82(1)(b)", "reg 82(2)", "reg 82(3)"]),
        ("SI 2013/376 regs 80(5), 73 and 6(1A)(za)", ["reg 80(5)", "reg 73", "reg 6(1A)(za)"]),
        ("SI 2002/1792 regs 17 to 17B, Sch VI", ["reg 17", "reg 17B", "Sch VI"]),
        ("SSCBA 1992 ss.65(3) and 66(1), Sch 4 Pt III", ["s.65(3)", "s.66(1)", "Sch 4 Pt III"]),
        ("SI 2012/2885 Sch 1 para 6 and Sch 2 para 2", ["Sch 1 para 6", "Sch 2 para 2"]),
        ("SI 2012/2885 reg 3 (provision not checked)", ["reg 3"]),
    ],
)
def test_provisions_are_told_apart_to_the_last_bracket(text: str, provisions: list[str]) -> None:
    read = read_citation(text, _NAMES)
    assert [one.provision for one in read.named] == provisions
    assert not read.is_wrong


def test_several_instruments_stand_in_one_citation() -> None:
    read = read_citation(
        "Pensions Act 1995 Sch 4 para 1, as amended by Pensions Act 2014 s.26; SI 2013/376 reg 6", _NAMES
    )
    assert read == Citation(
        (Cited("Pensions Act 1995", "Sch 4 para 1"), Cited("Pensions Act 2014", "s.26"), Cited("SI 2013/376", "reg 6"))
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("SI 2002/1793 reg 6", {"unknown": ("SI 2002/1793 reg 6",)}),
        ("SI 12002/1792 reg 6", {"unknown": ("SI 12002/1792 reg 6",)}),
        ("SI 2002/17925 reg 6", {"unknown": ("SI 2002/17925 reg 6",)}),
        ("SI 2002/1792 6", {"unreadable": ("6",)}),
        ("SI 2002/1792 reg 6x", {"unreadable": ("6x",)}),
        ("SI 2002/1792 reg 6, SI 2002/1793 reg 7", {"unreadable": ("2002/1793",)}),
        ("SI 2002/1792 regs 6 and 6", {"twice": (Cited("SI 2002/1792", "reg 6"),)}),
        ("A margin, not law", {"unknown": ("A margin, not law",)}),
    ],
)
def test_what_is_wrong_in_a_citation(text: str, wrong: dict[str, object]) -> None:
    read = read_citation(text, _NAMES)
    assert {name: getattr(read, name) for name in ("unknown", "unreadable", "twice") if getattr(read, name)} == wrong


def test_what_is_no_law_stands_word_for_word() -> None:
    assert not read_citation("A margin, not law", _NAMES, ("A margin, not law",)).is_wrong
    assert not read_citation("SSCBA 1992 s.1; A margin", _NAMES, ("A margin",)).is_wrong
    assert read_citation("A margin, no law", _NAMES, ("A margin, not law",)).is_wrong


def test_every_number_and_letter_of_a_citation_is_mistyped_once() -> None:
    assert list(numbers_changed("SI 2002/1792 reg 6(a)")) == [
        "SI 2003/1792 reg 6(a)",
        "SI 2002/1793 reg 6(a)",
        "SI 2002/1792 reg 7(a)",
        "SI 2002/1792 reg 6(b)",
    ]


_MINE = """\
id: school_uniform_help
name: Help with school uniforms
kind: measure
each: family
law: https://council.example/uniforms
reviewed: {date: 2026-11-22, by: null}
covers: [2026-04-06, 2027-04-11]
amounts:
  uniform_rate: {unit: GBP, cite: Our scheme s.4, status: verified, is: {2026-04-06: 60}}
steps:
  help:
    unit: GBP
    cite: Our scheme s.4
    is: uniform_rate
eligible: is_couple
worth: {one_off: help}
examples: []
"""


def test_a_council_is_held_to_a_list_of_its_own_and_to_ours_only_if_it_has_one(tmp_path: Path) -> None:
    (tmp_path / "school_uniform_help.yaml").write_text(_MINE, encoding="utf-8")
    _, problems = read_rulebook(beside=tmp_path)
    assert [problem.what for problem in problems.found] == []
    listed = tmp_path / "instruments.yaml"
    listed.write_text("instruments: {Our scheme: {title: Our scheme, provisions: [s.5]}}\n", encoding="utf-8")
    _, problems = read_rulebook(beside=tmp_path)
    assert [(problem.place.path, problem.what) for problem in problems.found] == [
        (
            (tmp_path / "school_uniform_help.yaml").as_posix(),
            f"{name} cites Our scheme s.4, which instruments.yaml does not list",
        )
        for name in ("uniform_rate", "help")
    ]
    listed.write_text("instruments: {Our scheme: {title: Our scheme, provisions: [s.4]}}\n", encoding="utf-8")
    book, problems = read_rulebook(beside=tmp_path)
    assert problems.found == []
    assert book is not None
    assert {"Our scheme", "SI 2002/1792"} <= set(book.instruments)
