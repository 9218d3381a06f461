"""Does a list ever promise more than its answer proves?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from lift.rulebook.load import load_rulebook
from lift.stages.rank.words import Asking, Questions, Worth, assumptions_in_words, money, name_in_words, worth_in_words

exact = Decimal


@pytest.mark.parametrize(
    ("verdict", "worth", "words"),
    [
        ("likely", Worth("weekly", exact("53.10"), exact("53.10"), None, None), "about £53 a week"),
        ("likely", Worth("weekly", exact("53.99"), exact("187.00"), None, None), "at least £53 a week"),
        ("likely", Worth("weekly", exact("53.99"), None, None, None), "at least £53 a week"),
        ("likely", Worth("weekly", exact("0"), exact("90"), None, None), "amount not known"),
        ("likely", Worth("weekly", None, None, None, None), "amount not known"),
        ("likely", Worth("weekly", exact("0"), exact("0"), None, "As a carer. More"), "As a carer"),
        ("possible", Worth("weekly", exact("0"), exact("0"), None, "As a carer."), "As a carer"),
        ("possible", Worth("weekly", exact("0"), exact("0.01"), None, "As a carer."), "if it is due, up to 1p a week"),
        ("likely", Worth("monthly", exact("1543.32"), exact("1543.32"), exact("15331.99"), None),
         "about £1,543 a month, and at least £15,331 in arrears"),
        ("likely", Worth("arrears", exact("120"), exact("120"), exact("120"), None), "about £120 in arrears"),
        ("likely", Worth("yearly", exact("0.75"), exact("0.75"), None, None), "about 75p a year"),
        ("likely", Worth("weekly", exact("9.99"), exact("9.99"), exact("0"), None), "about £9.99 a week"),
        ("possible", Worth("weekly", exact("0"), exact("221.65"), None, None), "if it is due, up to £221 a week"),
        ("possible", Worth("weekly", exact("76.70"), exact("114.60"), None, None),
         "if it is due, between £76 and £114 a week"),
        ("possible", Worth("weekly", exact("76.70"), None, None, None), "if it is due, £76 a week or more"),
        ("possible", Worth("weekly", exact("0"), None, None, None), "amount not known"),
        ("possible", Worth("monthly", exact("9"), exact("9"), exact("5000"), None),
         "if it is due, about £9.00 a month"),
        ("likely", Worth(None, None, None, None, "A free lunch on every school day. In Reception it is free."),
         "A free lunch on every school day"),
        ("possible", Worth(None, None, None, None, None), ""),
    ],
)  # fmt: skip
def test_worth_in_words(verdict: str, worth: Worth, words: str) -> None:
    assert worth_in_words(verdict, worth) == words


def test_pounds_are_never_rounded_up() -> None:
    amounts = ("0.01", "0.99", "1", "9.99", "10", "10.99", "999.99", "123456.78")
    assert [money(exact(amount)) for amount in amounts] == [
        "1p", "99p", "£1.00", "£9.99", "£10", "£10", "£999", "£123,456",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("Ms", "Zoë", "O'Brien"), "Ms Zoë O'Brien"),
        (("MR", "JEAN-LUC", "O'BRIEN"), "Mr Jean-Luc O'Brien"),
        (("MRS", "A", "MCDONALD"), "Mrs A McDonald"),
        ((None, "Ana", "de la Cruz"), "Ana de la Cruz"),
        ((None, "JOSÉ", "NÚÑEZ"), "José Núñez"),
        ((None, None, "Khan"), "Khan"),
        ((" ", "", None), ""),
    ],
)
def test_names_are_shown_as_held_but_not_in_capitals(
    parts: tuple[str | None, str | None, str | None], shown: str
) -> None:
    assert name_in_words(*parts) == shown


def test_assumptions_are_named() -> None:
    assert assumptions_in_words("habitually_resident") == "habitually resident"
    assert assumptions_in_words("") == assumptions_in_words(None) == ""


ROLES = {"p1": "claimant", "p2": "partner", "p3": "child", "p4": "claimant", "p5": "partner"}
FAMILIES = {"p1": "f1", "p2": "f1", "p3": "f1", "p4": "f2", "p5": "f2"}


@pytest.fixture(scope="module")
def questions() -> Questions:
    return Questions(load_rulebook(examples=False), ROLES, FAMILIES)


def asked(questions: Questions, settled_by: str, *, may_already_have: bool = False, about: str = "f1") -> list[str]:
    return list(questions.of("pension_credit", may_already_have, settled_by, "p1", about).questions)


def test_one_question_that_settles_it_alone_is_enough(questions: Questions) -> None:
    assert asked(questions, "family:f1:savings person:p1:state_pension;;") == [
        "Do you and your partner have savings or investments, and about how much?"
    ]


def test_whether_they_have_it_comes_first(questions: Questions) -> None:
    assert asked(questions, "family:f1:savings;;", may_already_have=True) == [
        "Do you already get Pension Credit?",
        "Do you and your partner have savings or investments, and about how much?",
    ]


def test_where_nothing_settles_it_alone_up_to_three_are_asked_once_each(questions: Questions) -> None:
    rest = (
        ";;person:p1:state_pension family:f1:savings person:p1:state_pension person:p1:net_earnings family:f1:is_couple"
    )
    assert asked(questions, rest) == [
        "How much State Pension do you get a week?",
        "Do you and your partner have savings or investments, and about how much?",
        "How much do you take home from work a week?",
    ]


def test_a_question_says_whom_it_is_about(questions: Questions) -> None:
    rest = ";;person:p2:state_pension person:p4:net_earnings person:p9:net_earnings"
    assert asked(questions, rest) == [
        "How much State Pension does your partner get a week?",
        "Of another adult there: How much do you take home from work a week?",
        "Of somebody else there: How much do you take home from work a week?",
    ]
    assert asked(questions, ";;person:p3:state_pension", about="p3") == ["How much State Pension do you get a week?"]


def test_a_question_about_a_partner_is_put_to_whichever_of_the_two_is_rung(questions: Questions) -> None:
    rest = ";;person:p1:state_pension person:p5:state_pension"
    told = questions.of("pension_credit", False, rest, "p2", "f1").questions
    # The other couple there are nobody's business but their own.
    assert told == (
        "How much State Pension does your partner get a week?",
        "Of the partner: How much State Pension do you get a week?",
    )


def test_everything_asked_of_a_grown_up_can_be_asked_of_a_partner(questions: Questions) -> None:
    for fact in questions.book.facts.values():
        others = ("with you", "pay you", "close family", "the home")  # of a lodger, not of a partner
        asked_of_you = fact.level == "person" and " you" in (fact.question or "")
        if asked_of_you and not any(words in (fact.question or "") for words in others):
            assert fact.of_partner and "your partner" in fact.of_partner, fact.name


def test_several_that_settle_it_together_are_asked_in_order_and_said_to(questions: Questions) -> None:
    found = ";family:f1:is_couple family:f1:savings;"
    assert questions.of("pension_credit", False, found, "p1", "f1") == Asking(
        (
            "Do you live with a husband, wife or partner?",
            "Do you and your partner have savings or investments, and about how much?",
        ),
        only_together=2,
    )
    # Some of them would settle nothing: none is left out, however many there are.
    found = (
        ";family:f1:is_couple family:f1:savings person:p1:state_pension person:p1:net_earnings person:p2:state_pension;"
    )
    whole = questions.of("pension_credit", True, found, "p1", "f1")
    assert (len(whole.questions), whole.only_together) == (6, 5)
    assert whole.questions[0] == "Do you already get Pension Credit?"
    assert whole.questions[-1] == "How much State Pension does your partner get a week?"


def test_questions_that_come_to_one_are_said_to_be_no_more(questions: Questions) -> None:
    found = ";person:p4:net_earnings person:p4:net_earnings;"
    assert questions.of("pension_credit", False, found, "p1", "f1").only_together == 0


def test_whether_they_have_it_may_be_one_of_those_that_settle_it_together(questions: Questions) -> None:
    whole = questions.of("pension_credit", True, ";family:f1:savings family:f1:gets_pension_credit;", "p1", "f1")
    assert whole.questions == (
        "Do you already get Pension Credit?",
        "Do you and your partner have savings or investments, and about how much?",
    )
    assert whole.only_together == 2


def test_where_no_answer_helps_nothing_is_asked(questions: Questions) -> None:
    assert asked(questions, ";;") == []
    assert asked(questions, ";;", may_already_have=True) == ["Do you already get Pension Credit?"]
