"""How do accepted rows become records, persons and homes? (`record`, `person_link`, `address`, `address_link`)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from lift.sources.facts.references import key_parameters, reference_sql
from lift.sources.frames import FRAME, over_frame
from lift.stages.link.candidates import exact_groups
from lift.stages.link.homes import make_homes
from lift.stages.link.nodes import make_nodes
from lift.stages.link.parts import KINDS
from lift.stages.link.persons import People


@dataclass(frozen=True)
class LinkReport:
    """`reasons` and `address_reasons` count records by the key that joined them; `not_persons` counts names of firms,
    estates, voids and occupiers."""

    records: int
    persons: int
    homes: int
    reasons: Mapping[str, int]
    address_reasons: Mapping[str, int]
    not_persons: Mapping[str, int]


def link(connection: DuckDBPyConnection, *, key: bytes) -> LinkReport:
    """Link every accepted row. `key` is the council's own, kept outside the database."""
    make_nodes(connection)
    people = People(connection)
    people.join(exact_groups(connection, people.clusters))
    clusters = """
        CREATE OR REPLACE TEMP TABLE link_cluster AS
        SELECT c.* FROM {} c JOIN link_node n USING (node) WHERE n.entity = 'person' AND n.kind <> 'suppression'"""
    over_frame(connection, people.clusters(), clusters.format(FRAME))
    make_homes(connection)
    parameters = key_parameters(key)
    connection.execute(_IDENTITIES)
    for statement in (_PERSON_KEYS, _HOME_KEYS):
        connection.execute(statement, parameters)
    for statement in (_RECORD, _ROW, _PERSON_LINK, _ADDRESS_LINK, _ADDRESS):
        connection.execute(statement)
    report = _report(connection)
    _sweep(connection)
    return report


# The strongest identity that lasts: NINO with date of birth, else full name with date of birth and postcode, else the
# claim or account that names the person. Two people of one identity (an error in a file) are told apart by order.
_RANK = """CASE kind WHEN 'benefit_claim' THEN 1 WHEN 'ctr_award' THEN 2 WHEN 'universal_credit_notice' THEN 3
    WHEN 'council_tax_account' THEN 4 WHEN 'ctr_person' THEN 5 WHEN 'benefit_person' THEN 6 WHEN 'pupil' THEN 7
    WHEN 'council_tax_resident' THEN 8 ELSE 9 END"""
_IDENTITIES = f"""
    CREATE OR REPLACE TEMP TABLE link_person AS
    WITH told_of AS (
        SELECT c.head, max(n.nino8) AS nino8, max(n.date_of_birth) AS born,
            min(n.nino8) <> max(n.nino8) OR min(n.date_of_birth) <> max(n.date_of_birth) AS is_disputed
        FROM link_cluster c JOIN link_node n USING (node) GROUP BY c.head
    ), said AS (
        -- Two of whom one slipped: what most extracts say, so that the person is the same when the slip is put right.
        SELECT head, mode_nino AS nino8, mode_born AS born FROM (
            SELECT head, arg_max(value, (votes, value)) FILTER (what = 'nino8') AS mode_nino,
                arg_max(value, (votes, value)) FILTER (what = 'born')::DATE AS mode_born
            FROM (
                SELECT head, what, value, count(DISTINCT kind) AS votes FROM (
                    SELECT c.head, n.kind, unnest(['nino8', 'born']) AS what,
                        unnest([n.nino8, n.date_of_birth::VARCHAR]) AS value
                    FROM told_of t JOIN link_cluster c USING (head) JOIN link_node n USING (node) WHERE t.is_disputed
                ) WHERE value IS NOT NULL GROUP BY ALL
            ) GROUP BY head)
    ), person AS (
        SELECT t.head, coalesce(s.nino8, t.nino8) AS nino8, coalesce(s.born, t.born) AS born
        FROM told_of t LEFT JOIN said s USING (head)
    ), unnumbered AS (
        SELECT c.head, p.born, n.surname_key, n.forename_key, n.postcode, n.node, {_RANK} AS rank,
            concat_ws(' ', n.kind, coalesce(n.claim_ref, n.account_ref, n.upn, n.uprn, n.address_match),
                coalesce(concat(n.surname_key, ' ', n.forename_key, ' ', n.date_of_birth), n.part)) AS own
        FROM person p JOIN link_cluster c USING (head) JOIN link_node n USING (node)
        WHERE p.nino8 IS NULL OR p.born IS NULL
    ), told AS (
        -- Order by what the rows say, so that the order of files and lines changes nobody's reference.
        SELECT head, any_value(born) AS born, first(own ORDER BY rank, own) AS own,
            first(surname_key ORDER BY rank, own) FILTER (surname_key IS NOT NULL) AS surname,
            first(forename_key ORDER BY rank, own) FILTER (forename_key IS NOT NULL) AS forename,
            first(postcode ORDER BY rank, own) FILTER (postcode IS NOT NULL) AS postcode
        FROM unnumbered GROUP BY head HAVING count(*) > 1
        UNION ALL
        SELECT head, any_value(born), any_value(own), any_value(surname_key), any_value(forename_key),
            any_value(postcode)
        FROM unnumbered GROUP BY head HAVING count(*) = 1
    ), identity AS (
        SELECT head, '' AS own, concat('nino ', nino8, ' ', born) AS identity FROM person
        WHERE nino8 IS NOT NULL AND born IS NOT NULL
        UNION ALL
        SELECT head, own, CASE
            WHEN surname IS NOT NULL AND forename IS NOT NULL AND born IS NOT NULL AND postcode IS NOT NULL
                THEN concat('name ', surname, ' ', forename, ' ', born, ' ', postcode)
            ELSE concat('row ', own) END FROM told
    )
    SELECT head, concat(identity, ' ', nullif(row_number() OVER (PARTITION BY identity ORDER BY own, head), 1))
        AS identity
    FROM identity"""
