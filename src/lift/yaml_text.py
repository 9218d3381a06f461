"""Which of two readers reads a YAML text?

ruamel.yaml's own reader is exact: YAML 1.2, and its complaints are the ones that users are shown. The one that it
builds on libyaml is several times as quick and gives the same for what we write ourselves. It is not for what others
wrote: text nested very deep ends the whole process there, and tabs and some line ends are read another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Found = TypeVar("Found")

#: Tabs, line ends of other scripts and directives: here the two readers differ.
_READ_DIFFERENTLY = re.compile("\t|[\x85\u2028\u2029]|^%", re.MULTILINE)


def read_text(text: str, read: Callable[[YAML], Found], *, is_ours: bool) -> Found:
    """What `read` makes of a reader for this text. `is_ours`: the text came with the program. Whatever the quick reader
    stumbles over the exact one reads again, so that a mistake is told the same way.

    Raises what `read` raises with the exact reader."""
    if is_ours and not _READ_DIFFERENTLY.search(text):
        try:
            return read(YAML(typ="safe"))
        except YAMLError:
            pass
    return read(YAML(typ="safe", pure=True))
