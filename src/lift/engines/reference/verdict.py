"""What is a rule's answer for one unit? The rows are those of `lift.rulebook.answers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lift.engines.reference import ranges
from lift.engines.reference.evaluate import Evaluation
from lift.engines.reference.logic import all_of
from lift.engines.reference.values import as_answer, as_flag, as_range
from lift.rulebook.answers import Answer, Range, Value, Verdict
from lift.rulebook.model import Rule
from lift.rulebook.units import OneUnit


@dataclass(frozen=True)
class Readings:
    """The two evaluations of one unit."""

    proved: Evaluation
    indicative: Evaluation


def answer(
    rule: Rule, unit: OneUnit, both: Readings, assumptions: tuple[str, ...], *, keep_steps: bool
) -> Answer | None:
    """The rule's answer; None where the rule is surely not about this unit."""
    who = _flag(rule, "who", unit, both.proved, absent=True)
    if who is False:
        return None
    eligible = all_of([who, _flag(rule, "eligible", unit, both.proved, absent=None)])
    already = _flag(rule, "already", unit, both.proved, absent=False)
    possible_when = _flag(rule, "possible_when", unit, both.indicative, absent=False)
    worth = _worth(rule, unit, both.proved)
    first = next(iter(worth.values()), None)
    verdict = _verdict(eligible, already, possible_when, first, _at_least(rule, unit, both.proved))
    return Answer(
        rule=rule.id,
        level=unit.level,
        key=unit.key,
        verdict=verdict,
        eligible=eligible,
        already=already,
        possible_when=possible_when,
        may_already_have=already is None and verdict in ("likely", "possible"),
        worth=worth,
        indicative_worth=_worth(rule, unit, both.indicative),
        steps=_steps(rule, unit, both.proved) if keep_steps else {},
        indicative_steps=_steps(rule, unit, both.indicative) if keep_steps else {},
        assumptions=assumptions,
        evidence=_evidence(rule, unit, both.indicative),
        advice_first=_flag(rule, "advice_first", unit, both.proved, absent=False),
    )


def _flag(rule: Rule, name: str, unit: OneUnit, evaluation: Evaluation, *, absent: bool | None) -> bool | None:
    step = rule.answers.get(name)
    return absent if step is None else as_flag(evaluation.step(rule.level, step, unit))


def _worth(rule: Rule, unit: OneUnit, evaluation: Evaluation) -> dict[str, Range]:
    """Every part of the worth that has a formula, in the rule's order; what is given in kind has its value a year."""
    names = {part: "worth_in_kind_yearly" if part == "in_kind" else f"worth_{part}" for part in rule.worth}
    steps = {part: rule.answers.get(name) for part, name in names.items()}
    values = {p: as_answer(evaluation.step(rule.level, s, unit)) for p, s in steps.items() if s is not None}
    return {part: as_range(value) for part, value in values.items()}


def _at_least(rule: Rule, unit: OneUnit, evaluation: Evaluation) -> Range | None:
    step = rule.answers.get("worth_at_least")
    return None if step is None else as_range(evaluation.step(rule.level, step, unit))


def _verdict(
    eligible: bool | None, already: bool | None, possible_when: bool | None, worth: Range | None, at_least: Range | None
) -> Verdict:
    too_little, enough = _against_minimum(worth, at_least)
    if already is True:
        return "in_payment"
    if eligible is False or too_little:
        return "ruled_out"
    if eligible is True and enough:
        return "likely"
    return "possible" if possible_when is True else "unknown"


def _against_minimum(worth: Range | None, at_least: Range | None) -> tuple[bool, bool]:
    """Whether the worth is surely below the legal minimum, and whether it surely reaches it."""
    if worth is None or at_least is None:
        return False, True
    worth_low, worth_high = ranges.numbers(worth)
    least_low, least_high = ranges.numbers(at_least)
    too_little = worth_high is not None and least_low is not None and worth_high < least_low
    enough = worth_low is not None and least_high is not None and worth_low >= least_high
    return too_little, enough


def _steps(rule: Rule, unit: OneUnit, evaluation: Evaluation) -> dict[str, Value]:
    own = [n for n in rule.step_names if evaluation.rulebook.steps[n].level == rule.level]
    return {name: as_answer(evaluation.step(rule.level, name, unit)) for name in own}


def _evidence(rule: Rule, unit: OneUnit, evaluation: Evaluation) -> OneOf["strong", "medium", "weak"] | None:
    """Any strong signal or two medium ones are strong."""
    seen = [e.strength for e in rule.evidence if evaluation.step(rule.level, e.step, unit) is True]
    if "strong" in seen or seen.count("medium") >= 2:
        return "strong"
    if "medium" in seen:
        return "medium"
    return "weak" if "weak" in seen else None
