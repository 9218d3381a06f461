"""Which rows and values of the extracts were not believed, where do they stand, and what can a clerk do about it?

Files and lines, never a value: `refusals.csv` is what intake refused, what was left out of a row that was kept, and
what is unlikely and was used; `differences.csv` the facts on which two extracts do not agree.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from lift.sources.kinds import load_kinds
from lift.workspace.writing import csv_of

_REFUSALS = """
    SELECT f.name, r.line, coalesce(r.column_name, 'the whole line'), r.reason, r.message
    FROM refusal r JOIN extract_file f USING (file_id)
    UNION ALL
    SELECT f.name, b.line, replace(b.fact, '_', ' '), 'left_out', b.reason ||
        ': this was left out and the rest of the row used; correct it where the file comes from'
    FROM build_refusal b JOIN extract_file f USING (file_id)
    UNION ALL
    SELECT f.name, u.line, replace(u.column_name, '_', ' '), 'unlikely', u.reason ||
        ': unlikely, but used as it is; if it is wrong, correct it where the file comes from'
    FROM unlikely u JOIN extract_file f USING (file_id)
    ORDER BY ALL"""

# A family may have several rows of one source: then any of them may be the one that differs. Where two units differ,
# such as two rows that look like one child, each has a row here.
_DIFFERENCES = """
    WITH places AS (
        SELECT s.level, s.unit_key, s.kind,
            string_agg(f.name || ' line ' || s.line, '; ' ORDER BY f.name, s.line) AS places
        FROM unit_source s SEMI JOIN conflict USING (level, unit_key) JOIN extract_file f USING (file_id) GROUP BY ALL
    )
    SELECT c.unit_key, c.level, CASE c.fact WHEN 'role' THEN 'family of a child' ELSE replace(c.fact, '_', ' ') END,
        a.places, c.kind_1, b.places,
        CASE WHEN c.kind_1 <> c.kind_2 OR c.other_key IS NOT NULL THEN c.kind_2 END AS other_kind,
        CASE c.treated_as WHEN 'range' THEN 'anything from one to the other' ELSE 'not known' END
    FROM conflict c
    LEFT JOIN places a ON a.level = c.level AND a.unit_key = c.unit_key AND a.kind = c.kind_1
    LEFT JOIN places b ON b.level = c.level AND b.unit_key = coalesce(c.other_key, c.unit_key) AND b.kind = c.kind_2
    ORDER BY ALL"""


def refusals(connection: DuckDBPyConnection) -> bytes:
    """File, line, column and reason of all that was refused, left out or is unlikely. The rows stay in the database."""
    return csv_of(
        ("file", "line", "column", "reason", "what to do"),
        connection.execute(_REFUSALS).fetchall(),
    )


def differences(connection: DuckDBPyConnection) -> bytes:
    """Reference, fact and the lines of both extracts, for each fact on which two of them differ."""
    return csv_of(
        ("reference", "of a", "fact", "one source", "another source", "worked out as"),
        [_difference(*row) for row in connection.execute(_DIFFERENCES).fetchall()],
    )


def _difference(
    reference: str,
    level: str,
    fact: str,
    one: str | None,
    kind: str,
    other: str | None,
    other_kind: str | None,
    told: str,
) -> tuple[str, ...]:
    """A row of `differences.csv`. Where no line of the unit's own is known, the extract is named; no `other_kind`: both
    are of one kind and one unit, whose lines stand together."""
    if other_kind is None:
        second = "another line of the same extract, or another of these"
    else:
        second = other or _title(other_kind)
    return (reference, level, fact, one or _title(kind), second, told)


def _title(kind: str) -> str:
    """What readers call a kind of extract."""
    known = load_kinds().get(kind)
    return kind if known is None else known.title


def counted(connection: DuckDBPyConnection) -> dict[str, int]:
    """How many values were left out of rows that were kept, how many are unlikely, and on how many facts two extracts
    differ."""
    ((left_out, unlikely, differing),) = connection.execute(
        "SELECT (SELECT count(*) FROM build_refusal), (SELECT count(*) FROM unlikely), (SELECT count(*) FROM conflict)"
    ).fetchall()
    return {"values_left_out": left_out, "values_unlikely": unlikely, "facts_differing": differing}
