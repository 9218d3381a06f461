"""What may a question ask of a rule's answer? (`pension_credit.verdict`, `pension_credit.worth_weekly` …)

In a question each answer of a finished run is a fact of the unit that the rule asked about. The same names are columns
of the analysts' view, where the dot is two underscores.
"""

from __future__ import annotations

from fractions import Fraction

from lift.rulebook.assemble import WORTH_UNITS
from lift.rulebook.dimensions import parse_unit
from lift.rulebook.model import Fact, Rule
from lift.rulebook.nodes import Type

#: What stands in place of a verdict where the rule asks nothing of a unit.
NOT_ASKED = "not_asked"
VERDICTS = ("in_payment", "ruled_out", "likely", "possible", "unknown", NOT_ASKED)
STRENGTHS = ("strong", "medium", "weak", "none")
WORTH_A_YEAR, WORTH_ONCE = "worth_a_year", "worth_once"
#: How many of each part of a worth make a year; parts paid once are kept apart.
A_YEAR = {"weekly": 52, "monthly": 12, "yearly": 1}
PAID_ONCE = ("one_off", "arrears")
_MOST = (Fraction(-(10**8)), Fraction(10**8))
_FLAGS = {
    "eligible": "Whether it is due, by facts that are sure.",
    "in_payment": "Whether it is paid already.",
    "may_already_have": "Whether nobody knows if it is paid already.",
    "advice_first": "Whether an adviser should speak first.",
}


def column_of(rule: str, name: str) -> str:
    """The column, and the fact's name in a plan, for `rule.name`."""
    return f"{rule}__{name}"


def answer_facts(rule: Rule) -> dict[str, Fact]:
    """What a question may ask of a rule's answer, by name, as facts of the rule's level."""
    kinds = {"verdict": (Type("code", None, VERDICTS), "What the rule answers.")}
    kinds |= {name: (Type("flag"), meaning) for name, meaning in _FLAGS.items() if _can_tell(rule, name)}
    kinds |= {name: (_money(unit), meaning) for name, unit, meaning in _worths(rule)}
    if rule.evidence:
        kinds["evidence"] = (Type("code", None, STRENGTHS), "How strong the signs of a need are.")
    return {name: _fact(rule, name, kind, meaning) for name, (kind, meaning) in kinds.items()}


def first_money(rule: Rule) -> str | None:
    """The part of its worth that the answer table keeps as a range of its own."""
    return next((part for part in rule.worth if part in WORTH_UNITS), None)


def _can_tell(rule: Rule, flag: str) -> bool:
    needs = {"in_payment": "already", "may_already_have": "already", "advice_first": "advice_first"}
    return needs.get(flag, "eligible") in rule.answers


def _worths(rule: Rule) -> list[tuple[str, str, str]]:
    first = first_money(rule)
    said = "what it is worth, by the facts that the verdict rests on"
    found = [] if first is None else [(f"worth_{first}", WORTH_UNITS[first], f"{first.replace('_', ' ')}: {said}")]
    if any(part in A_YEAR for part in rule.worth):
        found.append((WORTH_A_YEAR, "GBP/year", f"a year: {said}"))
    if any(part in PAID_ONCE for part in rule.worth):
        found.append((WORTH_ONCE, "GBP", f"paid once: {said}"))
    return [(name, unit, f"{meaning[:1].upper()}{meaning[1:]}.") for name, unit, meaning in found]


def _money(unit: str) -> Type:
    kind = parse_unit(unit)
    assert kind is not None
    return kind


def _fact(rule: Rule, name: str, kind: Type, meaning: str) -> Fact:
    return Fact(
        name=column_of(rule.id, name),
        level=rule.level,
        type=kind,
        meaning=meaning,
        question=None,
        cost=5,
        sensitivity="financial",
        shelf_life=None,
        limits=_MOST if kind.kind == "number" else None,
        low=None,
        high=None,
        proved_bounds=(),
        place=rule.place,
    )
