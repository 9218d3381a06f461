"""Which row belongs to whom, and where? (`b_record`: every part of a row with its person and household)"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from lift.sources.kinds import SQL_TYPES, load_kinds

# A contact or a suppression tells nothing of anybody's circumstances.
KINDS = tuple(kind for kind in load_kinds() if kind not in ("contact", "suppression"))
_LINEAGE = {
    "extract_kind": "file_id INTEGER, kind VARCHAR, rows INTEGER",
    "extract_file": "file_id INTEGER, refused INTEGER",
    "left_out": "file_id INTEGER, line INTEGER, kind VARCHAR, column_name VARCHAR, reason VARCHAR",
}


def day_sql(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def make_sources(connection: DuckDBPyConnection) -> None:
    for kind in KINDS:
        columns = ", ".join(f'"{name}" {SQL_TYPES[c.type]}' for name, c in load_kinds()[kind].columns.items())
        _ensure(connection, kind, f"file_id INTEGER, line INTEGER, {columns}")
    for table, columns in _LINEAGE.items():
        _ensure(connection, table, columns)
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_record AS
        SELECT r.kind, r.part, r.file_id, r.line, r.claim_ref, r.account_ref, r.date_of_birth, r.entity,
            r.surname_key IS NULL AND r.forename_key IS NULL AND r.nino8 IS NULL AND r.date_of_birth IS NULL AS is_bare,
            p.person_key, a.household_key
        FROM record r LEFT JOIN person_link p USING (record_id) LEFT JOIN address_link a USING (record_id)
        WHERE r.kind IN ({kinds})""")


def _ensure(connection: DuckDBPyConnection, table: str, columns: str) -> None:
    """A kind that this month's extracts do not hold is an empty table."""
    query = "SELECT count(*) FROM information_schema.tables WHERE table_name = ?"
    if not connection.execute(query, [table]).fetchall()[0][0]:
        connection.execute(f'CREATE TEMP TABLE "{table}" ({columns})')


def sweep(connection: DuckDBPyConnection) -> None:
    """Drop what only this stage needed."""
    for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
        if name.startswith("b_") or name in KINDS or name in _LINEAGE:
            connection.execute(f'DROP TABLE temp."{name}"')
