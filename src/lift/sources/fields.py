"""How is each line split into fields on its own, so that no broken line can swallow or shift its neighbour?

Lines are let through to the splitter only when each is proved, by itself, to hold the right number of whole fields.
The proof is first tried on all lines at once, which is fast; where it fails, on every line apart. A line without
proof is blank, faulty, or written with quotation marks in an odd but lawful way. Only the fields that the profile
keeps leave this module: what is dropped at the door never reaches a table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from lift.sources.layout import Layout
from lift.sources.lines import Block, Fault

# No accepted line holds this control character, so it can stand between fields that hold the file's own delimiter.
SEPARATOR = "\x1f"
CONTROL_BYTES = bytes([*range(9), *range(11, 32), 127])  # C0 but tab and line feed, and DEL
C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")  # the second set of controls, as UTF-8 writes it
CONTROLS = "[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # both sets
SPACES = " \t\u00a0"
LINE_FEED = ord("\n")
LONGEST_FIELD = 8_192
PIECE = 256 * 1024

CONTROL = Fault(
    "control_character",
    "holds a control character, such as a NUL or a stray carriage return: take it out where the file comes from",
)
NOT_CP1252 = Fault("encoding", "holds a byte that Windows-1252 does not know: write the file again as UTF-8")
TOO_LONG = Fault(
    "too_long", f"has a field of more than {LONGEST_FIELD} characters: a line break or delimiter is missing"
)
BROKEN_QUOTE = Fault(
    "quote",
    "has a quotation mark that is not closed, or closed in mid-field: write the row on one line, marks inside doubled",
)


@dataclass(frozen=True)
class Fields:
    """The lines of a block, sorted out. `frame` has `line` (from 1) and a text column `f<n>` for each kept field."""

    frame: pl.DataFrame
    faults: dict[int, Fault]  # by position in the block
    blank: int


def split_fields(block: Block, layout: Layout, encoding: str, skip: frozenset[int]) -> Fields:
    """Splits every line but those in `skip` (positions in the block: headings, header and trailer records).

    Blank fields are null and text is trimmed, save fields that a test would refuse for loose spaces (`tidied` mends
    them). Every line is in the frame, in `faults`, blank or skipped.
    """
    together = _split_together(block, layout, skip)
    return together if together is not None else _split_apart(block, layout, encoding, skip)


def _split_together(block: Block, layout: Layout, skip: frozenset[int]) -> Fields | None:
    """All lines in one go, if that is proved safe."""
    text, first, last = block.text, 0, block.count
    start, end = 0, len(text)
    while end and text[end - 1] == LINE_FEED:
        end -= 1
    blank = max(text.count(b"\n", end) - 1, 0) if end else block.count
    last -= blank
    if 0 in skip and last:
        start, first = text.find(b"\n", 0, end) + 1 or end, 1
    if last - 1 in skip and last > first:
        end, last = max(text.rfind(b"\n", start, end), start), last - 1
    if block.faults or start == end or any(first <= i < last for i in skip):
        return None
    filled = text if start == 0 and end >= len(text) - 1 else text[start:end]  # one line feed at the end does no harm
    count = last - first
    if not _is_proved(filled, count, layout):
        return None
    numbers = pl.int_range(block.first + first, block.first + first + count, dtype=pl.Int32(), eager=True)
    frame = _frame_as_written(filled, layout, numbers)
    return Fields(frame, {}, blank) if frame.select(_is_ordinary(layout).all()).item() else None


def _frame_as_written(text: bytes, layout: Layout, numbers: pl.Series) -> pl.DataFrame:
    """The kept fields of proved lines that stand as the file writes them."""
    spaces = SPACES if b"\t" in text or not text.isascii() else " "
    frame = tidied(_frame(text, layout.delimiter, layout, numbers), _texts(layout), spaces)
    if layout.profile.csv_quotes and b'"' in text:
        frame = tidied(frame, spaces="")  # a pair of quotation marks with nothing inside is blank too
    return frame


def _texts(layout: Layout) -> list[str]:
    return [f"f{i}" for i in layout.taken_as_written()]


def _is_proved(text: bytes, count: int, layout: Layout) -> bool:
    """Whether every line, by itself, is the layout's number of whole fields, and nothing in it is a control character.

    Without quotation marks each line's delimiters are counted. With them, one pattern, a field plain or wholly quoted,
    is matched against all lines in one pass; it crosses no line feed, so as many matches as lines means that each
    line matches from end to end.
    """
    breaks = layout.width - 1
    if not (layout.profile.csv_quotes and b'"' in text):
        delimiter, lines = layout.delimiter.encode(), text.split(b"\n")
        if text.endswith(b"\n"):
            lines.pop()
        return {line.count(delimiter) for line in lines} == {breaks} and _is_plain(text)
    line = f"(?m)^{_line_pattern(layout)}$"
    texts = (pl.Series([piece]).cast(pl.String()) for piece in _pieces(text))
    return bool(sum(piece.str.count_matches(line).item() for piece in texts) == count)


def _line_pattern(layout: Layout) -> str:
    """What a line looks like whose fields are plain or wholly quoted."""
    mark, controls = re.escape(layout.delimiter), CONTROLS[1:-1]
    cell = rf'(?:[^"{mark}\n{controls}]*|"(?:[^"\n{controls}]|"")*")'
    return f"{cell}(?:{mark}{cell}){{{layout.width - 1}}}"


def _pieces(text: bytes) -> Iterator[bytes]:
    """The lines in pieces, each but the last without the line feed at its end: memory is used over again."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", start + PIECE)
        yield text[start:end] if end >= 0 else text[start:]
        start = end + 1 if end >= 0 else len(text)


