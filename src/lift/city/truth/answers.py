"""What does a row of the truth say of a family and an entitlement?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lift.city.people import Person
from lift.city.truth.known import Subject

Entitled = Literal["yes", "no", "not_settled"]
Verdict = Literal["", "likely", "possible", "ruled_out", "in_payment", "unknown"]


@dataclass(frozen=True)
class Answer:
    """One row of entitlements.csv. `gap` says why the files do not hold complete facts; empty if they do.

    `expected` is the verdict where it can be said for certain. A `likely` is wrong wherever `never_likely` is true.
    """

    entitlement: str
    subject: Subject
    person: Person | None
    entitled: Entitled
    in_receipt: bool
    amount: str = ""
    period: str = ""
    gap: str = ""
    expected: Verdict = ""

    @property
    def never_likely(self) -> bool:
        if self.subject.family.claimant.died:
            return False  # only the suppression list knows of the death: the answer may be likely, no list may show it
        return self.entitled != "yes" or self.entitlement == "attendance_allowance"


def as_entitled(value: bool) -> Entitled:
    return "yes" if value else "no"
