"""Who lives in the city, as they truly are? Everything a supplier's file says is drawn from these.

Money is whole pence: a week for people and claims, the assessment period for Universal Credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lift.city.law.universal_credit import Elements

Sex = Literal["female", "male"]
Rate = Literal["", "lower", "higher"]  # PIP: standard, enhanced; DLA care: middle, highest
Need = Literal["none", "day_or_night", "day_and_night"]
Role = Literal["head", "non_dependant", "lodger", "joint_tenant", "joint_owner"]
Scheme = Literal["pension_age", "working_age"]
Passport = Literal["guarantee", "standard", "universal_credit"]
Status = Literal["live", "suspended", "ended", "refused"]
Tenure = Literal["owner", "mortgage", "private", "council", "housing_association"]
AccountKind = Literal["person", "estate", "void", "business", "students", "second_home"]


@dataclass(frozen=True, slots=True)
class Pupil:
    """A child's place on a school roll."""

    upn: str
    school: int
    year_group: str
    meals_registered: bool = False
    meals_category: str = ""
    meals_start: date | None = None
    parent_on_roll: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    title: str
    forename: str
    surname: str
    sex: Sex
    born: date
    nino: str = ""
    phone: str = ""
    state_pension: int = 0
    private_pension: int = 0
    net_earnings: int = 0
    gross_earnings: int = 0
    hours: int = 0
    carers_allowance: int = 0
    other_income: int = 0
    attendance_allowance: Rate = ""
    pip_daily_living: Rate = ""
    pip_mobility: Rate = ""
    dla_care: Rate = ""
    is_blind: bool = False
    has_paid_carer: bool = False
    entitled_as_carer: bool = False
    care_need: Need = "none"
    is_mentally_impaired: bool = False
    child_disability: Rate = ""
    died: date | None = None
    pupil: Pupil | None = None

    @property
    def gets_disability_benefit(self) -> bool:
        """A benefit that counts for the severe disability addition (DLA care here is middle or highest)."""
        return bool(self.attendance_allowance or self.pip_daily_living or self.dla_care)

    @property
    def gets_dla_or_pip(self) -> bool:
        return bool(self.pip_daily_living or self.pip_mobility or self.dla_care or self.child_disability)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim for Housing Benefit, Council Tax Reduction or both, as the benefits system holds it.

    `assessed` is the day of a change since the year's uprating; `state_pension_year` the year of an assessment that
    nobody has looked at since.
    """

    scheme: Scheme
    passport: Passport
    started: date
    hb_ref: str = ""
    ctr_ref: str = ""
    hb_week: int = 0
    ctr_week: int = 0
    status: Status = "live"
    ended: date | None = None
    refusal: str = ""
    savings_shown: int | None = None
    savings_in_reduction: int | None = None
    shows_disability_benefits: bool = True
    applicable: int = 0
    income: int = 0
    severe_premium: bool = False
    alternative_maximum: bool = False
    specified_accommodation: bool = False
    state_pension_year: int | None = None
    assessed: date | None = None
    non_dependants: tuple[str, ...] = ()

    @property
    def in_benefit_extract(self) -> bool:
        """The Housing Benefit extract holds pension-age claims and rent claims; no refusal, no second adult rebate."""
        return (
            self.status != "refused"
            and not self.alternative_maximum
            and (self.scheme == "pension_age" or bool(self.hb_ref))
        )

    @property
    def in_reduction_extract(self) -> bool:
        return bool(self.ctr_ref)


@dataclass(frozen=True, slots=True)
class Period:
    """One assessment period as it was awarded.

    `reduction` is what the cap took, `right_reduction` what it should have, `right_unexempted` the same by sums alone,
    as if nothing exempted the family.
    """

    start: date
    end: date
    elements: Elements
    earnings: int
    other_income: int
    entitled: int
    reduction: int
    right_reduction: int
    right_unexempted: int

    @property
    def award(self) -> int:
        return self.entitled - self.reduction


@dataclass(frozen=True, slots=True)
class Credit:
    """A live Universal Credit claim. `told`: the council gets notices of it, keyed on `notice_ref`."""

    periods: tuple[Period, ...]
    told: bool = True
    notice_ref: str = ""
    closed: date | None = None
    savings: int = 0
    social_rent: bool = False
    sends_account: bool = False

    @property
    def latest(self) -> Period:
        return self.periods[-1]


@dataclass(frozen=True, slots=True)
class Family:
    """One benefit unit."""

    id: str
    claimant: Person
    partner: Person | None = None
    children: tuple[Person, ...] = ()
    role: Role = "head"
    close_relative: bool = False
    savings: int = 0
    guarantee_credit: int = 0
    savings_credit: int = 0
    housing_costs: int = 0
    saved_mixed_age: bool = False
    child_benefit: bool = True
    exempting_benefit: bool = False
    claim: Claim | None = None
    credit: Credit | None = None

    @property
    def adults(self) -> tuple[Person, ...]:
        return (self.claimant, self.partner) if self.partner else (self.claimant,)

    @property
    def members(self) -> tuple[Person, ...]:
        return self.adults + self.children


@dataclass(frozen=True, slots=True)
class Household:
    """The people who live together; a shared house holds several."""

    id: str
    families: tuple[Family, ...]

    @property
    def adults(self) -> tuple[Person, ...]:
        return tuple(person for family in self.families for person in family.adults)


@dataclass(frozen=True, slots=True)
class Dwelling:
    index: int
    uprn: str
    property_ref: str
    lines: tuple[str, str, str, str]
    postcode: str
    ward: str
    band: str
    tenure: Tenure
    rent_week: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """The council tax account of a dwelling. `liable` are person ids; a firm or estate has a name instead."""

    ref: str
    kind: AccountKind
    liable: tuple[str, ...]
    started: date
    name: str = ""
    single_person_discount: bool = False
    exemption: str = ""
    disregard: str = ""
    disregarded_adults: int = 0
    disabled_band_reduction: bool = False
    arrears: int = 0
    stage: str = ""
    breathing_space: bool = False
    do_not_contact: bool = False
    sensitive: bool = False
    forwarding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """A dwelling with its account and whoever lives there."""

    dwelling: Dwelling
    account: Account
    households: tuple[Household, ...] = ()
    trap: str = ""
    suppressed: str = ""
    landlord: Person | None = None

    @property
    def families(self) -> tuple[Family, ...]:
        return tuple(family for household in self.households for family in household.families)
