"""Where does the secret come from that turns people and homes into references?

The same key gives the same references in every run. Whoever holds it and a list of names could work references out, so
it lies in a file of its own, outside every database. A lost key cannot be made again: keep a copy where keys are kept.
"""

from __future__ import annotations

import re
import secrets

from lift.errors import SettingsError
from lift.workspace.folder import Workspace
from lift.workspace.writing import write_whole

BYTES = 32


def make_key(workspace: Workspace) -> None:
    """A new random key, unless there is one."""
    if not workspace.key.exists():
        write_whole(workspace.key, (secrets.token_hex(BYTES) + "\n").encode())


def read_key(workspace: Workspace) -> bytes:
    """Raises SettingsError if the key is missing or damaged: a new one would give everybody another reference."""
    name = workspace.key.name
    try:
        text = workspace.key.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise SettingsError(
            f"{name}: is missing from the workspace. Bring it back from the safe copy; with a new key every family "
            "would get a new reference."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{name}: cannot be read ({type(error).__name__}). Bring it back from the safe copy."
        ) from None
    if not re.fullmatch(f"[0-9a-f]{{{2 * BYTES}}}", text):
        raise SettingsError(f"{name}: is damaged. Bring it back from the safe copy.")
    return bytes.fromhex(text)
