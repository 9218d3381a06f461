"""What does each row say of a person, once cleaned?

Rows that say exactly the same (a year of Universal Credit notices, say) are one node, so that cleaning, comparing and
hashing are done once for all of them. `link_node` holds the nodes in a fixed order; `lines` their rows.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from lift.sources.kinds import SQL_TYPES, load_kinds
from lift.stages.link import identifiers, names
from lift.stages.link.parts import KINDS, PARTS, RAW_FIELDS, Part

MANY_LINES = 10_000_000_000  # more than any file has


def make_nodes(connection: DuckDBPyConnection) -> None:
    """`link_node`: kind, part, grown, latest, lines, raw and cleaned columns, entity; numbered from 1."""
    for kind in KINDS:
        _ensure(connection, kind)
    unions = "\nUNION ALL\n".join(_grouped(part) for part in PARTS)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE link_raw
        AS SELECT row_number() OVER (ORDER BY kind, part, first_line) AS node, * FROM ({unions})""")
    whole = names.squeezed("coalesce(whole_name, surname)")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE link_whole AS SELECT node, {whole} AS whole, second FROM link_raw
        WHERE second OR (surname IS NULL AND whole_name IS NOT NULL) OR contains(surname, ',')""")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_parsed AS {names.parsed_names('link_whole')}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_named AS {_named()}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_clean AS {_cleaned()}")
    connection.execute(_WITH_CLAIMS)
    connection.execute(_BESIDE)


def _ensure(connection: DuckDBPyConnection, kind: str) -> None:
    """A kind that this month's extracts do not hold is an empty table."""
    found = connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [kind]
    ).fetchall()[0][0]
    if not found:
        columns = ", ".join(f'"{name}" {SQL_TYPES[c.type]}' for name, c in load_kinds()[kind].columns.items())
        connection.execute(f'CREATE TEMP TABLE "{kind}" ({columns}, file_id INTEGER, line INTEGER)')


def _grouped(part: Part) -> str:
    columns = ", ".join(f"{part.fields[name]} AS {name}" for name in RAW_FIELDS)
    keys = ", ".join(RAW_FIELDS)
    return f"""SELECT '{part.kind}' AS kind, '{part.name}' AS part, {part.grown} AS grown, {part.second} AS second,
        max(extract_date) AS latest, min(file_id::BIGINT * {MANY_LINES} + line) AS first_line,
        list({{'file_id': file_id, 'line': line}}) AS lines, {keys}
        FROM (SELECT extract_date, file_id, line, {columns} FROM {part.kind} WHERE {part.where}) GROUP BY {keys}"""


def _named() -> str:
    """Title, surname and given names in one form, whichever way the source holds them."""
    everything = names.capitals("concat_ws(' ', r.whole_name, r.title, r.surname, r.forename)")
    return f"""
        SELECT r.node,
            CASE WHEN p.node IS NULL THEN {names.first_word(names.capitals("r.title"))} ELSE p.title END AS title,
            CASE WHEN p.node IS NULL THEN {names.capitals("r.surname")} ELSE p.surname END AS surname,
            CASE WHEN p.node IS NULL THEN {names.capitals("r.forename")} ELSE p.given END AS given,
            -- Only council tax holds anything but people's names.
            CASE WHEN starts_with(r.kind, 'council_tax') THEN {everything} END AS everything
        FROM link_raw r LEFT JOIN link_parsed p USING (node)"""


def _cleaned() -> str:
    lines = "concat_ws(' ', r.address1, r.address2, r.address3, r.address4)"
    birth = f"""CASE WHEN r.grown THEN {identifiers.birth("r.date_of_birth", "r.latest", True)}
            ELSE {identifiers.birth("r.date_of_birth", "r.latest", False)} END"""
    entity = names.entity("r.everything", "(r.given IS NOT NULL OR r.title IS NOT NULL)")
    return f"""
        WITH tight AS (
            SELECT r.* EXCLUDE (title, surname, forename), n.title, n.surname, n.given, n.everything,
                {identifiers.nino("r.nino")} AS clean_nino, {identifiers.uprn("r.uprn")} AS clean_uprn,
                {identifiers.postcode("r.postcode")} AS clean_postcode, {lines} AS all_lines
            FROM link_raw r JOIN link_named n USING (node)
        )
        SELECT r.node, r.kind, r.part, r.grown, r.latest, r.lines, r.address1, r.address2, r.address3, r.address4,
            r.account_ref AS account_ref_held, r.clean_nino AS nino, left(r.clean_nino, 8) AS nino8,
            r.title, r.surname, r.given, {names.letters("r.surname")} AS surname_key,
            {names.letters(names.first_word("r.given"))} AS forename_key, {birth} AS date_of_birth,
            coalesce(CASE WHEN r.sex IN ('female', 'male') THEN r.sex END, {names.sex_of_title("r.title")}) AS sex,
            nullif({identifiers.plain("r.phone")}, '') AS phone, nullif({identifiers.plain("r.upn")}, '') AS upn,
            r.clean_uprn AS uprn, {identifiers.reference("r.account_ref")} AS account_ref,
            {identifiers.reference("r.hb_ref")} AS hb_ref, {identifiers.reference("r.ctr_ref")} AS ctr_ref,
            r.clean_postcode AS postcode,
            {identifiers.address_match("r.all_lines", "r.clean_postcode")} AS address_match,
            CASE WHEN r.everything IS NULL THEN 'person' ELSE {entity} END AS entity
        FROM tight r ORDER BY r.node"""


# One claim may have a reference in each scheme: wherever a row holds both, they are one claim, known by the CTR
# reference.
_WITH_CLAIMS = """
    CREATE OR REPLACE TEMP TABLE link_node
    AS WITH both_refs AS (
        SELECT hb_ref, min(ctr_ref) AS ctr_ref FROM link_clean
        WHERE kind IN ('benefit_claim', 'ctr_award') AND hb_ref IS NOT NULL AND ctr_ref IS NOT NULL GROUP BY hb_ref
    )
    SELECT n.*, CASE WHEN coalesce(n.ctr_ref, b.ctr_ref) IS NOT NULL THEN concat('ctr ', coalesce(n.ctr_ref, b.ctr_ref))
        WHEN n.hb_ref IS NOT NULL THEN concat('hb ', n.hb_ref) END AS claim_ref
    FROM link_clean n LEFT JOIN both_refs b USING (hb_ref) ORDER BY n.node"""

# Nodes that stand on one row (claimant and partner, the two liable, a pupil and the parents) are different people; so
# are those liable and the residents that the same account lists besides them.
_BESIDE = """
    CREATE OR REPLACE TEMP TABLE link_beside
    AS WITH place AS (
        SELECT kind, part, node, unnest(lines) AS row FROM link_node
        WHERE entity = 'person'
            AND part IN ('claimant', 'partner', 'liable_1', 'liable_2', 'pupil', 'parent_1', 'parent_2')
    )
    SELECT DISTINCT a.node AS node, b.node AS other
    FROM place a JOIN place b ON a.kind = b.kind AND a.row = b.row AND a.part <> b.part
    WHERE b.part IN ('partner', 'liable_2', 'parent_1', 'parent_2')
    UNION
    SELECT a.node, b.node FROM link_node a JOIN link_node b USING (account_ref)
    WHERE a.kind = 'council_tax_account' AND b.kind = 'council_tax_resident' AND b.part IN ('resident', 'child')
        AND a.entity = 'person' AND b.entity = 'person' ORDER BY ALL"""
