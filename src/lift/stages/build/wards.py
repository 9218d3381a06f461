"""In which ward does each home lie? (`b_ward`)

Wards change, and the code on a council tax account is seldom changed with them. So the month's list of wards decides,
by property, else by postcode; a postcode or a property that it puts into two wards tells nothing. Where it says nothing
of a home, the account's own code stands, by the name that the list gives that code.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

_TIGHT = "translate(upper({0}), ' ', '')"

_WARD = f"""
    CREATE OR REPLACE TEMP TABLE b_ward AS
    WITH code AS (
        SELECT ward_code, min(ward_name) AS ward_name FROM ward
        WHERE ward_name IS NOT NULL GROUP BY ward_code HAVING count(DISTINCT ward_name) = 1
    ), listed AS (
        SELECT TRY_CAST(w.uprn AS BIGINT) AS uprn, {_TIGHT.format("w.postcode")} AS postcode, w.file_id, w.line,
            coalesce(w.ward_name, c.ward_name, w.ward_code) AS ward
        FROM ward w LEFT JOIN code c USING (ward_code)
    ), property AS (
        SELECT uprn, min(ward) AS ward, arg_min(file_id, (file_id, line)) AS file_id,
            arg_min(line, (file_id, line)) AS line
        FROM listed WHERE uprn IS NOT NULL GROUP BY uprn HAVING count(DISTINCT ward) = 1
    ), area AS (
        SELECT postcode, min(ward) AS ward, arg_min(file_id, (file_id, line)) AS file_id,
            arg_min(line, (file_id, line)) AS line
        FROM listed WHERE uprn IS NULL AND postcode IS NOT NULL GROUP BY postcode HAVING count(DISTINCT ward) = 1
    )
    SELECT h.household_key, coalesce(p.ward, a.ward, c.ward_name, b.ward_code) AS ward,
        coalesce(p.file_id, a.file_id) AS file_id, coalesce(p.line, a.line) AS line
    FROM address h
    LEFT JOIN property p ON p.uprn = TRY_CAST(h.uprn AS BIGINT)
    LEFT JOIN area a ON a.postcode = {_TIGHT.format("h.postcode")}
    LEFT JOIN b_account b USING (household_key)
    LEFT JOIN code c ON c.ward_code = b.ward_code
    WHERE coalesce(p.ward, a.ward, b.ward_code) IS NOT NULL
    ORDER BY h.household_key"""


def make_wards(connection: DuckDBPyConnection) -> None:
    connection.execute(_WARD)
