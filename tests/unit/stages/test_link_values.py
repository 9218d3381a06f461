"""What is left of names and identifiers once they are cleaned?"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from lift.sources import identifiers
from lift.stages.link import names
from tests.unit.stages.towns import Town, account


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def _value(connection: duckdb.DuckDBPyConnection, expression: str, text: str | None) -> object:
    return connection.execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("mw 12 34 57 a", "MW123457A"),
        ("MW123457 ", "MW123457"),
        ("MW-12.34/57-C", "MW123457C"),
        ("ZX999999XZ", None),
        ("XX999999", None),
        ("MW000000A", None),
        ("AB123456C", None),
        ("GB123457A", None),
        ("DW123457A", None),
        ("MO123457A", None),
        ("MW12345A", None),
        ("MW123457E", None),
        ("", None),
        (None, None),
    ],
)
def test_a_national_insurance_number_has_its_shape_or_is_none(
    connection: duckdb.DuckDBPyConnection, written: str | None, kept: str | None
) -> None:
    assert _value(connection, identifiers.nino("x"), written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("000100012345", "100012345"),
        ("0", None),
        ("100012345.0", "100012345"),
        ("1234567890123", None),
        ("1.00012E+08", None),
        ("none", None),
        (None, None),
    ],
)
def test_a_property_number_loses_its_noughts(
    connection: duckdb.DuckDBPyConnection, written: str | None, kept: str | None
) -> None:
    assert _value(connection, identifiers.uprn("x"), written) == kept


@pytest.mark.parametrize("written", ["000123", "123", "TEMP123", "TEMP000123", " 123 ", "1:23", "#12(3)", "12-3"])
def test_references_that_differ_in_noughts_temp_or_signs_are_one(
    connection: duckdb.DuckDBPyConnection, written: str
) -> None:
    assert _value(connection, identifiers.reference("x"), written) == "123"


@pytest.mark.parametrize(
    ("written", "kept"), [("cv11aa", "CV1 1AA"), ("CV1  1AA", "CV1 1AA"), ("EC1A 1BB", "EC1A 1BB"), ("CV1", None)]
)
def test_a_postcode_has_one_form(connection: duckdb.DuckDBPyConnection, written: str, kept: str | None) -> None:
    assert _value(connection, identifiers.postcode("x"), written) == kept


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("FLAT 2, 14A HIGH STREET", "FLAT 2 14A HIGH ST MIDDLEMARCH", True),
        ("2/14 HIGH STREET", "FLAT 2 14 HIGH STREET", True),
        ("FLAT A 14 HIGH STREET", "FLAT B 14 HIGH STREET", False),
        ("14 HIGH STREET", "15 HIGH STREET", False),
        ("ROSE COTTAGE, THE GREEN", "ROSE COTTAGE THE GREEN", True),
        ("ROSE COTTAGE", "IVY COTTAGE", False),
    ],
)
def test_addresses_meet_by_their_numbers(
    connection: duckdb.DuckDBPyConnection, one: str, other: str, same: bool
) -> None:
    match = identifiers.address_match("x", "'CV1 1AA'")
    assert (_value(connection, match, one) == _value(connection, match, other)) is same


@pytest.mark.parametrize(
    ("whole", "people"),
    [
        ("SMITH,MR JOHN PAUL", [("MR", "SMITH", "JOHN PAUL")]),
        ("O'Neill, Mrs. Zoë", [("MRS", "ONEILL", "ZOE")]),
        ("MR JOHN SMITH", [("MR", "SMITH", "JOHN")]),
        ("SMITH", [(None, "SMITH", None)]),
        ("SMITH,MR & MRS JOHN", [("MR", "SMITH", "JOHN"), ("MRS", "SMITH", None)]),
        ("SMITH, MR JOHN AND MRS MARY", [("MR", "SMITH", "JOHN"), ("MRS", "SMITH", "MARY")]),
        ("MR & MRS J SMITH", [("MR", "SMITH", "J"), ("MRS", "SMITH", None)]),
        ("MR JOHN SMITH & MS MARY JONES", [("MR", "SMITH", "JOHN"), ("MS", "JONES", "MARY")]),
        ("SMITH,MR JOHN & JONES,MS MARY", [("MR", "SMITH", "JOHN"), ("MS", "JONES", "MARY")]),
    ],
)
def test_a_name_as_held_is_one_person_or_two(
    connection: duckdb.DuckDBPyConnection, whole: str, people: list[tuple[str | None, ...]]
) -> None:
    found = []
    for second in (False, True)[: len(people)]:
        source = f"(SELECT 1 AS node, {names.squeezed('x')} AS whole, {second} AS second FROM (SELECT ? AS x))"
        found += connection.execute(
            f"SELECT title, surname, given FROM ({names.parsed_names(source)})", [whole]
        ).fetchall()
    assert found == people


@pytest.mark.parametrize(
    ("surname", "forename", "title", "entity"),
    [
        ("SMITH", "JOHN", "MR", "person"),
        ("CHURCH", "CHARLOTTE", "MISS", "person"),
        ("ST JOHNS CHURCH", None, None, "business"),
        ("ACME LETTINGS LTD", None, None, "business"),
        ("MIDDLEMARCH CITY COUNCIL", None, None, "business"),
        ("EXECUTORS OF JOHN SMITH (DECD)", None, None, "estate"),
        ("SMITH", "JOHN (DECEASED)", "MR", "estate"),
        ("PERS REPS OF MRS A SMITH", None, None, "estate"),
        ("THE OCCUPIER", None, None, "occupier"),
        ("OWNER/OCCUPIER", None, None, "occupier"),
        ("VOID", None, None, "void"),
    ],
)
def test_what_is_no_person_is_linked_to_nobody(
    surname: str, forename: str | None, title: str | None, entity: str
) -> None:
    town = Town()
    row = town.add("council_tax_account", **(account(1, surname, "") | {"forename": forename, "title": title}))
    town.link()
    found = town.record(row, "liable_1")
    assert found["entity"] == entity
    assert (found["person_key"] is not None) is (entity == "person")
    town.connection.close()


def test_a_birth_that_cannot_be_is_not_compared() -> None:
    town = Town()
    births = {"1900-01-01": None, "2027-01-01": None, "2012-06-01": None, "1950-03-02": "1950-03-02"}
    rows = {
        born: town.add("ctr_award", ctr_ref=born, status="live", claimant_surname="X", claimant_date_of_birth=born)
        for born in births
    }
    town.link()
    for born, kept in births.items():
        held = town.record(rows[born], "claimant")["date_of_birth"]
        assert (held and held.isoformat()) == kept
    town.connection.close()
