"""Are lists in the order in which a team works them, with the answers that belong on them?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from lift.errors import SettingsError
from lift.rulebook.load import load_rulebook
from lift.workspace.folder import Workspace
from lift.workspace.settings import Settings, read_settings
from lift.workspace.worklists import SAFE_REASON, Part, reason_for, rules_wanted, worklists

RULES = {
    name: SimpleNamespace(makes_a_list=kind not in ("measure", "opened"), name=name.replace("_", " ").title())
    for name, kind in (
        ("attendance_allowance", "entitlement"),
        ("benefit_cap", "detector"),
        ("carers_allowance", "entitlement"),
        ("free_school_meals", "entitlement"),
        ("heating", "entitlement"),
        ("pension_credit", "entitlement"),
        ("poverty", "measure"),
        ("boiler", "entitlement"),
    )
}


def settings(folder: Path, text: str) -> Settings:
    (folder / "council.toml").write_text(f'[council]\nname = "Middlemarch"\n{text}')
    return read_settings(Workspace(folder))


def test_the_order_in_which_a_team_works(tmp_path: Path) -> None:
    found = worklists(RULES, rules_wanted(RULES, settings(tmp_path, "")))
    assert [one.name for one in found] == [
        "benefit_cap", "pension_credit", "free_school_meals", "pensioner_conversation", "boiler", "heating",
        "check_sample",
    ]  # fmt: skip
    assert found[1].parts == (Part("pension_credit", ("likely",)),)
    assert found[3].parts == (
        Part("pension_credit", ("possible",)),
        Part("attendance_allowance"),
        Part("carers_allowance"),
    )
    assert found[3].title == "One conversation with pensioners"
    assert found[-2].title == "Heating"
    assert found[-1].parts == ()


def test_every_answer_worth_acting_on_is_on_just_one_list_of_its_rule(tmp_path: Path) -> None:
    book = load_rulebook(examples=False)
    found = worklists(book.rules, rules_wanted(book.rules, settings(tmp_path, "")))
    placed = [(part.rule, verdict) for one in found for part in one.parts for verdict in part.verdicts]
    able = [name for name, rule in book.rules.items() if rule.makes_a_list]
    assert sorted(placed) == sorted((name, verdict) for name in able for verdict in ("likely", "possible"))


@pytest.mark.parametrize(
    ("left", "rules", "lists"),
    [
        ("heating", {"heating"}, {"heating"}),
        ("attendance_allowance", {"attendance_allowance"}, set()),
        ("pensioner_conversation", {"attendance_allowance", "carers_allowance"}, {"pensioner_conversation"}),
        ("pension_credit", {"pension_credit"}, {"pension_credit"}),
    ],
)
def test_a_list_or_a_rule_may_be_left_out(tmp_path: Path, left: str, rules: set[str], lists: set[str]) -> None:
    """Of the rule pension_credit nothing is worked out, so that it is gone from the conversation too."""
    chosen = settings(tmp_path, f'[lists]\nleave_out = ["{left}"]\n')
    everything = rules_wanted(RULES, settings(tmp_path, ""))
    wanted = rules_wanted(RULES, chosen)
    assert set(everything) - set(wanted) == rules
    names = {one.name for one in worklists(RULES, everything)}
    assert names - {one.name for one in worklists(RULES, wanted, chosen.lists.leave_out)} == lists


def test_a_list_that_there_is_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        rules_wanted(RULES, settings(tmp_path, "[lists.capacity]\nfamilies = 3\npension_credt = 2\n"))
    assert str(raised.value) == "council.toml: there is no list pension_credt. Did you mean pension_credit?"
    with pytest.raises(SettingsError) as raised:
        rules_wanted(RULES, settings(tmp_path, '[lists]\nleave_out = ["qqq"]\n'))
    assert str(raised.value).startswith("council.toml: there is no list qqq. There is benefit_cap, pension_credit, ")


def test_what_may_be_said_of_a_list() -> None:
    assert reason_for("heating", [{"reason": "About heating."}, {"reason": "About heating."}]) == "About heating."
    assert reason_for("heating", [{}]) == SAFE_REASON
    assert reason_for("families", [{"reason": "About heating."}, {"reason": "About meals."}]) == SAFE_REASON
    assert "State Pension age" in reason_for("pensioner_conversation", [{"reason": "About heating."}])


TELLING = ("disab", "ill", "debt", "arrears", "income", "poor", "poverty", "vulnerab", "money", "£", "claim", "cap ")


def test_no_rule_says_on_the_telephone_what_others_must_not_hear() -> None:
    book = load_rulebook(examples=False)
    for rule in book.rules.values():
        reason = str(rule.outreach.get("reason", SAFE_REASON)).lower()
        assert not [word for word in TELLING if word in reason.split() or (word == "£" and word in reason)], rule.id
