"""Are encoding, lines and digest of a file found as they are?"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from lift.errors import ExtractError
from lift.sources.examine import examine, whole_lines
from lift.sources.lines import NOT_UTF8, read_blocks


def write(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "lines", "last_filled"),
    [
        (b"a\nb\n", 2, 2),
        (b"a\nb", 2, 2),
        (b"a\r\nb\r\n", 2, 2),
        (b"a\n\n\n", 3, 1),
        (b"a\n \r\n\t", 3, 1),
        (b"\n", 1, 0),
        (b"\na", 2, 2),
        (b"a" + b"\n" * 200_000, 200_000, 1),
        (b" \n" * 200_000, 200_000, 0),
    ],
)
def test_lines_are_physical_lines(tmp_path: Path, content: bytes, lines: int, last_filled: int) -> None:
    examined = examine(write(tmp_path, content))
    assert (examined.lines, examined.last_filled_line) == (lines, last_filled)
    assert (examined.size, examined.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert sum(block.count for block in read_blocks(examined)) == lines


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"plain\n", "utf-8"),
        ("Zoë\n".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "Zoë\n".encode(), "utf-8-bom"),
        ("Zoë\n".encode("cp1252"), "cp1252"),
        ("“O’Neill”\n".encode("cp1252"), "cp1252"),
        ("Zoë\nRené\n".encode() + "Zoë\n".encode("cp1252"), "utf-8"),  # one damaged row in a UTF-8 file
        ("Zoë\nRené\n".encode("cp1252") + "Zoë\n".encode(), "cp1252"),
    ],
)
def test_one_encoding_is_chosen_for_the_whole_file(tmp_path: Path, content: bytes, encoding: str) -> None:
    assert examine(write(tmp_path, content)).encoding == encoding


def test_text_comes_out_the_same_from_every_encoding(tmp_path: Path) -> None:
    text = "Zoë,£5\r\nRené,“x”\r\n"
    for content in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("cp1252")):
        (block,) = read_blocks(examine(write(tmp_path, content)))
        assert block.lines() == ["Zoë,£5", "René,“x”"]


def test_a_damaged_line_in_utf8_spoils_no_other(tmp_path: Path) -> None:
    content = "Zoë\nRené\n".encode() + b"caf\xe9\n" + "Chloé\n".encode()
    (block,) = read_blocks(examine(write(tmp_path, content)))
    assert block.lines() == ["Zoë", "René", "caf\\xe9", "Chloé"]
    assert block.faults == {2: NOT_UTF8}


def test_bytes_unknown_to_windows_1252_come_out_as_controls(tmp_path: Path) -> None:
    (block,) = read_blocks(examine(write(tmp_path, b"caf\xe9 \x81\n")))
    assert block.lines() == ["café \x81"]


def test_a_carriage_return_elsewhere_stays_in_its_line(tmp_path: Path) -> None:
    (block,) = read_blocks(examine(write(tmp_path, b"a\rb\r\nc\r")))
    assert block.lines() == ["a\rb", "c"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_blocks_end_where_lines_end(tmp_path: Path, size: int) -> None:
    content = b"one\ntwo\n\nthree"
    with write(tmp_path, content).open("rb") as file:
        blocks = list(whole_lines(file, size))
    assert b"".join(blocks) == content
    assert all(block.endswith(b"\n") for block in blocks[:-1])


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, b"a\nb\n")
    examined = examine(path)
    path.write_bytes(b"a\nb\nc\n")
    with pytest.raises(ExtractError, match=r"file\.csv: changed while it was read"):
        list(read_blocks(examined))
