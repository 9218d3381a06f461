"""Does the score tell right from wrong? A truth and a run of a few families, one for each mark there is."""

from __future__ import annotations

import pytest

from score.found import Answer, Found
from score.marks import ListMarks, mark
from score.truth import Row, Truth

RULE = "pension_credit"


def entitlement(family: str, **known: str) -> Row:
    plain = {
        "entitlement": RULE, "family_id": family, "person_id": "", "entitled": "yes", "in_receipt": "no",
        "facts_complete": "yes", "expected": "likely", "never_likely": "no", "trap": "",
    }  # fmt: skip
    return plain | known


class Town:
    """Families of one person each, whom one line names and one answer is about."""

    def __init__(self) -> None:
        self.people: dict[str, Row] = {}
        self.mentions: dict[tuple[str, int, int], str] = {}
        self.linked: dict[tuple[str, int, int], str] = {}
        self.entitlements: list[Row] = []
        self.answers: list[Answer] = []
        self.family: dict[str, str] = {}

    def family_of(self, name: str, verdict: str, asked: bool = False, **known: str) -> None:
        self.people[f"P{name}"] = {"person_id": f"P{name}", "family_id": f"F{name}"}
        self.entitlements.append(entitlement(f"F{name}", **known))
        self.line(f"P{name}", f"p{name}")
        self.unit(name, verdict, asked)

    def unit(self, name: str, verdict: str, asked: bool = False) -> None:
        self.family[f"p{name}"] = f"f{name}"
        self.answers.append(Answer(RULE, f"f{name}", "family", verdict, None, None, asked))

    def line(self, person: str, key: str, file: str = "awards.csv") -> None:
        place = (file, len(self.mentions) + 2, 1)
        self.mentions[place] = person
        self.linked[place] = key

    def truth(self) -> Truth:
        rows = {(row["entitlement"], row["family_id"]): row for row in self.entitlements}
        return Truth(self.people, self.mentions, rows, [])

    def found(self) -> Found:
        return Found(self.linked, self.family, dict.fromkeys(self.family, "claimant"), self.answers, {})

    def marks(self) -> ListMarks:
        (marks,) = mark(self.truth(), self.found()).lists
        return marks


@pytest.fixture
def town() -> Town:
    return Town()


def test_a_likely_that_is_right(town: Town) -> None:
    town.family_of("1", "likely")
    assert town.marks() == ListMarks(RULE, entitled=1, likely=1)


@pytest.mark.parametrize("verdict", ["possible", "unknown", "ruled_out"])
def test_a_truth_that_the_files_prove_must_be_likely(town: Town, verdict: str) -> None:
    town.family_of("1", verdict)
    marks = town.marks()
    assert marks == ListMarks(RULE, entitled=1, missed_though_proved=["F1"])
    assert not marks.is_good


def test_a_truth_that_the_files_do_not_prove_may_be_possible(town: Town) -> None:
    town.family_of("1", "possible", facts_complete="no", expected="")
    town.family_of("2", "unknown", facts_complete="no", expected="")
    marks = town.marks()
    assert marks == ListMarks(RULE, entitled=2, possible=1, missed=1)
    assert marks.is_good


def test_a_likely_without_entitlement_is_wrong(town: Town) -> None:
    town.family_of("1", "likely", entitled="no", expected="", never_likely="yes", trap="income_at_guarantee")
    marks = town.marks()
    assert marks == ListMarks(RULE, wrong=["F1 income_at_guarantee"])
    assert not marks.is_good


def test_a_likely_about_nobody_is_wrong(town: Town) -> None:
    town.family_of("1", "likely")
    town.unit("2", "likely")
    assert town.marks().wrong == ["f2: nobody of whom the truth knows"]


def test_whoever_has_it_already_is_counted_apart(town: Town) -> None:
    town.family_of("1", "likely", asked=True, in_receipt="yes", facts_complete="no", expected="")
    assert town.marks() == ListMarks(RULE, already_had=1, already_had_and_asked=1)
    assert town.marks().is_good
    town.family_of("2", "likely", in_receipt="yes", facts_complete="no", expected="")
    assert town.marks() == ListMarks(RULE, already_had=2, already_had_and_asked=1)
    assert not town.marks().is_good


def test_law_left_open_and_the_dead_are_counted_apart(town: Town) -> None:
    town.family_of("1", "likely", entitled="not_settled", never_likely="yes")
    town.family_of("2", "likely", entitled="no", never_likely="no")
    assert town.marks() == ListMarks(RULE, open=1, held_back=1)


def test_a_question_to_somebody_who_is_not_missing_out_is_in_vain(town: Town) -> None:
    town.family_of("1", "possible", entitled="no", expected="", never_likely="yes")
    town.family_of("2", "possible", in_receipt="yes", expected="in_payment")
    town.unit("3", "possible")
    assert town.marks() == ListMarks(RULE, asked_in_vain=3)


def test_one_family_taken_for_two_is_listed_twice_and_found(town: Town) -> None:
    town.family_of("1", "unknown")
    for name in ("2", "3"):
        town.line("P1", f"p{name}", "shbe.txt")
        town.unit(name, "likely")
    assert town.marks() == ListMarks(RULE, entitled=1, likely=1, twice=1)


def test_an_infant_who_is_fed_anyway_is_nobodys_miss() -> None:
    row = entitlement("F1", entitlement="free_school_meals", expected="")
    truth = Truth({}, {}, {("free_school_meals", "F1"): row}, [])
    (marks,) = mark(truth, Found({}, {}, {}, [], {})).lists
    assert (marks.missed, marks.missed_though_proved) == (1, [])


# Links


def test_pairs_of_files_joined_missed_and_people_taken_for_one(town: Town) -> None:
    town.line("P1", "p1", "awards.csv")
    town.line("P1", "p1", "awards.csv")  # one file, so no pair
    town.line("P1", "p1", "shbe.txt")
    town.line("P1", "p9", "contacts.csv")
    town.line("P2", "p2", "awards.csv")
    town.line("P3", "p2", "shbe.txt")
    links = mark(town.truth(), town.found()).links
    assert (links.right, links.missed, links.wrong) == (1, 2, 1)
    assert (links.people, links.split) == (3, 1)


# Refusals


def test_lines_refused_and_accepted_against_the_plan() -> None:
    faults = [
        {"file": "a.csv", "line": "3", "fault": "line_broken", "effect": "refused"},
        {"file": "a.csv", "line": "4", "fault": "date_impossible", "effect": "refused"},
        {"file": "a.csv", "line": "5", "fault": "nino_missing", "effect": "accepted"},
    ]
    found = Found({}, {}, {}, [], {("a.csv", 3): "width", ("a.csv", 9): "bad_date"})
    marks = mark(Truth({}, {}, {}, faults), found)
    assert marks.refusals.right == {"width": 1}
    assert marks.refusals.wrong == {"bad_date": 1}
    assert marks.refusals.accepted == {"date_impossible": 1}
    assert not marks.is_good
