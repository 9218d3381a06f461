"""How does a file fall into physical lines, each on its own and without its line end?"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lift.errors import ExtractError
from lift.sources.examine import UTF8_BOM, Examined, is_utf8, whole_lines

BLOCK = 48 * 1024 * 1024  # larger blocks cost memory; smaller ones more planning, and rows stored twice over
STRETCH, STRIDE = 8_192, 32  # bytes to count line ends in at once, while more than so many lines are to be passed
KEEP_AS_CONTROL = "lift.keep_as_control"


@dataclass(frozen=True)
class Fault:
    """Why a line cannot be split into fields. The message never repeats what the line holds."""

    reason: str
    message: str


@dataclass(frozen=True)
class Block:
    """Consecutive lines as UTF-8, each ended by a line feed, save perhaps the last. `first` counts from 1 in the file.

    `faults` are lines (by position in the block) that are no text at all; their bytes stand there written out.
    """

    first: int
    count: int
    text: bytes
    faults: Mapping[int, Fault] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The lines one by one."""
        return self.text.decode("utf-8").removesuffix("\n").split("\n")

    def some_lines(self, places: Iterable[int]) -> list[str]:
        """The lines at these positions in the block, which rise: without taking all others apart."""
        found = []
        start = passed = 0  # where line number `passed` starts
        for place in places:
            while place - passed > STRIDE:
                breaks = self.text.count(b"\n", start, start + STRETCH)
                if not 0 < breaks <= place - passed:
                    break
                start = self.text.rfind(b"\n", start, start + STRETCH) + 1
                passed += breaks
            for _ in range(place - passed):
                start = self.text.find(b"\n", start) + 1
            passed = place
            end = self.text.find(b"\n", start)
            found.append(self.text[start : end if end >= 0 else None].decode("utf-8"))
        return found


NOT_UTF8 = Fault("encoding", "holds bytes that are not UTF-8, as the rest of the file is: write this row again")


def read_blocks(examined: Examined) -> Iterator[Block]:
    """Every line of the file in order. Bytes that Windows-1252 does not know come out as C1 control characters.

    Raises ExtractError if the file is no longer as it was when it was examined.
    """
    first = 1
    size = 0
    with examined.path.open("rb") as file:
        for raw in whole_lines(file, _block_size(examined.size)):
            size += len(raw)
            block = _block(first, raw, examined.encoding)
            yield block
            first += block.count
    if size != examined.size or first - 1 != examined.lines:
        raise ExtractError(
            f"{examined.path.name}: changed while it was read. Wait until it is copied whole, then run again."
        )


def _block_size(size: int) -> int:
    """As few blocks as may be, all of one size: while one is stored the next is split, and neither waits for long."""
    return -(-size // max(1, -(-size // BLOCK)))


def _block(first: int, text: bytes, encoding: str) -> Block:
    faults: dict[int, Fault] = {}
    if encoding != "cp1252":
        # Nobody sees a byte order mark, and files put together have one in the middle: it is no part of any value.
        plain = text.replace(UTF8_BOM, b"")
        ends_in_mark_alone = plain.endswith(b"\n") and not text.endswith(b"\n")
        text = plain + b"\n" if ends_in_mark_alone else plain
    if b"\r" in text:  # Windows puts one before each line feed; any other stays, to be refused
        text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
    if encoding == "cp1252":
        text = text.decode("cp1252", errors=KEEP_AS_CONTROL).encode("utf-8")
    elif not is_utf8(text):
        lines = text.split(b"\n")
        faults = {i: NOT_UTF8 for i, line in enumerate(lines) if not is_utf8(line)}
        text = b"\n".join(line.decode("utf-8", errors="backslashreplace").encode("utf-8") for line in lines)
    return Block(first, text.count(b"\n") + (not text.endswith(b"\n")), text, faults)


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """The bytes 81, 8D, 8F, 90 and 9D, unknown to Windows-1252, as the C1 controls of their number: refused later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(KEEP_AS_CONTROL, _as_control)
