"""Is another LIFT at work in this workspace, and where may this one put its unfinished files?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lift.errors import StorageError
from lift.workspace import audit
from lift.workspace.folder import Workspace
from lift.workspace.writing import private_folder, sweep, wipe

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _wait(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _wait(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)


@contextmanager
def waiting_for(path: Path) -> Iterator[None]:
    """Nobody else is inside such a block on the same file; who comes later waits."""
    with path.open("a+b") as lock:
        _wait(lock)
        yield


@contextmanager
def at_work(workspace: Workspace) -> Iterator[Path]:
    """A work folder of our own, empty at the start and gone at the end; one program at a time. Raises SettingsError
    where the record of what was done has been changed: then nothing more is done.

    The lock is the operating system's: it falls with the program that held it, however that ended.
    """
    with workspace.lock.open("a+b") as lock:
        try:
            _lock(lock)
        except OSError:
            raise StorageError(
                f"{workspace.root}: another lift is at work here. Wait until it has finished, then try again."
            ) from None
        audit.require_whole(workspace)
        audit.require_writable(workspace)
        wipe(workspace.work)
        sweep(workspace.lists)
        try:
            yield private_folder(workspace.work)
        finally:
            wipe(workspace.work)
