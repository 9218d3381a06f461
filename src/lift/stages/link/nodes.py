"""What does each row say of a person, once cleaned?

Rows that say exactly the same (a year of Universal Credit notices, say) are one node, so that cleaning, comparing and
hashing are done once for all of them. `link_node` holds the nodes in a fixed order; `lines` their rows.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from lift.sources.kinds import SQL_TYPES, load_kinds
from lift.stages.link import identifiers, names
from lift.stages.link.parts import KINDS, PARTS, RAW_FIELDS, Part

# Kinds that make people and homes; a contact or a suppression only points at those that others made.
PEOPLE_KINDS = tuple(kind for kind in KINDS if kind not in ("contact", "suppression"))


def make_nodes(connection: DuckDBPyConnection) -> None:
    """`link_node`: kind, part, grown, latest, lines, raw and cleaned columns, entity; numbered from 1."""
    for kind in KINDS:
        _ensure(connection, kind)
    unions = "\nUNION ALL\n".join(_grouped(part) for part in PARTS)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE link_raw AS
        SELECT row_number() OVER (ORDER BY kind, part, lines[1]) AS node, * FROM ({unions})""")
    whole = names.squeezed("coalesce(whole_name, surname)")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE link_whole AS SELECT node, {whole} AS whole, second FROM link_raw
        WHERE second OR (surname IS NULL AND whole_name IS NOT NULL) OR contains(surname, ',')""")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_parsed AS {names.parsed_names('link_whole')}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_named AS {_named()}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE link_node AS {_cleaned()}")


def _ensure(connection: DuckDBPyConnection, kind: str) -> None:
    """A kind that this month's extracts do not hold is an empty table."""
    found = connection.execute("SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [kind]).fetchall()[0][0]
    if not found:
        columns = ", ".join(f'"{name}" {SQL_TYPES[c.type]}' for name, c in load_kinds()[kind].columns.items())
        connection.execute(f'CREATE TEMP TABLE "{kind}" ({columns}, file_id INTEGER, line INTEGER)')


def _grouped(part: Part) -> str:
    columns = ", ".join(f"{part.fields[name]} AS {name}" for name in RAW_FIELDS)
    keys = ", ".join(RAW_FIELDS)
    return f"""SELECT '{part.kind}' AS kind, '{part.name}' AS part, {part.grown} AS grown, {part.second} AS second,
        max(extract_date) AS latest, list({{'file_id': file_id, 'line': line}} ORDER BY file_id, line) AS lines, {keys}
        FROM (SELECT extract_date, file_id, line, {columns} FROM {part.kind} WHERE {part.where}) GROUP BY {keys}"""


def _named() -> str:
    """Title, surname and given names in one form, whichever way the source holds them."""
    everything = names.squeezed("concat_ws(' ', r.whole_name, r.title, r.surname, r.forename)")
    joint_title = names.title_in(names.squeezed("r.title"))
    return f"""
        SELECT r.node,
            CASE WHEN p.node IS NULL THEN {joint_title} ELSE p.title END AS title,
            CASE WHEN p.node IS NULL THEN {names.squeezed("r.surname")} ELSE p.surname END AS surname,
            CASE WHEN p.node IS NULL THEN {names.without_title(names.squeezed("r.forename"))} ELSE p.given END AS given,
            {everything} AS everything
        FROM link_raw r LEFT JOIN link_parsed p USING (node)"""


def _cleaned() -> str:
    clean_postcode = identifiers.postcode("r.postcode")
    lines = "concat_ws(' ', r.address1, r.address2, r.address3, r.address4)"
    given = names.letters(names.first_word("n.given"))
    entity = names.entity("coalesce(n.everything, '')", "(n.given IS NOT NULL AND n.given <> '' OR n.title IS NOT NULL)")
    birth = f"CASE WHEN r.grown THEN {identifiers.birth('r.date_of_birth', 'r.latest', True)} " + (
        f"ELSE {identifiers.birth('r.date_of_birth', 'r.latest', False)} END"
    )
    return f"""
        SELECT r.node, r.kind, r.part, r.grown, r.latest, r.lines, r.address1, r.address2, r.address3, r.address4,
            r.postcode AS postcode_held, r.account_ref AS account_ref_held, r.uprn AS uprn_held,
            {identifiers.nino("r.nino")} AS nino, left({identifiers.nino("r.nino")}, 8) AS nino8,
            n.title, n.surname, nullif(n.given, '') AS given,
            {names.letters("n.surname")} AS surname_key, {given} AS forename_key,
            {birth} AS date_of_birth,
            coalesce(CASE WHEN r.sex IN ('female', 'male') THEN r.sex END, {names.sex_of_title("n.title")}) AS sex,
            nullif(regexp_replace(r.phone, '[^0-9]', '', 'g'), '') AS phone,
            nullif({identifiers.plain("r.upn")}, '') AS upn,
            {identifiers.uprn("r.uprn")} AS uprn, {identifiers.reference("r.account_ref")} AS account_ref,
            {identifiers.reference("r.hb_ref")} AS hb_ref, {identifiers.reference("r.ctr_ref")} AS ctr_ref,
            {clean_postcode} AS postcode, {identifiers.address_match(lines, clean_postcode)} AS address_match,
            {entity} AS entity
        FROM link_raw r JOIN link_named n USING (node) ORDER BY node"""
