"""Does every mistake in a rule file get one clear message: where, what, and what to do?

`bad_rules/house` is a small folder of rules without a mistake. Each entry of `bad_rules/mistakes` changes it in one
way, and holds the whole message word for word, caret and all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lift.errors import RuleProblems
from lift.rulebook.load import load_rulebook, read_rulebook
from lift.trial.examples import run_examples
from lift.trial.forget import run_forgetting
from lift.trial.written import written_wrongly

_HERE = Path(__file__).parent / "bad_rules"


def _mistakes() -> list[Any]:
    found = []
    for file in sorted((_HERE / "mistakes").glob("*.yaml")):
        for name, entry in YAML(typ="safe", pure=True).load(file).items():
            found.append(pytest.param(entry, id=f"{file.stem}-{name}"))
    return found


@contextmanager
def _house(tmp_path: Path) -> Iterator[Path]:
    """A copy of the house under the name users see, with the tests' own folder as the place to stand."""
    before = Path.cwd()
    shutil.copytree(_HERE / "house", tmp_path / "rules")
    os.chdir(tmp_path)
    try:
        yield Path("rules")
    finally:
        os.chdir(before)


def _messages(rules: Path) -> str:
    book, problems = read_rulebook(rules)
    found = [*problems.found, *(written_wrongly(book, problems.damaged) if book is not None else [])]
    return str(RuleProblems(found)) if found else "no mistake found"


@pytest.mark.parametrize("entry", _mistakes())
def test_message_of_a_mistake(entry: Any, tmp_path: Path) -> None:
    with _house(tmp_path) as rules:
        for change in entry["changes"]:
            file = rules / change["in"]
            if "write" in change:
                file.parent.mkdir(exist_ok=True)
                file.write_text(change["write"], encoding="utf-8")
                continue
            text = file.read_text(encoding="utf-8")
            assert change["replace"] in text, "the house has changed: this mistake cannot be made any more"
            file.write_text(text.replace(change["replace"], change["by"], 1), encoding="utf-8")
        assert _messages(rules) == entry["says"].rstrip("\n")


def test_the_house_itself_has_no_mistake_and_its_examples_hold() -> None:
    book, problems = read_rulebook(_HERE / "house")
    assert book is not None
    assert [*map(str, problems.found), *map(str, written_wrongly(book))] == []
    assert [str(failure) for failure in run_examples(book, list(book.rules))] == []
    assert [str(failure) for failure in run_forgetting(book, ["heating"])] == []


def test_a_rule_that_says_yes_with_nothing_known_is_refused(tmp_path: Path) -> None:
    with _house(tmp_path) as rules:
        heating = rules / "heating.yaml"
        text = heating.read_text(encoding="utf-8").replace("eligible: is_resident AND", "eligible: TRUE OR")
        heating.write_text(text, encoding="utf-8")
        book, problems = read_rulebook(rules)
        assert book is not None
        assert problems.found == []
        failures = [str(failure) for failure in run_forgetting(book, ["heating"], ["reference"])]
    wanted = "rules/heating.yaml:1: heating, example 'nothing known' on reference: says yes with nothing known"
    assert [failure for failure in failures if failure.startswith(wanted)]


def test_loading_raises_every_problem_in_order_of_file_and_line(tmp_path: Path) -> None:
    with _house(tmp_path) as rules:
        heating = rules / "heating.yaml"
        text = heating.read_text(encoding="utf-8").replace("wages:", "wages_:").replace("is: savings", "is: saving")
        heating.write_text(text, encoding="utf-8")
        (rules / "help_with_bills.yaml").write_text("id: [", encoding="utf-8")
        with pytest.raises(RuleProblems) as raised:
            load_rulebook(rules)
    places = [(problem.place.path, problem.place.line, problem.place.column) for problem in raised.value.problems]
    assert places == sorted(places)
    assert {path for path, _, _ in places} == {"rules/heating.yaml", "rules/help_with_bills.yaml"}


def test_a_file_that_is_not_utf_8_names_its_line(tmp_path: Path) -> None:
    with _house(tmp_path) as rules:
        heating = rules / "heating.yaml"
        heating.write_bytes(heating.read_bytes().replace(b"The wages of", b"The w\xe4ges of"))
        assert _messages(rules) == (
            "rules/heating.yaml:56:1: this file is not UTF-8\n"
            "    Fix: save it as UTF-8 in your editor\n"
            "1 problem in the rule files."
        )


def test_a_folder_in_place_of_a_file_cannot_be_read(tmp_path: Path) -> None:
    with _house(tmp_path) as rules:
        (rules / "cooling.yaml").mkdir()
        assert _messages(rules).startswith("rules/cooling.yaml:1:1: this file cannot be read: ")


def test_a_character_that_cannot_be_seen_is_found(tmp_path: Path) -> None:
    with _house(tmp_path) as rules:
        heating = rules / "heating.yaml"
        text = heating.read_text(encoding="utf-8").replace("The wages of", "The \x07wages of")
        heating.write_text(text, encoding="utf-8")
        assert _messages(rules) == (
            "rules/heating.yaml:56:1: a character that cannot be seen stands in this line\n"
            "    Fix: take it out\n"
            "1 problem in the rule files."
        )


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    with _house(tmp_path) as rules:
        heating = rules / "heating.yaml"
        heating.write_bytes(b"\xef\xbb\xbf" + heating.read_bytes())
        assert _messages(rules) == "no mistake found"