def _is_plain(text: bytes) -> bool:
    """Whether there is not one control character in it."""
    if len(text.translate(None, CONTROL_BYTES)) != len(text):
        return False
    return text.isascii() or C1_BYTES.search(text) is None


def _frame(text: bytes, separator: str, layout: Layout, numbers: pl.Series) -> pl.DataFrame:
    """The kept fields of proved lines as text columns. Nothing is inferred, and every line must come out."""
    wanted = layout.kept()
    names = [f"column_{i}" for i in range(layout.width)]
    quoted = layout.profile.csv_quotes and separator != SEPARATOR and b'"' in text
    frame = pl.read_csv(
        io.BytesIO(text),
        has_header=False,
        separator=separator,
        quote_char='"' if quoted else None,
        schema={name: pl.String() for name in names},
        columns=[names[i] for i in wanted],
    ).select(pl.col(names[i]).alias(f"f{i}") for i in wanted)
    if frame.height != len(numbers):
        raise AssertionError(f"{len(numbers)} lines became {frame.height} rows")
    return frame.insert_column(0, numbers.alias("line"))


def _is_ordinary(layout: Layout) -> pl.Expr:
    """Whether a row says something in words, and no field is too long. Otherwise its line is looked at apart."""
    kept = [f"f{i}" for i in layout.kept()]
    is_short = pl.max_horizontal(pl.col(kept).str.len_bytes()).fill_null(0) <= LONGEST_FIELD
    return pl.any_horizontal(pl.col(_texts(layout)).is_not_null()) & is_short


def tidied(frame: pl.DataFrame, names: Sequence[str] | None = None, spaces: str = SPACES) -> pl.DataFrame:
    """The frame with text trimmed of these spaces and empty text null, in the columns named (or all)."""
    names = [name for name in frame.columns if name != "line"] if names is None else names
    if not names:
        return frame
    loose = pl.col(names) == ""
    for space in spaces:
        loose = loose | pl.col(names).str.starts_with(space) | pl.col(names).str.ends_with(space)
    needy = [name for name, yes in frame.select(loose.any()).row(0, named=True).items() if yes]
    trimmed = frame.with_columns(pl.col(name).str.strip_chars(spaces) for name in needy) if spaces else frame
    return trimmed.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in needy)


