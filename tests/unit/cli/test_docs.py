"""Are the generated pages the same each time, and is one that lags named?"""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.cli import docs
from lift.errors import ALL_ERRORS
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.page import Code, Grid, Page, Section, markdown

_HOUSE = Path(__file__).parents[2] / "messages" / "bad_rules" / "house"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(_HOUSE)


def test_pages_are_the_same_each_time(book: Rulebook) -> None:
    assert docs.pages(book) == docs.pages(load_rulebook(_HOUSE))


def test_there_is_a_page_for_each_rule_and_no_page_is_empty(book: Rulebook) -> None:
    pages = docs.pages(book)
    assert set(pages) == {
        "columns.md",
        "commands.md",
        "facts.md",
        "instruments.md",
        "rules/README.md",
        "rules/heating.md",
        "rules/help_with_bills.md",
    }
    assert all(text.count("\n") > 3 and text.endswith("\n") for text in pages.values())


def test_written_pages_do_not_lag_and_a_changed_one_does(book: Rulebook, tmp_path: Path) -> None:
    assert docs.lagging(tmp_path, book) == sorted(docs.pages(book))
    assert docs.write(tmp_path, book) == sorted(docs.pages(book))
    assert docs.lagging(tmp_path, book) == []
    (tmp_path / "facts.md").write_text("old", encoding="utf-8")
    (tmp_path / "rules" / "gone.md").write_text("a rule that is no more", encoding="utf-8")
    assert docs.lagging(tmp_path, book) == ["facts.md", "rules/gone.md"]
    assert docs.write(tmp_path, book) == ["facts.md", "rules/gone.md"]
    assert not (tmp_path / "rules" / "gone.md").exists()
    assert docs.lagging(tmp_path, book) == []


def test_commands_are_listed_with_options_and_exit_codes(book: Rulebook) -> None:
    text = docs.pages(book)["commands.md"]
    for error in ALL_ERRORS:
        assert f"| {error.exit_code} | {error.cause} |" in text
    assert "## `lift rules try`" in text
    assert "| `--engine duckdb\\|reference` | What works the answers out. Default: duckdb. |" in text
    assert "| `--date DAY` | The day the answer is for. Required. |" in text


def test_the_dictionary_names_every_fact_relation_and_assumption(book: Rulebook) -> None:
    text = docs.pages(book)["facts.md"]
    for name in [*[name for _, name in book.facts], *book.relations, *book.assumptions]:
        assert f"| `{name}` |" in text


def test_a_pipe_in_a_formula_does_not_end_a_cell() -> None:
    page = Page("T", (), (Section("S", grid=Grid(("a",), ((Code("x | y\n z"),),))),))
    assert markdown(page).splitlines()[-1] == "| `x \\| y z` |"


def test_an_unknown_word_is_a_mistake_of_use(capfd: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--chek"]) == 2
    assert capfd.readouterr().err == "Usage: python -m lift.cli.docs [--check]\n"
