"""Does `lift rules page` write pages that can be handed over, and leave alone what is not its own?"""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lift.cli.main import run_app
from lift.cli.rule_page import Shown
from lift.cli.rule_pages import index_page
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.worked import given_in_words
from lift.rulebook.years import Coverage, coverage, years_of

_HOUSE = Path(__file__).parents[2] / "messages" / "bad_rules" / "house"
Capture = pytest.CaptureFixture[str]
_VOID = {"meta", "col", "br", "wbr"}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(_HOUSE)


@pytest.fixture(autouse=True)
def _house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, book: Rulebook) -> None:
    """The small house of rules in place of the law, in an empty folder."""
    monkeypatch.setattr("lift.rulebook.load.load_rulebook", lambda **_: book)
    monkeypatch.delenv("LIFT_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)


class Tags(HTMLParser):
    """Every tag that opens is closed, in order, and nothing is fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe")
        assert not {name for name, _ in attrs} & {"src", "onclick", "onerror"}
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _text(path: Path) -> str:
    html = path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert "url(" not in html
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>|<wbr>", "", html, flags=re.S)).split())


def test_a_page_sets_the_law_beside_the_formula_and_figures_by_year(tmp_path: Path, capfd: Capture) -> None:
    assert run_app(["rules", "page", "heating", "--into", "pages"]) == 0
    assert capfd.readouterr().out == "1 page and pages/index.html written.\n"
    text = _text(tmp_path / "pages" / "heating.html")
    assert text.count("No officer has signed this rule off yet.") == 2
    assert "Weekly rate weekly_rate Heating Act 1990 s.1" in text
    assert "£20.00 a week from 7 April 2025 verified £21.00 a week from 6 April 2026 verified" in text
    assert "unconfirmed, between 0.01 and 0.50" in text
    assert "Heating Act 1990 s.5 deemed_rate * CEIL(savings / step_size)" in text
    assert "Where the figures were read" in text
    assert "I have compared each figure" in text


def test_the_index_counts_figures_and_examples_of_each_year(book: Rulebook) -> None:
    rule = book.rules["heating"]
    years = years_of(rule)
    assert [(year.title, str(year.begins)) for year in years] == [
        ("2023-24", "2023-04-10"),
        ("2024-25", "2024-04-08"),
        ("2025-26", "2025-04-07"),
        ("2026-27", "2026-04-06"),
    ]
    found = [coverage(book, rule, year) for year in years]
    assert found[:2] == [None, None]
    assert all(isinstance(one, Coverage) and one.weak >= 1 for one in found[2:])
    assert sum(one.examples for one in found if one is not None) == len(rule.examples)
    text = index_page(book, [Shown(rule)], {"heating"})
    assert '<a href="heating.html">Heating help</a>' in text
    assert text.count("not covered") == 2
    assert "1 rule; not signed off by an officer: 1." in text
    assert "href" not in index_page(book, [Shown(rule)], ())


def test_what_is_given_stands_in_words() -> None:
    law = load_rulebook(examples=False, bases=True)
    given: dict[str, Any] = {
        "family": {"savings": {"low": 10, "high": 20}, "is_couple": False},
        "members": [{"date_of_birth": "1948", "state_pension": {"value": 5, "stale": True}}, {"role": "partner"}],
        "household": {"non_dependants": []},
        "periods": None,
    }
    assert given_in_words(law, given) == [
        "The family: savings: at least £10.00 and at most £20.00; is couple: no.",
        "The claimant: date of birth: some day of 1948; State Pension: £5.00 a week (out of date).",
        "The partner: nothing else is said.",
        "Other families in the home: none.",
        "Months: not known.",
    ]


def test_pages_are_written_over_and_files_of_others_are_not(tmp_path: Path, capfd: Capture) -> None:
    assert run_app(["rules", "page", "--into", "pages"]) == 0
    first = (tmp_path / "pages" / "heating.html").read_bytes()
    assert run_app(["rules", "page", "--into", "pages"]) == 0
    assert (tmp_path / "pages" / "heating.html").read_bytes() == first
    shutil.copy(tmp_path / "pages" / "heating.html", tmp_path / "pages" / "cooling.html")
    capfd.readouterr()
    assert run_app(["rules", "page", "--into", "pages"]) == 0
    assert capfd.readouterr().out.endswith("pages/cooling.html belongs to no rule any more: delete it.\n")
    (tmp_path / "pages" / "index.html").write_text("mine", encoding="utf-8")
    (tmp_path / "pages" / "heating.html").unlink()
    assert run_app(["rules", "page", "--into", "pages"]) == 19
    assert capfd.readouterr().err == (
        "lift: pages/index.html: is there already and is no page of a rule, so it is not written over. Move it away, "
        "or give another folder. Nothing was written.\n"
    )
    assert (tmp_path / "pages" / "index.html").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "pages" / "heating.html").exists()


def test_no_such_rule(capfd: Capture) -> None:
    assert run_app(["rules", "page", "heatign", "--into", "pages"]) == 17
    assert capfd.readouterr().err == (
        "lift: there is no rule heatign: did you mean heating? `lift rules list` shows all.\n"
    )


@pytest.mark.real
def test_the_page_prints_on_a4_with_page_numbers(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert browser is not None, "chromium is not installed"
    assert run_app(["rules", "page", "heating", "--into", "pages"]) == 0
    paper, page = tmp_path / "page.pdf", tmp_path / "pages" / "heating.html"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    options += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}"]
    subprocess.run(
        [browser, *options, f"--print-to-pdf={paper}", page.as_uri()], check=True, capture_output=True, timeout=120
    )
    text = subprocess.run(["pdftotext", "-layout", str(paper), "-"], check=True, capture_output=True, text=True).stdout
    assert re.findall(r"Page (\d+) of", text) == [str(n) for n in range(1, text.count("\f") + 1)]
    tight = re.sub(r"\s+", "", text)
    words = [word for word in _text(page).replace("&gt;", ">").replace("&lt;", "<").split() if len(word) > 3]
    lost = [word for word in words if word not in tight and "&" not in word]
    assert len(lost) <= len(words) // 100, lost[:20]
