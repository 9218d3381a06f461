"""Are values on a rule's page exact and in plain words?"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from lift.days import in_words
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Special
from lift.rulebook.nodes import Type
from lift.rulebook.page import markdown, money, rule_page, shown, type_in_words
from tests.unit.rulebook.names_in_scope import unit

_HOUSE = Path(__file__).parents[2] / "messages" / "bad_rules" / "house"


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (Fraction("227.1"), unit("GBP/week"), "£227.10 a week"),
        (Fraction(10000), unit("GBP"), "£10,000.00"),
        (Fraction(-5), unit("GBP/month"), "-£5.00 a month"),
        (Fraction("0.005"), unit("GBP/year"), "£0.005 a year"),
        (Fraction(792), unit("months"), "792 months"),
        (Fraction(1, 2), unit("fraction"), "0.5"),
        (Fraction(3), unit("count"), "3"),
        (None, unit("GBP"), "not known"),
        (Special.NO_LIMIT, unit("GBP"), "no limit"),
        (Special.ENDED, unit("GBP"), "ended"),
        (True, Type("flag"), "yes"),
        (date(2026, 4, 6), Type("date"), "6 April 2026"),
    ],
)
def test_a_value_in_words(value: object, kind: Type, words: str) -> None:
    assert money(value, kind) == words  # type: ignore[arg-type]  # any value a cell can have


def test_days_and_types_in_words() -> None:
    assert in_words(date(2026, 12, 1)) == "1 December 2026"
    assert in_words(None) == ""
    assert type_in_words(unit("GBP/four_weeks")) == "pounds for four weeks"
    assert type_in_words(unit("hours/week")) == "hours a week"
    assert type_in_words(unit("count")) == "a number"
    assert type_in_words(Type("code", None, ("a", "b"))) == "one of a, b"


def test_a_number_without_end_is_cut() -> None:
    assert shown(Fraction(1, 3)) == "0.333333"


def test_a_page_of_a_day_has_one_version_of_everything() -> None:
    book = load_rulebook(_HOUSE)
    whole = markdown(rule_page(book, book.rules["heating"]))
    before = markdown(rule_page(book, book.rules["heating"], date(2026, 4, 5)))
    after = markdown(rule_page(book, book.rules["heating"], date(2026, 4, 6)))
    assert "£20.00 a week" in whole
    assert "£21.00 a week" in whole
    assert ("£20.00 a week" in before, "£21.00 a week" in before) == (True, False)
    assert ("£20.00 a week" in after, "£21.00 a week" in after) == (False, True)


def test_a_weak_figure_and_an_assumption_are_said_out_loud() -> None:
    book = load_rulebook(_HOUSE)
    text = markdown(rule_page(book, book.rules["heating"]))
    assert "unconfirmed, between 0.01 and 0.50." in text
    assert "taken as 0 for ranking where it is not known." in text
    assert "Figures that a verdict does not rest on, because they are not confirmed: smallest." in text
