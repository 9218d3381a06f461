"""Which nodes may be the same person, and by which key?

Each key gives groups of nodes that agree on it, in the order of the inputs' join order (9.3): place first (UPRN,
account, claim), then NINO with date of birth, then surname with date of birth and postcode; last the one key that
forgives a slip of the pen. Another source of candidates, such as the pairs of a probabilistic linkage, is one more
reason behind these with groups of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection

from lift.sources.frames import FRAME, over_frame


@dataclass(frozen=True)
class Key:
    """`values` is SQL for what must agree; nodes where any of it is missing take no part. `names_agree`: the key itself
    says nothing of the forename, so differing forenames (twins) must not be joined by it. `only`: a condition that one
    node of the group must meet. `one_slip`: of number and birthday one may be mistyped where the other is the same."""

    reason: str
    values: tuple[str, ...]
    names_agree: bool = False
    only: str = ""
    where: str = "TRUE"
    one_slip: bool = False


_SHORT_NAME = "(forename_key IS NULL OR length(forename_key) = 1)"
_BARE = "(surname_key IS NULL AND forename_key IS NULL AND nino8 IS NULL AND date_of_birth IS NULL)"
_ON_CLAIM = "part IN ('claimant', 'partner')"
_WHOLE_NAME = "length(forename_key) > 2"

# Council Tax Reduction is only for a liable person, so of two people of one name at an account its claimant is the one.
_LIABLE = "(kind = 'council_tax_account' OR kind = 'ctr_award')"

KEYS: tuple[Key, ...] = (
    Key("account_ref", ("account_ref", "surname_key", "forename_key"), where=f"NOT {_SHORT_NAME} AND {_LIABLE}"),
    Key("uprn", ("uprn", "surname_key", "forename_key"), where=f"NOT {_SHORT_NAME}"),
    Key("uprn", ("uprn", "surname_key"), names_agree=True, only=_SHORT_NAME),
    Key("account_ref", ("account_ref", "surname_key", "forename_key"), where=f"NOT {_SHORT_NAME}"),
    Key("account_ref", ("account_ref", "surname_key"), names_agree=True, only=_SHORT_NAME),
    Key("claim_ref", ("claim_ref", "surname_key", "forename_key"), where=f"NOT {_SHORT_NAME}"),
    Key("claim_ref", ("claim_ref", "nino8")),
    # A notice or award that names nobody still belongs to the claimant (or partner) of its claim.
    Key("claim_ref", ("claim_ref", "part"), names_agree=True, only=_BARE, where=_ON_CLAIM),
    Key("nino8_and_date_of_birth", ("nino8", "date_of_birth")),
    Key("upn", ("upn",), names_agree=True),
    Key("surname_date_of_birth_postcode", ("surname_key", "date_of_birth", "postcode"), names_agree=True),
    # A school knows a home by its address alone: the property once more, as with UPRN, told by postcode and numbers.
    Key("address_and_name", ("address_match", "surname_key", "forename_key"), where=f"NOT {_SHORT_NAME}"),
    # The same part of one claim in two extracts: father and son of one name are not both its claimant.
    Key("claim_ref_and_one_slip", ("claim_ref", "part", "surname_key", "forename_key"),
        where=f"{_WHOLE_NAME} AND {_ON_CLAIM}", one_slip=True),
)  # fmt: skip


@dataclass(frozen=True)
class Groups:
    """Groups of nodes that agree on one key, each in order, in the order of their first nodes."""

    reason: str
    groups: Sequence[list[int]]
    names_agree: bool = False
    one_slip: bool = False


# The keys of account and property join nearly everybody; behind them, few groups are not one person yet.
_OF_PLACE = 3


def exact_groups(connection: DuckDBPyConnection, joined: Callable[[], pl.DataFrame]) -> Iterator[Groups]:
    """Every group of two nodes or more, key by key. `joined` says what has been joined so far (node, head): groups that
    are one person by then are left out."""
    for number, key in enumerate(KEYS):
        if number == _OF_PLACE:
            over_frame(
                connection, joined(), f"CREATE OR REPLACE TEMP TABLE link_head AS SELECT node, head FROM {FRAME}"
            )
        found = connection.execute(_groups(key, among_joined=number >= _OF_PLACE)).fetchall()
        yield Groups(key.reason, [nodes for (nodes,) in found], key.names_agree, key.one_slip)


def _groups(key: Key, *, among_joined: bool) -> str:
    values = ", ".join(key.values)
    present = " AND ".join(f"{value} IS NOT NULL" for value in key.values)
    having = f"HAVING count(*) > 1 {f'AND bool_or({key.only})' if key.only else ''}"
    if key.one_slip:  # nearly all groups of it are one person by now; only where rows differ is there a slip
        having += " AND (min(nino8) <> max(nino8) OR min(date_of_birth) <> max(date_of_birth))"
    if among_joined:
        having += " AND min(head) <> max(head)"
    return f"""
        SELECT list(node ORDER BY node) AS nodes FROM link_node {"JOIN link_head USING (node)" if among_joined else ""}
        WHERE entity = 'person' AND kind <> 'suppression' AND {present} AND ({key.where})
        GROUP BY {values} {having} ORDER BY nodes[1]"""
