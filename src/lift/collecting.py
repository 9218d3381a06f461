"""When does Python not look for circles among its objects?

Links, trials, rows and cells are millions of small tuples without circles: to look for circles among them takes a tenth
of a run's time and a seventh of an export's, and finds no memory to give back. Looked for while a plan is made,
they take a third of the time, and nothing is let go of there.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting_nothing() -> Iterator[None]:
    """For as long as the block lasts no circles are looked for; what nobody holds any more is given back as ever."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