_PERSON_KEYS = f"""
    CREATE OR REPLACE TEMP TABLE link_person_key AS
    SELECT c.node, c.reason, p.person_key FROM link_cluster c
    JOIN (SELECT head, {reference_sql("p", "identity")} AS person_key FROM link_person) p USING (head)"""
_HOME_KEYS = f"""
    CREATE OR REPLACE TEMP TABLE link_home_key AS
    SELECT home, {reference_sql("h", "home")} AS household_key
    FROM (SELECT DISTINCT home FROM link_home WHERE home IS NOT NULL)"""

_RECORD = """
    CREATE OR REPLACE TABLE record AS
    WITH row AS (SELECT * EXCLUDE (lines), unnest(lines, recursive := true) FROM link_node)
    SELECT concat(kind, '/', file_id, '/', line, '/', part) AS record_id, kind, part, file_id, line, entity, nino,
        nino8, title, surname, given, surname_key, forename_key, sex, date_of_birth, uprn, account_ref, hb_ref, ctr_ref,
        claim_ref, postcode, address_match, upn, phone
    FROM row"""
_ROW = """
    CREATE OR REPLACE TEMP TABLE link_row AS
    WITH row AS (
        SELECT node, kind, part, len(lines) > 1 AS is_repeated, unnest(lines, recursive := true) FROM link_node
    )
    SELECT node, is_repeated, concat(kind, '/', file_id, '/', line, '/', part) AS record_id FROM row"""
_PERSON_LINK = """
    CREATE OR REPLACE TABLE person_link AS
    SELECT r.record_id, k.person_key,
        CASE WHEN k.reason <> '' THEN k.reason WHEN r.is_repeated THEN 'same_words' ELSE 'alone' END AS reason
    FROM link_row r JOIN link_person_key k USING (node)"""
_ADDRESS_LINK = """
    CREATE OR REPLACE TABLE address_link AS
    SELECT r.record_id, k.household_key, h.reason
    FROM link_row r JOIN link_home h USING (node) JOIN link_home_key k USING (home)"""
_ADDRESS = f"""
    CREATE OR REPLACE TABLE address AS
    WITH chosen AS (
        SELECT h.home, arg_min(node, (n.kind <> 'council_tax_account', n.address1 IS NULL, {_RANK},
            DATE '9999-12-31' - n.latest, n.node)) AS node
        FROM link_home h JOIN link_node n USING (node) WHERE h.home IS NOT NULL GROUP BY h.home
    ), shown AS (
        SELECT c.home, n.uprn, n.postcode, n.address1, n.address2, n.address3, n.address4, n.account_ref_held
        FROM chosen c JOIN link_node n USING (node)
    )
    SELECT k.household_key, coalesce(a.uprn, s.uprn) AS uprn, a.property_ref, s.postcode, s.address1, s.address2,
        s.address3, s.address4, CASE WHEN a.home IS NOT NULL THEN s.account_ref_held END AS account_ref,
        coalesce(a.is_live, FALSE) AS has_live_account, coalesce(a.liable_lives_here, FALSE) AS liable_lives_here
    FROM shown s JOIN link_home_key k USING (home) LEFT JOIN link_account a USING (home) ORDER BY k.household_key"""


def _report(connection: DuckDBPyConnection) -> LinkReport:
    def counts(query: str) -> dict[str, int]:
        return dict(connection.execute(f"SELECT x, count(*) FROM ({query}) t(x) GROUP BY x ORDER BY x").fetchall())

    def number(query: str) -> int:
        return int(connection.execute(query).fetchall()[0][0])

    return LinkReport(
        records=number("SELECT count(*) FROM record"),
        persons=number("SELECT count(*) FROM link_person"),
        homes=number("SELECT count(*) FROM address"),
        reasons=counts("SELECT reason FROM person_link"),
        address_reasons=counts("SELECT reason FROM address_link"),
        not_persons=counts("SELECT entity FROM record WHERE entity <> 'person'"),
    )


def _sweep(connection: DuckDBPyConnection) -> None:
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    for (name,) in names:
        if name.startswith("link_") or name in KINDS:
            connection.execute(f'DROP TABLE temp."{name}"')
