"""Which provisions of which instruments does a citation name?

A citation is parts with `;` between. Each names an instrument as the list (`instruments.py`) calls it, and then
its provisions: `SI 2002/1792 reg 6(4) and (5), Sch I paras 1 and 2(5) to 2(7)`. They are told apart to the last
bracket; of a range the ends count. Whatever else holds a number is a mistake.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

_KINDS = {
    "s": "s.", "ss": "s.", "section": "s.", "sections": "s.", "reg": "reg", "regs": "reg", "art": "art", "arts": "art",
    "rule": "rule", "rules": "rule", "para": "para", "paras": "para", "Sch": "Sch", "Schs": "Sch", "Pt": "Pt",
    "Pts": "Pt", "Part": "Pt", "Parts": "Pt", "Ch": "Ch", "Table": "Table", "Annex": "Annex",
}  # fmt: skip
#: Kinds of which a schedule or part may be named first.
_WITHIN = {"para": ("Sch", "Pt", "Annex"), "Pt": ("Sch",), "Table": ("Sch", "para", "Pt"), "Ch": ("Pt",)}
_BRACKETS = r"(?:\([0-9A-Za-z]{1,4}\))+"
_TOKEN = re.compile(
    rf"(?P<kind>{'|'.join(sorted(_KINDS, key=len, reverse=True))})\.?(?=\s|\d)"
    rf"|(?P<id>(?:[0-9]+[A-Z]*[0-9]*|[IVX]+[A-Z]*|[A-Z][0-9]+)(?:{_BRACKETS})?(?=[\s,;.:]|$))"
    rf"|(?P<below>{_BRACKETS}(?=[\s,;.:]|$))"
    r"|(?P<remark>\([a-z][a-z ,-]*\))|(?P<join>,|and\b|or\b|to\b)|(?P<word>[^\s,;]+)"
)


@dataclass(frozen=True)
class Cited:
    """One provision of an instrument; empty where the instrument as a whole is cited."""

    instrument: str
    provision: str = ""


@dataclass(frozen=True)
class Citation:
    """What a citation names, and what in it is wrong: parts that name no instrument, numbers after one that are no
    provision, and what is named twice."""

    named: tuple[Cited, ...]
    unknown: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    twice: tuple[Cited, ...] = ()

    @property
    def is_wrong(self) -> bool:
        return bool(self.unknown or self.unreadable or self.twice)


def read_citation(text: str, instruments: Collection[str], not_law: Collection[str] = ()) -> Citation:
    """The citation against the names of instruments. `not_law`: what may stand in the place of an instrument."""
    named: list[Cited] = []
    unknown: list[str] = []
    unreadable: list[str] = []
    if text.strip() in not_law:
        return Citation(())
    names = "|".join(re.escape(name) for name in sorted(instruments, key=len, reverse=True))
    mention = re.compile(rf"(?<![\w/])(?:{names})(?![\w/])") if names else None
    for part in filter(None, (part.strip() for part in text.split(";"))):
        if part in not_law:
            continue
        found = list(mention.finditer(part)) if mention is not None else []
        if not found or found[0].start() > 0:
            unknown.append(part if not found else part[: found[0].start()].strip(" ,("))
        for one, behind in zip(found, [*found[1:], None][: len(found)], strict=True):
            end = len(part) if behind is None else behind.start()
            reader = _Reader()
            reader.read(part[one.end() : end])
            named += [Cited(one.group(), provision) for provision in reader.provisions or [""]]
            unreadable += reader.unreadable
    twice = [one for one, times in Counter(named).items() if times > 1]
    return Citation(tuple(dict.fromkeys(named)), tuple(unknown), tuple(unreadable), tuple(twice))


@dataclass
class _Reader:
    """Reads the provisions behind the name of an instrument, from left to right."""

    provisions: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    above: str = ""
    kind: str = ""
    last: str = ""
    joined: bool = False

    def read(self, text: str) -> None:
        for token in _TOKEN.finditer(text):
            what, value = str(token.lastgroup), token.group()
            if what == "kind":
                self._kind(_KINDS[value.rstrip(".")])
            elif what == "id":
                self._id(value)
            elif what == "below":
                self._below(value)
            elif what == "word":
                self._word(value)

    def _kind(self, kind: str) -> None:
        before = self.kind
        if before in _WITHIN.get(kind, ()) and self.last:
            # The schedule itself is not cited, a paragraph of it is.
            self.above = self.provisions.pop() if self.provisions else ""
        elif not (kind == before and self.above) or kind not in _WITHIN:
            self.above = ""
        self.kind, self.last = kind, ""

    def _id(self, value: str) -> None:
        if not self.kind:
            self.unreadable.append(value)
            return
        self._add(value)

    def _below(self, value: str) -> None:
        if not self.last:
            self.unreadable.append(value)
            return
        self._add(_beside(self.last, value))

    def _add(self, value: str) -> None:
        self.last = value
        gap = "" if self.kind == "s." else " "
        self.provisions.append(f"{self.above} {self.kind}{gap}{value}".strip())

    def _word(self, value: str) -> None:
        if any(character.isdigit() for character in value):
            self.unreadable.append(value)
        self.kind = self.last = self.above = ""


def _beside(before: str, brackets: str) -> str:
    """What `(c)(iv)` is after `1(1)(a)(iii)`: it takes the place of the first bracket of its own kind."""
    number, old = before.partition("(")[0], _brackets(before)
    new = _brackets(brackets)
    at = next((i for i, bracket in enumerate(old) if _style(bracket) == _style(new[0])), len(old))
    return number + "".join(f"({bracket})" for bracket in (*old[:at], *new))


def _brackets(text: str) -> list[str]:
    return re.findall(r"\(([0-9A-Za-z]+)\)", text)


def _style(bracket: str) -> str:
    if bracket[0].isdigit():
        return "number"
    return "roman" if re.fullmatch(r"[ivx]+", bracket) else "letter"


def numbers_changed(text: str) -> Iterator[str]:
    """The citation with one of its numbers one more, or one of its letters in brackets the next: a mistyped target."""
    for found in re.finditer(r"\d+|(?<=\()[a-z](?=\))", text):
        value = found.group()
        other = str(int(value) + 1) if value.isdigit() else chr(ord(value) + 1)
        yield text[: found.start()] + other + text[found.end() :]
