"""Does every citation name a provision that the register of instruments lists?

`instruments.yaml` beside `facts.yaml` lists Acts, instruments and schemes under the names by which the rules cite them,
with the provisions that are cited. What is written twice, here and in a rule, cannot be mistyped unnoticed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lift.errors import Place
from lift.rulebook.citations import Cited, read_citation
from lift.rulebook.located import Located
from lift.rulebook.model import Instrument
from lift.rulebook.problems import Path_, Problems, read_shape
from lift.rulebook.scope import nearest

FILE = "instruments.yaml"
_ADD = "add it to instruments.yaml once you have read it there"
_STATUTES = "https://www.legislation.gov.uk/"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConfirmedShape(_Shape):
    date: date
    by: list[str] = Field(min_length=1)


class InstrumentShape(_Shape):
    title: str
    at: str | None = None
    provisions: list[str] = []
    confirmed: ConfirmedShape | None = None
    note: str | None = None


class InstrumentsShape(_Shape):
    instruments: dict[str, InstrumentShape]
    not_law: list[str] = []


@dataclass(frozen=True)
class Citing:
    """A citation in a file of rules: what it stands on, and where."""

    name: str
    cite: str
    place: Place


@dataclass
class Register:
    """What citations may name. A council's own register comes on top of the one that is shipped."""

    instruments: dict[str, Instrument] = field(default_factory=dict)
    not_law: tuple[str, ...] = ()

    def add(self, located: Located, problems: Problems) -> None:
        """The instruments of one file."""
        read = read_shape(InstrumentsShape, located, problems)
        if read is None:
            return
        for name, entry in read.shape.instruments.items():
            path: Path_ = ("instruments", name)
            self._check_twice(name, entry, located, problems)
            places = {p: located.place((*path, "provisions", i)) for i, p in enumerate(entry.provisions)}
            known = self.instruments.get(name)
            provisions = {**(known.provisions if known is not None else {}), **places}
            confirmed = entry.confirmed
            self.instruments[name] = Instrument(
                name=name,
                title=entry.title,
                at=entry.at or "",
                provisions=provisions,
                confirmed_on=None if confirmed is None else confirmed.date,
                confirmed_by=() if confirmed is None else tuple(confirmed.by),
                note=entry.note or "",
                place=located.key_place(path),
            )
        self.not_law += tuple(read.shape.not_law)

    def _check_twice(self, name: str, entry: InstrumentShape, located: Located, problems: Problems) -> None:
        for index, provision in enumerate(entry.provisions):
            if provision in entry.provisions[:index]:
                place = located.place(("instruments", name, "provisions", index))
                problems.add(place, f"{provision} of {name} is listed twice", "take one out")


def citing(located: Located, content: Any) -> Iterable[Citing]:
    """Every citation of a file of rules, or of the dictionary, in its own order."""
    for path, value in _cites(content, ()):
        if isinstance(value, str):
            names = [part for part in path[:-1] if isinstance(part, str) and part not in ("proved_bounds",)]
            yield Citing(names[-1], value, located.place(path))


def _cites(value: Any, path: Path_) -> Iterable[tuple[Path_, Any]]:
    if isinstance(value, dict):
        for key, below in value.items():
            if path == () and key in ("examples", "outreach"):
                continue
            if key == "cite":
                yield (*path, "cite"), below
            else:
                yield from _cites(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _cites(below, (*path, index))


def check_citations(found: Iterable[Citing], register: Register, problems: Problems) -> set[Cited]:
    """What is cited. Adds every citation that names no instrument, or no provision of it that is listed."""
    named: set[Cited] = set()
    for one in found:
        citation = read_citation(one.cite, register.instruments, register.not_law)
        for part in citation.unknown:
            what = f"{one.name} cites '{part}', and no instrument of that name is registered"
            problems.add(one.place, what, _fix(part, register.instruments))
        for part in citation.unreadable:
            what = f"{part} in the citation of {one.name} is no provision"
            problems.add(one.place, what, "write s., reg, art, Sch, Pt, para before it, and ; before another instrument")
        for cited in citation.named:
            listed = register.instruments[cited.instrument].provisions
            if cited.provision and cited.provision not in listed:
                what = f"{one.name} cites {cited.instrument} {cited.provision}, which is not registered"
                problems.add(one.place, what, _fix(cited.provision, listed))
        named.update(citation.named)
    return named


def check_in_vain(named: Collection[Cited], register: Register, problems: Problems) -> None:
    """Adds what is registered and cited nowhere: the sign of a citation that was mistyped into another registered
    one."""
    cited = {one.instrument for one in named}
    for name, instrument in register.instruments.items():
        if name not in cited:
            problems.add(instrument.place, f"no rule cites {name}", "take it out, or mend the citation that means it")
            continue
        for provision, place in instrument.provisions.items():
            if Cited(name, provision) not in named:
                what = f"no rule cites {name} {provision}"
                problems.add(place, what, "take it out, or mend the citation that means it")


def check_law(name: str, law: str, place: Place, register: Register, problems: Problems) -> Cited | None:
    """The instrument at whose page the law of a rule is. Adds a page of the statute book where none is registered."""
    for instrument in register.instruments.values():
        if instrument.at and (law == instrument.at or law.startswith(f"{instrument.at}/")):
            return Cited(instrument.name)
    if law.startswith(_STATUTES):
        what = f"the law of {name} is at {law}, and no registered instrument is there"
        known = [instrument.at for instrument in register.instruments.values() if instrument.at]
        problems.add(place, what, _fix(law, known))
    return None


def _fix(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known, "")
    return f"{near} If not, {_ADD}" if near else _ADD
