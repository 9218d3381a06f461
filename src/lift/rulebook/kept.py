"""How are the rule files of a finished run read quickly a second time?

Reading YAML with its places takes most of the time of loading rules, and a finished run's rules never change. Beside
them a run keeps what was read, without examples, under the hash of each file; where a hash does not fit, or anything is
found wrong, the YAML itself is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from lift.rulebook.located import Located, read_located

FOLDER = ".read"
_FORMAT = 1


def keep_readings(folder: Path, hashes: Iterable[tuple[str, str]]) -> None:
    """Writes what every rule file of a folder holds. `hashes` are those of the rulebook that was loaded from it: name
    below the folder, and SHA-256."""
    for name, digest in hashes:
        if name.endswith(".yaml"):
            # A council's own rules stand in local/: they are kept as the exact reader read them for the run.
            is_ours = not name.startswith("local/")
            value = read_located(folder / name, name, until_key="examples", is_ours=is_ours).value
            place = folder / FOLDER / f"{name}.json"
            place.parent.mkdir(parents=True, exist_ok=True)
            kept = {"format": _FORMAT, "sha256": digest, "value": _written(value)}
            place.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def kept_reading(folder: Path, name: str, shown: str, digest: str) -> Located | None:
    """What was kept of a file with this hash, without places; None where nothing that fits was kept."""
    try:
        kept = json.loads((folder / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        fits = kept["format"] == _FORMAT and kept["sha256"] == digest
        return Located(shown, _value(kept["value"]), (), {}, {}, {}) if fits else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _written(value: Any) -> Any:
    """Keys may be days and numbers are exact, so mappings become lists and what JSON has not is marked."""
    if isinstance(value, dict):
        return {"map": [[_written(key), _written(below)] for key, below in value.items()]}
    if isinstance(value, list):
        return [_written(item) for item in value]
    if isinstance(value, Decimal):
        return {"number": str(value)}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _value(written: Any) -> Any:
    if isinstance(written, list):
        return [_value(item) for item in written]
    if not isinstance(written, dict):
        return written
    ((kind, inside),) = written.items()
    if kind == "map":
        return {_value(key): _value(below) for key, below in inside}
    return Decimal(inside) if kind == "number" else date.fromisoformat(inside)
