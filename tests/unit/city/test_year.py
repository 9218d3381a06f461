"""Do the months of a city follow from one another: the same people, a little older, moved, parted, born, on claims?"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lift.city import write
from lift.city.days import dates_of
from tests.unit.city.cities import MONTH, table
from tests.unit.city.test_determinism import prints

DWELLINGS, SEED = 2000, 12
MONTHS = ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09",
          "2026-10", "2026-11")  # fmt: skip
PAIRS = list(pairwise(MONTHS))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("year")
    write(folder, dwellings=DWELLINGS, seed=SEED, month=MONTH, months=12)
    return folder


def people(year: Path, month: str) -> dict[str, dict[str, str]]:
    return _people(year / "truth" / month / "people.csv")


@cache
def _people(path: Path) -> dict[str, dict[str, str]]:
    rows = table(path)
    found = {row["person_id"]: row for row in rows}
    assert len(found) == len(rows), "nobody is in two homes at once"
    return found


def rows(year: Path, month: str, name: str) -> Iterator[dict[str, str]]:
    (path,) = (year / "incoming" / month).glob(f"{name}_*.csv")
    with path.open(encoding="cp1252" if "accounts" in name else "utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if None not in row and None not in row.values():  # not one of the broken lines
                yield row


def day_of(month: str) -> date:
    return dates_of(date.fromisoformat(f"{month}-01")).day


def events(year: Path, first: str, second: str, *kinds: str) -> list[dict[str, Any]]:
    """Those between the days of two months."""
    found = table(year / "truth" / "events.csv")
    after, until = day_of(first).isoformat(), day_of(second).isoformat()
    return [row for row in found if after < row["day"] <= until and row["event"] in kinds]


def test_each_month_has_its_files_and_its_truth(year: Path) -> None:
    for part in ("incoming", "truth"):
        assert tuple(sorted(path.name for path in (year / part).iterdir() if path.is_dir())) == MONTHS


def test_the_last_month_is_that_of_a_city_of_one_month(year: Path, tmp_path: Path) -> None:
    write(tmp_path, dwellings=DWELLINGS, seed=SEED, month=MONTH)
    alone = prints(tmp_path)
    assert {name: sum_ for name, sum_ in prints(year).items() if name in alone} == alone


def test_people_keep_who_they_are(year: Path) -> None:
    known: dict[str, tuple[str, ...]] = {}
    for month in MONTHS:
        for person, row in people(year, month).items():
            same = tuple(row[name] for name in ("forename", "surname", "sex", "date_of_birth", "nino", "phone"))
            assert known.setdefault(person, same) == same


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_whoever_comes_goes_or_moves_has_an_event(year: Path, first: str, second: str) -> None:
    before, after = people(year, first), people(year, second)
    arrived = {row["person_id"] for row in events(year, first, second, "moved_in", "born")}
    left = {row["person_id"] for row in events(year, first, second, "left_home", "parted", "died")}
    assert {person for person in after if person not in before} <= arrived
    assert {person for person in before if person not in after} <= left
    moved = {person for person in before.keys() & after.keys() if before[person]["uprn"] != after[person]["uprn"]}
    assert moved <= arrived & left


def test_moves_lead_from_where_people_were(year: Path) -> None:
    within = 0
    for first, second in PAIRS:
        for row in events(year, first, second, "moved_in"):
            assert people(year, second)[row["person_id"]]["uprn"] == row["uprn"]
            if row["other_uprn"]:
                within += 1
                assert people(year, first)[row["person_id"]]["uprn"] == row["other_uprn"]
            else:
                assert row["person_id"] not in people(year, first)
    assert within > 30


def test_the_dead_are_gone_and_a_partner_is_left_alone(year: Path) -> None:
    seen = 0
    for first, second in PAIRS:
        for row in events(year, first, second, "died"):
            assert row["person_id"] in people(year, first)
            now = people(year, second).get(row["person_id"])
            assert now is None or now["role"] == "deceased owner"
            seen += 1
    assert seen >= 8


def test_who_parted_lives_elsewhere_or_has_left(year: Path) -> None:
    elsewhere = 0
    for first, second in PAIRS:
        for row in events(year, first, second, "parted"):
            was = people(year, first)[row["person_id"]]
            assert (was["role"], was["uprn"]) == ("partner", row["uprn"])
            now = people(year, second).get(row["person_id"])
            if now is not None:
                assert now["uprn"] != row["uprn"] and now["role"] == "claimant"
                elsewhere += 1
    assert elsewhere >= 3


def test_at_eighteen_a_child_at_home_becomes_a_family(year: Path) -> None:
    seen = 0
    for first, second in PAIRS:
        for row in events(year, first, second, "turned_18"):
            was, now = (people(year, month).get(row["person_id"]) for month in (first, second))
            if was is not None and now is not None and now["role"] == "non_dependant claimant":
                assert was["role"] == "child" and was["family_id"] != now["family_id"]
                assert was["uprn"] == now["uprn"]
                seen += 1
    assert seen >= 3


def test_babies_are_in_no_file_before_they_are_born(year: Path) -> None:
    born = 0
    for month in MONTHS:
        for row in people(year, month).values():
            assert row["date_of_birth"] <= day_of(month).isoformat()
            born += row["date_of_birth"] > day_of(MONTHS[0]).isoformat()
    assert born > 20


# What the files say


def test_an_account_begins_and_ends_on_the_day_of_the_move(year: Path) -> None:
    moves = [row for row in table(year / "truth" / "events.csv") if row["event"] == "moved_in"]
    days = {row["uprn"]: date.fromisoformat(row["day"]).strftime("%d/%m/%Y") for row in moves}
    live = [row for row in rows(year, "2026-11", "council_tax_accounts") if row["live_ind"] == "1"]
    closed = [row for row in rows(year, "2026-11", "council_tax_accounts") if row["live_ind"] == "0"]
    checked = [row for row in live if row["uprn"] in days and row["occupation_date"] != "31/02/2024"]
    assert all(row["occupation_date"] == days[row["uprn"]] for row in checked)
    assert len(checked) > 50 and len(closed) > 50
    refs = {row["account_ref"] + row["account_cd"] for row in live}
    assert all(row["account_ref"] + row["account_cd"] not in refs for row in closed)


def test_a_notice_once_sent_is_the_same_in_every_later_file(year: Path) -> None:
    """But for planted faults, and the account it is filed under."""
    kept: dict[tuple[str, str], dict[str, str]] = {}
    again = changed = 0
    for month in MONTHS:
        for row in rows(year, month, "uc_notices"):
            told = {name: row[name] for name in ("AP Start", "AP End", "UC Award", "Net Earnings", "Joint Claim")}
            known = kept.setdefault((row["Claim Number"], row["Sequence No"]), told)
            again += 1
            changed += known != told
    assert again > 20_000
    assert changed == 0


def test_notices_of_before_a_parting_are_joint_and_later_ones_are_not(year: Path) -> None:
    parted = {row["family_id"]: row["day"] for row in table(year / "truth" / "events.csv") if row["event"] == "parted"}
    claimants = {row["nino"]: row["family_id"] for row in people(year, "2026-11").values() if row["role"] == "claimant"}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(year, "2026-11", "uc_notices"):
        family = claimants.get(row["Claimant NINO"])
        if family in parted:
            ended = "-".join(reversed(row["AP End"].split("/")))
            found["before" if ended < parted[family] else "after"][row["Joint Claim"]] += 1
    assert found["before"]["Y"] and not found["before"]["N"]
    assert found["after"]["N"] and not found["after"]["Y"]


def test_state_pension_goes_up_in_april(year: Path) -> None:
    pensions = []
    for month in ("2026-03", "2026-05"):
        told = {row["claim_id"]: row["claimant_state_pension"] for row in rows(year, month, "ctr_awards")}
        pensions.append({claim: float(paid) for claim, paid in told.items() if paid and float(paid) > 100})
    both = pensions[0].keys() & pensions[1].keys()
    raised = [claim for claim in both if 1.04 < pensions[1][claim] / pensions[0][claim] < 1.055]
    assert len(raised) > 60
    assert len(raised) > 0.9 * len(both)


def test_pupils_go_up_a_year_in_september(year: Path) -> None:
    def years(month: str) -> dict[str, str]:
        both = (*rows(year, month, "school_roll_primary"), *rows(year, month, "school_roll_secondary"))
        return {row["UPN"]: row["NC Year"] for row in both}

    before, after = years("2026-07"), years("2026-09")
    order = ["R", *map(str, range(1, 14))]
    stayed = before.keys() & after.keys()
    assert len(stayed) > 300
    assert all(order.index(after[upn]) == order.index(before[upn]) + 1 for upn in stayed)
    assert any(before[upn] == "6" and after[upn] == "7" for upn in stayed)
    assert {after[upn] for upn in after.keys() - before.keys()} & {"R"}


def test_what_is_wrong_with_a_record_stays_wrong_with_it(year: Path) -> None:
    """A missing number is missing next month too; a broken line is written whole."""

    def faulty(month: str, fault: str) -> set[str]:
        found = set()
        for row in table(year / "truth" / month / "faults.csv"):
            if row["file"].startswith("ctr_awards") and row["fault"] == fault:
                line = (year / "incoming" / month / row["file"]).read_text(encoding="utf-8").splitlines()
                found.add(line[int(row["line"]) - 1].split(",")[1])
        return found

    for fault, stays in (("nino_missing", True), ("uprn_missing", True), ("line_broken", False)):
        first, second = faulty("2026-10", fault), faulty("2026-11", fault)
        assert bool(len(first & second) > len(first) / 2) is stays, fault


# What is true of them


def test_people_start_to_receive_what_they_are_entitled_to(year: Path) -> None:
    def paid(month: str, entitlement: str) -> set[str]:
        told = table(year / "truth" / month / "entitlements.csv")
        return {
            row["person_id"] or row["family_id"]
            for row in told
            if row["entitlement"] == entitlement and row["in_receipt"] == "yes" and row["entitled"] == "yes"
        }

    for entitlement in ("pension_credit", "attendance_allowance", "council_tax_reduction_not_claimed"):
        first, last = paid("2025-12", entitlement), paid("2026-11", entitlement)
        assert last - first, entitlement


def test_before_september_2026_earnings_shut_children_out_of_free_meals(year: Path) -> None:
    def entitled(month: str) -> int:
        told = table(year / "truth" / month / "entitlements.csv")
        return sum(row["entitlement"] == "free_school_meals" and row["entitled"] == "yes" for row in told)

    assert entitled("2026-07") * 1.5 < entitled("2026-09")


def test_nobody_is_sure_of_a_reduction_by_bands_that_were_not_published(year: Path) -> None:
    for month, sure in (("2026-03", False), ("2026-05", True)):
        told = table(year / "truth" / month / "entitlements.csv")
        likely = [
            row
            for row in told
            if row["entitlement"] == "council_tax_reduction_not_claimed" and row["expected"] == "likely"
        ]
        assert bool(likely) is sure


@pytest.mark.parametrize(("month", "is_proved"), [("2026-04", False), ("2026-06", True)])
def test_a_notice_from_before_the_new_rates_proves_no_reduction(year: Path, month: str, is_proved: bool) -> None:
    """In April the last notice of nearly everybody is from before the 6th; from June on nobody's is."""
    ends: dict[str, date] = {}
    named = table(year / "truth" / month / "rows.csv")
    who = {(row["file"], row["line"]): row["person_id"] for row in named if row["place"] == "1"}
    (path,) = (year / "incoming" / month).glob("uc_notices_*.csv")
    for line, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        told = re.findall(r"\b(\d\d)/(\d\d)/(20\d\d)\b", text)[:4]  # extract, notice, period from and to
        if (person := who.get((path.name, str(line)))) and len(told) == 4:
            ends[person] = max(ends.get(person, date.min), *(date(int(y), int(m), int(d)) for d, m, y in told[2:]))
    found = table(year / "truth" / month / "entitlements.csv")
    reductions = [row for row in found if row["entitlement"] == "council_tax_reduction_not_claimed"]
    claimants = {
        row["family_id"]: row["person_id"] for row in people(year, month).values() if row["role"] == "claimant"
    }
    sure = [row for row in reductions if row["expected"] == "likely"]
    assert all(ends[claimants[row["family_id"]]] >= date(2026, 4, 6) for row in sure)
    assert bool(sure) is is_proved
    assert any("before the rates changed" in row["why_not"] for row in reductions) is not is_proved
