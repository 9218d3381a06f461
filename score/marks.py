"""How many were listed rightly, missed, listed wrongly or left as possible? Which lines were joined, which refused?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from score.found import Answer, Found, Namesakes
from score.truth import Row, Truth

Listed = list[tuple[Answer, Row | None]]


@dataclass
class ListMarks:
    """One list against the truth; every number is of true families or persons, but those listed about nobody.

    Truly entitled and not in payment: `entitled` = `likely` + `possible` + `missed_though_proved` + `missed`.
    Of the others on the list: `already_had` (in payment), `open` (the law or the scheme's figures leave it open),
    `held_back` (dead, which only the suppression list tells: no export shows them), `wrong`.
    """

    rule: str
    entitled: int = 0
    likely: int = 0
    possible: int = 0
    missed_though_proved: list[str] = field(default_factory=list)
    missed: int = 0
    already_had: int = 0
    already_had_and_asked: int = 0
    open: int = 0
    held_back: int = 0
    twice: int = 0
    wrong: list[str] = field(default_factory=list)
    asked_in_vain: int = 0

    @property
    def is_good(self) -> bool:
        told_apart = self.already_had == self.already_had_and_asked
        return not self.wrong and not self.missed_though_proved and told_apart


@dataclass(frozen=True)
class LinkMarks:
    """Pairs of files that speak of one person: `right` if they were joined. `wrong`: pairs of people taken for one."""

    right: int
    missed: int
    wrong: int
    people: int
    split: int


@dataclass(frozen=True)
class RefusalMarks:
    """By reason: lines refused as planted; refused though nothing was planted; planted, yet accepted (by fault)."""

    right: dict[str, int]
    wrong: dict[str, int]
    accepted: dict[str, int]


@dataclass(frozen=True)
class Marks:
    lists: list[ListMarks]
    links: LinkMarks
    refusals: RefusalMarks

    @property
    def is_good(self) -> bool:
        """No `likely` is wrong, nobody on one has it already without the caller being told to ask, no truth that the
        files prove is missed, no line is refused or accepted wrongly."""
        sound = not self.refusals.wrong and not self.refusals.accepted
        return sound and all(one.is_good for one in self.lists)


def mark(truth: Truth, found: Found) -> Marks:
    people = Namesakes(truth, found)
    return Marks(
        lists=[mark_list(rule, truth, found, people) for rule in truth.rules],
        links=mark_links(people),
        refusals=mark_refusals(truth, found),
    )


# Lists


def mark_list(rule: str, truth: Truth, found: Found, people: Namesakes) -> ListMarks:
    marks = ListMarks(rule)
    listed = [
        (answer, truth.entitlements.get((rule, people.subject_of(answer))))
        for answer in found.answers
        if answer.rule == rule and answer.is_listed
    ]
    best = _best(listed)
    for row in _of(rule, truth):
        if is_missing_out(row):
            marks.entitled += 1
            _mark_missing_out(marks, row, best.get(subject(row), ""))
    seen: set[str] = set()
    for answer, listed_row in listed:
        if answer.verdict == "likely":
            _mark_likely(marks, answer, listed_row, seen)
        elif listed_row is None or not is_missing_out(listed_row):
            marks.asked_in_vain += 1
    return marks


def _of(rule: str, truth: Truth) -> Iterator[Row]:
    return (row for (name, _), row in truth.entitlements.items() if name == rule)


def subject(row: Row) -> str:
    return row["person_id"] or row["family_id"]


def name(row: Row) -> str:
    return " ".join(filter(None, (row["family_id"], row["person_id"], row["trap"])))


def is_missing_out(row: Row) -> bool:
    return row["entitled"] == "yes" and row["in_receipt"] == "no"


def is_proved(row: Row) -> bool:
    """Whether a rule must see it: the files are complete, and the truth does not leave open what a rule should say."""
    return row["facts_complete"] == "yes" and bool(row["expected"] or row["entitlement"] != "free_school_meals")


def _best(listed: Listed) -> dict[str, str]:
    best: dict[str, str] = {}
    for answer, row in listed:
        if row is not None and best.get(subject(row)) != "likely":
            best[subject(row)] = answer.verdict
    return best


def _mark_missing_out(marks: ListMarks, row: Row, verdict: str) -> None:
    if verdict == "likely":
        marks.likely += 1
    elif is_proved(row):
        marks.missed_though_proved.append(name(row))
    elif verdict == "possible":
        marks.possible += 1
    else:
        marks.missed += 1


def _mark_likely(marks: ListMarks, answer: Answer, row: Row | None, seen: set[str]) -> None:
    """Somebody in payment is no wrong `likely` if the caller is told to ask first; `already had` counts both."""
    if row is None:
        marks.wrong.append(f"{answer.unit}: nobody of whom the truth knows")
    elif is_missing_out(row):
        marks.twice += subject(row) in seen
        seen.add(subject(row))
    elif row["in_receipt"] == "yes":
        marks.already_had += 1
        marks.already_had_and_asked += answer.may_already_have
    elif row["entitled"] == "not_settled":
        marks.open += 1
    elif row["never_likely"] == "no":
        marks.held_back += 1
    else:
        marks.wrong.append(name(row))


# Links


def mark_links(people: Namesakes) -> LinkMarks:
    right = missed = split = 0
    for by_file in people.keys.values():
        for one, other in combinations(sorted(by_file), 2):
            if by_file[one].keys() & by_file[other].keys():
                right += 1
            else:
                missed += 1
        split += len({key for keys in by_file.values() for key in keys}) > 1
    wrong = sum(len(merged) * (len(merged) - 1) // 2 for merged in people.merged.values())
    return LinkMarks(right, missed, wrong, len(people.keys), split)


# Refusals


def mark_refusals(truth: Truth, found: Found) -> RefusalMarks:
    planted = {(row["file"], int(row["line"])): row["fault"] for row in truth.faults if row["effect"] == "refused"}
    right = Counter(reason for place, reason in found.refused.items() if place in planted)
    wrong = Counter(reason for place, reason in found.refused.items() if place not in planted)
    accepted = Counter(fault for place, fault in planted.items() if place not in found.refused)
    return RefusalMarks(dict(right), dict(wrong), dict(accepted))
