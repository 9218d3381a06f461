"""How does the answer to a question leave LIFT? (`lift query --output NAME`)

Through the same gate as a list: under `[purpose.NAME]`, which must name everything that the question reads, for whoever
holds the file learns of each row what the condition says too. Nobody is named in it, only references.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lift.errors import UsageError
from lift.rulebook.answers import Range, decimal_text
from lift.rulebook.nodes import Type
from lift.rulebook.page import value_in_words
from lift.rulebook.query import Column as Asked
from lift.rulebook.query import FoundRow
from lift.stages.export.columns import Column
from lift.stages.export.gate import Gate, Sheet
from lift.stages.export.notes import NOTHING_HEARD, query_notes, rough
from lift.workspace.cells import Cell
from lift.workspace.purposes import require_columns

#: The columns of a question's file that are no fact: what it is about, and whether the question is sure of it.
REFERENCE, SURE = "reference", "sure"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Told:
    """A question and all its answers. `reads`: the names of every fact, answer and step that it reads."""

    condition: str
    many: str
    columns: tuple[Asked, ...]
    reads: tuple[str, ...]
    answers: tuple[FoundRow, ...]
    with_unsure: bool


@dataclass(frozen=True)
class Written:
    """What became of it. `held`: answers left out because somebody must not, or should not now, be contacted."""

    files: tuple[Path, ...]
    rows: int
    held: int


def require_name(name: str, lists: Sequence[str]) -> None:
    """Raises UsageError unless a file of answers can have this name beside the lists of the run."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"--output {name}: a name of small letters, figures and underscores is needed, such as oldest_tenants. The "
            "files are written below lists/, under [purpose.NAME] of council.toml."
        )
    if name in lists:
        raise UsageError(
            f"--output {name}: a list has that name. Take another one, so that neither replaces the other."
        )


def export_question(gate: Gate, name: str, told: Told, *, replace: bool = False) -> Written:
    """Writes the answers as a workbook and a CSV. `replace`: also over files that somebody changed. Raises
    DisclosureError, leaving nothing, if the purpose does not cover what the question reads, or for any other reason for
    which a list would not leave."""
    people, machines = _columns(told)
    purpose = gate.purpose(name, people)
    require_columns(purpose, name, told.reads, "of the question")
    held = gate.held([one.reference for one in told.answers], contacting=True)
    kept = [one for one in told.answers if one.reference not in held]
    notes = [
        *query_notes(
            gate.run.record, told.condition or "everybody", gate.protection.in_words, purpose, gate.today,
            gate.destroy_after,
        ),
        ("Rows", f"{len(kept):,} {told.many}; {_sureness(told)}"),
        ("Left out", f"must not be contacted, moved or died lately, or somebody acts for them: {rough(len(held))}"),
        ("Order", "The sure ones first; by reference, which says nothing of anybody."),
        ("Reads", ", ".join(told.reads) or "nothing"),
    ]  # fmt: skip
    sheet = Sheet(
        f"analysts/{name}",
        name,
        people,
        tuple((one.reference, *_sure(told, one), *_words(told, one)) for one in kept),
        notes,
        machines,
        tuple((one.reference, *_sure(told, one), *_cells(told, one)) for one in kept),
    )
    files = gate.send(name, [sheet] if kept else [], contacting=True, replace=replace)
    return Written(tuple(files), len(kept), len(held))


def _sureness(told: Told) -> str:
    if told.with_unsure:
        return "of those marked perhaps it is not known whether the question is true of them"
    return f"the question is true of each, whatever is not known. {NOTHING_HEARD}"


def _columns(told: Told) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """For people, each value in words; for machines, both ends of a range."""
    first = [Column(REFERENCE, "Reference", 19)]
    if told.with_unsure:
        first.append(Column(SURE, "Sure", 9, covered_by=REFERENCE))
    people, machines = list(first), list(first)
    for key, one in zip(_keys([one.text for one in told.columns]), told.columns, strict=True):
        # What a column reads is asked of the purpose by its own names, all of them.
        people.append(Column(key, one.text, min(max(24, len(one.text) + 2), 60), covered_by=REFERENCE))
        ends = [f"{key}_{end}" for end in ("low", "high")] if one.type.is_ranged else [key]
        machines += [Column(end, one.text, 24, covered_by=REFERENCE) for end in ends]
    return tuple(people), tuple(machines)


def _keys(texts: Sequence[str]) -> Iterator[str]:
    """A heading for machines out of each text, none twice."""
    seen: Counter[str] = Counter()
    for text in texts:
        key = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}_{seen[key]}"


def _sure(told: Told, one: FoundRow) -> tuple[str, ...]:
    return (("sure" if one.sure else "perhaps"),) if told.with_unsure else ()


def _words(told: Told, one: FoundRow) -> Iterator[str]:
    for value, column in zip(one.values, told.columns, strict=True):
        yield value_in_words(value, column.type)


def _cells(told: Told, one: FoundRow) -> Iterator[Cell]:
    for value, column in zip(one.values, told.columns, strict=True):
        if isinstance(value, Range):
            yield from (_end(value.low, column.type, up=False), _end(value.high, column.type, up=True))
        elif column.type.is_ranged:
            yield from ("", "")
        else:
            yield "" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _end(end: Fraction | datetime.date | None, kind: Type, *, up: bool) -> Cell:
    """An exact decimal. A minus sign could begin a formula, so it is a word."""
    if not isinstance(end, Fraction):
        return end
    places = 2 if kind.is_money else 0
    return f"{'minus ' if end < 0 else ''}{decimal_text(abs(end), least_places=places, up=up == (end >= 0))}"