def _split_apart(block: Block, layout: Layout, encoding: str, skip: frozenset[int]) -> Fields:
    """Each line proved by itself, or else looked at. Slower, for blocks in which something is wrong or odd."""
    lines = block.lines()
    proved = [i for i in _proved(lines, layout) if i not in skip and i not in block.faults]
    frame = _frame_of([lines[i] for i in proved], proved, block, layout, _frame_as_written)
    frame = frame.filter(_is_ordinary(layout))
    done = skip | {line - block.first for line in frame["line"]}
    faults: dict[int, Fault] = {}
    sound: dict[int, str] = {}
    blank = 0
    for i, line in enumerate(lines):
        if i in done:
            continue
        outcome = block.faults.get(i) or _look_at(line, layout, encoding)
        if outcome is None:
            blank += 1
        elif isinstance(outcome, Fault):
            faults[i] = outcome
        else:
            sound[i] = outcome
    odd = _frame_of(list(sound.values()), list(sound), block, layout, _frame_of_separated)
    return Fields(pl.concat([frame, odd]).sort("line"), faults, blank)


def _proved(lines: list[str], layout: Layout) -> list[int]:
    """The positions of the lines that are, each by itself, the right number of whole fields, without controls."""
    texts = pl.Series(lines, dtype=pl.String())
    whole = (texts.str.count_matches(layout.delimiter, literal=True) == layout.width - 1) & ~texts.str.contains(
        CONTROLS
    )
    if layout.profile.csv_quotes:
        whole = (whole & ~texts.str.contains('"', literal=True)) | texts.str.contains(f"^{_line_pattern(layout)}$")
    return whole.arg_true().to_list()


def _frame_of(
    lines: list[str],
    places: list[int],
    block: Block,
    layout: Layout,
    read: Callable[[bytes, Layout, pl.Series], pl.DataFrame],
) -> pl.DataFrame:
    """The frame of some of the block's lines, perhaps of none."""
    if not lines:
        return pl.DataFrame(schema={"line": pl.Int32(), **{f"f{i}": pl.String() for i in layout.kept()}})
    numbers = pl.Series([block.first + i for i in places], dtype=pl.Int32())
    return read("\n".join(lines).encode(), layout, numbers)


def _frame_of_separated(text: bytes, layout: Layout, numbers: pl.Series) -> pl.DataFrame:
    return _frame(text, SEPARATOR, layout, numbers)


def _look_at(line: str, layout: Layout, encoding: str) -> Fault | str | None:
    """What is wrong with one line; None if it is blank; else its trimmed fields between SEPARATORs."""
    if re.search(CONTROLS, line):
        return NOT_CP1252 if encoding == "cp1252" and re.search("[\x80-\x9f]", line) else CONTROL
    fields = line.split(layout.delimiter)
    if layout.profile.csv_quotes and '"' in line:
        try:
            (fields,) = csv.reader([line], delimiter=layout.delimiter, strict=True)
        except csv.Error:
            return BROKEN_QUOTE
    fields = [field.strip(SPACES) for field in fields]
    if not any(fields):
        return None  # spreadsheets leave rows of bare delimiters behind
    if len(fields) != layout.width:
        return _width_fault(len(fields), layout)
    return TOO_LONG if max(map(len, fields)) > LONGEST_FIELD else SEPARATOR.join(fields)


def _width_fault(found: int, layout: Layout) -> Fault:
    expected = "a record has" if layout.profile.structure == "records" else "the heading line has"
    fields = "1 field" if found == 1 else f"{found} fields"
    return Fault(
        "width", f"has {fields} where {expected} {layout.width}: look for a delimiter or line break inside a field"
    )
