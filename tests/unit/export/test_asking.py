"""What does a caller ask of a family, and do the call file and the adviser page say when only all of it settles it?"""

from __future__ import annotations

from typing import Any

import pytest

from lift.rulebook.load import load_rulebook
from lift.stages.export.adviser_page import adviser_rows
from lift.stages.export.call_file import COLUMNS, FOR_MACHINES, Family, Reach, asking_for, entry_of
from lift.stages.export.workings import Working
from lift.workspace.cells import Cell

BORN = "What is your date of birth?"


def row(*questions: str, together: int = 0) -> dict[str, Any]:
    return {"questions": "\n".join(questions), "only_together": together}


@pytest.mark.parametrize(
    ("rows", "asked", "how"),
    [
        ([row()], [], []),
        ([row("A?", "B?", "C?", "D?")], ["A?", "B?", "C?"], []),
        # One of each answer first.
        ([row("A?", "B?"), row("C?", "D?")], ["A?", "C?", "B?"], []),
        ([row("A?", "B?", together=2)], ["A?", "B?"], ["Ask both: only together do they settle it."]),
        ([row("A?", "B?", "C?", together=3)], ["A?", "B?", "C?"],
         ["Ask all 3: only together do they settle it."]),
        # More than three, since fewer would settle nothing.
        ([row("A?", "B?", "C?", "D?", together=4)], ["A?", "B?", "C?", "D?"],
         ["Ask all 4: only together do they settle it."]),
        ([row("Have it?", "A?", "B?", "C?", together=3)], ["Have it?", "A?", "B?", "C?"],
         ["Ask 2 to 4: only together do they settle it."]),
        # A whole set or none of it: the second would make more than three.
        ([row("A?", "B?", together=2), row("C?", "D?", together=2)], ["A?", "B?"],
         ["Ask both: only together do they settle it."]),
        ([row("A?", "B?", together=2), row("B?", "C?", together=2)], ["A?", "B?", "C?"],
         ["Ask 1 and 2: only together do they settle it.", "Ask 2 and 3: only together do they settle it."]),
        ([row("A?", "B?", together=2), row("C?")], ["A?", "B?", "C?"],
         ["Ask 1 and 2: only together do they settle it."]),
        ([row("C?"), row("A?", "C?", "B?", together=3)], ["C?", "A?", "B?"],
         ["Ask all 3: only together do they settle it."]),
        # What no caller may ask.
        ([row(BORN, "A?")], ["A?"], []),
        ([row("A?", BORN, "B?", together=3)], ["A?", "B?"],
         ["Ask both: it is settled only together with what an adviser asks."]),
        ([row("A?", BORN, together=2)], ["A?"], ["Ask this: it is settled only together with what an adviser asks."]),
        ([row("C?"), row("A?", "B?", "D?", "C?", together=4)], ["C?", "A?", "B?", "D?"],
         ["Ask all 4: only together do they settle it."]),
        ([row("A?"), row("B?"), row("C?", "A?", together=2)], ["A?", "B?", "C?"],
         ["Ask 1 and 3: only together do they settle it."]),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_family(rows: list[dict[str, Any]], asked: list[str], how: list[str]) -> None:
    found = asking_for(rows)
    assert (found.questions, found.how) == (asked, how)


def test_a_run_that_does_not_say_what_goes_together_is_read_as_ever() -> None:
    assert asking_for([{"questions": "A?\nB?"}]).how == []


ANSWER = {
    "rule": "pension_credit", "reference": "f1", "level": "family", "name": "Ana Khan", "deadline": None,
    "verdict": "possible", "worth": "", "advice_first": "", "may_already_have": True, "evidence": "",
    "assumptions": "", "also": "", "role": None,
}  # fmt: skip


def family(questions: dict[str, Any]) -> Family:
    return Family("f1", "p1", "h1", (ANSWER | questions,))


def entry(questions: dict[str, Any]) -> tuple[dict[str, Cell], dict[str, Cell]]:
    """Heading to cell of the call file, and column to cell of the machines' file."""
    made = entry_of(family(questions), Reach("", "", "", None), ["MW1 1AA"], "Help", ["Otherwise?"], None, None)
    keys = [column.key for column in FOR_MACHINES]
    headings = [column.heading for column in COLUMNS]
    return dict(zip(headings, made.people, strict=True)), dict(zip(keys, made.machines, strict=True))


def test_both_call_files_hold_the_whole_set_and_say_how_to_ask() -> None:
    people, machines = entry(row("Have it?", "A?", "B?", "C?", "D?", together=4))
    assert people["Ask, in this order"] == (
        "Ask 2 to 5: only together do they settle it.\n1. Have it?\n2. A?\n3. B?\n4. C?\n5. D?"
    )
    told = ("question_1", "question_2", "question_3", "further_questions", "how_to_ask")
    assert [machines[name] for name in told] == [
        "Have it?", "A?", "B?", "C? D?", "Ask 2 to 5: only together do they settle it.",
    ]  # fmt: skip


def test_nothing_is_said_where_one_answer_is_worth_something() -> None:
    people, machines = entry(row("A?"))
    assert people["Ask, in this order"] == "1. A?"
    assert (machines["question_2"], machines["further_questions"], machines["how_to_ask"]) == ("", "", "")
    assert entry(row())[0]["Ask, in this order"] == "1. Otherwise?"


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        (row("A?", "B?"), "Not settled: A? B?"),
        (row("A?", "B?", together=2), "Not settled: It takes both answers together to settle it: A? B?"),
        (row("Have it?", "A?", "B?", "C?", "D?", together=4),
         "Not settled: Have it? It takes all 4 answers together to settle it: A? B? C? D?"),
    ],
)  # fmt: skip
def test_an_adviser_page_says_what_settles_it_only_together(questions: dict[str, Any], said: str) -> None:
    found = {("pension_credit", "f1"): Working("", "", "", "")}
    (cells,) = adviser_rows(load_rulebook(examples=False), [family(questions)], found, {}, "2026-11")
    assert str(cells[2]).split("\n")[2] == said
