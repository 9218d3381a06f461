"""Is it known of which units a step is read?"""

from __future__ import annotations

from datetime import date

from lift.plan.compile import Options, _Compiler
from lift.plan.demand import only_of, readers_of
from lift.rulebook.check import closure
from lift.rulebook.load import load_rulebook
from lift.rulebook.nodes import Gather, walk

BOOK = load_rulebook(examples=False)


def test_what_only_the_latest_period_is_asked_for_is_asked_of_no_other() -> None:
    """School meals look back over periods from the latest alone; the benefit cap looks at every period."""
    rules = [BOOK.rules["free_school_meals"], BOOK.rules["benefit_cap"]]
    steps = {step.name: step for rule in rules for step in closure(rule, BOOK)}
    asked = [name for rule in rules for name in rule.answers.values()]
    readers = readers_of(steps, BOOK.relations, asked, [])
    looking_back = {
        name
        for name, step in steps.items()
        if step.level == "period"
        and any(isinstance(n, Gather) and n.relation == "periods_before" for f in step.formulas for n in walk(f.node))
    }
    assert looking_back
    for name in looking_back & set(readers):
        condition = only_of(readers[name])
        assert condition is not None
        assert condition.name == "is_latest"
    everywhere = {name for name, found in readers.items() if None in found and steps[name].level == "period"}
    assert everywhere, "the cap's own steps are read of every period"


def test_an_asked_step_is_read_of_every_unit() -> None:
    rule = BOOK.rules["pension_credit"]
    steps = {step.name: step for step in closure(rule, BOOK)}
    eligible = rule.answers["eligible"]
    assert only_of(readers_of(steps, BOOK.relations, [eligible], [])[eligible]) is None


def test_what_belongs_to_no_step_or_is_kept_is_read_of_every_unit() -> None:
    """A bound's own gather shares its SELECT with steps that only some units are asked for."""
    compiler = _Compiler(BOOK, [], date(2026, 11, 12), Options())
    compiler.readers = {"known": set()}
    assert compiler.readers_of("") == {None}
    assert compiler.readers_of("nobody reads it") == set()
    keeping = _Compiler(BOOK, [], date(2026, 11, 12), Options(keep_steps=True))
    assert keeping.readers_of("nobody reads it") == {None}
