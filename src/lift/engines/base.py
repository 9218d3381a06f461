"""What can every engine do?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lift.rulebook.answers import Answer, Value
from lift.rulebook.model import Rulebook
from lift.rulebook.units import Units

#: Unit key to full step name to proved value.
UnitSteps = dict[str, dict[str, Value]]


class Engine(Protocol):
    """Runs rules over units held in memory. (Runs over a council's tables use the engine's own module.)"""

    def answers(self, rules: Sequence[str], units: Units, *, keep_steps: bool = False) -> list[Answer]:
        """One answer per rule and unit that the rule asks about, in the order of `rules` and then of the units."""
        ...

    def answers_and_steps(self, rules: Sequence[str], units: Units) -> tuple[list[Answer], UnitSteps]:
        """The answers with their steps, and the steps of every other unit that the rules work out on the way."""
        ...

    def with_rulebook(self, rulebook: Rulebook) -> Engine:
        """The same engine for the same day over another rulebook."""
        ...
