"""What must the holder of a list know: what it is, what it rests on and leaves out, and what it may not be used for?"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from lift.rulebook.model import Rule, Rulebook
from lift.sources.kinds import load_kinds
from lift.workspace.runs import RunRecord

ADVISORY = (
    "This list only offers help. It must not be used to stop, reduce or investigate an award, nor for recovery, "
    "fraud work or discount reviews. Not being on it decides nothing."
)
NOTHING_HEARD = "Homes of which no income is known are on no list. That does not mean that nothing is due to them."
_ORDER = (
    "likely before possible; then the larger sure worth a year (low end), then the larger that it might be (high "
    "end), then the stronger evidence; at last the reference."
)
_FAMILY_ORDER = (
    "families with something likely first; then the larger sure worth a year of one award; at last the reference."
)
_VERDICTS = (
    "likely: due on what is known, whatever is not known, as long as what is assumed below is true. "
    "possible: may be due; the question says what would settle it. Give nobody a figure on a possible answer."
)


@dataclass(frozen=True)
class Shown:
    """Rows on the list, rows found, and how many the team's capacity left off."""

    rows: int
    found: int
    over_capacity: int


def notes_of(
    record: RunRecord, book: Rulebook, rules: Sequence[Rule], title: str, shown: Shown, protection: str, keep_days: int
) -> list[tuple[str, str]]:
    """Label and text, in reading order. `rules`: the rule of the list, or every rule of the families' list."""
    single = rules[0] if len(rules) == 1 else None
    notes = [
        ("List", title),
        ("Offers help only", ADVISORY),
        ("Council", record.council),
        ("Run", f"{record.run}, worked out for {in_words(record.day)}"),
        (
            "Read",
            "; ".join(
                f"{kinds_title(file.kind)} of {in_words(file.extract_date)} ({file.name})" for file in record.files
            ),
        ),
        ("Not supplied", "; ".join(f"{one.title}: {one.cost}" for one in record.missing) or "nothing is missing"),
        ("Rows", _rows(shown)),
        (
            "Held back by",
            f"{protection}; the extracts' own flags; everybody in the same home or family, or with the same phone",
        ),
        ("Order", _ORDER if single else _FAMILY_ORDER),
        ("Verdicts", _VERDICTS),
    ]
    notes += [("Assumed", f"{name.replace('_', ' ')}: {one.why}") for name, one in sorted(book.assumptions.items())]
    notes += [("Worth", f"{rule.name}: {rule.in_kind}") for rule in rules if rule.in_kind]
    notes += [("Rule", _rule(rule, record)) for rule in rules]
    notes += [("Blind spot", NOTHING_HEARD)]
    notes += [("Destroy after", in_words(record.day + datetime.timedelta(days=keep_days)))]
    return notes


def _rows(shown: Shown) -> str:
    told = f"{shown.rows} shown of {shown.found} found"
    if shown.over_capacity:
        told += f"; {shown.over_capacity} more than the team can work this month"
    held = shown.found - shown.rows - shown.over_capacity
    return told + (f"; {held} held back" if held else "; none held back")


def _rule(rule: Rule, record: RunRecord) -> str:
    used = record.rules[rule.id]
    reviewed = f"reviewed by {used.reviewed_by}" if used.reviewed_by else "reviewed by nobody yet"
    return f"{rule.name}: {rule.law}; {reviewed}; version {used.hash[:12]}"


def kinds_title(kind: str) -> str:
    """What a kind of extract is called."""
    return load_kinds()[kind].title


def in_words(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"
