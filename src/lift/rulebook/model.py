"""What does a loaded and checked rulebook hold?

Plain frozen data: `load.py` makes it from YAML, `check.py` refuses what is wrong, engines and plans only read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any
from typing import Literal as OneOf

from lift.errors import Place
from lift.rulebook.located import Source
from lift.rulebook.nodes import Level, Node, Span, Type
from lift.rulebook.units import Scalar


class Special(Enum):
    """Cell values that are not values."""

    NO_LIMIT = "no_limit"
    ENDED = "ended"


Status = OneOf["verified", "single_source", "derived", "projected", "unconfirmed"]
Shown = OneOf["as_is", "by_month"]
WEAK: frozenset[str] = frozenset({"projected", "unconfirmed"})


@dataclass(frozen=True)
class Cell:
    """One figure from one day on. `value` None is unknown. A weak cell (projected, unconfirmed or None) is seen by the
    verdict as `within`, or as no bounds at all."""

    value: Scalar | Special | None
    status: Status
    within: tuple[Fraction, Fraction] | tuple[date, date] | None = None
    note: str = ""

    @property
    def is_weak(self) -> bool:
        return self.value is None or self.status in WEAK


@dataclass(frozen=True)
class Fact:
    """An entry of the dictionary. `limits` are refused at build outside; `low`/`high` are true of every value."""

    name: str
    level: Level
    type: Type
    meaning: str
    question: str | None
    cost: int
    sensitivity: str
    shelf_life: Mapping[str, int] | None
    """Months by claim class (pension_age, working_age); None is never."""
    limits: tuple[Fraction, Fraction] | tuple[date, date] | None
    low: Fraction | date | None
    high: Fraction | date | None
    proved_bounds: tuple[ProvedBound, ...]
    place: Place
    no_lasts: int | None = None
    """Days for which a no proves anything after the day it speaks of; None is as long as a yes."""
    is_uprated: bool = False
    """Whether it goes up with the benefit rates, so that no value lasts beyond them."""
    of_partner: str | None = None
    """The question, where somebody is asked about their partner."""

    @property
    def smallest_step(self) -> Fraction:
        """How far apart two neighbouring values of a number lie: a penny; a ten-thousandth of an hour or share; one."""
        unit, limits = self.type.unit, self.limits
        if unit is not None and unit.is_money:
            return Fraction(1, 100)
        is_hours = unit is not None and any(name == "hours" for name, _ in unit.parts)
        is_share = limits is not None and isinstance(limits[1], Fraction) and limits[1] <= 1
        return Fraction(1, 10000) if is_hours or is_share else Fraction(1)


@dataclass(frozen=True)
class ProvedBound:
    """A bound that a scheme proves while `when` is known true. Where the known value lies wholly outside it, the fact
    is unknown (within the dictionary's own bounds): two sources contradict each other."""

    low: Fraction | None
    high: Fraction | None
    when: Node
    cite: str
    why: str


@dataclass(frozen=True)
class Relation:
    """How to get from a unit to related ones. `link` family: target units with the same family key, and perhaps those
    of a possible couple's other family; household: the same household key. `other`: not oneself (for a family target:
    not one's own family). `outside`: not of one's own family; a possible couple's other family is perhaps outside. A
    unit whose family is not known is perhaps of that of anybody in its household."""

    name: str
    source: Level
    target: Level
    link: OneOf["family", "household"]
    other: bool
    outside: bool
    where: Node | None
    complete_when: Node | None
    meaning: str


@dataclass(frozen=True)
class StandingAssumption:
    """A flag fact that is taken as `assumed` wherever it is unknown, on every level of proof, and said so."""

    fact: str
    level: Level
    assumed: bool
    why: str


@dataclass(frozen=True)
class Amount:
    """A dated figure. `name` is full (owner.amount). `versions` are in date order; before the first there is none.
    `day` names what picks the version: run_day, benefit_week, or a date fact or step."""

    name: str
    type: Type
    cite: str
    source: tuple[str, ...]
    day: str
    covers_to: date | None
    versions: tuple[tuple[date, Cell], ...]
    place: Place
    note: str = ""


@dataclass(frozen=True)
class TableKey:
    """One key of a table. Banded: the row with the greatest key not above the value; else the row that equals it."""

    name: str
    type: Type
    banded: bool


@dataclass(frozen=True)
class Table:
    """Dated rows, each one value per key and then a cell, in order."""

    name: str
    type: Type
    keys: tuple[TableKey, ...]
    cite: str
    day: str
    versions: tuple[tuple[date, tuple[tuple[tuple[Scalar, ...], Cell], ...]], ...]
    place: Place
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class Formula:
    """One version of a step: from which day (None: always), its tree and the text an officer reads."""

    start: date | None
    node: Node
    text: str
    place: Place
    source: Source | None = field(default=None, compare=False, repr=False)

    def part(self, at: Span) -> Place:
        """Where some of its characters stand."""
        return self.place if self.source is None else self.source.part(at.start, at.end)


@dataclass(frozen=True)
class Step:
    """A named formula. `name` is full (owner.step). `day` picks the version, as for an amount (`day_node` where that is
    a fact or a step). `rounding` as in docs/rule-format.md. `within` are formulas for a proved low and high."""

    name: str
    level: Level
    type: Type
    formulas: tuple[Formula, ...]
    cite: str
    why: str
    day: str
    day_node: Node | None
    rounding: OneOf["penny", "none", "up", "down"]
    within: tuple[Node | None, Node | None] | None
    split_on: tuple[Node, ...]
    """FactRefs or StepRefs of flags read by the formula itself: it is evaluated with each put as TRUE and as FALSE
    (where that is still possible) and the hull taken."""
    assume: Scalar | None
    place: Place


@dataclass(frozen=True)
class Award:
    """What becomes of a fact of one level of units if a rule's award is made: the formula of its value then, read on
    that unit. In it AWARDED is a flag of every level (the unit to which the award is made, whatever it belongs to and
    whatever belongs to it), the fact itself is as it was, and everything else as it is after the award."""

    level: Level
    fact: str
    formula: Formula


#: The name by which formulas of `if_awarded` tell whom the award concerns.
AWARDED = "awarded"


@dataclass(frozen=True)
class Outweighs:
    """Other rules of which a family may get less by an award, but always less than the award itself brings it."""

    rules: tuple[str, ...]
    cite: str
    why: str


@dataclass(frozen=True)
class Evidence:
    step: str
    strength: OneOf["strong", "medium", "weak"]
    why: str


@dataclass(frozen=True)
class Example:
    name: str
    source: str
    day: date
    base: str | None
    subject: str | None
    given: Mapping[str, Any]
    then: Mapping[str, Any]
    place: Place


@dataclass(frozen=True)
class Rule:
    """One entitlement, detector or measure. What it answers are steps too, under reserved names: ID.who, ID.eligible,
    ID.possible_when, ID.already, ID.worth_weekly (and so on), ID.worth_at_least, ID.advice_first, ID.evidence_1 …"""

    id: str
    name: str
    kind: OneOf["entitlement", "under_award", "detector", "measure", "opened"]
    level: Level
    law: str
    reviewed_on: date | None
    reviewed_by: str | None
    public_funds: bool
    covers: tuple[date, date]
    uses: tuple[str, ...]
    step_names: tuple[str, ...]
    """Every step an explanation shows, in reading order: those of the rule and of the shared files it uses."""
    answers: Mapping[str, str]
    """Reserved name (eligible, already, worth_weekly …) to full step name; absent where the rule has none."""
    worth: tuple[str, ...]
    """The worth's parts in order: weekly, monthly, yearly, one_off, arrears, in_kind."""
    worth_to: str
    in_kind: str
    evidence: tuple[Evidence, ...]
    seen_in: tuple[str, ...]
    opens: tuple[str, ...]
    if_awarded: tuple[Award, ...]
    outreach: Mapping[str, Any]
    examples: tuple[Example, ...]
    hash: str
    place: Place
    note: str = ""
    outweighs: Outweighs | None = None

    @property
    def makes_a_list(self) -> bool:
        """Whether a team works its answers. A measure counts, and what an award opens stands beside the award."""
        return self.kind not in ("measure", "opened")

    @property
    def may_follow(self) -> bool:
        """Whether its answer is something that another award may bring, raise or take away. A detector and a look at
        awards that may be too low speak of what the records hold now."""
        return self.kind in ("entitlement", "opened")

    def covers_day(self, day: date) -> bool:
        """Whether the rule says anything of this day."""
        return self.covers[0] <= day <= self.covers[1]


@dataclass(frozen=True)
class Instrument:
    """An Act, an instrument or a scheme that rules cite under this name. `provisions`: those that they cite, each with
    where it is listed. `confirmed_by`: against what name, number and title were looked at; empty: nothing."""

    name: str
    title: str
    at: str
    provisions: Mapping[str, Place]
    confirmed_on: date | None
    confirmed_by: tuple[str, ...]
    note: str
    place: Place


@dataclass(frozen=True)
class Rulebook:
    """Every rule with all that it rests on. Dictionaries are keyed by full name."""

    facts: Mapping[tuple[Level, str], Fact]
    relations: Mapping[str, Relation]
    assumptions: Mapping[str, StandingAssumption]
    amounts: Mapping[str, Amount]
    tables: Mapping[str, Table]
    steps: Mapping[str, Step]
    rules: Mapping[str, Rule]
    analysts: Mapping[tuple[Level, str], Shown] = field(default_factory=dict)
    """The facts that the analysts' view of a run may hold, and how."""
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    base_places: Mapping[str, Place] = field(default_factory=dict)
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    """What citations may name; empty where the examples were not read, for then nobody asks."""
    not_law: tuple[str, ...] = ()
    """What a citation may say in the place of an instrument."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """File path below rules/ to SHA-256."""

    @property
    def cited_parts(self) -> list[Amount | Table | Step]:
        """Everything that carries a citation of its own."""
        return [*self.amounts.values(), *self.tables.values(), *self.steps.values()]
