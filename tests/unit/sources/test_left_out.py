"""Is a value that cannot be so told and left out, and the rest of its row kept?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lift.sources.identifiers import year_group
from lift.sources.kinds import load_kinds
from lift.stages.link import link
from tests.unit.sources.samples import ACCOUNT, accounts, plain, put, read, rows

DAY = {"extract_date": "2026-11-12"}
NO_NINO = "not a National Insurance number, so nothing is joined by it"
AWARD = {**DAY, "ctr_ref": "C1", "status": "live", "claimant_surname": "ASH"}
MEMBER = {**DAY, "ctr_ref": "C1", "role": "dependant", "surname": "ASH", "date_of_birth": "2015-01-01"}
NOTICE = {**DAY, "ctr_ref": "C1", "sequence_number": "1", "notice_type": "change"}
PUPIL = {**DAY, "surname": "ASH", "forename": "ANN", "date_of_birth": "2015-01-01", "school_urn": "999001"}
BASE = {
    "council_tax_account": ACCOUNT,
    "ctr_award": AWARD,
    "ctr_person": MEMBER,
    "universal_credit_notice": NOTICE,
    "pupil": PUPIL,
    "contact": {**DAY, "surname": "ASH", "uprn": "100070000001"},
    "council_tax_resident": {**DAY, "account_ref": "300000019", "surname": "ASH", "role": "other_adult"},
    "benefit_claim": {**DAY, "claim_key": "1", "hb_ref": "1", "record_type": "live", "claimant_surname": "ASH"},
    "suppression": {**DAY, "surname": "ASH", "uprn": "100070000001", "reason": "other"},
}
LIMITS = [
    # The last value that can be so, and the first that cannot.
    ("council_tax_account", "discount_percent", "100", "100.01", "outside 0 to 100"),
    ("council_tax_account", "disregarded_adults_count", "0", "-1", "outside 0 to 50"),
    ("council_tax_account", "full_charge_annual", "0", "-0.01", "below nought"),
    ("ctr_award", "weekly_award", "0.00", "-0.01", "below nought"),
    ("ctr_award", "claimant_capital_total", "0", "-1", "below nought"),
    ("ctr_award", "claimant_weekly_hours", "168", "168.01", "outside 0 to 168"),
    ("ctr_award", "universal_credit_last_period_end", "2026-11-12", "2026-11-13", "after the day of the extract"),
    ("universal_credit_notice", "child_count", "50", "51", "outside 0 to 50"),
    ("universal_credit_notice", "notice_date", "2026-11-12", "2026-11-13", "after the day of the extract"),
    ("contact", "verified_on", "2026-11-12", "2026-11-13", "after the day of the extract"),
    ("benefit_claim", "hb_claim_received", "2026-11-12", "2026-11-13", "after the day of the extract"),
    # The most that anybody can have: the same for every amount of a unit.
    ("ctr_award", "claimant_occupational_pension", "10000", "10000.01", "more than £10,000 a week"),
    ("benefit_claim", "hb_weekly", "10000", "50000", "more than £10,000 a week"),
    ("universal_credit_notice", "earnings_net_month", "50000", "50000.01", "more than £50,000 a month"),
    ("council_tax_account", "full_charge_annual", "100000", "100000.01", "more than £100,000 a year"),
    ("council_tax_account", "net_charge_annual", "-100000", "-100000.01", "more than £100,000 a year"),
    ("ctr_award", "claimant_capital_total", "10000000", "10000000.01", "more than £10,000,000"),
]
_AHEAD = "more than 366 days after the day of the extract"
UNLIKELY = [
    # The last value that many have, and the first that few do.
    ("ctr_award", "claimant_occupational_pension", "2000", "2000.01", "more than £2,000 a week"),
    ("universal_credit_notice", "earnings_net_month", "10000", "10000.01", "more than £10,000 a month"),
    ("council_tax_account", "full_charge_annual", "20000", "20000.01", "more than £20,000 a year"),
    ("council_tax_account", "balance_current", "-250000", "-250000.01", "more than £250,000"),
    ("council_tax_account", "occupation_start", "1900-01-02", "1899-12-31", "before 1900"),
    ("council_tax_account", "occupation_start", "2027-11-13", "2027-11-14", _AHEAD),
    ("ctr_person", "start_date", "2027-11-13", "2030-01-01", _AHEAD),
    ("benefit_claim", "partner_death_date", "2026-11-12", "2026-11-13", "after the day of the extract"),
    ("benefit_claim", "partner_end", "2027-11-13", "2027-11-14", _AHEAD),
    ("pupil", "fsm_start", "2027-11-13", "2027-11-14", _AHEAD),
]
ORDER = [
    ("council_tax_account", "occupation_start", "occupation_end", "occupation_end", "before occupation start"),
    ("council_tax_account", "discount_start", "discount_end", "discount_start", "after discount end"),
    ("ctr_person", "start_date", "end_date", "start_date", "after end date"),
    ("council_tax_resident", "resident_from", "resident_to", "resident_to", "before resident from"),
    ("pupil", "fsm_start", "fsm_end", "fsm_end", "before fsm start"),
    ("suppression", "applies_from", "applies_to", "applies_to", "before applies from"),
]


def _file(folder: Path, kind: str, *changes: Mapping[str, str]) -> Path:
    return put(folder, f"{kind}.csv", plain(kind, [{**BASE[kind], **one} for one in changes]))


@pytest.mark.parametrize(("kind", "column", "fits", "too_much", "reason"), LIMITS)
def test_a_value_past_its_limit_is_left_out_and_its_row_kept(
    tmp_path: Path, kind: str, column: str, fits: str, too_much: str, reason: str
) -> None:
    _file(tmp_path, kind, {column: fits}, {column: too_much}, {column: ""})
    connection, report = read(tmp_path)
    assert (report.accepted, report.refused) == (3, 0)
    assert all(file.is_conserved() for file in report.files)
    assert rows(connection, "SELECT line, kind, column_name, reason FROM left_out") == [(3, kind, column, reason)]
    assert rows(connection, "SELECT line FROM unlikely WHERE line <> 2") == []  # it is not called unlikely besides
    assert rows(connection, f"SELECT line, {column} IS NOT NULL FROM {kind}") == [(2, True), (3, False), (4, False)]


@pytest.mark.parametrize(("kind", "column", "usual", "seldom", "reason"), UNLIKELY)
def test_a_value_that_few_have_is_told_and_kept(
    tmp_path: Path, kind: str, column: str, usual: str, seldom: str, reason: str
) -> None:
    _file(tmp_path, kind, {column: usual}, {column: seldom}, {column: ""})
    connection, _ = read(tmp_path)
    assert rows(connection, "FROM left_out") == []
    assert rows(connection, "SELECT line, kind, column_name, reason FROM unlikely") == [(3, kind, column, reason)]
    assert rows(connection, f"SELECT line, {column} IS NOT NULL FROM {kind}") == [(2, True), (3, True), (4, False)]


def test_a_birthday_is_not_judged_among_other_days(tmp_path: Path) -> None:
    """Who was born long ago is dead, and must not be contacted: that is seen where people are made."""
    _file(tmp_path, "ctr_award", {"claimant_date_of_birth": "1855-01-01"})
    connection, _ = read(tmp_path)
    assert rows(connection, "FROM left_out UNION ALL FROM unlikely") == []
    assert rows(connection, "SELECT year(claimant_date_of_birth) FROM ctr_award") == [(1855,)]


@pytest.mark.parametrize(
    ("upn", "told"),
    [
        ("A999000000001", False),
        ("a999 000 000 001", False),
        ("A99900000000B", False),  # temporary
        ("", False),
        ("A99900000000", True),
        ("A9990000000012", True),
        ("9999000000001", True),
        ("TBC", True),
    ],
)
def test_a_pupil_number_that_cannot_be_read_is_told_and_joins_nobody(tmp_path: Path, upn: str, told: bool) -> None:
    """The same filler stands for many, of one name too."""
    _file(tmp_path, "pupil", {"upn": upn, "date_of_birth": ""})
    _file(tmp_path, "ctr_person", {"unique_pupil_number": upn, "date_of_birth": "", "forename": "ANN"})
    connection, _ = read(tmp_path)
    reason = "not a Unique Pupil Number, so nothing is joined by it"
    assert rows(connection, "SELECT column_name, reason FROM left_out ORDER BY kind") == (
        [("unique_pupil_number", reason), ("upn", reason)] if told else []
    )
    link(connection, key=b"x" * 32)
    ((persons,),) = rows(connection, "SELECT count(DISTINCT person_key) FROM person_link")
    assert persons == (1 if upn and not told else 2)


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("N1", -2), ("n2", -1), ("R", 0), ("Reception", 0), ("Year R", 0), ("0", 0), ("1", 1), ("07", 7),
        ("Year 11", 11), ("Yr 3", 3), ("Y9", 9), ("NC Year 7", 7), ("14", 14),
        ("15", None), ("99", None), ("-3", None), ("N9", None), ("Nursery", None), ("10/11", None), ("7.5", None),
    ],
)  # fmt: skip
def test_a_year_group_that_is_none_is_told_and_not_guessed(tmp_path: Path, written: str, year: int | None) -> None:
    _file(tmp_path, "pupil", {"year_group": written})
    connection, _ = read(tmp_path)
    reason = "not a year group from N1 to 14, so the year is not known"
    assert rows(connection, "SELECT column_name, reason FROM left_out") == (
        [("year_group", reason)] if year is None else []
    )
    assert rows(connection, f"SELECT {year_group('year_group')} FROM pupil") == [(year,)]


@pytest.mark.parametrize(("kind", "first", "then", "wrong", "reason"), ORDER)
def test_of_two_days_the_wrong_way_round_one_is_left_out(
    tmp_path: Path, kind: str, first: str, then: str, wrong: str, reason: str
) -> None:
    days = ("2026-05-01", "2026-05-01"), ("2026-05-01", "2026-04-30"), ("2026-05-01", ""), ("", "2026-04-30")
    _file(tmp_path, kind, *({first: one, then: other} for one, other in days))
    connection, _ = read(tmp_path)
    assert rows(connection, "SELECT line, column_name, reason FROM left_out") == [(3, wrong, reason)]
    other = then if wrong == first else first
    kept = f"SELECT {wrong} IS NOT NULL, {other} IS NOT NULL FROM {kind} WHERE line = 3"
    assert rows(connection, kept) == [(False, True)]


def test_what_may_lie_below_nought_is_kept(tmp_path: Path) -> None:
    """An account in credit."""
    put(tmp_path, "a.csv", accounts(1, balance_current="-12.50", net_charge_annual="-0.01"))
    connection, _ = read(tmp_path)
    assert rows(connection, "FROM left_out") == []
    assert rows(connection, "SELECT balance_current < 0, net_charge_annual < 0 FROM council_tax_account") == [
        (True, True)
    ]


def test_control_totals_meet_the_suppliers(tmp_path: Path) -> None:
    _file(tmp_path, "ctr_award", {"weekly_award": "10"}, {"weekly_award": "-4"})
    _, report = read(tmp_path)
    assert report.files[0].control_totals["ctr_award.weekly_award"] == 6


@pytest.mark.parametrize(
    ("nino", "told"),
    [
        ("MW123456A", False),
        ("mw 12 34 56 a", False),
        ("MW123456", False),
        ("", False),
        ("TN010185F", False),  # temporary: a number is awaited
        ("TN 01 01 85 M", False),
        ("TN1", True),
        ("MW12345A", True),
        ("MW123456E", True),
        ("DW123456A", True),
        ("QQ123456C", True),
        ("NOT KNOWN", True),
        ("MW111111A", True),
    ],
)
def test_a_number_that_cannot_be_read_is_told_and_joins_nobody(tmp_path: Path, nino: str, told: bool) -> None:
    born = {"claimant_nino": nino, "claimant_date_of_birth": "1950-01-01"}
    _file(tmp_path, "ctr_award", born, {**born, "ctr_ref": "C2", "claimant_surname": "ELM"})
    connection, report = read(tmp_path)
    assert report.accepted == 2
    found = rows(connection, "SELECT line, column_name, reason FROM left_out ORDER BY line")
    assert found == ([(line, "claimant_nino", NO_NINO) for line in (2, 3)] if told else [])
    # It stays as it was written, for people to look at.
    bare = "".join(letter for letter in nino if letter.isalnum()).upper()
    assert rows(connection, "SELECT claimant_nino FROM ctr_award WHERE line = 2") == [(bare or None,)]
    link(connection, key=b"x" * 32)
    ((persons,),) = rows(connection, "SELECT count(DISTINCT person_key) FROM person_link")
    assert persons == (1 if nino.upper().startswith("MW") and not told else 2)


@pytest.mark.parametrize(
    ("column", "wrong", "reason"),
    [
        ("uprn", "9999999999999", "not a UPRN, so nothing is joined by it"),
        ("postcode", "NEAR THE RIVER", "not a postcode, so nothing is joined by it"),
    ],
)
def test_a_place_that_cannot_be_read_is_told(tmp_path: Path, column: str, wrong: str, reason: str) -> None:
    put(
        tmp_path, "a.csv", plain("council_tax_account", [dict(ACCOUNT), {**ACCOUNT, "account_ref": "2", column: wrong}])
    )
    connection, _ = read(tmp_path)
    assert rows(connection, "SELECT line, column_name, reason FROM left_out") == [(3, column, reason)]


def test_nothing_that_is_left_out_is_repeated(tmp_path: Path) -> None:
    secret = "SECRETVALUE"
    _file(
        tmp_path, "ctr_award", {"claimant_nino": secret, "uprn": secret, "postcode": secret, "weekly_award": "-77.31"}
    )
    connection, _ = read(tmp_path)
    told = str(rows(connection, "FROM left_out"))
    assert told.count("C1") == 0 and secret not in told and "77" not in told
    ((count,),) = rows(connection, "SELECT count(*) FROM left_out")
    assert count == 4


def test_every_kind_says_only_of_its_own_columns_what_is_left_out() -> None:
    for kind in load_kinds().values():
        for first, then, wrong in kind.in_order:
            assert {kind.columns[first].type, kind.columns[then].type} == {"date"}
            assert wrong in (first, then)


def test_a_reference_without_its_first_part_is_missing(tmp_path: Path) -> None:
    """Its check character alone would join it to all others of which only that is left."""
    headings = "extract_date,live_ind,account_ref,account_cd,property_ref,lead_liab_surname,addr1,postcode,vo_band"
    more = "occupation_date,vacation_date,discount_1,exemption_class"
    lines = [f"12/11/2026,1,{number},7,P1,ASH,1 High Street,CV1 1AA,A,01/04/2020,,," for number in ("30000001", "")]
    put(tmp_path, "council_tax.csv", "\n".join([f"{headings},{more}", *lines]) + "\n")
    connection, report = read(tmp_path)
    assert (report.accepted, report.refused) == (1, 1)
    assert rows(connection, "SELECT line, column_name, reason FROM refusal") == [(3, "account_ref", "missing")]
    assert rows(connection, "SELECT account_ref FROM council_tax_account") == [("300000017",)]
