"""Is this file text, in which encoding, how many lines has it, and is it the very file we have seen already?"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lift.errors import ExtractError

UTF8_BOM = b"\xef\xbb\xbf"
CHUNK = 4 * 1024 * 1024
BINARY_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "is an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel or Word file"),
    (b"%PDF", "is a PDF"),
    (b"\x1f\x8b", "is compressed"),
    (b"\xff\xfe", "is text in UTF-16"),
    (b"\xfe\xff", "is text in UTF-16"),
)


@dataclass(frozen=True)
class Examined:
    """What is known of a file before a profile is chosen. `encoding` is utf-8, utf-8-bom or cp1252."""

    path: Path
    sha256: str
    size: int
    encoding: str
    lines: int
    last_filled_line: int


def examine(path: Path) -> Examined:
    """Reads the whole file once. Raises ExtractError for what is no text file."""
    try:
        with path.open("rb") as file:
            _refuse_what_is_no_file(path, file)
            return _examine(path, file)
    except OSError as error:
        raise ExtractError(
            f"{path.name}: cannot be read ({type(error).__name__}). Check its permissions, or copy it here again."
        ) from None


def _refuse_what_is_no_file(path: Path, file: BinaryIO) -> None:
    start = file.read(65536)
    file.seek(0)
    if not start:
        raise ExtractError(
            f"{path.name}: is empty. Ask the supplier's system for the extract again, or remove the file."
        )
    for sign, what in BINARY_SIGNS:
        if start.startswith(sign):
            raise ExtractError(f"{path.name}: {what}, not plain text. Save it as CSV (UTF-8) and put that file here.")
    if start.count(0) * 20 > len(start):
        raise ExtractError(f"{path.name}: is not plain text. Save it as CSV (UTF-8) and put that file here.")
    if b"\n" not in start and b"\r" in start:
        raise ExtractError(
            f"{path.name}: its lines end in carriage returns alone. Save it as CSV with Windows line ends."
        )


def _examine(path: Path, file: BinaryIO) -> Examined:
    digest = hashlib.sha256()
    size = breaks = last_filled_line = 0
    damaged = unfinished = False
    for block in whole_lines(file):
        digest.update(block)
        filled = block.rstrip(b" \t\r\n")
        if filled:
            last_filled_line = breaks + filled.count(b"\n") + 1
        size += len(block)
        breaks += block.count(b"\n")
        damaged = damaged or not _is_utf8(block)
        unfinished = not block.endswith(b"\n")
    return Examined(
        path=path,
        sha256=digest.hexdigest(),
        size=size,
        encoding=_encoding(file, damaged),
        lines=breaks + unfinished,
        last_filled_line=last_filled_line,
    )


def whole_lines(file: BinaryIO, size: int = CHUNK) -> Iterator[bytes]:
    """The file in blocks of about `size` bytes that end at a line's end (the last one may lack it)."""
    file.seek(0)
    rest: list[bytes] = []
    chunk = file.read(size)
    while chunk:
        following = file.read(size)
        cut = chunk.rfind(b"\n") + 1 if following else len(chunk)
        if cut:
            yield b"".join([*rest, chunk[:cut]])
            rest = [chunk[cut:]]
        else:
            rest.append(chunk)
        chunk = following


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _encoding(file: BinaryIO, damaged: bool) -> str:
    """One encoding for the whole file.

    A byte order mark settles it. A file that is not wholly UTF-8 is Windows-1252, unless at least as many lines have
    accented letters in sound UTF-8 as have broken ones: by chance that hardly happens, so such a file is UTF-8 with
    damaged lines, and one damaged byte must not spoil every other accented name in it.
    """
    file.seek(0)
    if file.read(len(UTF8_BOM)) == UTF8_BOM:
        return "utf-8-bom"
    if not damaged:
        return "utf-8"
    sound = broken = 0
    for block in whole_lines(file):
        if block.isascii():
            continue
        for line in block.split(b"\n"):
            if not line.isascii():
                is_sound = _is_utf8(line)
                sound += is_sound
                broken += not is_sound
    return "utf-8" if sound >= broken else "cp1252"


def is_plain_file(path: Path) -> bool:
    """Whether the path leads to a regular file (not a folder, pipe or device)."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
