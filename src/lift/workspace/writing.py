"""How is a file written so that nobody else can read it and nobody ever sees half of it?

A file is written beside its place under another name, forced to disk, and renamed (measured: 100 kills, none torn).
"""

from __future__ import annotations

import csv
import errno
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lift.errors import StorageError
from lift.workspace.cells import Cell, in_csv

PART = ".part-"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
MEGABYTE = 1024 * 1024


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Tells what the disk says against writing here in words that help: StorageError in place of OSError."""
    try:
        yield
    except OSError as error:
        name, harm = path.name.removeprefix(PART), "Earlier runs and lists are as they were."
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            told = f"{name}: the disk is full. Free some space, then try again. {harm}"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            told = (
                f"{name}: may not be written ({error.strerror}). Close the program that has it open, or see who may "
                f"write to the folder {path.parent}. {harm}"
            )
        else:
            told = f"{name}: cannot be written ({error.strerror or type(error).__name__}). {harm}"
        raise StorageError(told) from error


def private_folder(folder: Path) -> Path:
    """The folder, made if need be, that only its owner may look into."""
    with storing(folder):
        try:
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        except FileExistsError:
            raise StorageError(f"{folder}: is a file where a folder is needed. Move it away, then try again.") from None
    return folder


def put_in_place(part: Path, path: Path) -> None:
    """Gives a finished file its name."""
    with storing(path):
        part.replace(path)
        to_disk(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Puts a file in its place at once: readers find the old one or the new one, whole. Mode 0600."""
    private_folder(path.parent)
    with storing(path):
        handle, name = tempfile.mkstemp(prefix=PART, dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(PRIVATE_FILE)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        to_disk(path.parent)


def to_disk(path: Path) -> None:
    """Forces a file, or the names in a folder, to disk. (Windows cannot do so for folders.)"""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_into_place(folder: Path, place: Path) -> None:
    """Gives a finished folder its name, after everything in it is on disk and private. Raises StorageError if taken."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
        to_disk(path)
    folder.chmod(PRIVATE_FOLDER)
    to_disk(folder)
    private_folder(place.parent)
    if place.exists():
        raise StorageError(f"{place}: is there already, and is never written over. Move it away, then try again.")
    folder.rename(place)
    to_disk(place.parent)


def sweep(folder: Path) -> None:
    """Removes what a killed program left half written."""
    for path in folder.rglob(f"{PART}*") if folder.is_dir() else ():
        path.unlink(missing_ok=True)


def wipe(folder: Path) -> None:
    """Removes a folder of ours with all that is in it."""
    if folder.exists():
        shutil.rmtree(folder)


def check_space(folder: Path, needed: int) -> None:
    """Raises StorageError unless this many bytes are free where the folder lies."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"{folder}: {free // MEGABYTE} MB are free, but about {needed // MEGABYTE} MB are needed. "
            "Free some space or move the workspace, then try again. Nothing was changed."
        )


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, marked: bool = True) -> bytes:
    """A table as a CSV file (RFC 4180), by default with the byte order mark that tells Excel of UTF-8. No cell begins
    what a spreadsheet would take for a formula."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([in_csv(cell) for cell in row] for row in rows)
    return content.getvalue().encode("utf-8-sig" if marked else "utf-8")


def require_new(path: Path) -> None:
    """Raises StorageError for a file that is there already, or whose folder is not there or may not be written into."""
    if path.exists():
        raise StorageError(f"{path}: is there already, and is never written over. Give another name, or move it away.")
    if not path.parent.is_dir():
        raise StorageError(f"{path.parent}: there is no such folder. Make it, or give another place.")
    if not os.access(path.parent, os.W_OK):
        raise StorageError(f"{path.parent}: may not be written into. Give another place, or see who may.")
