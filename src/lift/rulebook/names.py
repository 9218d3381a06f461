"""Which words may name a fact, a step, an amount, a table or a rule?

Names stand in formulas and become columns of tables, so a word that means something there already cannot be a name.
"""

from __future__ import annotations

import re

from lift.errors import Place
from lift.rulebook.problems import Problems

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SQL = (
    "alter and any as between case count create cross distinct drop else end every except false fetch for from glob "
    "grant having if ilike in inner insert intersect interval into is join lateral like max min not notnull null on "
    "or outer partitioned_by qualify regexp returning revoke rlike rollback select sum tablesample then true uncache "
    "union using when where with xor"
)
_OURS = "this run_day benefit_week awarded person family household period"
_TAKEN = frozenset([*_SQL.split(" "), *_OURS.split(" ")])
#: Ends of column names that a fact's own columns have (docs/tables.md).
_ENDINGS = ("_low", "_high", "_fresh", "_key", "_unknown", "_ind")


def check_name(name: str, place: Place, problems: Problems) -> None:
    """Adds a problem for a name that no formula or table could hold."""
    if not _NAME.fullmatch(name):
        problems.add(place, f"{name} is no name", "write small letters and digits, with _ between words")
    elif name in _TAKEN:
        problems.add(place, f"{name} has a meaning of its own in a formula", "choose another name")
    elif name.endswith(_ENDINGS):
        ending = next(e for e in _ENDINGS if name.endswith(e))
        problems.add(place, f"names that end in {ending} are kept for tables", "choose another name")
