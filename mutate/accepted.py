"""Which mistakes may go unnoticed, and why? (`survivors.yaml`)

    attendance_allowance:
      - {part: who, mistake: "…: OR -> AND", kind: equivalent, why: no household could show it, for …}

`equivalent`: another way of saying the same, so it counts as no mistake. `open`: an example should notice it and none
does yet; it counts. `mistake` is as `python -m mutate` prints it behind the part, one text or a list of them. Of a file
of rules that stands here, if only with an empty list, every mistake must be noticed or accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter
from ruamel.yaml import YAML

FILE = Path(__file__).with_name("survivors.yaml")
Kind = Literal["equivalent", "open"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    part: str
    mistake: str | list[str]
    kind: Kind
    why: str


@dataclass(frozen=True)
class Accepted:
    """A mistake that may go unnoticed."""

    owner: str
    shown: str
    """As a mutant shows itself: PART: MISTAKE."""
    kind: Kind
    why: str


@dataclass(frozen=True)
class Survivors:
    """What is accepted, by file of rules and by what the mutant shows, and the files that are held to it."""

    accepted: Mapping[tuple[str, str], Accepted]
    held: frozenset[str]


def read_survivors(file: Path = FILE) -> Survivors:
    """Raises ValueError for a file that does not have this form."""
    content: Any = YAML(typ="safe").load(file) or {}
    entries = TypeAdapter(dict[str, list[_Entry]]).validate_python(content)
    found: dict[tuple[str, str], Accepted] = {}
    for one in _each(entries):
        if not one.why.strip():
            raise ValueError(f"{file.name}: {one.owner}, {one.shown} has no reason. Say why it may go unnoticed.")
        if (one.owner, one.shown) in found:
            raise ValueError(f"{file.name}: {one.owner}, {one.shown} is accepted twice. Take one out.")
        found[one.owner, one.shown] = one
    return Survivors(found, frozenset(entries))


def _each(entries: dict[str, list[_Entry]]) -> Iterator[Accepted]:
    for owner, listed in entries.items():
        for entry in listed:
            for mistake in [entry.mistake] if isinstance(entry.mistake, str) else entry.mistake:
                yield Accepted(owner, f"{entry.part}: {mistake}", entry.kind, entry.why)
