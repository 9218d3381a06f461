"""How is a DuckDB file opened: offline, within limits, and with complaints that hold no resident's data?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from lift.errors import EngineError, LiftError, StorageError
from lift.workspace.stopping import stoppable, was_stopped

Connection = duckdb.DuckDBPyConnection

# Nothing is fetched, nothing outside is loaded, and no Python variable is taken for a table.
OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}

_NEVER = "1TB"  # no log of changes grows as large


@contextmanager
def database(
    path: Path | None,
    *,
    spill: Path | None = None,
    memory: str = "",
    threads: int = 0,
    read_only: bool = False,
    sealed: bool = False,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection, closed at the end. `path` None: in memory only. `spill`: where work that outgrows memory may go;
    a file that is written is then in the making, and made safe once, at the end. `sealed`: no other file can be reached
    through it, and none of its settings changed.

    Ctrl-C stops what it is at. Raises StorageError (disk full, file in use, not a database) and EngineError (memory,
    anything else).
    """
    settings: dict[str, str | bool | int | float | list[str]] = dict(OFFLINE)
    if spill is not None:
        settings["temp_directory"] = str(spill)
    in_the_making = spill is not None and not read_only
    if in_the_making:
        # Until the end a crash leaves nothing of it, so that to make it safe again and again would be for nothing.
        settings["checkpoint_threshold"] = _NEVER
    if memory:
        settings["memory_limit"] = memory
    if threads:
        settings["threads"] = str(threads)
    name = path.name if path else "the working memory"
    try:
        connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=settings)
    except duckdb.Error as error:
        raise in_words(error, name) from error
    try:
        if sealed:
            # In this order: once locked, nothing can be switched off (or on) any more.
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
        with stoppable(connection):
            yield connection
        if in_the_making:
            connection.execute("CHECKPOINT")  # to close it would do so too, but say nothing of a full disk
            in_the_making = False
    except duckdb.Error as error:
        if was_stopped(error):
            raise KeyboardInterrupt from error
        raise in_words(error, name) from error
    finally:
        if in_the_making:  # what nobody will read need not be made safe
            with suppress(duckdb.Error):
                connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.close()


def in_words(error: duckdb.Error, name: str) -> LiftError:
    """DuckDB's complaint by its kind alone: its own words may repeat a cell."""
    said = str(error)
    if "No space left" in said or "max_temp_directory_size" in said:
        return StorageError(
            f"{name}: the disk is full. Free some space, then try again. Earlier runs are as they were."
        )
    if "Conflicting lock" in said or "Could not set lock" in said:
        return StorageError(f"{name}: another program has it open. Close that program, then try again.")
    if "Permission denied" in said or "Read-only file system" in said:
        return StorageError(f"{name}: this user may not read or write it. Check its permissions, then try again.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(f"{name}: memory ran out. Close other programs, or give [machine] memory in council.toml.")
    if isinstance(error, duckdb.IOException | duckdb.SerializationException):
        return StorageError(f"{name}: is no database of this program, or is damaged. Bring it back from the safe copy.")
    kind = type(error).__name__
    return EngineError(
        f"{name}: the database could not do a step ({kind}). Run it again; if it recurs, report it as a fault of LIFT."
    )
