"""How is each line split into fields on its own, so that no broken line can swallow or shift its neighbour?

Lines with quotation marks go through the CSV parser; all others are split by counting delimiters. Only the fields
that the profile keeps leave this module: what is dropped at the door never reaches a table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from lift.sources.layout import Layout
from lift.sources.lines import CONTROL, CONTROLS, LONGEST_LINE, NOT_CP1252, NOT_UTF8, SECOND_CONTROLS, TOO_LONG, Block, Fault

# No accepted line holds this control character, so it can stand between fields that hold the file's own delimiter.
SEPARATOR = "\x1f"
BROKEN_QUOTE = Fault(
    "quote",
    "has a quotation mark that is not closed, or closed in mid-field: write each row on one line, quotes doubled inside",
)


@dataclass(frozen=True)
class Fields:
    """The lines of a block, sorted out. `frame` has `line` (from 1) and one text column `f<n>` a kept field."""

    frame: pl.DataFrame
    faults: dict[int, Fault]          # by position in the block
    blank: int


def split_fields(block: Block, layout: Layout, encoding: str, skip: frozenset[int]) -> Fields:
    """Splits every line but those in `skip` (positions in the block: headings, header and trailer records).

    Blank fields are null and text is trimmed. Every line is in the frame, in `faults`, blank or skipped.
    """
    lines = block.lines
    whole = b"\n".join(lines)
    faults = _faulty_characters(lines, whole, encoding, skip)
    delimiter = layout.delimiter.encode()
    left_out = set(skip)
    left_out.update(faults)
    blank = _blank_lines(lines, delimiter, left_out)
    left_out.update(blank)
    separator = layout.delimiter
    if layout.profile.csv_quotes and b'"' in whole:
        separator = SEPARATOR
        lines = _without_quotes(lines, layout.delimiter, left_out, faults)
    breaks = layout.width - 1
    mark = separator.encode()
    for i, line in enumerate(lines):
        if line.count(mark) != breaks and i not in left_out and i not in faults:
            faults[i] = _width_fault(line.count(mark) + 1, layout)
    left_out.update(faults)
    numbers = range(len(lines)) if not left_out else [i for i in range(len(lines)) if i not in left_out]
    kept = b"\n".join([lines[i] for i in numbers]) if left_out or separator == SEPARATOR else whole
    return Fields(_frame(kept, separator, layout, [block.first + i for i in numbers]), faults, len(blank))


def _faulty_characters(lines: Sequence[bytes], whole: bytes, encoding: str, skip: frozenset[int]) -> dict[int, Fault]:
    """Lines with characters that no table may hold. The common case, a clean block, costs three scans."""
    accented = not whole.isascii()
    undecodable = accented and not _decodes(whole)
    second = accented and SECOND_CONTROLS.search(whole) is not None
    controls = len(whole.translate(None, CONTROLS)) != len(whole)
    long = max(map(len, lines), default=0) > LONGEST_LINE
    if not (undecodable or second or controls or long):
        return {}
    faults: dict[int, Fault] = {}
    for i, line in enumerate(lines):
        if i in skip:
            continue
        if len(line) > LONGEST_LINE:
            faults[i] = TOO_LONG
        elif undecodable and not _decodes(line):
            faults[i] = NOT_UTF8
        elif controls and len(line.translate(None, CONTROLS)) != len(line):
            faults[i] = CONTROL
        elif second and SECOND_CONTROLS.search(line):
            faults[i] = NOT_CP1252 if encoding == "cp1252" else CONTROL
    return faults


def _decodes(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _blank_lines(lines: Sequence[bytes], delimiter: bytes, left_out: set[int]) -> list[int]:
    """Lines with nothing but delimiters and white space: spreadsheets leave such rows behind."""
    nothing = b' \t"' + delimiter
    starts = (b"", *(nothing[i : i + 1] for i in range(len(nothing))))
    return [i for i, line in enumerate(lines) if line[:1] in starts and not line.strip(nothing) and i not in left_out]


def _without_quotes(lines: Sequence[bytes], delimiter: str, left_out: set[int], faults: dict[int, Fault]) -> list[bytes]:
    """The lines with SEPARATOR between fields, quoted ones parsed as CSV. Lines that cannot be parsed join `faults`."""
    plain, mark = delimiter.encode(), SEPARATOR.encode()
    result = [line.replace(plain, mark) for line in lines]
    quoted = [i for i, line in enumerate(lines) if b'"' in line and i not in left_out]
    texts = [lines[i].decode("utf-8") for i in quoted]
    try:
        parsed = list(map(SEPARATOR.join, csv.reader(texts, delimiter=delimiter, strict=True)))
    except csv.Error:
        parsed = []
    if len(parsed) == len(quoted):          # as many records as lines: each line was closed in itself
        for i, text in zip(quoted, parsed, strict=True):
            result[i] = text.encode()
        return result
    for i, text in zip(quoted, texts, strict=True):
        try:
            (fields,) = csv.reader([text], delimiter=delimiter, strict=True)
            result[i] = SEPARATOR.join(fields).encode()
        except csv.Error:
            faults[i] = BROKEN_QUOTE
    return result


def _width_fault(found: int, layout: Layout) -> Fault:
    expected = "a record has" if layout.profile.structure == "records" else "the heading line has"
    fields = "1 field" if found == 1 else f"{found} fields"
    return Fault("width", f"has {fields} where {expected} {layout.width}: look for a delimiter or line break inside a field")


def _frame(kept: bytes, separator: str, layout: Layout, numbers: list[int]) -> pl.DataFrame:
    """The kept fields of sound lines as text columns. polars splits; nothing is inferred, and every line must come out."""
    wanted = layout.kept()
    names = [f"column_{i}" for i in range(layout.width)]
    if numbers:
        frame = pl.read_csv(
            io.BytesIO(kept),
            has_header=False,
            separator=separator,
            quote_char=None,
            schema={name: pl.String() for name in names},
            columns=[names[i] for i in wanted],
        ).select(pl.col(names[i]).alias(f"f{i}") for i in wanted)
    else:
        frame = pl.DataFrame(schema={f"f{i}": pl.String() for i in wanted})
    if frame.height != len(numbers):
        raise AssertionError(f"{len(numbers)} lines became {frame.height} rows")
    if _has_loose_space(kept, separator.encode()):
        trimmed = pl.all().str.strip_chars(" \t\u00a0")
        frame = frame.with_columns(trimmed).with_columns(pl.when(pl.all() != "").then(pl.all()))
    return frame.insert_column(0, pl.Series("line", numbers, dtype=pl.Int32()))


def _has_loose_space(text: bytes, mark: bytes) -> bool:
    """Whether some field begins or ends in white space, so that trimming is not for nothing."""
    for space in (b" ", b"\t", b"\xc2\xa0"):
        if space in text and (
            space + mark in text
            or mark + space in text
            or b"\n" + space in text
            or space + b"\n" in text
            or text.startswith(space)
            or text.endswith(space)
        ):
            return True
    return False
