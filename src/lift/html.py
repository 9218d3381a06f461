"""How is a page written that needs nothing else: no script, no font, no picture from anywhere?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def page(title: str, style: str, parts: Iterable[str]) -> str:
    """A whole page of parts that are HTML already."""
    return (
        f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain text. Headings that begin with # stand over numbers; a long name may be broken where its words
    meet."""
    marks = [" class=n" if heading.startswith("#") else "" for heading in headings]

    def line(cells: Sequence[str], tag: str) -> str:
        marked = zip(cells, marks, strict=True)
        return "<tr>" + "".join(f"<{tag}{mark}>{breaking(cell)}</{tag}>" for cell, mark in marked) + "</tr>"

    head = line([heading.removeprefix("#") for heading in headings], "th")
    return f"<table><thead>{head}</thead>{''.join(line(row, 'td') for row in rows)}</table>"


def breaking(text: str) -> str:
    """Text as HTML, which may be broken where the words of a name meet."""
    return escape(text).replace("_", "_<wbr>")
