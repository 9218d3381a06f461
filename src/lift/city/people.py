"""Who lives in the city, as they truly are? Everything a supplier's file says is drawn from these.

What people asked for (`Application`, `Terms`) stands apart from what it brings on a day (`Claim`, `Credit`), which
`awards` works out month by month. Money is whole pence: a week for people and claims, the assessment period for
Universal Credit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from lift.city.law.universal_credit import Elements

Sex = Literal["female", "male"]
Rate = Literal["", "lower", "higher"]  # PIP: standard, enhanced; DLA care: middle, highest
Need = Literal["none", "day_or_night", "day_and_night"]
Role = Literal["head", "non_dependant", "lodger", "joint_tenant", "joint_owner"]
Scheme = Literal["pension_age", "working_age"]
Passport = Literal["guarantee", "standard", "universal_credit"]
Status = Literal["live", "suspended", "ended", "refused"]
Tenure = Literal["owner", "mortgage", "private", "council", "housing_association"]
AccountKind = Literal["person", "estate", "void", "business", "halls", "students", "second_home"]
Health = Literal["", "lcw", "lcwra", "lcwra_new"]
Mistake = Literal[
    "", "exemption_overlooked", "maximum_used", "childcare_overlooked", "single_level_used", "child_benefit_assumed"
]


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
    state_pension: int = 0
    private_pension: int = 0
    net_earnings: int = 0
    gross_earnings: int = 0
    hours: int = 0
    carers_allowance: int = 0
    other_income: int = 0
    attendance_allowance: Rate = ""
    attendance_allowance_from: date | None = None
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
class Application:
    """A claim for Housing Benefit or Council Tax Reduction as it was made.

    `changes` are what the claim says in place of what would be worked out; a claim `by_hand` is the claim itself.
    """

    scheme: Scheme
    number: int
    started: date
    changes: Mapping[str, Any] = field(default_factory=dict)
    by_hand: Claim | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How a family stands with Universal Credit. Money is pence for the assessment period, rent pence a week.

    `periods` are counted back from the one that starts on `last` (none: the latest of the city's last month); of
    `earnings` the last is that period's, the one before it the period's before, and the first that of all earlier ones.
    The council keeps the notices of the last `kept` periods.
    """

    rent_week: int = 0
    social_rent: bool = False
    allowance_week: int | None = None
    earnings: tuple[int, ...] = (0,)
    other_income: int = 0
    savings: int = 0
    health: Health = ""
    carer: bool = False
    childcare: int = 0
    periods: int = 3
    kept: int = 99
    day_of_month: int = 5
    last: date | None = None
    mistake: Mistake = ""
    told: bool = True
    closed: bool = False
    without_housing: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """One assessment period as it was awarded, to the family as it then was, where it then lived.

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
    family: Family
    dwelling: Dwelling

    @property
    def award(self) -> int:
        return self.entitled - self.reduction


@dataclass(frozen=True, slots=True)
class Credit:
    """A Universal Credit claim; `earlier` is the number of periods before those worked out.

    `told`: the council gets notices of it, keyed on `notice_ref`, and keeps those of the last `kept` periods.
    """

    periods: tuple[Period, ...]
    earlier: int = 0
    told: bool = True
    kept: int = 99
    notice_ref: str = ""
    closed: date | None = None
    savings: int = 0
    social_rent: bool = False

    @property
    def latest(self) -> Period:
        return self.periods[-1]

    @property
    def count(self) -> int:
        """Periods since the claim began."""
        return self.earlier + len(self.periods)


@dataclass(frozen=True, slots=True)
class Family:
    """One benefit unit. `claim`, `credit` and `guarantee_credit` are what is in payment; `awards` fills them in.

    `claim_lags`: the council has not yet heard of the guarantee credit, and its claim is as it was before.
    """

    id: str
    claimant: Person
    partner: Person | None = None
    children: tuple[Person, ...] = ()
    role: Role = "head"
    close_relative: bool = False
    savings: int = 0
    guarantee_credit_from: date | None = None
    savings_credit: int = 0
    housing_costs: int = 0
    saved_mixed_age: bool = False
    child_benefit: bool = True
    exempting_benefit: bool = False
    claim_lags: bool = False
    application: Application | None = None
    terms: Terms | None = None
    guarantee_credit: int = 0
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
    """A dwelling with its account and whoever lives there.

    Until `since` it was `before`: others lived there, or more of the same people. `origin` is where today's people were
    until then: the same as `before` where they only became fewer, another dwelling where they moved within the city.
    """

    dwelling: Dwelling
    account: Account
    households: tuple[Household, ...] = ()
    trap: str = ""
    suppressed: str = ""
    landlord: Person | None = None
    since: date | None = None
    before: Home | None = None
    origin: Home | None = None

    @property
    def families(self) -> tuple[Family, ...]:
        return tuple(family for household in self.households for family in household.families)
