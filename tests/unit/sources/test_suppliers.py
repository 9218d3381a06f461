"""Does each supplier's layout, written as the supplier writes it, come out as canonical rows?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lift.sources.kinds import SQL_TYPES, Column, load_kinds
from lift.stages.intake import intake
from tests.unit.sources.samples import CLAIM, PERSON, plain, put, read, record, rows, shbe

DAY = datetime.date(2026, 11, 12)

ACADEMY_TAX = """\
run_date,account_ref,account_cd,property_ref,uprn,lead_liab_name,lead_liab_title,lead_liab_forename,lead_liab_surname,\
addr1,postcode,vo_band,band_charged,occupation_date,vacation_date,live_ind,discount_1,disregard_1,exemption_class,\
dis_band_red,amt_debit,amt_benefit,notice_balance,paymeth_code,vulnerable_ind,bank_account,ethnic_group,notes
12/11/2026,30000003,9,000100,010007,"COOK,MR ROGER",MR,ROGER,COOK,"FLAT 1, 4 JUDGE ST",CV1 1AA,B,A,01/04/2001,\
31/12/2099,1,SPD,,,Y,"£1,712.44",350.00,-12.5,DD01,0,24681357,4,asked to be left alone
12/11/2026,30000011,X,000101,,SMITH MISS ANN,,,SMITH,5 JUDGE ST,CV1 1AB,C,,2002-05-01 00:00:00,,1,ODD,SMI,S,,\
900,,0,CASHM,,,,
12/11/2026,30000029,1,000102,,GONE MR,,,GONE,6 JUDGE ST,CV1 1AB,C,,01/05/2002,01/05/2020,0,,,,,900,,0,CASHM,,,,
"""

ACADEMY_CTR = """\
claim_id,check_digit,ctax_ref,status_ind,scheme_type,from_date,to_date,ctb_end_reason,ctr_weekly,eligible_ct_annual,\
addr1,post_code,nino,surname,forename,birth_date,gender,claimant_state_pension,claimant_capital_total,bank_account
6060591,2,300000039,LIVE,PEN,01/04/2026,31/12/2099,,25.10,1303.57,4 JUDGE ST,CV1 1AA,ab123456c,COOK,ROGER,\
02/03/1948,1,184.90,,24681357
6060592,7,300000047,REFUSED,WA,01/06/2026,30/06/2026,INC,,,5 JUDGE ST,CV1 1AB,,SMITH,ANN,1900-01-01,2,,0,
"""

ACADEMY_MEMBERS = """\
run_date,claim_id,check_digit,member_id,type,surname,forename,birth_date,gender,to_date,severely_mentally_impaired_ind,\
unique_pupil_num,nondep_gross_weekly
12/11/2026,6060591,2,1,C,COOK,ROGER,02/03/1948,1,2099-12-31,0,,
12/11/2026,6060591,2,2,D,COOK,ZOË,01/09/2015,2,2099-12-31,0,H801200001001,
12/11/2026,6060591,2,3,N,COOK,BEN,01/09/1999,1,31/10/2026,1,,310.00
"""

NOTICES = """\
File Date,Claim Number,Sequence No,Notification Type,AP Start,AP End,NINO,Claimant Surname,UC Award,Net Earnings,\
LCWRA Element,Housing Costs,Benefit Cap,Number of Children,Joint Claim,Sort Code
12/11/2026,000123,17,CHANGE,05/10/2026,04/11/2026,AB 12 34 56 C,COOK,612.40,0,423.27,500.00,88.12,2,N,112233
12/11/2026,000123,18,CLOSED,05/11/2026,,AB123456C,COOK,,,,,,,,
"""

ROLL = """\
UPN,Legal Surname,Forename,DOB,Gender,NC Year,School Name,Town,Postcode,FSM Eligible,FSM Start Date,Parent 1 Surname,\
Parent 1 DOB,Ethnicity,In Care
H801200001001,O'NEIL,Zoe,2-Jan-16,F,5,St Mary's,Coventry,CV1 1AA,T,01/09/2025,O'Neil,3-Mar-46,WBRI,N
,SMITH,Ann,02/01/2015,M,6,St Mary's,Coventry,CV1 1AB,F,,,,,
"""


def test_raw_shbe(tmp_path: Path) -> None:
    passported = record("D", p12="1", p75="", p105="", p115="", p82="")
    standard = record("C", p2="", p105="", p82="", p202="01-11-2026", p42="1250", p115="")
    lines = [record("D"), record("S", PERSON), passported, record("T"), standard, record("S", PERSON, p308="1", p17="")]
    connection, report = read(put(tmp_path, "shbe.txt", shbe(lines)).parent, month="2026-11")
    assert dict(report.rows) | {"benefit_claim": 3, "benefit_person": 2} == dict(report.rows)
    (file,) = report.files
    assert (file.lines, file.header, file.accepted, file.set_aside, file.trailer) == (8, 1, 6, 1, 1)
    assert file.extract_date == DAY
    columns = (
        "line, record_type, claim_key, passport_code, claimant_capital_total, claimant_state_pension, "
        "claimant_attendance_allowance, premium_family, benefit_cap_reduction_weekly, hb_weekly"
    )
    weekly, zero = Decimal("85.12"), Decimal("0.00")
    assert rows(connection, f"SELECT {columns} FROM benefit_claim ORDER BY line") == [
        (2, "live", "00001234", "standard", Decimal("4000.00"), Decimal("184.90"), None, False, zero, weekly),
        (4, "live", "00001234", "income_support", None, None, None, None, zero, weekly),
        (6, "closed", "C0001234", "standard", Decimal("4000.00"), zero, None, False, Decimal("12.50"), weekly),
    ]
    people = "SELECT role, reference_or_nino, date_of_birth, non_dependant_deduction_weekly FROM benefit_person"
    assert rows(connection, people + " ORDER BY line") == [
        ("non_dependant", "CD123456A", datetime.date(1999, 6, 5), Decimal("15.60")),
        ("dependant", "CD123456A", datetime.date(1999, 6, 5), None),
    ]


def test_council_tax_from_academy(tmp_path: Path) -> None:
    connection, report = read(put(tmp_path, "ct.csv", ACADEMY_TAX).parent)
    (file,) = report.files
    assert (file.profile, file.accepted, file.set_aside, file.refused) == ("academy_council_tax", 3, 1, 0)
    columns = (
        "extract_date, account_ref, uprn, name_raw, address1, band, band_charged, occupation_start, occupation_end, "
        "discount_type, disregard_type, exemption_class, disabled_band_reduction, full_charge_annual, "
        "ctr_amount_annual, balance_current, sensitive"
    )
    assert rows(connection, f"SELECT {columns} FROM council_tax_account ORDER BY line") == [
        (
            DAY,
            "300000039",
            "10007",
            "COOK,MR ROGER",
            "FLAT 1, 4 JUDGE ST",
            "B",
            "A",
            datetime.date(2001, 4, 1),
            None,
            "single_person",
            "none",
            "none",
            True,
            Decimal("1712.44"),
            Decimal("350.00"),
            Decimal("-12.50"),
            False,
        ),
        (
            DAY,
            "30000011X",
            None,
            "SMITH MISS ANN",
            "5 JUDGE ST",
            "C",
            None,
            datetime.date(2002, 5, 1),
            None,
            "other",
            "severe_mental_impairment",
            "S",
            False,
            Decimal("900.00"),
            Decimal("0.00"),
            Decimal("0.00"),
            None,
        ),
    ]


def test_council_tax_reduction_from_academy(tmp_path: Path) -> None:
    connection, _ = read(put(tmp_path, "ctr_20261112.csv", ACADEMY_CTR).parent)
    columns = (
        "extract_date, ctr_ref, account_ref, status, scheme_class, award_end, refusal_reason, weekly_award, "
        "council_tax_eligible_weekly, claimant_nino, claimant_date_of_birth, claimant_sex, claimant_state_pension, "
        "claimant_capital_total"
    )
    assert rows(connection, f"SELECT {columns} FROM ctr_award ORDER BY line") == [
        (
            DAY,
            "60605912",
            "300000039",
            "live",
            "pension_age",
            None,
            None,
            Decimal("25.10"),
            Decimal("25.00"),
            "AB123456C",
            datetime.date(1948, 3, 2),
            "male",
            Decimal("184.90"),
            None,
        ),
        (
            DAY,
            "60605927",
            "300000047",
            "refused",
            "working_age",
            datetime.date(2026, 6, 30),
            "income",
            None,
            None,
            None,
            None,
            "female",
            None,
            Decimal("0.00"),
        ),
    ]


def test_members_of_council_tax_reduction_claims(tmp_path: Path) -> None:
    connection, report = read(put(tmp_path, "members.csv", ACADEMY_MEMBERS.encode("cp1252")).parent)
    (file,) = report.files
    assert (file.encoding, file.set_aside) == ("cp1252", 1)
    columns = (
        "ctr_ref, person_ref, role, forename, date_of_birth, end_date, unique_pupil_number, "
        "severely_mentally_impaired, non_dependant_gross_income_weekly"
    )
    assert rows(connection, f"SELECT {columns} FROM ctr_person ORDER BY line") == [
        ("60605912", "2", "dependant", "ZOË", datetime.date(2015, 9, 1), None, "H801200001001", False, None),
        (
            "60605912",
            "3",
            "non_dependant",
            "BEN",
            datetime.date(1999, 9, 1),
            datetime.date(2026, 10, 31),
            None,
            True,
            Decimal("310.00"),
        ),
    ]


def test_universal_credit_notices(tmp_path: Path) -> None:
    connection, _ = read(put(tmp_path, "uc.csv", NOTICES).parent)
    columns = (
        "ctr_ref, sequence_number, notice_type, assessment_period_end, claimant_nino, award_month, earnings_net_month, "
        "element_lcwra, element_carer, benefit_cap_reduction_month, child_count, is_couple"
    )
    nothing = (None,) * 5
    assert rows(connection, f"SELECT {columns} FROM universal_credit_notice ORDER BY line") == [
        (
            "000123",
            17,
            "change",
            datetime.date(2026, 11, 4),
            "AB123456C",
            Decimal("612.40"),
            Decimal("0.00"),
            Decimal("423.27"),
            None,
            Decimal("88.12"),
            2,
            False,
        ),
        ("000123", 18, "closed", None, "AB123456C", None, None, *nothing),
    ]


def test_a_school_roll(tmp_path: Path) -> None:
    connection, _ = read(put(tmp_path, "roll 12-11-2026.csv", ROLL).parent)
    columns = (
        "extract_date, upn, surname, date_of_birth, sex, year_group, fsm_eligible, fsm_start, parent1_date_of_birth"
    )
    assert rows(connection, f"SELECT {columns} FROM pupil ORDER BY line") == [
        (
            DAY,
            "H801200001001",
            "O'NEIL",
            datetime.date(2016, 1, 2),
            "female",
            "5",
            True,
            datetime.date(2025, 9, 1),
            datetime.date(1946, 3, 3),
        ),
        (DAY, None, "SMITH", datetime.date(2015, 1, 2), "male", "6", False, None, None),
    ]


FILLED: Mapping[str, tuple[str, object]] = {
    "text": ("EXAMPLE", "EXAMPLE"),
    "integer": ("17", 17),
    "money": ("1234.50", Decimal("1234.50")),
    "date": ("2026-11-12", DAY),
    "flag": ("yes", True),
    "decimal": ("16.25", Decimal("16.25")),
}
BY_LOOK = {
    "nino": ("ab 12 34 56 c", "AB123456C"),
    "postcode": ("CV1 1AA", "CV1 1AA"),
    "uprn": ("0100", "100"),
    "upn": ("A123456789012", "A123456789012"),
    "year_group": ("Year 7", "Year 7"),
}


def a_value_for(column: Column) -> tuple[str, object]:
    """What a plain file may write in a column, and what must come out."""
    if isinstance(column.codes, list):
        return column.codes[-1].upper(), column.codes[-1]
    if column.type == "code":
        return "X7", "X7"
    return BY_LOOK[column.looks_like] if column.looks_like else FILLED[column.type]


@pytest.mark.parametrize("kind", list(load_kinds()))
def test_the_plain_file_of_a_kind_fills_every_column(tmp_path: Path, kind: str) -> None:
    filled = {name: a_value_for(column) for name, column in load_kinds()[kind].columns.items()}
    row = {name: text for name, (text, _) in filled.items()}
    connection, report = read(put(tmp_path, f"{kind}.csv", plain(kind, [row])).parent)
    assert rows(connection, f"SELECT * EXCLUDE (file_id, line) FROM {kind}") == [
        tuple(value for _, value in filled.values())
    ]
    assert report.rows[kind] == 1
    described = [(name, kind_type) for name, kind_type, *_ in rows(connection, f"DESCRIBE {kind}")]
    assert described[2:] == [(name, SQL_TYPES[column.type]) for name, column in load_kinds()[kind].columns.items()]


def test_dropped_columns_never_reach_the_database(tmp_path: Path) -> None:
    secrets = ["87654321", "112233", "LANDLORDSURNAME", "CV9 9ZZ", "ETHNIC77", "24681357"]
    refused = record("D", p8="never")
    odd = record("D") + "|"
    put(tmp_path / "in", "shbe.txt", shbe([record("D", p247="ETHNIC77"), refused, odd], count=3))
    tax = (
        ACADEMY_TAX.replace(",4,asked", ",ETHNIC77,asked")
        + '12/11/2026,1,1,1,,N,,,N,A,P,Z,,01/04/2001,,1,,,,,1,,0,,,24681357,ETHNIC77,"x"\n'
    )
    put(tmp_path / "in", "ct.csv", tax + tax.splitlines()[1] + ",too many\n")
    path = tmp_path / "core.duckdb"
    connection = duckdb.connect(str(path))
    report = intake(connection, tmp_path / "in")
    assert report.refused == 4
    tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    held = "\n".join(str(row) for table in tables for row in connection.execute(f"SELECT * FROM {table}").fetchall())
    connection.close()
    for secret in secrets:
        assert secret not in held
        assert secret.encode() not in path.read_bytes()
    assert "EXAMPLE" in held
    assert CLAIM[6] == "EXAMPLE"
