"""What follows from conditions that may be true, false or unknown (None)?"""

from __future__ import annotations

from collections.abc import Iterable


def all_of(parts: Iterable[bool | None]) -> bool | None:
    """AND: one false settles it, whatever the others are. Of nothing: true."""
    unknown = False
    for part in parts:
        if part is False:
            return False
        unknown = unknown or part is None
    return None if unknown else True


def any_of(parts: Iterable[bool | None]) -> bool | None:
    """OR: one true settles it, whatever the others are. Of nothing: false."""
    return opposite(all_of(opposite(part) for part in parts))


def opposite(part: bool | None) -> bool | None:
    return None if part is None else not part


def same(a: bool | str | None, b: bool | str | None) -> bool | None:
    """Whether two flags or two codes are equal."""
    return None if a is None or b is None else a == b
