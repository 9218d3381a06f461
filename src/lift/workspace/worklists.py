"""Which lists does a team work, in which order, and which rules' answers stand on each?

Most rules make a list of their own name. Where one conversation serves several rules, or where sure and unsure answers
are worked by different people, the table below says so; a rule that it does not name comes after it, by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from lift.errors import SettingsError
from lift.workspace.settings import Settings

FAMILIES = "families"
FAMILIES_TITLE = "Families on any list, one contact each"
CHECK_SAMPLE = "check_sample"
LIKELY, POSSIBLE = "likely", "possible"
WORTH_ACTING_ON = (LIKELY, POSSIBLE)


class Ruled(Protocol):
    """A rule, by what it is called and whether it makes a list."""

    @property
    def makes_a_list(self) -> bool: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Part:
    """The answers of one rule that stand on a list."""

    rule: str
    verdicts: tuple[str, ...] = WORTH_ACTING_ON


@dataclass(frozen=True)
class Worklist:
    """One list: `name` for commands and files, `title` for people."""

    name: str
    title: str
    parts: tuple[Part, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(part.rule for part in self.parts)


_CHECK_SAMPLE = Worklist(CHECK_SAMPLE, "Check sample: a few families of whom nothing about income is known", ())

# In the order in which a team works them: first what only an adviser can put right and what is surely lost each week,
# then what is likely, then what takes a conversation.
_ORDER: tuple[Worklist, ...] = (
    Worklist("benefit_cap", "", (Part("benefit_cap"),)),
    Worklist("non_dependant_deductions_wrong", "", (Part("non_dependant_deductions_wrong"),)),
    Worklist("council_tax_reduction_not_claimed", "", (Part("council_tax_reduction_not_claimed"),)),
    Worklist("council_tax_reduction_pension_age", "", (Part("council_tax_reduction_pension_age", (LIKELY,)),)),
    Worklist("housing_benefit_pension_age", "", (Part("housing_benefit_pension_age", (LIKELY,)),)),
    Worklist("pension_credit", "", (Part("pension_credit", (LIKELY,)),)),
    Worklist("free_school_meals", "", (Part("free_school_meals"),)),
    Worklist(
        "pensioner_conversation",
        "One conversation with pensioners",
        (
            Part("pension_credit", (POSSIBLE,)),
            Part("pension_credit_additions_missing"),
            Part("attendance_allowance"),
            Part("carers_allowance"),
            Part("council_tax_reduction_pension_age", (POSSIBLE,)),
            Part("housing_benefit_pension_age", (POSSIBLE,)),
        ),
    ),
    # The council's own council tax team puts these right, from its own records, and looks at an account once.
    Worklist(
        "council_tax_discounts",
        "Council tax discounts not given",
        (
            Part("single_person_discount"),
            Part("nobody_counts_discount"),
            Part("severe_mental_impairment_disregard"),
            Part("carers_disregard"),
            Part("disabled_band_reduction"),
            Part("council_tax_exempt_dwelling"),
        ),
    ),
)


def worklists(rules: Mapping[str, Ruled], wanted: Iterable[str], leave_out: Iterable[str] = ()) -> tuple[Worklist, ...]:
    """The lists that these rules make, in the order in which a team works them, then the check sample, on which no rule
    has an answer; that of all families is not among them. `wanted`: the rules that were worked out."""
    there, gone = set(wanted), set(leave_out)
    named = {part.rule for one in _ORDER for part in one.parts}
    alone = tuple(Worklist(name, "", (Part(name),)) for name in sorted(there - named))
    found = []
    for one in (*_ORDER, *alone):
        parts = tuple(part for part in one.parts if part.rule in there)
        if parts and one.name not in gone:
            found.append(Worklist(one.name, one.title or rules[parts[0].rule].name, parts))
    return (*found, *(() if CHECK_SAMPLE in gone else (_CHECK_SAMPLE,)))


#: What may be said on the telephone of a list that serves several rules, or of a rule that says nothing itself.
SAFE_REASON = "The council is checking that people here get all the help they may be owed."
#: What a family is asked of whom nothing is known.
SAMPLE_QUESTIONS = ("Would you like us to check with you whether there is help that you do not get?",)
_REASONS = {
    "pensioner_conversation": "The council is talking with people over State Pension age about help they may be owed.",
}


def reason_for(name: str, outreach: Iterable[Mapping[str, Any]]) -> str:
    """What a caller or a letter says it is about: nothing that tells of need, money, debt or health. `outreach`: what
    the rules of a family's answers say of how residents are told."""
    said = {str(one.get("reason", "")) for one in outreach}
    own = said.pop() if len(said) == 1 else ""
    return _REASONS.get(name) or own or SAFE_REASON


def rules_wanted(rules: Mapping[str, Ruled], settings: Settings) -> tuple[str, ...]:
    """The rules that a run works out: all that make a list which the council works. Raises SettingsError for a name in
    council.toml that is neither a list nor a rule."""
    able = [name for name, rule in rules.items() if rule.makes_a_list]
    lists = [*(one.name for one in worklists(rules, able)), FAMILIES]
    _check(settings.lists.leave_out, [*lists[:-1], *able])
    _check(settings.lists.capacity, lists)
    left = set(settings.lists.leave_out)
    kept = worklists(rules, [name for name in able if name not in left], left)
    return tuple(sorted({part.rule for one in kept for part in one.parts}))


def _check(names: Iterable[str], known: Iterable[str]) -> None:
    there = list(dict.fromkeys(known))
    for name in names:
        if name not in there:
            near = get_close_matches(name, there, 1)
            hint = f"Did you mean {near[0]}?" if near else f"There is {', '.join(there)}."
            raise SettingsError(f"council.toml: there is no list {name}. {hint}")
