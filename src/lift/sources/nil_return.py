"""Who has signed that nobody needs to be suppressed this month?"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from lift.sources.dating import check_month
from lift.sources.documents import Strict, read_toml
from lift.sources.examine import examine
from lift.sources.kinds import load_kinds

NIL_RETURN = "nil_return.toml"


class NilReturnShape(Strict):
    """`nil_return.toml`, as written."""

    kind: Literal["suppression"]
    signed_by: str = Field(min_length=3)
    role: str = Field(min_length=3)
    signed_on: datetime.date
    statement: str = Field(min_length=10)


@dataclass(frozen=True)
class NilReturn:
    """A named lead's word that the suppression list is empty, and the digest of the file that says so."""

    name: str
    sha256: str
    kind: str
    signed_by: str
    role: str
    signed_on: datetime.date
    statement: str


def read_nil_return(folder: Path, month: datetime.date | None) -> NilReturn | None:
    """The nil return in a folder of extracts, if there is one. Raises ExtractError if it is too old or too new."""
    path = folder / NIL_RETURN
    if not path.is_file():
        return None
    shape = read_toml(path, NilReturnShape)
    check_month(NIL_RETURN, load_kinds()[shape.kind], shape.signed_on, month)
    return NilReturn(
        name=NIL_RETURN,
        sha256=examine(path).sha256,
        kind=shape.kind,
        signed_by=shape.signed_by,
        role=shape.role,
        signed_on=shape.signed_on,
        statement=shape.statement,
    )
