"""What must the holder of a list know: what it is, what it rests on and leaves out, and what it may not be used for?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lift.days import in_words
from lift.rulebook.model import Rule, Rulebook
from lift.sources.kinds import load_kinds
from lift.stages.export.call_file import OUTCOMES
from lift.stages.export.held import REASONS, Reason
from lift.workspace.runs import RunRecord
from lift.workspace.settings import Purpose

ADVISORY = (
    "This list only offers help. It must not be used to stop, reduce or investigate an award, nor for recovery, "
    "fraud work or discount reviews. Not being on it decides nothing."
)
NOTHING_HEARD = "Families of whom no income is known are on no list. That does not mean that nothing is due to them."
_ORDER = (
    "A deadline within 60 days first; then likely before possible; then the larger sure worth a year (low end), the "
    "larger that it might be (high end), and the stronger evidence; at last the reference. A family stands where its "
    "first answer does."
)
_DRAWN = (
    "By lot: each month one to two in a hundred of the families that are on no list and of whom no income is known. "
    "Nobody chose them. What they answer tells how much the lists miss; that they are asked says nothing of them."
)
_VERDICTS = (
    "Likely: due on what is known, whatever is not known, as long as what is assumed below is true. To be asked about: "
    "may be due; the questions say what would settle it. Promise nobody a figure."
)
CALLERS = (
    "Letter first. Say nothing until the person named is on the line, and leave nothing on voicemail or with anybody "
    "else. Give the council's published number to ring back. Never ask for bank details, National Insurance number or "
    "date of birth. Where the file says letter only, do not call."
)
ADVISERS = "Families who could lose by a claim, or where only an adviser can tell. No caller rings them."
PAGE = "For advisers only. It names nobody: find the family by its reference. Do not read figures out as promises."
#: A count below this could point at somebody, so only its being small is told.
SMALL = 10
ROUNDED_TO = 5


@dataclass(frozen=True)
class Shown:
    """How a list came to the families it shows: shown, found, more than the team can work, and held back by reason.
    `too_small`: answers that were never found, for they come to less than the council's smallest worth."""

    shown: int
    found: int
    over_capacity: int
    held: Mapping[Reason, int]
    too_small: int = 0

    @property
    def held_in_all(self) -> int:
        return sum(self.held.values())


def rough(number: int) -> str:
    """A count that must not point at anybody: fewer than 10, or rounded to 5."""
    if number < SMALL:
        return f"fewer than {SMALL}"
    return f"about {ROUNDED_TO * round(number / ROUNDED_TO):,}"


def found_in_words(one: Shown) -> str:
    """How many were found, so that nobody can subtract what is shown and learn a small number."""
    sure = one.shown + one.over_capacity
    if one.held_in_all < SMALL:
        return f"between {sure:,} and {sure + SMALL - 1:,}"
    return f"about {ROUNDED_TO * round(one.found / ROUNDED_TO):,}"


@dataclass(frozen=True)
class About:
    """What the notes of every file of one list share."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    shown: Shown
    protection: str
    purpose: Purpose
    exported: datetime.date
    destroy_after: datetime.date


def notes_of(record: RunRecord, book: Rulebook, about: About, audience: str, rows: str) -> list[tuple[str, str]]:
    """Label and text, in reading order. `audience`: for whom this file is; `rows`: what its rows are."""
    files = sorted(record.files, key=lambda file: file.name)
    read = [f"{kind_title(file.kind)} of {in_words(file.extract_date)} ({file.name})" for file in files]
    purpose = about.purpose
    notes = [
        ("List", about.title),
        ("Offers help only", ADVISORY),
        ("For whom", audience),
        ("Council", record.council),
        ("Run", f"{record.run}, {record.worked_out}; exported on {in_words(about.exported)}"),
        ("Read", "\n".join(read)),
        ("Not supplied", "\n".join(f"{one.title}: {one.cost}" for one in record.missing) or "nothing is missing"),
        *(("Bear in mind", caution) for caution in record.cautions),
        ("Rows", f"{rows}; {about.shown.shown:,} families shown of {found_in_words(about.shown)} found"),
        ("Left out", _left_out(about.shown)),
        ("Held back by", f"{about.protection}; the council's register; the marks in the extracts themselves"),
        ("Order", _ORDER if about.rules else _DRAWN),
    ]
    if about.rules:
        notes += [("Verdicts", _VERDICTS)]
        notes += [("Assumed", f"{name.replace('_', ' ')}: {one.why}") for name, one in sorted(book.assumptions.items())]
    notes += [("In kind", f"{rule.name}: {rule.in_kind}") for rule in about.rules if rule.in_kind]
    notes += [("Rule", _rule(rule, record)) for rule in about.rules]
    notes += [
        ("Blind spot", NOTHING_HEARD),
        ("Outcomes", f"Write one of: {', '.join(OUTCOMES)}."),
        ("Purpose", purpose.purpose),
        ("Legal gateway", purpose.gateway),
        ("Lawful basis", "; ".join(filter(None, (purpose.lawful_basis, purpose.special_category)))),
        ("DPIA", purpose.dpia),
        ("Owner", f"{purpose.owner}; purpose in force until {in_words(purpose.expires)}"),
        ("Destroy after", in_words(about.destroy_after)),
    ]
    return notes


def _left_out(shown: Shown) -> str:
    """Every reason is told each time: its not being there would say that nobody was."""
    told = [f"{reason}: {rough(shown.held.get(number, 0))}" for number, reason in REASONS.items()]
    more = f"more than the team can work this month: {shown.over_capacity:,}"
    small = f"answers that come to less than the smallest worth set for lists in council.toml: {rough(shown.too_small)}"
    return "\n".join([f"Families: {told[0]}", *told[1:], more, f"Besides, {small}"])


def _rule(rule: Rule, record: RunRecord) -> str:
    used = record.rules[rule.id]
    reviewed = f"reviewed by {used.reviewed_by}" if used.reviewed_by else "reviewed by: nobody yet"
    return f"{rule.name}: {rule.law}; {reviewed}; version {used.hash[:12]}"


def kind_title(kind: str) -> str:
    """What a kind of extract is called."""
    return load_kinds()[kind].title


def query_notes(
    record: RunRecord, what: str, protection: str, purpose: Purpose, exported: datetime.date, destroy: datetime.date
) -> Sequence[tuple[str, str]]:
    """The notes of a file that is no list: the answer to a question (`what`)."""
    return [
        ("List", what),
        ("Offers help only", ADVISORY),
        ("Council", record.council),
        ("Run", f"{record.run}, {record.worked_out}; exported on {in_words(exported)}"),
        ("Held back by", f"{protection}; the council's register; the marks in the extracts themselves"),
        ("Blind spot", NOTHING_HEARD),
        ("Purpose", purpose.purpose),
        ("Legal gateway", purpose.gateway),
        ("Lawful basis", "; ".join(filter(None, (purpose.lawful_basis, purpose.special_category)))),
        ("DPIA", purpose.dpia),
        ("Owner", f"{purpose.owner}; purpose in force until {in_words(purpose.expires)}"),
        ("Destroy after", in_words(destroy)),
    ]
