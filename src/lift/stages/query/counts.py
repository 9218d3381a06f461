"""How many units answer to a question, by categories, told so that nobody can be picked out?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.asked import Worked
from lift.errors import UsageError
from lift.rulebook.dimensions import described
from lift.rulebook.query import Query
from lift.workspace import small_numbers

MOST_BY, MOST_CELLS = 3, 2000
NOT_KNOWN = "not known"
_WORDS = {True: "yes", False: "no", None: NOT_KNOWN}


@dataclass(frozen=True)
class Count:
    """One cell: its category in each respect, and how many as far as that may be told (None: under ten)."""

    categories: tuple[str, ...]
    sure: int | None
    perhaps: int | None


@dataclass(frozen=True)
class Counts:
    """Every cell, also those that nobody falls in, in order of the categories; and the sums of what is shown.
    `perhaps` of the cells is there only if it was asked for; of the whole it always is."""

    query: Query
    cells: tuple[Count, ...]
    sure: int | None
    perhaps: int | None


def require_categories(query: Query) -> None:
    """Raises UsageError for a count by something that has no categories, or by too much at once."""
    for column in query.by:
        if column.type.kind not in ("flag", "code"):
            raise UsageError(
                f"--by {column.text}: this is {described(column.type)}, and counts go by a flag or a code. Make bands "
                "of it: CASE WHEN … THEN 'under 100' ELSE '100 and over' END"
            )
    if len(query.by) > MOST_BY:
        raise UsageError(f"--by takes at most {MOST_BY} at once. Leave some out.")


def count_cells(
    connection: DuckDBPyConnection, query: Query, worked: Worked, condition: str, *, include_unknown: bool
) -> Counts:
    """The cells over all categories that any unit of the view falls in, whether or not it answers to the question: so
    an empty cell looks like one of a few."""
    by = [worked.sql(column.step) for column in query.by]
    keys = ", ".join(f"({one}) AS by_{number}" for number, one in enumerate(by)) or "TRUE AS by_0"
    found = connection.execute(
        f"""SELECT {keys},
            count(*) FILTER ({condition}), count(DISTINCT household_key) FILTER ({condition}),
            count(*) FILTER (({condition}) IS NULL), count(DISTINCT household_key) FILTER (({condition}) IS NULL)
        FROM {worked.table} GROUP BY ALL"""
    ).fetchall()
    width = max(len(by), 1)
    counted = {tuple(map(_category, row[:width])): row[width:] for row in found}
    categories = [sorted({key[place] for key in counted}, key=_order) for place in range(width)]
    cells = list(itertools.product(*categories))
    if len(cells) > MOST_CELLS:
        raise UsageError(
            f"--by makes {len(cells):,} cells, more than {MOST_CELLS:,}: most would be [c]. Leave one of them out."
        )
    shown = [_cell(key if by else (), counted.get(key, (0, 0, 0, 0)), include_unknown) for key in cells]
    return Counts(
        query,
        tuple(shown),
        small_numbers.total(cell.sure for cell in shown),
        small_numbers.told(*_all(counted, 2)) if not include_unknown else small_numbers.total(c.perhaps for c in shown),
    )


def _cell(key: tuple[str, ...], counts: tuple[int, ...], include_unknown: bool) -> Count:
    people, homes, perhaps, perhaps_homes = counts
    return Count(
        key, small_numbers.told(people, homes), small_numbers.told(perhaps, perhaps_homes) if include_unknown else None
    )


def _all(counted: dict[tuple[str, ...], tuple[int, ...]], place: int) -> tuple[int, int]:
    return sum(one[place] for one in counted.values()), sum(one[place + 1] for one in counted.values())


def _category(value: object) -> str:
    return _WORDS[value] if value is None or isinstance(value, bool) else str(value)


def _order(category: str) -> tuple[bool, str]:
    return category == NOT_KNOWN, category
