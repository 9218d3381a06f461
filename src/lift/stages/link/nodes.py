"""What does each row say of a person, once cleaned?

Rows that say exactly the same (a year of Universal Credit notices, say) are one node, so that cleaning, comparing and
hashing are done once for all of them. `link_node` holds the nodes in a fixed order; `lines` their rows.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from lift.sources import identifiers
from lift.sources.kinds import SQL_TYPES, load_kinds
from lift.stages.link import names
from lift.stages.link.parts import KINDS, PARTS, RAW_FIELDS, Part

MANY_LINES = 10_000_000_000  # more than any file has


def make_nodes(connection: DuckDBPyConnection) -> None:
    """`link_node`: kind, part, grown, latest, lines, raw and cleaned columns, entity, claim_ref; numbered from 1."""
    for kind in KINDS:
        _ensure(connection, kind)
    unions = "\nUNION ALL\n".join(_grouped(part) for part in PARTS)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE link_raw AS
        SELECT row_number() OVER (ORDER BY kind, part, first_line) AS node, * FROM ({unions})""")
    whole = names.squeezed("coalesce(whole_name, surname)")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE link_whole AS SELECT node, {whole} AS whole, second FROM link_raw
        WHERE second OR (surname IS NULL AND whole_name IS NOT NULL) OR contains(surname, ',')""")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_parsed AS {names.parsed_names('link_whole')}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_name AS {_NAMES}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_both_refs AS {_BOTH_REFS}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_node AS {_cleaned()}")
    connection.execute(_MEMBERS_LIVE_AT_THE_CLAIM)
    connection.execute(_BESIDE)


def _ensure(connection: DuckDBPyConnection, kind: str) -> None:
    """A kind that this month's extracts do not hold is an empty table."""
    query = "SELECT count(*) FROM information_schema.tables WHERE table_name = ?"
    if not connection.execute(query, [kind]).fetchall()[0][0]:
        columns = ", ".join(f'"{name}" {SQL_TYPES[c.type]}' for name, c in load_kinds()[kind].columns.items())
        connection.execute(f'CREATE TEMP TABLE "{kind}" ({columns}, file_id INTEGER, line INTEGER)')


def _grouped(part: Part) -> str:
    columns = ", ".join(f"{part.fields[name]} AS {name}" for name in RAW_FIELDS)
    keys = ", ".join(RAW_FIELDS)
    return f"""SELECT '{part.kind}' AS kind, '{part.name}' AS part, {part.grown} AS grown, {part.second} AS second,
        max(extract_date) AS latest, min(file_id::BIGINT * {MANY_LINES} + line) AS first_line,
        list({{'file_id': file_id, 'line': line}}) AS lines, {keys}
        FROM (SELECT extract_date, file_id, line, {columns} FROM {part.kind} WHERE {part.where}) GROUP BY {keys}"""


# One claim may have a reference in each scheme: wherever a row holds both they are one claim, known by the CTR one.
_HB, _CTR = identifiers.reference("hb_ref"), identifiers.reference("ctr_ref")
_BOTH_REFS = f"""
    SELECT {_HB} AS hb_key, min({_CTR}) AS ctr_key FROM link_raw
    WHERE kind IN ('benefit_claim', 'ctr_award') AND {_HB} IS NOT NULL AND {_CTR} IS NOT NULL GROUP BY hb_key"""

# Rows of members name no place: those on a claim live at the claim's.
_MEMBERS_LIVE_AT_THE_CLAIM = """
    UPDATE link_node SET uprn = p.uprn, postcode = p.postcode, address_match = p.address_match
    FROM (
        SELECT claim_ref, uprn, postcode, address_match FROM link_node
        WHERE kind IN ('ctr_award', 'benefit_claim') AND part = 'claimant' AND claim_ref IS NOT NULL
            AND (uprn IS NOT NULL OR postcode IS NOT NULL)
        QUALIFY row_number() OVER (PARTITION BY claim_ref ORDER BY kind DESC, uprn IS NULL, node) = 1
    ) p
    WHERE link_node.kind IN ('ctr_person', 'benefit_person') AND link_node.claim_ref = p.claim_ref"""

# Nodes that stand on one row (claimant and partner, the two liable, a pupil and the parents) are different people; so
# are those liable and the residents that the same account lists besides them. `couple`: the row makes them one, as far
# as a row of those liable does.
_BESIDE = """
    CREATE OR REPLACE TEMP TABLE link_beside AS
    WITH place AS (
        SELECT kind, part, node, unnest(lines) AS row FROM link_node
        WHERE entity = 'person'
            AND part IN ('claimant', 'partner', 'liable_1', 'liable_2', 'pupil', 'parent_1', 'parent_2')
    )
    SELECT DISTINCT a.node AS node, b.node AS other, b.part IN ('partner', 'liable_2') AS couple
    FROM place a JOIN place b ON a.kind = b.kind AND a.row = b.row AND a.part <> b.part
    WHERE b.part IN ('partner', 'liable_2', 'parent_1', 'parent_2')
    UNION
    SELECT a.node, b.node, FALSE FROM link_node a JOIN link_node b USING (account_ref)
    WHERE a.kind = 'council_tax_account' AND b.kind = 'council_tax_resident' AND b.part IN ('resident', 'child')
        AND a.entity = 'person' AND b.entity = 'person' ORDER BY ALL"""


