"""Does the truth speak only of people in the city, and has every trap the answer it was built for?"""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.city import write
from lift.city.planted import TRAPS
from tests.unit.city.cities import INCOMING, MONTH, TRUTH, table

VERDICTS = {"", "likely", "possible", "ruled_out", "in_payment", "unknown"}
ENTITLEMENTS = {
    "attendance_allowance",
    "benefit_cap",
    "council_tax_reduction_not_claimed",
    "council_tax_reduction_pension_age",
    "disabled_band_reduction",
    "free_school_meals",
    "housing_benefit_pension_age",
    "nobody_counts_discount",
    "pension_credit",
    "severe_mental_impairment_disregard",
    "single_person_discount",
}  # fmt: skip

# trap -> entitled, amount, expected verdict
PLANTED = {
    "credit_without_reduction": ("yes", None, ""),
    "rent_without_reduction": ("yes", None, ""),
    "rent_without_reduction_tapered": ("yes", None, ""),
    "rent_without_reduction_couple": ("yes", None, ""),
    "rent_and_no_reduction_due": ("no", "", ""),
    "reduction_without_rent": ("yes", None, ""),
    "guarantee_tenant": ("yes", "53.10", "likely"),
    "guarantee_owner": ("yes", "53.10", "likely"),
    "guarantee_couple": ("yes", "37.41", "likely"),
    "income_at_guarantee": ("no", "", ""),
    "income_penny_under": ("no", "", ""),
    "income_ten_pence_under": ("yes", "0.10", "likely"),
    "income_penny_over": ("no", "", ""),
    "savings_10000": ("yes", "0.60", "likely"),
    "savings_10000_01": ("no", "", ""),
    "savings_10500": ("yes", "0.50", "likely"),
    "savings_10500_01": ("no", "", ""),
    "pension_age_reached_today": ("yes", "88.00", "likely"),
    "pension_age_tomorrow": ("no", "", "ruled_out"),
    "born_22_july_1960": ("no", "", "ruled_out"),
    "born_23_july_1960": ("no", "", "ruled_out"),
    "children_added": ("yes", "159.05", "likely"),
    "carer_addition": ("yes", "31.15", "likely"),
    "carer_allowance_paid": ("yes", "199.70", "likely"),
    "mixed_age_couple": ("no", "", ""),
    "mixed_age_saved": ("yes", "178.35", ""),
    "guarantee_in_payment": ("yes", "53.10", "in_payment"),
    "guarantee_just_awarded": ("yes", "53.10", ""),
    "savings_credit_in_payment": ("yes", "11.20", "in_payment"),
    "savings_conflict_harmless": ("yes", "8.50", "likely"),
    "savings_conflict_open": ("yes", "8.50", "possible"),
    "assessment_stale": ("yes", "53.10", ""),
    "assessment_before_april": ("no", "", ""),
    "refused_for_capital": ("yes", "33.10", ""),
    "refused_for_income": ("no", "", ""),
    "claim_closed": ("yes", "53.10", ""),
    "uncertain_couple": ("yes", "73.25", ""),
    "addition_alone": ("yes", "42.01", "likely"),
    "addition_son_blocks": ("no", "", ""),
    "addition_son_with_pip": ("yes", "42.01", ""),
    "addition_paid_carer": ("no", "", ""),
    "addition_lodger": ("yes", "60.71", "likely"),
    "addition_both": ("yes", "105.45", ""),
    "addition_one_of_couple": ("yes", "1.40", "likely"),
    "addition_blind_partner": ("yes", "59.40", "likely"),
    "addition_dla": ("yes", "70.71", "likely"),
    "care_severe_impairment": ("yes", "114.60", ""),
    "care_band_reduction": ("yes", "76.70", ""),
    "allowance_recorded": ("yes", "114.60", "in_payment"),
    "allowance_not_recorded": ("yes", "114.60", ""),
    "allowance_pip_kept": ("no", "", ""),
    "allowance_too_young": ("no", "", ""),
    "meals_unclaimed": ("yes", "", "likely"),
    "meals_in_place": ("yes", "", "in_payment"),
    "meals_nil_award": ("not_settled", "", "possible"),
    "meals_lodgers_child": ("no", "", ""),
    "meals_lodgers_award": ("yes", "", "likely"),
    "meals_guarantee_credit": ("yes", "", "likely"),
    "meals_private_school": ("no", "", ""),
    "meals_award_closed": ("no", "", ""),
    "cap_right": ("no", "", ""),
    "cap_lcw_only": ("no", "", ""),
    "cap_lcwra": ("yes", None, "likely"),
    "cap_lcwra_new": ("yes", None, "likely"),
    "cap_carer": ("yes", None, "likely"),
    "cap_disabled_child": ("yes", None, "likely"),
    "cap_disabled_child_higher": ("yes", None, "possible"),
    "cap_claimant_pip": ("yes", None, "likely"),
    "cap_claimant_pip_stale": ("yes", None, ""),
    "cap_earnings_880_99": ("no", "", ""),
    "cap_earnings_881_00": ("yes", None, "likely"),
    "cap_maximum_used": ("yes", "150.15", "likely"),
    "cap_childcare_overlooked": ("yes", "400.00", "likely"),
    "cap_unseen_benefit": ("yes", None, ""),
    "cap_child_benefit_assumed": ("yes", "349.92", ""),
    "cap_non_dependant_pip": ("no", "", ""),
    "cap_single": ("no", "", ""),
    "cap_couple_single_level": ("yes", None, ""),
    "reduction_unclaimed": ("yes", "936.00", "likely"),
    "reduction_unclaimed_single": ("yes", "1248.00", "likely"),
    "reduction_some_earnings": ("yes", "", ""),
    "reduction_high_earnings": ("not_settled", "", ""),
    "reduction_partner_liable": ("yes", "1456.00", ""),
    "reduction_lodger": ("no", "", ""),
    "reduction_grown_child": ("no", "", ""),
    "reduction_exempt": ("no", "", "ruled_out"),
    "reduction_ended": ("yes", "1092.00", "likely"),
    "reduction_in_payment": ("yes", "936.00", "in_payment"),
}


