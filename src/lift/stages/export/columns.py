"""Which columns does an exported file have?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "date"]


@dataclass(frozen=True)
class Column:
    """`key`: its name for machines. `width`: in characters, on screen and on paper. `covered_by`: the name under which
    a purpose must allow it, where that is not its own. `choices`: what may be filled in, as a drop-down."""

    key: str
    heading: str
    width: int
    kind: Kind = "text"
    covered_by: str = ""
    choices: tuple[str, ...] = ()

    @property
    def purpose_name(self) -> str:
        return self.covered_by or self.key
