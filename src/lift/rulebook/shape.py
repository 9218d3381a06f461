"""What may stand in a rule file, facts.yaml and a shared file? (Pydantic: this is where text from outside enters.)"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Status = Literal["verified", "single_source", "derived", "projected", "unconfirmed"]
LevelName = Literal["person", "family", "household", "period"]
Scalar = bool | int | Decimal | date | str | None


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _as_formula(value: Any) -> Any:
    """YAML reads `0` and `true` as values; in the place of a formula they are formulas."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal):
        return str(value)
    return value


class CellShape(_Shape):
    value: Scalar = None
    status: Status | None = None
    within: list[int | Decimal | date] | None = Field(default=None, min_length=2, max_length=2)
    note: str | None = None


class AmountShape(_Shape):
    unit: str
    cite: str
    source: list[str] = []
    status: Status = "unconfirmed"
    covers_to: date | None = None
    in_force_on: str | None = None
    note: str | None = None
    codes: list[str] | None = None
    why: str | None = None
    versions: dict[date, CellShape | Scalar] = Field(alias="is", min_length=1)


class TableShape(_Shape):
    unit: str
    by: list[str | dict[str, Literal["exact", "band"]]] = Field(min_length=1)
    cite: str
    source: list[str] = []
    status: Status = "unconfirmed"
    in_force_on: str | None = None
    note: str | None = None
    why: str | None = None
    versions: dict[date, list[list[Any]] | dict[Literal["from"], str]] = Field(alias="is", min_length=1)


class StepShape(_Shape):
    unit: str
    cite: str
    each: LevelName | None = None
    why: str | None = None
    note: str | None = None
    formula: str | dict[date, str] = Field(alias="is")
    in_force_on: str | None = None
    round: Literal["penny", "none", "up", "down"] | None = None
    within: list[str | int | Decimal | None] | None = Field(default=None, min_length=2, max_length=2)
    split_on: list[str] = []
    assume: Scalar = None
    codes: list[str] | None = None

    @field_validator("formula", mode="before")
    @classmethod
    def _formula(cls, value: Any) -> Any:
        return (
            {day: _as_formula(text) for day, text in value.items()} if isinstance(value, dict) else _as_formula(value)
        )


class EvidenceShape(_Shape):
    when: str
    strength: Literal["strong", "medium", "weak"]
    why: str


class WorthShape(_Shape):
    weekly: str | None = None
    monthly: str | None = None
    yearly: str | None = None
    one_off: str | None = None
    arrears: str | None = None
    in_kind: str | None = None
    yearly_value: str | None = None
    at_least: str | None = None
    to: Literal["resident", "school", "council"] = "resident"

    @field_validator("weekly", "monthly", "yearly", "one_off", "arrears", "yearly_value", "at_least", mode="before")
    @classmethod
    def _formula(cls, value: Any) -> Any:
        return _as_formula(value)


class ReviewShape(_Shape):
    date: date
    by: str | None


class ExampleShape(_Shape):
    name: str
    date: date
    source: str | None = None
    base: str | None = None
    subject: str | None = Field(default=None, alias="for")
    given: dict[str, Any] = {}
    then: dict[str, Any] = Field(min_length=1)


class SharedShape(_Shape):
    """A file of rules/common: amounts, tables and steps that several rules use."""

    id: str
    name: str | None = None
    law: str
    in_force_on: str = "run_day"
    uses: list[str] = []
    note: str | None = None
    amounts: dict[str, AmountShape] = {}
    tables: dict[str, TableShape] = {}
    steps: dict[str, StepShape] = {}
    each: LevelName = "person"


class OutweighsShape(_Shape):
    rules: list[str] = Field(min_length=1)
    cite: str
    why: str


class RuleShape(_Shape):
    id: str
    name: str
    kind: Literal["entitlement", "under_award", "detector", "measure", "opened"]
    each: LevelName
    who: str | None = None
    law: str
    reviewed: ReviewShape
    public_funds: bool = False
    covers: list[date] = Field(min_length=2, max_length=2)
    in_force_on: str = "run_day"
    uses: list[str] = []
    note: str | None = None
    open_to_councils: bool = False
    amounts: dict[str, AmountShape] = {}
    tables: dict[str, TableShape] = {}
    steps: dict[str, StepShape] = {}
    eligible: str
    possible_when: str | None = None
    worth: WorthShape = WorthShape()
    already: str | None = None
    seen_in: list[str] = []
    evidence: list[EvidenceShape] = []
    opens: list[str] = []
    if_awarded: dict[str, str] = {}
    outweighs: OutweighsShape | None = None
    advice_first: str | None = None
    outreach: dict[str, Any] = {}
    examples: list[ExampleShape] = []

    @field_validator("eligible", "possible_when", "already", "advice_first", "who", mode="before")
    @classmethod
    def _formula(cls, value: Any) -> Any:
        return _as_formula(value)

    @field_validator("if_awarded", mode="before")
    @classmethod
    def _formulas(cls, value: Any) -> Any:
        return {key: _as_formula(text) for key, text in value.items()} if isinstance(value, dict) else value


class ProvedBoundShape(_Shape):
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    when: str
    cite: str
    why: str
    note: str | None = None


class BoundsShape(_Shape):
    low: int | Decimal | date | None = None
    high: int | Decimal | date | None = None

    @property
    def given(self) -> bool:
        return self.low is not None or self.high is not None


class FactShape(_Shape):
    type: Literal["number", "date", "flag", "code"]
    unit: str | None = None
    codes: list[str] | Literal["any"] | None = None
    meaning: str
    question: str | None = None
    of_partner: str | None = None
    cost: int = Field(default=3, ge=1, le=5)
    sensitivity: Literal["personal", "special_category", "financial", "household"]
    shelf_life: str | dict[Literal["pension_age", "working_age"], str] = "never"
    no_lasts: str | None = None
    uprated: bool = False
    limits: list[int | Decimal | date] | None = Field(default=None, min_length=2, max_length=2)
    bounds: BoundsShape = BoundsShape()
    proved_bounds: list[ProvedBoundShape] = []
    note: str | None = None


class RelationShape(_Shape):
    meaning: str
    source: LevelName = Field(alias="from")
    target: LevelName = Field(alias="to")
    link: Literal["family", "household"]
    other: bool = False
    outside: Literal["family"] | None = None
    where: str | None = None
    complete_when: str | None = None


class AssumptionShape(_Shape):
    assumed: bool
    why: str
    proved_by: str | None = None


class FactsShape(_Shape):
    facts: dict[LevelName, dict[str, FactShape]]
    relations: dict[str, RelationShape] = {}
    standing_assumptions: dict[str, AssumptionShape] = {}
    analysts: dict[Literal["as_is", "by_month"], dict[LevelName, list[str]]] = {}
