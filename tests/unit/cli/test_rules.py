"""Do `lift rules list`, `show`, `check` and `test` say what the rules say?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lift.cli.main import run_app
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook

_HOUSE = Path(__file__).parents[2] / "messages" / "bad_rules" / "house"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(_HOUSE)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, book: Rulebook) -> None:
    """The small house of rules in place of the law."""
    monkeypatch.setattr("lift.rulebook.load.load_rulebook", lambda **_: book)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(_HOUSE, tmp_path / "house")
    monkeypatch.chdir(tmp_path)
    return Path("house")


@pytest.mark.usefixtures("house")
def test_list_as_plain_text_has_a_line_for_each_rule(capfd: Capture) -> None:
    assert run_app(["rules", "list", "--plain"]) == 0
    heading, *rows = capfd.readouterr().out.splitlines()
    assert heading.split("\t") == [
        "rule",
        "name",
        "kind",
        "of each",
        "from",
        "to",
        "rates to",
        "figures",
        "examples",
        "reviewed by",
    ]
    assert rows[0].split("\t") == [
        "heating",
        "Heating help",
        "entitlement",
        "family",
        "2025-04-07",
        "2027-04-11",
        "2027-04-11",
        "1 unconfirmed, 6 verified",
        "2",
        "nobody yet",
    ]
    assert rows[1].startswith("help_with_bills\t")


@pytest.mark.usefixtures("house")
def test_list_as_json_counts_figures_by_status(capfd: Capture) -> None:
    assert run_app(["rules", "list", "--json"]) == 0
    first, second = json.loads(capfd.readouterr().out)
    assert first["id"] == "heating"
    assert first["figures"] == {"unconfirmed": 1, "verified": 6}
    assert first["covers"] == ["2025-04-07", "2027-04-11"]
    assert first["rates_to"] == "2027-04-11"
    assert first["reviewed"] == {"date": "2026-11-22", "by": None}
    assert len(first["hash"]) == 64
    assert second["examples"] == 0


@pytest.mark.usefixtures("house")
def test_show_gives_law_beside_formula_and_every_figure_by_date(capfd: Capture) -> None:
    assert run_app(["rules", "show", "heating", "--plain"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "Heating help"
    assert "No officer has signed this rule off yet." in lines
    assert "weekly_rate\t£20.00 a week\t7 April 2025\tverified.\tHeating Act 1990 s.1" in lines
    assert "weekly_rate\t£21.00 a week\t6 April 2026\tverified.\tHeating Act 1990 s.1" in lines
    assert "smallest\t£0.10 a week\t1 January 1990\tunconfirmed, between 0.01 and 0.50.\tHeating Act 1990 s.2" in lines
    formula = "deemed_rate * CEIL(savings / step_size)"
    assert f"deemed_income\t{formula}\tHeating Act 1990 s.5\tPounds a week." in lines
    assert "savings\tfamily\tSavings.\tWhat savings do you have?" in lines
    assert "is_resident\tfamily\tLives here by right.\tNot asked: assumed yes." in lines
    assert "Widow before the change\t5 April 2026\tlikely, weekly 37.00, need 38.00" in lines


@pytest.mark.usefixtures("house")
def test_show_on_a_day_leaves_out_what_is_not_in_force(capfd: Capture) -> None:
    assert run_app(["rules", "show", "heating", "--day", "2026-04-05", "--plain"]) == 0
    text = capfd.readouterr().out
    assert "£20.00 a week\t7 April 2025" in text
    assert "£21.00" not in text
    assert "IF(is_couple, old_bonus, 0)" in text
    assert "Table cost_by_rooms, from 7 April 2025" in text
    assert "Table cost_by_rooms, from 6 April 2026" not in text
    assert "Widow" not in text


@pytest.mark.usefixtures("house")
def test_show_as_json_has_the_same_sections(capfd: Capture) -> None:
    assert run_app(["rules", "show", "heating", "--json"]) == 0
    page = json.loads(capfd.readouterr().out)
    titles = [section["title"] for section in page["sections"]]
    assert titles[0] == "What it answers"
    assert titles[-1] == "Examples"
    figures = page["sections"][titles.index("Figures")]
    assert figures["columns"] == ["figure", "value", "from", "how well known", "law"]
    assert ["ceiling", "no limit", "6 April 2026", "verified.", "Heating Act 1990 s.3"] in figures["rows"]


@pytest.mark.usefixtures("house")
def test_a_rule_that_is_not_there_ends_with_17(capfd: Capture) -> None:
    assert run_app(["rules", "show", "heatin"]) == 17
    told = "lift: there is no rule heatin: did you mean heating? `lift rules list` shows all.\n"
    assert capfd.readouterr().err == told


def test_check_of_a_folder_without_mistakes(capfd: Capture, copy: Path) -> None:
    assert run_app(["rules", "check", str(copy)]) == 0
    assert capfd.readouterr().out == ("No mistake found in 2 rules, 14 steps, 7 amounts, 1 table, 13 facts.\n")


def test_check_prints_every_mistake_and_ends_with_10(capfd: Capture, copy: Path) -> None:
    text = (copy / "heating.yaml").read_text(encoding="utf-8")
    (copy / "heating.yaml").write_text(text.replace("cite: Heating Act 1990 s.7", "cite: ''"), encoding="utf-8")
    assert run_app(["rules", "check", str(copy)]) == 10
    assert capfd.readouterr().out == (
        "house/heating.yaml:53:3: wages has no citation\n"
        "      wages:\n"
        "      ^^^^^\n"
        "    Fix: add cite: with the provision it rests on\n"
        "1 problem in the rule files.\n"
    )


def test_check_as_json_gives_places_and_fixes(capfd: Capture, copy: Path) -> None:
    text = (copy / "heating.yaml").read_text(encoding="utf-8")
    (copy / "heating.yaml").write_text(text.replace("+ bonus + costs", "+ bonsu + costs"), encoding="utf-8")
    assert run_app(["rules", "check", str(copy), "--json"]) == 10
    assert json.loads(capfd.readouterr().out) == [
        {
            "file": "house/heating.yaml",
            "line": 78,
            "column": 52,
            "width": 5,
            "what": "unknown name bonsu",
            "fix": "did you mean bonus?",
        }
    ]


def test_check_of_a_file_looks_at_the_folder_it_lies_in(capfd: Capture, copy: Path) -> None:
    (copy / "common" / "ages.yaml").write_text("id: ages\nlaw: x\n", encoding="utf-8")
    assert run_app(["rules", "check", str(copy / "common" / "ages.yaml")]) == 10
    assert "unknown name is_grown_up" in capfd.readouterr().out


def test_check_of_a_draft_lays_it_beside_the_rules_in_use(capfd: Capture, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        "id: draft\nname: Draft\nkind: measure\neach: family\nlaw: x\n"
        "reviewed: {date: 2026-11-22, by: null}\ncovers: [2026-04-06, 2027-04-11]\n"
        "eligible: pension_credit.in_payment AND savngs > 0\n",
        encoding="utf-8",
    )
    assert run_app(["rules", "check", str(draft)]) == 10
    out = capfd.readouterr().out
    assert out.startswith(f"{draft.as_posix()}:8:41: unknown name savngs\n")
    assert out.endswith("    Fix: did you mean savings?\n1 problem in the rule files.\n")


def test_check_of_a_folder_of_council_rules_lays_them_beside_ours(capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "pension_credit.yaml").write_text("id: pension_credit\n", encoding="utf-8")
    assert run_app(["rules", "check", str(tmp_path)]) == 10
    assert f"{tmp_path.as_posix()}/pension_credit.yaml:1:1: the key each is missing" in capfd.readouterr().out


def test_check_of_nothing_is_a_mistake_of_use(capfd: Capture, tmp_path: Path) -> None:
    assert run_app(["rules", "check", str(tmp_path / "none")]) == 2
    assert "there is no file or folder" in capfd.readouterr().err


def test_a_folder_without_a_dictionary_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"there is no facts\.yaml here\. Point to a folder of rules that has one"):
        load_rulebook(tmp_path)


@pytest.mark.usefixtures("house")
def test_test_runs_examples_on_every_engine_and_forgets(capfd: Capture) -> None:
    assert run_app(["rules", "test", "heating", "--json"]) == 0
    (tried,) = json.loads(capfd.readouterr().out)
    assert tried["rule"] == "heating"
    assert tried["examples"] == 2
    assert tried["forgotten"] > 10
    assert tried["engines"] == ["duckdb", "reference"]
    assert tried["failures"] == []


def test_a_failing_example_is_a_line_and_ends_with_13(
    capfd: Capture, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (copy / "heating.yaml").read_text(encoding="utf-8")
    (copy / "heating.yaml").write_text(text.replace("weekly: 40.00", "weekly: 41.00"), encoding="utf-8")
    wrong = load_rulebook(copy)
    monkeypatch.setattr("lift.rulebook.load.load_rulebook", lambda **_: wrong)
    assert run_app(["rules", "test", "--examples-only", "--engine", "reference", "--plain"]) == 13
    first, *rest = capfd.readouterr().out.splitlines()
    assert first == (
        "house/heating.yaml:98: heating, example 'Widow after the change' on reference: weekly is 40, not 41"
    )
    assert rest == [
        "rule\texamples\tleft out once\tengines\tfailed",
        "heating\t2\t0\treference\t1",
        "help_with_bills\t0\t0\treference\t0",
    ]


def test_the_councils_own_rules_stand_beside_ours(capfd: Capture, tmp_path: Path) -> None:
    (tmp_path / "council.toml").write_text("", encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "our_fund.yaml").write_text("id: our_funds\n", encoding="utf-8")
    assert run_app(["rules", "check", "-w", str(tmp_path)]) == 10
    assert f"{tmp_path.as_posix()}/rules/our_fund.yaml:1:1: the key law is missing" in capfd.readouterr().out
