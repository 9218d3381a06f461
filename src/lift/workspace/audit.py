"""What was done in this workspace, by whom and when, so that a later change to the record shows?

One JSON object a line. Each holds the hash of the line before it, so a line edited, dropped or moved breaks the chain.
Lines cut off the end cannot be seen in the file itself: whoever needs that keeps the latest hash elsewhere.
"""

from __future__ import annotations

import datetime
import getpass
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lift.errors import SettingsError
from lift.workspace.busy import waiting_for
from lift.workspace.folder import Workspace
from lift.workspace.writing import PRIVATE_FILE, storing, to_disk

NOTHING_BEFORE = "0" * 64


def record(workspace: Workspace, entry: Mapping[str, Any]) -> str:
    """Appends an entry with who and when, and returns its hash. Waits for another program that is writing one. Raises
    SettingsError if the record was changed."""
    with waiting_for(workspace.audit_lock):
        return _append(workspace.audit, entry)


def _append(path: Path, entry: Mapping[str, Any]) -> str:
    whole, torn = _lines(path)
    previous = _check(whole)
    body = {**entry, "who": who(), "when": now().isoformat(timespec="seconds"), "previous": previous}
    if torn:
        body["after_a_line_cut_short"] = True
    digest = _digest(body)
    line = json.dumps({**body, "hash": digest}, ensure_ascii=False, sort_keys=True) + "\n"
    with storing(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            # What a killed program left half written at the end never was an entry: it is written over.
            end = sum(len(one) for one in whole)
            os.truncate(handle, end)
            try:
                _write_whole(handle, line.encode())
                os.fsync(handle)
            except BaseException:
                os.truncate(handle, end)
                raise
        finally:
            os.close(handle)
        to_disk(path.parent)
    return digest


def _write_whole(handle: int, content: bytes) -> None:
    """The whole of it: a full disk may take a part and say so only by the number of bytes."""
    os.lseek(handle, 0, os.SEEK_END)
    while content:
        content = content[os.write(handle, content) :]


def who() -> str:
    """The name under which the operating system knows whoever runs the program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def entries(workspace: Workspace) -> list[dict[str, Any]]:
    """Every entry, oldest first. Raises SettingsError if the chain is broken."""
    return [json.loads(line) for line in require_whole(workspace)]


def require_whole(workspace: Workspace) -> list[bytes]:
    """Every line, once it has been held against the one before. Raises SettingsError if the chain is broken."""
    whole, _ = _lines(workspace.audit)
    _check(whole)
    return whole


def require_writable(workspace: Workspace) -> None:
    """Raises OSError where nothing could be recorded: then nothing may be done either."""
    if workspace.audit.exists():
        os.close(os.open(workspace.audit, os.O_RDWR))


def _lines(path: Path) -> tuple[list[bytes], bytes]:
    """The whole lines, and what stands behind the last line's end."""
    content = path.read_bytes() if path.exists() else b""
    whole, end, torn = content.rpartition(b"\n")
    return (whole + end).splitlines(keepends=True), torn


def _check(lines: list[bytes]) -> str:
    """The hash of the last line, once every line has been held against the one before."""
    previous = NOTHING_BEFORE
    for number, line in enumerate(lines, start=1):
        claimed = _claimed(line, previous)
        if claimed is None:
            raise SettingsError(
                f"audit.jsonl:{number}: was changed after it was written, so nothing further is done here. Bring the "
                "file back from the safe copy, and tell whoever answers for data protection."
            )
        previous = claimed
    return previous


def _claimed(line: bytes, previous: str) -> str | None:
    """The line's own hash, if it is right and follows the line before."""
    try:
        entry = json.loads(line)
        claimed = str(entry.pop("hash"))
        return claimed if entry["previous"] == previous and claimed == _digest(entry) else None
    except (ValueError, KeyError, AttributeError, TypeError):
        return None


def _digest(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
