"""How does a file fall into physical lines, each on its own, as UTF-8 and without its line end?"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lift.errors import ExtractError
from lift.sources.examine import UTF8_BOM, Examined, whole_lines

KEEP_AS_CONTROL = "lift.keep_as_control"
LONGEST_LINE = 65_536
CONTROLS = bytes([*range(9), *range(11, 32), 127])          # C0 but tab and line feed, and DEL
SECOND_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")           # C1, as UTF-8 writes it


@dataclass(frozen=True)
class Block:
    """Consecutive lines. `first` is the number of the first in the file, from 1."""

    first: int
    lines: list[bytes]


@dataclass(frozen=True)
class Fault:
    """Why a line cannot be split into fields. The message never repeats what the line holds."""

    reason: str
    message: str


CONTROL = Fault(
    "control_character",
    "holds a control character, such as a NUL or a stray carriage return: take it out in the system that wrote the file",
)
NOT_UTF8 = Fault("encoding", "holds bytes that are not UTF-8, as the rest of the file is: write this row again")
NOT_CP1252 = Fault("encoding", "holds a byte that Windows-1252 does not know: write the file again as UTF-8")
TOO_LONG = Fault("too_long", f"is longer than {LONGEST_LINE} characters: a line break is missing, or the file is damaged")


def read_blocks(examined: Examined) -> Iterator[Block]:
    """Every line of the file in order. A cp1252 file comes out as UTF-8, its unknown bytes as C1 controls.

    Raises ExtractError if the file can no longer be read as it was when it was examined.
    """
    first = 1
    size = 0
    with examined.path.open("rb") as file:
        for block in whole_lines(file):
            size += len(block)
            lines = _split(_to_utf8(block, examined.encoding, first))
            yield Block(first, lines)
            first += len(lines)
    if size != examined.size or first - 1 != examined.lines:
        raise ExtractError(f"{examined.path.name}: changed while it was read. Wait until it is copied whole, then run again.")


def _to_utf8(block: bytes, encoding: str, first: int) -> bytes:
    if first == 1 and encoding == "utf-8-bom":
        block = block.removeprefix(UTF8_BOM)
    if encoding != "cp1252" or block.isascii():
        return block
    return block.decode("cp1252", errors=KEEP_AS_CONTROL).encode("utf-8")


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """The bytes 81, 8D, 8F, 90 and 9D, unknown to Windows-1252, as the C1 controls of their number: refused later."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(KEEP_AS_CONTROL, _as_control)


def _split(block: bytes) -> list[bytes]:
    lines = block.removesuffix(b"\n").split(b"\n")
    if b"\r" in block:
        lines = [line.removesuffix(b"\r") for line in lines]
    return lines
