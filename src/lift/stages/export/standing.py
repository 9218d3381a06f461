"""Who stands on each list of a run, in which order, and who of them is held back now?"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from duckdb import DuckDBPyConnection

from lift.stages.export.held import Reason
from lift.stages.export.notes import Shown
from lift.workspace.campaigns import Contact, contacted_elsewhere
from lift.workspace.folder import Workspace
from lift.workspace.register import read_register
from lift.workspace.settings import Settings
from lift.workspace.worklists import CHECK_SAMPLE, FAMILIES

Rows = tuple[Mapping[str, Any], ...]


class Ranked(Protocol):
    """What is told of a list before anybody is held back."""

    @property
    def name(self) -> str: ...
    @property
    def too_small(self) -> int: ...


@dataclass(frozen=True)
class Standing:
    """The lists in the tables of one run, with everybody marked who is held back (`gate.mark_references`). `today`: for
    campaigns that are still open."""

    connection: DuckDBPyConnection
    workspace: Workspace
    settings: Settings
    month: str
    today: datetime.date

    def shown(self, lists: Sequence[Ranked]) -> dict[str, Shown]:
        """List to how many families it shows, and how many are held back from it."""
        busy = self.busy([one.name for one in lists])
        return {one.name: self.counted(one, self.families(one.name, busy[one.name])) for one in lists}

    def counted(self, one: Ranked, families: Mapping[str, Reason | None]) -> Shown:
        """The same of one list, of families as `families` gives them."""
        reasons = list(families.values())
        free = reasons.count(None)
        kept = min(free, self.settings.lists.capacity.get(one.name, free))
        held = Counter(reason for reason in reasons if reason is not None)
        return Shown(kept, len(reasons), free - kept, held, one.too_small)

    def busy(self, names: Iterable[str]) -> dict[str, list[Contact]]:
        """List to whom other lists name, of this month or in a campaign that is still open."""
        with read_register(self.workspace) as register:
            return {name: contacted_elsewhere(register, name, self.month, self.today) for name in names}

    def families(self, name: str, busy: Iterable[Contact]) -> dict[str, Reason | None]:
        """Every family of a list, in its order, with why it is held back if it is. `busy`: whom other lists name."""
        elsewhere = {key for one in busy for key in (one.family_key, one.contact_key) if key is not None}
        rows = self._found(name, "family_key, contact_key, contact_role, name, reason")
        return {key: _reason(of_family, elsewhere) for key, of_family in rows.items()}

    def rows(self, name: str, families: Sequence[str]) -> dict[str, Rows]:
        """What is shown of these families' rows, family by family in the list's order."""
        if not families:
            return {}
        return self._found(name, _SHOWN, "WHERE family_key IN (SELECT unnest($families))", {"families": families})

    def _found(
        self, name: str, columns: str, which: str = "", given: Mapping[str, Any] | None = None
    ) -> dict[str, Rows]:
        rows, order = _ROWS_OF.get(name, _ROWS)
        self.connection.execute(_MARKED)
        found = self.connection.execute(
            f"SELECT {columns} FROM ({rows}) {which} ORDER BY {order}",
            {**(given or {}), **({"list": name} if "$list" in rows else {})},
        )
        names = [str(column[0]) for column in found.description]
        grouped: dict[str, list[dict[str, Any]]] = {}
        for cells in found.fetchall():
            row = dict(zip(names, cells, strict=True))
            grouped.setdefault(row["family_key"], []).append(row)
        return {key: tuple(of_family) for key, of_family in grouped.items()}


# Rows of lists, with the reason of whoever is behind them, in whichever way it touches them, their role, and the other
# rules that the family stands on a list of.
_HELD = """
    WITH other AS (SELECT family_key, list(DISTINCT rule ORDER BY rule) AS rules FROM ranked GROUP BY family_key)
    SELECT r.*, p.role, c.role AS contact_role,
        nullif(array_to_string(list_filter(o.rules, lambda x: x <> r.rule), ' '), '') AS also,
        least(family.reason, unit.reason, contact.reason, home.reason) AS reason
    FROM ({rows}) r LEFT JOIN person p ON p.person_key = r.reference LEFT JOIN person c ON c.person_key = r.contact_key
    LEFT JOIN other o ON o.family_key = r.family_key
    LEFT JOIN held_or_waiting family ON family.reference = r.family_key
    LEFT JOIN held_or_waiting unit ON unit.reference = r.reference
    LEFT JOIN held_or_waiting contact ON contact.reference = r.contact_key
    LEFT JOIN held_or_waiting home ON home.reference = r.household_key"""
# Of all lists at once, for each is asked for more than once. `gate.mark_references` does away with it.
_MARKED = f"CREATE TEMP TABLE IF NOT EXISTS marked_row AS {_HELD.format(rows='FROM ranked')}"
# The rows of one list, or of all of them (each answer once), and their order.
_ROWS = ("FROM marked_row WHERE list = $list", "family_rank, rank")
_ROWS_OF = {
    FAMILIES: (
        """SELECT a.* EXCLUDE (family_rank), f.rank AS family_rank FROM marked_row a
        JOIN ranked_family f ON f.reference = a.family_key
        QUALIFY row_number() OVER (PARTITION BY a.rule, a.reference ORDER BY a.list) = 1""",
        "family_rank, verdict, yearly_low DESC NULLS LAST, rule, reference",
    ),
    # A family of whom nothing is known has a row without an answer.
    CHECK_SAMPLE: (
        _HELD.format(
            rows="""SELECT family_key AS reference, *, NULL AS deadline, '' AS rule, '' AS verdict, '' AS worth,
            '' AS per, NULL AS low, NULL AS high, '' AS questions, 0 AS only_together, '' AS advice_first,
            '' AS follows,            '' AS evidence, '' AS source, FALSE AS may_already_have FROM check_sample"""
        ),
        "rank",
    ),
}
# What no file or screen shows of a row is not read: of a long list it is a third.
_UNSHOWN = (
    "list", "rank", "family_rank", "about", "address", "ward", "yearly_low", "yearly_high", "rule_hash", "contact_role",
    "reason",
)  # fmt: skip
_SHOWN = f"COLUMNS(lambda c: c NOT IN {_UNSHOWN})"


def _reason(rows: Sequence[Mapping[str, Any]], elsewhere: set[str]) -> Reason | None:
    """Why a family is held back; of several reasons the first counts."""
    found = [Reason(row["reason"]) for row in rows if row["reason"] is not None]
    first = rows[0]
    if first["contact_key"] is None or first["contact_role"] == "child" or not first["name"]:
        found.append(Reason.NOBODY_TO_ASK)
    if first["family_key"] in elsewhere or first["contact_key"] in elsewhere:
        found.append(Reason.CONTACTED)
    return min(found, default=None)