# Names repeat: each is cleaned once, however many nodes bear it.
_NAME = ("title", "surname", "forename", "whole_name")
_OF_COUNCIL_TAX = "starts_with({0}kind, 'council_tax')"
_SAME_NAME = " AND ".join(
    [
        *(f"r.{name} IS NOT DISTINCT FROM n.{name}" for name in _NAME),
        f"{_OF_COUNCIL_TAX.format('r.')} = n.of_council_tax",
    ]
)
_SURNAME_KEY, _FORENAME_KEY = names.letters("{0}"), names.letters(names.first_word("{0}"))
_NAMES = f"""
    SELECT *, {_SURNAME_KEY.format("clean_surname")} AS surname_key,
        {_FORENAME_KEY.format("clean_given")} AS forename_key
    FROM (
        SELECT *, {names.first_word(names.capitals("title"))} AS clean_title,
            {names.capitals("surname")} AS clean_surname, {names.capitals("forename")} AS clean_given,
            -- Only council tax holds anything but people's names.
            CASE WHEN of_council_tax
                THEN {names.capitals("concat_ws(' ', whole_name, title, surname, forename)")} END AS everything
        FROM (
            SELECT DISTINCT {", ".join(_NAME)}, {_OF_COUNCIL_TAX.format("")} AS of_council_tax FROM link_raw
        ))"""


def _cleaned() -> str:
    return f"""
        WITH named AS (
            SELECT r.* EXCLUDE (title, surname, forename, second, first_line),
                CASE WHEN p.node IS NULL THEN n.clean_title ELSE p.title END AS title,
                CASE WHEN p.node IS NULL THEN n.clean_surname ELSE p.surname END AS surname,
                CASE WHEN p.node IS NULL THEN n.clean_given ELSE p.given END AS given,
                CASE WHEN p.node IS NULL THEN n.surname_key ELSE {_SURNAME_KEY.format("p.surname")} END AS surname_key,
                CASE WHEN p.node IS NULL THEN n.forename_key ELSE {_FORENAME_KEY.format("p.given")} END AS forename_key,
                n.everything, {identifiers.nino("r.nino")} AS clean_nino, {identifiers.uprn("r.uprn")} AS clean_uprn,
                {identifiers.postcode("r.postcode")} AS clean_postcode,
                {identifiers.reference("r.hb_ref")} AS hb_key, {identifiers.reference("r.ctr_ref")} AS ctr_key,
                upper(concat_ws(' ', r.address1, r.address2, r.address3, r.address4)) AS all_lines
            FROM link_raw r LEFT JOIN link_parsed p USING (node) LEFT JOIN link_name n ON {_SAME_NAME}
        )
        SELECT r.node, r.kind, r.part, r.grown, r.latest, r.lines, r.address1, r.address2, r.address3, r.address4,
            r.account_ref AS account_ref_held, r.clean_nino AS nino, left(r.clean_nino, 8) AS nino8,
            r.title, r.surname, r.given, r.surname_key, r.forename_key, {_BIRTH} AS date_of_birth,
            coalesce(CASE WHEN r.sex IN ('female', 'male') THEN r.sex END, {names.sex_of_title("r.title")}) AS sex,
            nullif({identifiers.plain("r.phone")}, '') AS phone, {identifiers.upn("r.upn")} AS upn,
            r.clean_uprn AS uprn, {identifiers.reference("r.account_ref")} AS account_ref,
            r.hb_key AS hb_ref, r.ctr_key AS ctr_ref, r.clean_postcode AS postcode,
            {identifiers.address_match("r.all_lines", "r.clean_postcode")} AS address_match,
            CASE WHEN r.everything IS NULL THEN 'person' ELSE {_ENTITY} END AS entity,
            CASE WHEN coalesce(r.ctr_key, b.ctr_key) IS NOT NULL THEN concat('ctr ', coalesce(r.ctr_key, b.ctr_key))
                WHEN r.hb_key IS NOT NULL THEN concat('hb ', r.hb_key) END AS claim_ref
        FROM named r LEFT JOIN link_both_refs b ON b.hb_key = r.hb_key"""


_BIRTH = f"""CASE WHEN r.grown THEN {identifiers.birth("r.date_of_birth", "r.latest", True)}
                ELSE {identifiers.birth("r.date_of_birth", "r.latest", False)} END"""
_ENTITY = names.entity("r.everything", "(r.given IS NOT NULL OR r.title IS NOT NULL)")
