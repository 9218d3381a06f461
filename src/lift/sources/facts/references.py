"""By what reference is a person, family, household or period known, so that it stays the same and tells nothing?

HMAC-SHA-256 (RFC 2104) under the council's own key, first 16 hexadecimal digits behind a letter for the level. It is
written as SQL because a run needs over a million of them; the key enters as parameters, so no database ever holds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

Letter = Literal["p", "f", "h", "d"]
BLOCK = 64  # bytes in a block of SHA-256


def key_parameters(key: bytes) -> Mapping[str, bytes]:
    """The two padded keys of an HMAC, for the parameters that `reference_sql` names."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return {"inner_key": bytes(b ^ 0x36 for b in block), "outer_key": bytes(b ^ 0x5C for b in block)}


def reference_sql(letter: Letter, text: str) -> str:
    """SQL for the reference of whatever the SQL expression `text` names; to be run with `key_parameters`."""
    inner = f"sha256($inner_key::BLOB || encode({text}))"
    return f"'{letter}' || substr(sha256($outer_key::BLOB || unhex({inner})), 1, 16)"
