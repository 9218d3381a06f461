"""What do the finished files really hold, read with nothing but the standard library?

Shares no code with what wrote them. A workbook with a part, formula, link or hidden sheet that a list never has is at
fault.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        faults += [f"the workbook has a part {name}" for name in sorted(names - EXPECTED_PARTS)]
        texts = _shared_texts(archive.read("xl/sharedStrings.xml"))
        faults += _faults_of_book(ElementTree.fromstring(archive.read("xl/workbook.xml")))
        for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
            elements = list(ElementTree.fromstring(archive.read(name)).iter())
            found = {_tag(element) for element in elements} & FORBIDDEN_TAGS
            faults += [f"{name} holds <{tag}>" for tag in sorted(found)]
            choices = [element.text or "" for element in elements if _tag(element) == "formula1"]
            if not all(PLAIN_CHOICES.fullmatch(text) for text in choices):
                faults.append(f"{name} has a drop-down that is more than words")
        for name in sorted(names):
            if name.endswith(".rels") and b"External" in archive.read(name):
                faults.append(f"{name} points out of the workbook")
        table = list(_rows(ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml")), texts))
    return ReadBack(table[0] if table else [], table[1:], tuple(faults))


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


def _shared_texts(content: bytes) -> list[str]:
    texts = []
    for item in ElementTree.fromstring(content):
        whole = "".join(part.text or "" for part in item.iter() if _tag(part) == "t")
        texts.append(re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), whole))
    return texts


def _rows(sheet: ElementTree.Element, texts: list[str]) -> Iterator[list[str]]:
    width = 0
    for row in (element for element in sheet.iter() if _tag(element) == "row"):
        cells = {_place(cell): _value(cell, texts) for cell in row}
        width = max(width, *cells, 0)
        yield [cells.get(place, "") for place in range(1, width + 1)]


def _place(cell: ElementTree.Element) -> int:
    """The column's number from 1: A is 1, AA is 27."""
    number = 0
    for letter in re.sub(r"[0-9]", "", cell.get("r", "")):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _value(cell: ElementTree.Element, texts: list[str]) -> str:
    value = "".join(part.text or "" for part in cell if _tag(part) == "v")
    return texts[int(value)] if cell.get("t") == "s" and value else value


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
