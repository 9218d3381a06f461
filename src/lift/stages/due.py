"""Which rules and notices are up to date on the day of a run, and what is said of those that are not?

Each April somebody forgets a file. That must not stop the other lists, and must not go unseen: a rule that does not
cover the day is left out with its name, and one whose figures have run out answers at most `possible`, under a banner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lift.days import in_words
from lift.rulebook.check import rates_to
from lift.rulebook.model import Rulebook


@dataclass(frozen=True)
class Due:
    """The rules to run on a day, and a sentence on each that is not up to date."""

    rules: tuple[str, ...]
    warnings: tuple[str, ...]


def up_to_date(book: Rulebook, rules: Sequence[str], day: date) -> Due:
    """Where no rule covers the day all are kept: then the run stops, and says so."""
    covering = [name for name in rules if book.rules[name].covers_day(day)]
    if not covering:
        return Due(tuple(rules), ())
    left_out = [book.rules[name] for name in rules if name not in covering]
    known = [(book.rules[name], rates_to(book.rules[name], book)) for name in covering]
    said = [
        f"{rule.name} is not in this run: its rule covers {in_words(rule.covers[0])} to {in_words(rule.covers[1])}. "
        "Bring it up to date (CONTRIBUTING.md, April rates in an afternoon)."
        for rule in left_out
    ]
    said += [
        f"April rates are due: figures of {rule.name} are known to {in_words(last)} only, so nobody is called likely "
        "on them. Bring them up to date (CONTRIBUTING.md, April rates in an afternoon)."
        for rule, last in known
        if last is not None and last < day
    ]
    return Due(tuple(covering), tuple(said))


def awaited(families: int, rates_since: date) -> tuple[str, ...]:
    """A sentence on families whose Universal Credit was last told at the rates before; none if there are none. Each
    April that is nearly everybody, and the lists that rest on it are short without a fault of anybody's."""
    if not families:
        return ()
    whose = f"{families:,} families was" if families > 1 else "1 family was"
    return (
        f"New rates since {in_words(rates_since)}: the Universal Credit of {whose} last told before them. Until "
        "notices at the new rates come, lists that rest on it may lack them.",
    )