@pytest.fixture(scope="session", params=["sample", "minimal"])
def truth(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder / TRUTH


def test_everybody_spoken_of_exists(truth: Path) -> None:
    people = table(truth / "people.csv")
    persons = {row["person_id"] for row in people}
    families = {row["family_id"]: row["household_id"] for row in people if row["family_id"]}
    assert len(persons) == len(people)
    for row in table(truth / "entitlements.csv"):
        assert row["person_id"] in persons | {""}
        assert families[row["family_id"]] == row["household_id"]
    for row in table(truth / "traps.csv"):
        assert row["person_id"] in persons | {""}
        assert row["family_id"] in families.keys() | {""}


def test_rows_named_are_rows_that_name_them(sample: Path) -> None:
    texts = {
        path.name: path.read_bytes().decode("cp1252" if "accounts" in path.name else "utf-8-sig").splitlines()
        for path in (sample / INCOMING).iterdir()
    }
    spoilt = {(row["file"], row["line"]) for row in table(sample / TRUTH / "faults.csv")}
    people = {row["person_id"]: row for row in table(sample / TRUTH / "people.csv")}
    named = 0
    for row in table(sample / TRUTH / "rows.csv"):
        if (row["file"], row["line"]) in spoilt or row["file"].startswith("suppressions"):
            continue
        person = people.get(row["person_id"])
        if person is not None:  # former occupiers have left the city
            assert person["surname"].upper() in texts[row["file"]][int(row["line"]) - 1].upper(), row
            named += 1
    assert named > 1200


def test_entitlements_are_well_formed(truth: Path) -> None:
    rows = table(truth / "entitlements.csv")
    assert {row["entitlement"] for row in rows} == ENTITLEMENTS
    for row in rows:
        assert row["entitled"] in ("yes", "no", "not_settled")
        assert row["expected"] in VERDICTS
        assert (row["facts_complete"] == "no") == bool(row["why_not"])
        assert bool(row["amount"]) <= (row["entitled"] == "yes" or row["entitlement"] == "benefit_cap")
        if row["expected"] == "likely":
            assert row["entitled"] == "yes"
            assert row["never_likely"] == "no"
    keys = [(row["entitlement"], row["family_id"], row["person_id"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_attendance_allowance_is_never_certain(truth: Path) -> None:
    rows = [row for row in table(truth / "entitlements.csv") if row["entitlement"] == "attendance_allowance"]
    assert {row["facts_complete"] for row in rows} == {"no"}
    assert {row["never_likely"] for row in rows} <= {"yes", "no"}
    assert all(row["expected"] != "likely" for row in rows)


def test_complete_facts_are_planted_for_each_likely_list(truth: Path) -> None:
    least = {"pension_credit": 10, "benefit_cap": 5, "council_tax_reduction_not_claimed": 3}
    rows = [row for row in table(truth / "entitlements.csv") if row["expected"] == "likely" and row["trap"]]
    for entitlement, count in least.items():
        assert sum(row["entitlement"] == entitlement for row in rows) >= count, entitlement


def test_every_trap_is_planted(sample: Path, minimal: Path) -> None:
    assert sorted(row["trap"] for row in table(sample / TRUTH / "traps.csv")) == sorted(trap.name for trap in TRAPS)
    named = {row["trap"] for row in table(minimal / TRUTH / "traps.csv")}
    assert named == {trap.name for trap in TRAPS if trap.rule != "suppression"}


def test_no_two_traps_have_one_name() -> None:
    assert len({trap.name for trap in TRAPS}) == len(TRAPS)


@pytest.mark.parametrize("name", PLANTED)
def test_a_trap_has_the_answer_it_was_built_for(sample: Path, name: str) -> None:
    (trap,) = (row for row in table(sample / TRUTH / "traps.csv") if row["trap"] == name)
    about = [
        row
        for row in table(sample / TRUTH / "entitlements.csv")
        if row["entitlement"] == trap["rule"] and row["family_id"] == trap["family_id"]
    ]
    entitled, amount, expected = PLANTED[name]
    assert about
    row = about[0]
    assert (row["entitled"], row["expected"]) == (entitled, expected)
    assert row["amount"] == amount if amount is not None else float(row["amount"]) > 0


def test_born_on_22_july_1960_is_of_age_ten_days_later(tmp_path: Path) -> None:
    """On the second Thursday of December 2026 both dates of birth have reached pension age."""
    write(tmp_path, dwellings=300, seed=1871, month=MONTH.replace(month=12))
    rows = {
        row["trap"]: row
        for row in table(tmp_path / "truth/2026-12/entitlements.csv")
        if row["entitlement"] == "pension_credit"
    }
    assert rows["born_22_july_1960"]["entitled"] == "yes"
    assert rows["born_23_july_1960"]["entitled"] == "yes"
    assert rows["pension_age_tomorrow"]["entitled"] == "no"


def test_nobody_is_listed_who_must_not_be_contacted_unless_entitled_to_something(sample: Path) -> None:
    """A protected household is worth planting only where a leak would show."""
    kept = [row for row in table(sample / TRUTH / "traps.csv") if row["must_not_be_contacted"] == "yes"]
    likely = {row["family_id"] for row in table(sample / TRUTH / "entitlements.csv") if row["expected"] == "likely"}
    assert len(kept) == 13
    assert {row["trap"] for row in kept if row["family_id"] not in likely} == {"protected_deceased"}
