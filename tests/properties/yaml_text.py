"""How are plain values written as YAML that a person can read?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any


def to_yaml(value: Mapping[str, Any], indent: int = 0) -> str:
    """Block style for the upper levels, flow style below."""
    lines: list[str] = []
    for key, inner in value.items():
        pad = "  " * indent
        if isinstance(inner, Mapping) and indent < 2 and inner:
            lines += [f"{pad}{_scalar(key, key=True)}:", to_yaml(inner, indent + 1).rstrip("\n")]
        else:
            lines.append(f"{pad}{_scalar(key, key=True)}: {_flow(inner)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(k, key=True)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return _scalar(value)


def _scalar(value: Any, *, key: bool = False) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value if key else json.dumps(value)
    return str(value)
