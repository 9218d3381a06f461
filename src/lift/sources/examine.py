"""Is this file text, in which encoding, how many lines has it, and is it the very file we have seen already?"""

from __future__ import annotations

import codecs
import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lift.errors import ExtractError

UTF8_BOM = b"\xef\xbb\xbf"
CHUNK = 4 * 1024 * 1024
TAIL = 64 * 1024
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
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = breaks = 0
    damaged = False
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        breaks += chunk.count(b"\n")
        damaged = damaged or not _decodes(decoder, chunk)
    blank, unfinished = _end(file, size)
    return Examined(
        path=path,
        sha256=digest.hexdigest(),
        size=size,
        encoding=_encoding(file, damaged or not _decodes(decoder, b"", final=True)),
        lines=breaks + unfinished,
        last_filled_line=breaks + 1 - blank if blank <= breaks else 0,
    )


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    if not final and chunk.isascii() and decoder.getstate()[0] == b"":
        return True
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _end(file: BinaryIO, size: int) -> tuple[int, bool]:
    """How many line feeds follow the last character that is no white space, and whether the last line lacks its own.

    A file of nothing but white space is blank from its start: one more than it has line feeds.
    """
    length = TAIL
    while True:
        file.seek(max(size - length, 0))
        tail = file.read()
        filled = tail.rstrip(b" \t\r\n")
        if filled or length >= size:
            blank = tail.count(b"\n", len(filled)) + (not filled)
            return blank, not tail.endswith(b"\n")
        length *= 16


def whole_lines(file: BinaryIO, size: int = CHUNK) -> Iterator[bytes]:
    """The file in blocks of about `size` bytes that end at a line's end (the last one may lack it)."""
    file.seek(0)
    while block := file.read(size):
        yield block if block.endswith(b"\n") else block + file.readline()


def is_utf8(text: bytes) -> bool:
    """Whether the bytes are text in UTF-8."""
    if text.isascii():
        return True
    try:
        text.decode("utf-8")
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
                is_sound = is_utf8(line)
                sound += is_sound
                broken += not is_sound
    return "utf-8" if sound >= broken else "cp1252"


def is_plain_file(path: Path) -> bool:
    """Whether the path leads to a regular file (not a folder, pipe or device)."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
