"""At which home does each row place its people?

A household is a council tax account, or a claim where no account holds its people. The order is that of the inputs
(9.3): UPRN, account reference, the claim's other rows, a person known to live at the same postcode, and at last the
postcode with the numbers of house and flat. A UPRN decides only where it has one account and somebody liable lives
there: in a house in multiple occupation (several accounts at one UPRN, or a landlord who pays and lives elsewhere) each
account, and each claim that has none, is a household of its own.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from lift.sources.identifiers import postcode, reference

# Academy's list of why somebody is liable: an owner is liable for a home that others live in, or nobody.
_LIVES_ELSEWHERE = "('owner', 'void', 'suspense', 'payer', 'non_liable', 'data_error')"
# Exemption classes of homes that nobody lives in as a sole or main residence (SI 1992/558 art 3).
_UNOCCUPIED = "('B', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'Q', 'R', 'T')"

# Which kind is believed first about an address.
_RANK = """CASE kind WHEN 'ctr_award' THEN 1 WHEN 'benefit_claim' THEN 2 WHEN 'universal_credit_notice' THEN 3
    WHEN 'council_tax_account' THEN 4 ELSE 5 END"""

_ACCOUNTS = f"""
    CREATE OR REPLACE TEMP TABLE link_account AS
    WITH held AS (
        SELECT n.account_ref, n.uprn, n.postcode, n.address_match, n.node, a.property_ref, a.occupation_start,
            n.latest AS extract_day, a.occupation_end, a.file_id, a.line,
            coalesce(a.liability_type, '') NOT IN {_LIVES_ELSEWHERE}
                AND (a.forwarding_postcode IS NULL
                    OR {postcode("a.forwarding_postcode")} IS NOT DISTINCT FROM n.postcode)
                AND coalesce(a.discount_type, '') NOT IN ('empty', 'second_home')
                AND coalesce(a.premium_type, 'none') = 'none'
                AND coalesce(a.exemption_class, 'none') NOT IN {_UNOCCUPIED} AS occupied
        FROM (SELECT *, unnest(lines) AS row FROM link_node
            WHERE kind = 'council_tax_account' AND part = 'liable_1' AND account_ref IS NOT NULL) n
        JOIN council_tax_account a ON a.file_id = n.row.file_id AND a.line = n.row.line
    ), people AS (
        SELECT account_ref, bool_or(entity = 'person') AS has_person FROM link_node
        WHERE kind = 'council_tax_account' GROUP BY account_ref
    ), reduced AS (
        SELECT DISTINCT {reference("account_ref")} AS account_ref FROM ctr_award
        WHERE status IN ('live', 'suspended', 'pending')
    )
    -- Council Tax Reduction is only for a liable person who lives there, wherever the bill is sent.
    SELECT h.* EXCLUDE (occupied), concat('account ', h.account_ref) AS home,
        (h.occupation_end IS NULL OR h.occupation_end > h.extract_day) AS is_live,
        h.occupied AND p.has_person OR r.account_ref IS NOT NULL AS liable_lives_here
    FROM held h JOIN people p USING (account_ref) LEFT JOIN reduced r USING (account_ref)
    -- The same account twice: the later occupation is the one to show.
    QUALIFY row_number() OVER (
        PARTITION BY h.account_ref ORDER BY h.occupation_start DESC NULLS LAST, h.file_id, h.line) = 1
    ORDER BY h.account_ref"""

# Homes that a UPRN or an address alone decides.
_SOLE = """
    CREATE OR REPLACE TEMP TABLE link_sole_{0} AS
    SELECT {0}, min(home) AS home, count(*) = 1 AND bool_and(liable_lives_here) AS decides
    FROM link_account WHERE is_live AND {0} IS NOT NULL GROUP BY {0}"""

# The UPRN of an address that only some rows give, for homes without an account.
_PLACE = """
    CREATE OR REPLACE TEMP TABLE link_place AS
    SELECT address_match, min(uprn) AS place_uprn FROM link_node
    WHERE address_match IS NOT NULL AND uprn IS NOT NULL GROUP BY address_match HAVING count(DISTINCT uprn) = 1"""

_DIRECT = """
    CREATE OR REPLACE TEMP TABLE link_direct AS
    SELECT n.node,
        CASE WHEN n.kind = 'council_tax_account' THEN own.home WHEN u.decides THEN u.home ELSE own.home END AS home,
        CASE WHEN n.kind = 'council_tax_account' THEN 'account' WHEN u.decides THEN 'uprn' ELSE 'account_ref' END
            AS reason
    FROM link_node n
    LEFT JOIN link_sole_uprn u ON u.uprn = n.uprn
    LEFT JOIN link_account own ON own.account_ref = n.account_ref
    WHERE n.kind <> 'suppression'
        AND (own.home IS NOT NULL OR coalesce(u.decides, FALSE) AND n.kind <> 'council_tax_account')"""

# Where the same person is known to live, at the same UPRN or postcode: from homes found so far, `link_found`.
_BY_PERSON = f"""
    CREATE OR REPLACE TEMP TABLE link_by_person AS
    WITH known AS (
        SELECT c.head, n.uprn, n.postcode, f.home, {_RANK} AS rank
        FROM link_found f JOIN link_node n USING (node) JOIN link_cluster c USING (node)
        LEFT JOIN link_account a USING (home) WHERE coalesce(a.is_live AND a.liable_lives_here, TRUE)
    ), wanted AS (
        SELECT n.node, c.head, n.uprn, n.postcode FROM link_node n JOIN link_cluster c USING (node)
        WHERE n.node NOT IN (SELECT node FROM link_found) AND n.part NOT IN ('parent_1', 'parent_2')
        UNION
        -- A pupil lives where a parent of the same row does.
        SELECT b.node, c.head, n.uprn, n.postcode
        FROM link_beside b JOIN link_node n USING (node) JOIN link_cluster c ON c.node = b.other
        WHERE n.part = 'pupil' AND n.node NOT IN (SELECT node FROM link_found)
    )
    SELECT w.node, arg_min(k.home, (k.rank, k.home)) AS home
    FROM wanted w JOIN known k USING (head)
    WHERE w.uprn = k.uprn OR (w.uprn IS NULL OR k.uprn IS NULL) AND w.postcode = k.postcode
    GROUP BY w.node"""

# One home for each claim that no row of it settles directly. Claims that know their UPRN come first (`sure`), so that a
# claim which knows its address alone can follow its person there.
_CLAIM_HOMES = f"""
    CREATE OR REPLACE TEMP TABLE link_claim_home AS
    WITH settled AS (
        SELECT n.claim_ref, CASE WHEN f.home IS NOT NULL THEN 1 WHEN p.home IS NOT NULL THEN 2
                WHEN a.decides THEN 3 WHEN n.uprn IS NOT NULL AND u.uprn IS NULL THEN 4 ELSE 5 END AS step,
            coalesce(f.home, p.home, CASE WHEN a.decides THEN a.home END,
                CASE WHEN n.uprn IS NOT NULL AND u.uprn IS NULL THEN concat('uprn ', n.uprn)
                    WHEN n.uprn IS NULL AND n.address_match IS NOT NULL AND a.address_match IS NULL
                        THEN coalesce('uprn ' || l.place_uprn, concat('address ', n.address_match))
                    ELSE concat('claim ', n.claim_ref) END) AS home,
            {_RANK} AS rank, n.latest, n.node
        FROM link_node n
        LEFT JOIN link_found f USING (node) LEFT JOIN link_by_person p USING (node)
        LEFT JOIN link_sole_uprn u USING (uprn) LEFT JOIN link_sole_address_match a USING (address_match)
        LEFT JOIN link_place l USING (address_match)
        WHERE n.claim_ref IS NOT NULL AND n.part IN ('claimant', 'partner')
            AND n.kind IN ('ctr_award', 'benefit_claim', 'universal_credit_notice')
    )
    SELECT claim_ref, home,
        CASE step WHEN 2 THEN 'person_at_postcode' WHEN 3 THEN 'address' ELSE 'claim_ref' END AS reason
    FROM settled
    QUALIFY row_number() OVER (PARTITION BY claim_ref ORDER BY step, rank, latest DESC, node) = 1
        AND (step < 5 OR NOT {{sure}})"""

_WITH_CLAIMS = """
    INSERT INTO link_found
    SELECT n.node, c.home, c.reason FROM link_node n JOIN link_claim_home c USING (claim_ref)
    WHERE n.kind NOT IN ('contact', 'suppression') AND n.node NOT IN (SELECT node FROM link_found)"""

# Pupils, parents, residents and contacts; a contact that matches no home makes none.
_ALL = """
    CREATE OR REPLACE TEMP TABLE link_home AS
    SELECT node, home, reason FROM link_found
    UNION ALL
    SELECT n.node,
        coalesce(p.home, CASE WHEN a.decides THEN a.home END,
            CASE WHEN n.kind = 'contact' THEN NULL WHEN n.uprn IS NOT NULL THEN concat('uprn ', n.uprn)
                WHEN l.place_uprn IS NOT NULL THEN concat('uprn ', l.place_uprn)
                WHEN n.address_match IS NOT NULL THEN concat('address ', n.address_match)
                WHEN n.account_ref IS NOT NULL THEN concat('no account ', n.account_ref)
                ELSE concat('row ', n.kind, n.upn, ' ', n.surname_key, ' ', n.forename_key, ' ', n.date_of_birth) END),
        CASE WHEN p.home IS NOT NULL THEN 'person_at_postcode' WHEN a.decides THEN 'address' ELSE 'alone' END
    FROM link_node n
    LEFT JOIN link_by_person p USING (node) LEFT JOIN link_sole_address_match a USING (address_match)
    LEFT JOIN link_place l USING (address_match)
    WHERE n.kind <> 'suppression' AND n.node NOT IN (SELECT node FROM link_found)"""


def make_homes(connection: DuckDBPyConnection) -> None:
    """`link_home`: node, home (a text that names the household), reason. Needs `link_node`, `link_cluster`."""
    connection.execute(_ACCOUNTS)
    connection.execute(_SOLE.format("uprn"))
    connection.execute(_SOLE.format("address_match"))
    connection.execute(_PLACE)
    connection.execute(_DIRECT)
    connection.execute("CREATE OR REPLACE TEMP TABLE link_found AS SELECT * FROM link_direct")
    for sure in (True, False):
        connection.execute(_BY_PERSON)
        connection.execute(_CLAIM_HOMES.format(sure=sure))
        connection.execute(_WITH_CLAIMS)
    connection.execute(_BY_PERSON)
    connection.execute(_ALL)
