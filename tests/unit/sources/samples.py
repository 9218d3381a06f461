"""Which tiny files, true to their suppliers' layouts, do the tests of intake read?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from lift.sources.kinds import load_kinds
from lift.stages.intake import IntakeReport, intake

SHBE_WIDTH = 341

CLAIM: Mapping[int, str] = {
    2: "00001234",
    3: "C0001234",
    4: "AB123456C",
    5: "MRS",
    6: "EXAMPLE",
    7: "ANN",
    8: "02-03-1948",
    9: "1",
    10: "1 HIGH STREET",
    11: "CV1 1AA",
    12: "4",
    13: "0",
    14: "1",
    33: "1",
    34: "1",
    41: "01-04-2019",
    43: "8512",
    75: "400000",
    105: "18490",
    115: "0",
    123: "0",
    177: "F",
    247: "7",
    288: "112233",
    289: "87654321",
    301: "LANDLORDSURNAME",
    307: "CV9 9ZZ",
}

PERSON: Mapping[int, str] = {
    2: "00001234",
    3: "C0001234",
    4: "AB123456C",
    16: "3",
    17: "1560",
    214: "30000",
    308: "2",
    309: "CD123456A",
    310: "01-01-2020",
    313: "EXAMPLE",
    314: "BEN",
    315: "05-06-1999",
}


def record(letter: str, base: Mapping[int, str] = CLAIM, **changes: str) -> str:
    """One SHBE record; `changes` are positions as `p75="…"`."""
    values = {**base, 1: letter, **{int(name[1:]): value for name, value in changes.items()}}
    return "|".join(values.get(position, "") for position in range(1, SHBE_WIDTH + 1))


def shbe(records: Sequence[str], day: str = "12-11-2026", count: int | None = None) -> str:
    """A raw SHBE file with its header and trailer."""
    counted = len(records) if count is None else count
    return "\n".join([f"HDR|4610|{day}", *records, f"TRL|{counted}"]) + "\n"


def plain(kind: str, rows: Sequence[Mapping[str, str]], delimiter: str = ",") -> str:
    """A plain CSV of a kind, with every heading of its template."""
    columns = list(load_kinds()[kind].columns)
    lines = [delimiter.join(columns)]
    lines += [delimiter.join(row.get(column, "") for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


ACCOUNT: Mapping[str, str] = {
    "extract_date": "2026-11-12",
    "account_ref": "30000019",
    "property_ref": "00010001",
    "uprn": "100070000001",
    "surname": "EXAMPLE",
    "forename": "ANN",
    "address1": "1 HIGH STREET",
    "postcode": "CV1 1AA",
    "band": "B",
    "occupation_start": "2001-04-01",
    "discount_type": "single_person",
    "full_charge_annual": "1712.44",
    "balance_current": "85.00",
}


def accounts(count: int, **changes: str) -> str:
    """A plain file of council tax accounts, all different in their keys."""
    rows = [
        {**ACCOUNT, "account_ref": f"3{i:07d}9", "uprn": f"1000700{i:05d}", "surname": f"EXAMPLE{i}", **changes}
        for i in range(1, count + 1)
    ]
    return plain("council_tax_account", rows)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """Writes a file of the month."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, **options: object) -> tuple[duckdb.DuckDBPyConnection, IntakeReport]:
    """The folder taken in by a fresh database in memory."""
    connection = duckdb.connect()
    return connection, intake(connection, folder, **options)  # type: ignore[arg-type]


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    return connection.execute(query).fetchall()
