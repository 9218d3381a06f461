"""Do the rules as shipped do what their examples say, on every engine, and does forgetting never turn one round?"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from lift.rulebook.load import load_rulebook, rules_folder
from lift.rulebook.model import Rulebook
from lift.trial.examples import run_examples
from lift.trial.forget import run_forgetting

RULES = sorted(
    path.stem
    for folder in (rules_folder(), rules_folder() / "local", rules_folder() / "opened")
    for path in folder.glob("*.yaml")
    if path.stem not in ("facts", "bases", "instruments")
)
LEAST_EXAMPLES = 10
LEAST_OPENED = 3
#: Of so many examples of a rule at most is one fact after another forgotten here.
FORGOTTEN = 20


@cache
def book() -> Rulebook:
    return load_rulebook()


def test_every_rule_file_is_a_rule() -> None:
    assert sorted(book().rules) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_enough_examples(rule: str) -> None:
    """What is opened may rest on one fact alone, which is yes, no or not known."""
    found = book().rules[rule]
    assert len(found.examples) >= (LEAST_EXAMPLES if found.makes_a_list else LEAST_OPENED)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_examples_come_out_as_written(rule: str, engine: str) -> None:
    assert [str(failure) for failure in run_examples(book(), [rule], [engine])] == []


@pytest.mark.parametrize("rule", RULES)
def test_forgetting_never_turns_an_answer_round(rule: str) -> None:
    """On the reference engine, and of rules with many examples on a share of them, evenly spread; `make trial` tries
    all of them on both, and the property tests hold that the engines agree."""
    whole = book().rules[rule]
    some = whole.examples[:: -(-len(whole.examples) // FORGOTTEN)]
    shared = replace(book(), rules={**book().rules, rule: replace(whole, examples=some)})
    assert [str(failure) for failure in run_forgetting(shared, [rule], ["reference"])] == []
