"""What did a run find: who is who, what is each due, which lines were refused?"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import duckdb

from score.truth import Mention, Truth

#: Which of a line's people a part is. The truth counts them in the order in which the line names them.
SECOND = ("liable_2", "partner", "parent_1")


@dataclass(frozen=True)
class Answer:
    """`unit`: a person's or a family's key; `person`: of whom it is, or whose claim."""

    rule: str
    unit: str
    level: str
    verdict: str
    low: Decimal | None
    high: Decimal | None
    may_already_have: bool

    @property
    def is_listed(self) -> bool:
        return self.verdict in ("likely", "possible")


@dataclass(frozen=True)
class Found:
    """The tables of a finished run that a score looks at, in Python. `linked`: the person key of each part of a line;
    `family` and `role`: of each person who is one now."""

    linked: dict[Mention, str]
    family: dict[str, str]
    role: dict[str, str]
    answers: list[Answer]
    refused: dict[tuple[str, int], str]

    def people(self, truth: Truth) -> Namesakes:
        return Namesakes(truth, self)


def read_run(core: Path) -> Found:
    """Reads a run's `core.duckdb`."""
    with duckdb.connect(str(core), read_only=True) as connection:
        files = dict(connection.execute("SELECT file_id, name FROM extract_file").fetchall())
        links = connection.execute(
            "SELECT r.file_id, r.line, r.part, l.person_key FROM record r JOIN person_link l USING (record_id)"
        ).fetchall()
        people = connection.execute("SELECT person_key, family_key, role FROM person ORDER BY person_key").fetchall()
        answers = connection.execute("""
            SELECT rule, unit_key, level, verdict, worth_low, worth_high, coalesce(may_already_have, FALSE)
            FROM answer ORDER BY rule, unit_key""").fetchall()
        refused = connection.execute("SELECT file_id, line, reason FROM refusal").fetchall()
    return Found(
        linked={(files[file], line, 2 if part in SECOND else 1): key for file, line, part, key in links},
        family={person: family for person, family, _ in people},
        role={person: role for person, _, role in people},
        answers=[Answer(*row) for row in answers],
        refused={(files[file], line): reason for file, line, reason in refused},
    )


class Namesakes:
    """Whom of the truth the run's people are, and the other way about: by the lines that both speak of."""

    def __init__(self, truth: Truth, found: Found) -> None:
        self.truth, self.found = truth, found
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        self.keys: dict[str, dict[str, Counter[str]]] = defaultdict(dict)
        for mention, key in found.linked.items():
            person = truth.mentions.get(mention)
            if person is not None:
                votes[key][person] += 1
                self.keys[person].setdefault(mention[0], Counter())[key] += 1
        self.true_of = {key: min(counted, key=lambda one: (-counted[one], one)) for key, counted in votes.items()}
        self.merged = {key: set(counted) for key, counted in votes.items() if len(counted) > 1}

    @cached_property
    def key_of(self) -> dict[str, str]:
        """The key of each true person, of several the one that is a unit, or else most lines speak of."""
        found = {}
        for person, by_file in self.keys.items():
            counted = sum(by_file.values(), Counter[str]())
            found[person] = min(counted, key=lambda key: (key not in self.found.family, -counted[key], key))
        return found

    @cached_property
    def true_family_of(self) -> dict[str, str]:
        """The true family of each of the run's families: its claimant's, failing that of any grown-up of it."""
        found: dict[str, str] = {}
        order = {"claimant": 0, "partner": 1}
        for key in sorted(self.found.family, key=lambda key: (order.get(self.found.role[key], 2), key)):
            person = self.truth.people.get(self.true_of.get(key, ""))
            if person is not None and person["family_id"]:
                found.setdefault(self.found.family[key], person["family_id"])
        return found

    def subject_of(self, answer: Answer) -> str:
        """The true person or family that an answer is about; empty if nobody."""
        known = self.true_of if answer.level == "person" else self.true_family_of
        return known.get(answer.unit, "")
