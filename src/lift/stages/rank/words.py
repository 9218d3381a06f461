"""How is an answer put into words that promise no more than it proves?

A likely answer with one value is `about`, with a range `at least` its low end; a possible answer shows its range to the
benefits team as `if it is due`. Pounds are rounded down where they are large enough for it not to matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from lift.rulebook.answers import Question
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.nodes import FactRef
from lift.rulebook.questions import read_written

A_TIME = {"weekly": "a week", "monthly": "a month", "yearly": "a year", "one_off": "once", "arrears": "in arrears"}
ONCE = ("one_off", "arrears")
MOST_QUESTIONS = 3
ROUNDED_FROM = 10


def money(amount: Decimal) -> str:
    """Pounds and pence; from ten pounds up, whole pounds, never rounded up."""
    if amount >= ROUNDED_FROM:
        return f"£{amount.quantize(Decimal(1), rounding=ROUND_DOWN):,}"
    return f"£{amount:.2f}" if amount >= 1 else f"{int(amount * 100)}p"


@dataclass(frozen=True)
class Worth:
    """What an award would bring: its first part with the range that the verdict rests on, and the low end of what is
    paid once besides; or something in kind."""

    part: str | None
    low: Decimal | None
    high: Decimal | None
    once_low: Decimal | None
    in_kind: str | None


def worth_in_words(verdict: str, worth: Worth) -> str:
    """Empty where nothing can be said. Of a text about help in kind the first sentence; the notes hold all of it. It
    also stands for money that surely comes to nothing, as where Carer's Allowance is not paid beside State Pension."""
    if worth.part is None or (worth.in_kind and worth.high is not None and worth.high <= 0):
        return (worth.in_kind or "").partition(". ")[0].rstrip(".")
    told = _part_in_words(verdict, A_TIME[worth.part], worth.low, worth.high)
    if verdict == "likely" and worth.once_low and worth.part not in ONCE:
        told += f", and at least {money(worth.once_low)} {A_TIME['arrears']}"
    return told


def _part_in_words(verdict: str, often: str, low: Decimal | None, high: Decimal | None) -> str:
    if verdict == "likely":
        if low is None or low <= 0:
            return "amount not known"
        return f"about {money(low)} {often}" if low == high else f"at least {money(low)} {often}"
    if high is None:
        return f"if it is due, {money(low)} {often} or more" if low else "amount not known"
    if low == high:
        return f"if it is due, about {money(high)} {often}"
    if low:
        return f"if it is due, between {money(low)} and {money(high)} {often}"
    return f"if it is due, up to {money(high)} {often}"


def name_in_words(title: str | None, forename: str | None, surname: str | None) -> str:
    """Title, forename and surname. A source that holds capitals only is put into small letters."""
    parts = [part.strip() for part in (title, forename, surname) if part and part.strip()]
    whole = " ".join(parts)
    return _small_letters(whole) if whole.isupper() else whole


def _small_letters(text: str) -> str:
    lowered = re.sub(r"[^\W\d_]+", lambda word: word.group()[:1] + word.group()[1:].lower(), text)
    return re.sub(r"\bMc([a-z])", lambda found: f"Mc{found.group(1).upper()}", lowered)


def assumptions_in_words(assumed: str | None) -> str:
    """The facts that are assumed, by their names; the notes say why."""
    return ", ".join(name.strip().replace("_", " ") for name in (assumed or "").split(",") if name.strip())


@dataclass(frozen=True)
class Asking:
    """What to ask about an answer, in order. `only_together`: how many of the questions, counted from the last, settle
    it only together, so that asking some of them settles nothing; 0 where that is said of none."""

    questions: tuple[str, ...] = ()
    only_together: int = 0


class Questions:
    """What to ask about an answer, in order: whether they have it already, then what would settle it."""

    def __init__(self, book: Rulebook, roles: Mapping[str, str | None], families: Mapping[str, str]) -> None:
        """`roles` and `families` by person."""
        self.book, self.roles, self.families = book, roles, families

    def of(self, rule: str, may_already_have: bool, settled_by: str | None, contact: str | None, about: str) -> Asking:
        """At most three questions, but all that settle it only together. `contact` is asked; `about`: the unit that the
        answer is about."""
        already = self.already(self.book.rules[rule]) if may_already_have else None
        found = read_written(settled_by)
        # One that settles it alone is enough: the cheapest.
        wanted = found[:1] if found and found[0].settles else found
        settling = list(dict.fromkeys(filter(None, (self._question(one, contact, about) for one in wanted))))
        asked = list(dict.fromkeys(filter(None, (already, *settling))))
        if found and found[0].together:
            return Asking(tuple(asked), len(settling) if len(settling) > 1 else 0)
        return Asking(tuple(asked[:MOST_QUESTIONS]))

    def already(self, rule: Rule) -> str | None:
        """The question whether they get it already, where one fact says so."""
        step = self.book.steps.get(rule.answers.get("already", ""))
        node = step.formulas[-1].node if step is not None else None
        return self.book.facts[node.level, node.name].question if isinstance(node, FactRef) else None

    def _question(self, one: Question, contact: str | None, about: str) -> str | None:
        """The dictionary's question, and about whom it is if not the person asked."""
        fact = self.book.facts[one.level, one.fact]
        text = fact.question
        if one.level != "person" or one.key in (contact, about):
            return text
        role, family = self.roles.get(one.key), self.families.get(one.key)
        is_partner = (
            role in ("claimant", "partner") and family is not None and family == self.families.get(contact or "")
        )
        if is_partner and fact.of_partner:
            return fact.of_partner
        who = {"partner": "Of the partner", "child": "Of the child", "claimant": "Of another adult there"}
        return f"{who.get(role or '', 'Of somebody else there')}: {text}"
