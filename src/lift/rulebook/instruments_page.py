"""Which Acts, instruments and schemes do the rules cite, which provisions of each, and where?"""

from __future__ import annotations

from collections.abc import Iterator

from lift.days import in_words
from lift.rulebook.citations import Cited, read_citation
from lift.rulebook.model import Instrument, Rulebook
from lift.rulebook.page import Code, Grid, Page, Section


def instruments_page(book: Rulebook) -> Page:
    """The instruments, with the files of rules that cite each provision."""
    where = _where(book)
    sections = [_section(one, where) for one in book.instruments.values()]
    sentences = (
        "Written in `rules/instruments.yaml`, against which `lift rules check` holds every citation; "
        "[rule-format.md](rule-format.md) says what may stand there.",
    )
    return Page("What the rules cite", sentences, tuple(sections))


def _section(one: Instrument, where: dict[Cited, list[str]]) -> Section:
    rows: list[tuple[str | Code, ...]] = []
    for provision in ("", *one.provisions):
        files = where.get(Cited(one.name, provision), [])
        if files:
            rows.append((provision or "as a whole", ", ".join(files)))
    sentences = [f"{one.title}."]
    if one.at:
        sentences.append(f"Text: {one.at}")
    if one.confirmed_on is not None:
        sentences.append(f"Title and number confirmed on {in_words(one.confirmed_on)}: {'; '.join(one.confirmed_by)}.")
    else:
        sentences.append("Title and number not confirmed.")
    if one.note:
        sentences.append(one.note)
    return Section(one.name, tuple(sentences), grid=Grid(("provision", "cited by"), tuple(rows)) if rows else None)


def _where(book: Rulebook) -> dict[Cited, list[str]]:
    found: dict[Cited, list[str]] = {}
    for owner, cite in _cites(book):
        for cited in read_citation(cite, book.instruments, book.not_law).named:
            files = found.setdefault(cited, [])
            if owner not in files:
                files.append(owner)
    return found


def _cites(book: Rulebook) -> Iterator[tuple[str, str]]:
    """File of rules and citation, the dictionary last."""
    for part in book.cited_parts:
        yield part.name.partition(".")[0], part.cite
    for fact in book.facts.values():
        for bound in fact.proved_bounds:
            yield "facts", bound.cite
