"""Does every citation name a provision that the list of instruments has?

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
_ADD = "add it to instruments.yaml once you have read it"
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
class Instruments:
    """What citations may name. A council's own list comes on top of the one that is shipped."""

    by_name: dict[str, Instrument] = field(default_factory=dict)
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
            known = self.by_name.get(name)
            provisions = {**(known.provisions if known is not None else {}), **places}
            confirmed = entry.confirmed
            self.by_name[name] = Instrument(
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


def check_citations(found: Iterable[Citing], listed: Instruments, problems: Problems) -> set[Cited]:
    """What is cited. Adds every citation that names no instrument, or no provision of it that is listed."""
    named: set[Cited] = set()
    for one in found:
        citation = read_citation(one.cite, listed.by_name, listed.not_law)
        for part in citation.unknown:
            what = f"{one.name} cites '{part}', and instruments.yaml has no instrument of that name"
            problems.add(one.place, what, _fix(nearest(part, listed.by_name, ""), _ADD))
        for part in citation.unreadable:
            what = f"{part} in the citation of {one.name} is no provision"
            problems.add(
                one.place, what, "write s., reg, art, Sch, Pt, para before it, and ; before another instrument"
            )
        for cited in citation.twice:
            what = f"{one.name} cites {' '.join((cited.instrument, cited.provision)).strip()} twice"
            problems.add(one.place, what, "name once what is meant once, and mend the other")
        for cited in citation.named:
            provisions = listed.by_name[cited.instrument].provisions
            if cited.provision and cited.provision not in provisions:
                what = f"{one.name} cites {cited.instrument} {cited.provision}, which instruments.yaml does not list"
                problems.add(one.place, what, _fix_provision(cited, provisions))
        named.update(citation.named)
    return named


def check_in_vain(named: Collection[Cited], listed: Instruments, problems: Problems) -> None:
    """Adds what is listed and cited nowhere: one that was meant was perhaps mistyped into another that is listed."""
    cited = {one.instrument for one in named}
    for name, instrument in listed.by_name.items():
        if name not in cited:
            problems.add(instrument.place, f"no rule cites {name}", "take it out, or mend the citation that means it")
            continue
        for provision, place in instrument.provisions.items():
            if Cited(name, provision) not in named:
                what = f"no rule cites {name} {provision}"
                problems.add(place, what, "take it out, or mend the citation that means it")


def check_law(name: str, law: str, place: Place, listed: Instruments, problems: Problems) -> Cited | None:
    """The instrument at whose page the law of a rule is. Adds a page of the statute book where none is listed."""
    for instrument in listed.by_name.values():
        if instrument.at and (law == instrument.at or law.startswith(f"{instrument.at}/")):
            return Cited(instrument.name)
    if law.startswith(_STATUTES):
        what = f"the law of {name} is at {law}, and no instrument of instruments.yaml is there"
        known = [instrument.at for instrument in listed.by_name.values() if instrument.at]
        problems.add(place, what, _fix(nearest(law, known, ""), _ADD))
    return None


def _fix_provision(cited: Cited, provisions: Iterable[str]) -> str:
    """The provision that holds the one cited, if that is listed, else the one most like it."""
    add = f"add {cited.provision} to the provisions of {cited.instrument} in instruments.yaml once you have read it"
    above = [one for one in provisions if cited.provision.startswith(f"{one}(")]
    return _fix(f"did you mean {max(above, key=len)}?" if above else nearest(cited.provision, provisions, ""), add)


def _fix(near: str, add: str) -> str:
    return f"{near} If not, {add}" if near else add
