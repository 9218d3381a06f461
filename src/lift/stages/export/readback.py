"""What do the finished files really hold, read with nothing but the standard library?

Shares no code with what wrote them. A workbook with a part, formula, link or hidden sheet that a list never has is at
fault. Its cells and texts are read by a grammar that knows nothing but plain cells and plain texts: quicker than all of
it as XML, and stricter, for whatever else stands between them is at fault too.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

EXPECTED_PARTS = {
    "[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "xl/workbook.xml", "xl/styles.xml",
    "xl/sharedStrings.xml", "xl/theme/theme1.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
}  # fmt: skip
FORBIDDEN_TAGS = {
    "f", "hyperlink", "hyperlinks", "legacyDrawing", "drawing", "oleObject", "oleObjects",
    "tablePart", "extLst", "formula2",
    "externalReference", "pivotCache", "conditionalFormatting", "control", "webPublishItem", "cellWatch", "comment",
}  # fmt: skip
# A drop-down that is nothing but words between quote marks, as a cell's rule: no reference, no sheet, no function.
PLAIN_CHOICES = re.compile(r'"[A-Za-z ,]{1,253}"')
# A cell without a value, one that points at a text, or one with a number; rows of them, and nothing in between.
_CELL = r'<c r="([A-Z]{1,3})[0-9]+" s="[0-9]+"(?:/>|( t="s")?><v>([0-9.E+-]*)</v></c>)'
CELL = re.compile(_CELL)
ROW = re.compile(rf'<row r="[0-9]+"(?: [A-Za-z]+="[0-9.:]+")*>(?:{re.sub(r"[(](?![?])", "(?:", _CELL)})*</row>')
TEXT = re.compile(r'<si><t(?: xml:space="preserve")?>([^<&\r]*(?:&(?:amp|lt|gt|quot|apos);[^<&\r]*)*)</t></si>')
TAG = re.compile(r"<(?:[A-Za-z0-9]+:)?([A-Za-z0-9]+)")
FORBIDDEN_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class ReadBack:
    """Heading and rows as text, and what is wrong with the file as such."""

    headings: list[str]
    rows: list[list[str]]
    faults: tuple[str, ...]


def read_csv(content: bytes) -> ReadBack:
    """A CSV. A fault: a cell that a spreadsheet would take for a formula, or a row of another width."""
    table = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    headings, rows = table[0], table[1:]
    faults = []
    for number, row in enumerate(rows, start=2):
        if len(row) != len(headings):
            faults.append(f"CSV row {number} has {len(row)} cells, not {len(headings)}")
        faults += [f"CSV row {number} has a cell that begins a formula" for cell in row if _is_live(cell)]
    return ReadBack(headings, rows, tuple(faults))


def _is_live(cell: str) -> bool:
    return cell.lstrip(" \u00a0").startswith(FORBIDDEN_STARTS)


def read_workbook(content: bytes) -> ReadBack:
    """The list's sheet of a workbook, cell by cell, and every part, tag and name that should not be there."""
    faults: list[str] = []
    table: list[list[str]] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        faults += [f"the workbook has a part {name}" for name in sorted(names - EXPECTED_PARTS)]
        texts, strange = _shared_texts(archive.read("xl/sharedStrings.xml").decode())
        faults += strange
        faults += _faults_of_book(ElementTree.fromstring(archive.read("xl/workbook.xml")))
        for name in ("xl/worksheets/sheet2.xml", "xl/worksheets/sheet1.xml"):
            frame, table, strange = _sheet(archive.read(name).decode(), texts)
            faults += [f"{name} {fault}" for fault in (*_faults_of_frame(frame), *strange)]
        for name in sorted(names):
            if name.endswith(".rels") and b"External" in archive.read(name):
                faults.append(f"{name} points out of the workbook")
    return ReadBack(table[0] if table else [], table[1:], tuple(faults))


def _sheet(content: str, texts: Sequence[str]) -> tuple[str, list[list[str]], list[str]]:
    """A sheet without its rows, the rows, and what stands in them besides plain cells."""
    head, began, rest = content.partition("<sheetData>")
    cells, ended, tail = rest.partition("</sheetData>")
    if not began or not ended:
        return content, [], ["has no rows"]
    rows = ROW.findall(cells)
    faults = [] if sum(map(len, rows)) == len(cells) else _strange(cells)
    try:
        return f"{head}<sheetData/>{tail}", list(_rows(rows, texts)), faults
    except IndexError:
        return f"{head}<sheetData/>{tail}", [], [*faults, "points at a text that is not there"]


def _strange(content: str) -> list[str]:
    """What a part holds that it should not, where its grammar says that it holds something."""
    found = sorted(set(TAG.findall(content)) & FORBIDDEN_TAGS)
    return [f"holds <{tag}>" for tag in found] or ["holds something besides plain cells"]


def _faults_of_frame(frame: str) -> Iterator[str]:
    """What is wrong with a sheet around its rows."""
    elements = list(ElementTree.fromstring(frame).iter())
    for tag in sorted({_tag(element) for element in elements} & FORBIDDEN_TAGS):
        yield f"holds <{tag}>"
    choices = [element.text or "" for element in elements if _tag(element) == "formula1"]
    if not all(PLAIN_CHOICES.fullmatch(text) for text in choices):
        yield "has a drop-down that is more than words"


def _faults_of_book(book: ElementTree.Element) -> Iterator[str]:
    sheets = [element for element in book.iter() if _tag(element) == "sheet"]
    if len(sheets) != 2:
        yield f"the workbook has {len(sheets)} sheets, not 2"
    for sheet in sheets:
        if sheet.get("state", "visible") != "visible":
            yield "the workbook has a hidden sheet"
    for name in book.iter():
        # The heading row that is printed on every page is kept as a name; no other may be there.
        if _tag(name) == "definedName" and name.get("name") != "_xlnm.Print_Titles":
            yield "the workbook defines a name"


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _shared_texts(content: str) -> tuple[list[str], list[str]]:
    """The texts that cells point at, and what stands among them besides plain texts."""
    _, _, items = content.partition("<sst ")[2].partition(">")
    found = list(TEXT.finditer(items))
    plain = sum(one.end() - one.start() for one in found) == len(items.removesuffix("</sst>"))
    return [_text(one.group(1)) for one in found], [] if plain else ["xl/sharedStrings.xml holds more than plain texts"]


def _text(written: str) -> str:
    if "&" in written:
        for name, sign in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
            written = written.replace(f"&{name};", sign)
    if "_x" in written:
        written = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), written)
    return written


def _rows(rows: Sequence[str], texts: Sequence[str]) -> Iterator[list[str]]:
    width = 0
    for row in rows:
        cells = {_place(letters): texts[int(v)] if shared else v for letters, shared, v in CELL.findall(row)}
        width = max(width, *cells, 0)
        yield [cells.get(place, "") for place in range(1, width + 1)]


@cache
def _place(letters: str) -> int:
    """The column's number from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def same_references(paths: Sequence[Path], read: Sequence[ReadBack]) -> list[str]:
    """Where a workbook and the CSV of its name do not hold the same references in the same order."""
    by_name: dict[str, list[list[str]]] = {}
    for path, one in zip(paths, read, strict=True):
        by_name.setdefault(path.stem, []).append([row[0] if row else "" for row in one.rows])
    return [
        f"{name.removeprefix('.part-')}: workbook and CSV hold different references"
        for name, found in by_name.items()
        if any(other != found[0] for other in found)
    ]
