"""Which units are related to which: surely, perhaps or surely not? (As joins.)

Perhaps: across a possible couple, and where a family is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from lift.plan import sql
from lift.plan.layout import id_of
from lift.plan.sql import Sql
from lift.plan.values import Flag, flag
from lift.rulebook.model import Relation
from lift.rulebook.nodes import Level


@dataclass(frozen=True)
class Kinship:
    """What is not known of families in this run: whether there are possible couples, and on which levels there are
    units whose family is unknown."""

    couples: bool
    lost: frozenset[Level]

    def may_be_lost(self, relation: Relation) -> bool:
        return bool({relation.source, relation.target} & self.lost)


def is_apart(relation: Relation) -> bool:
    """Whether the relation leaves out one's own family. (A household is of no family.)"""
    if "household" in (relation.source, relation.target):
        return False
    return relation.outside or (relation.other and relation.target == "family")


def _leaves_out_oneself(relation: Relation) -> bool:
    return relation.source == relation.target and (relation.other or is_apart(relation))


def belongs(relation: Relation, kinship: Kinship) -> Flag:
    """Whether a linked unit is surely related, read in the gather that joins them."""
    lost = kinship.may_be_lost(relation)
    if relation.link == "family":
        return Flag(sql.column("link", "belongs"), False) if kinship.couples or lost else flag(True)
    if not is_apart(relation) or not (kinship.couples or lost):
        return flag(True)
    doubts = [sql.is_null(sql.column("couple", "family_id"))] if kinship.couples else []
    for alias, level in (("s", relation.source), ("t", relation.target)):
        if level in kinship.lost:
            doubts.append(sql.negation(sql.is_null(sql.column(alias, id_of("family")))))
    return Flag(sql.case([(sql.both(doubts), sql.TRUE)]), False)


def reads_source(relation: Relation, kinship: Kinship) -> bool:
    """Whether the gathering unit itself must be joined: else the key that groups stands on the related unit."""
    if relation.link != relation.source or relation.other or relation.outside:
        return True
    return relation.link == "family" and kinship.may_be_lost(relation)


@dataclass(frozen=True)
class Names:
    """The tables that the two sides are read from."""

    source: str
    target: str


#: The possible couples as built, both ways round.
PAIRS = "possible_couple"
FAMILY_LINK = "family_link"


def join_related(
    select: exp.Select, relation: Relation, names: Names, kinship: Kinship, *, with_source: bool
) -> tuple[Sql, list[str]]:
    """Puts the related units `t`, on request also the gathering ones `s`, into the SELECT. The id to group by, and the
    names of what is read."""
    select.set("from_", exp.From(this=sql.named(names.target, "t")))
    reads = [names.target, *([names.source] if with_source else [])]
    if relation.link == "household":
        return _household(select, relation, names, kinship, with_source), reads
    if kinship.may_be_lost(relation):
        reads += [as_built(relation.source), as_built(relation.target)]
        return _lost_family(select, relation, names, kinship), reads
    return _family(select, relation, names, kinship, with_source), reads + ([FAMILY_LINK] if kinship.couples else [])


def as_built(level: Level) -> str:
    """The name of a level's first table."""
    return f"{level}_0"


def _join(select: exp.Select, what: Sql, on: Sql, *, left: bool = False) -> None:
    select.append("joins", exp.Join(this=what, on=on, side="LEFT" if left else None, kind=None if left else "INNER"))


def _subquery(query: exp.Expression, alias: str) -> Sql:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=False)))


def _as(value: Sql, name: str) -> Sql:
    return exp.Alias(this=value, alias=exp.Identifier(this=name, quoted=False))


def _same(a: str, b: str, name: str) -> Sql:
    return sql.equal(sql.column(a, name), sql.column(b, name))


def _not_oneself(relation: Relation) -> list[Sql]:
    own = id_of(relation.target)
    return [sql.unequal(sql.column("t", own), sql.column("s", own))] if _leaves_out_oneself(relation) else []


# ---- possible couples ------------------------------------------------------------------------------------------------


def family_link() -> exp.Union:
    """Which families' units belong to a family: its own surely, a possible couple's other family perhaps."""
    own = exp.Select(
        expressions=[
            _as(sql.column("f", "family_id"), "source_family"),
            _as(sql.column("f", "family_id"), "member_family"),
            _as(sql.TRUE, "belongs"),
        ]
    )
    own.set("from_", exp.From(this=sql.named("family", "f")))
    perhaps = exp.Select(
        expressions=[
            _as(sql.column("c", "family_id"), "source_family"),
            _as(sql.column("c", "other_family_id"), "member_family"),
            _as(sql.cast(sql.NULL, "BOOLEAN"), "belongs"),
        ]
    )
    perhaps.set("from_", exp.From(this=sql.named(PAIRS, "c")))
    return exp.Union(this=own, expression=perhaps, distinct=False)


# ---- the same family -------------------------------------------------------------------------------------------------


def _family(select: exp.Select, relation: Relation, names: Names, kinship: Kinship, with_source: bool) -> Sql:
    """Units of the same family, and perhaps those of the other half of a possible couple."""
    family: Sql = sql.column("t", "family_id")
    if kinship.couples:
        on = sql.equal(sql.column("link", "member_family"), sql.column("t", "family_id"))
        _join(select, sql.named(FAMILY_LINK, "link"), on)
        family = sql.column("link", "source_family")
    if not with_source:
        return family
    tests = [sql.equal(sql.column("s", "family_id"), family), *_not_oneself(relation)]
    if is_apart(relation):
        tests.append(sql.unequal(sql.column("t", "family_id"), sql.column("s", "family_id")))
    _join(select, sql.named(names.source, "s"), sql.both(tests))
    return sql.column("s", id_of(relation.source))


def _lost_family(select: exp.Select, relation: Relation, names: Names, kinship: Kinship) -> Sql:
    """As `_family`, where some unit's family is not known: it is perhaps that of anybody in the household."""
    source, target = id_of(relation.source), id_of(relation.target)
    on_target = sql.equal(sql.column("link", "target_unit"), sql.column("t", target))
    _join(select, _subquery(_unit_links(relation, kinship), "link"), on_target)
    on_source = [sql.equal(sql.column("link", "source_unit"), sql.column("s", source)), *_not_oneself(relation)]
    if is_apart(relation):
        on_source.append(sql.is_null(sql.column("link", "belongs")))
    _join(select, sql.named(names.source, "s"), sql.both(on_source))
    return sql.column("s", source)


def _unit_links(relation: Relation, kinship: Kinship) -> exp.Expression:
    same = _linked(relation, sql.TRUE)
    _join(same, sql.named(as_built(relation.target), "t"), _same("s", "t", "family_id"))
    lost = _linked(relation, sql.case([(_is_oneself(relation), sql.TRUE)]))
    unknown = sql.either([sql.is_null(sql.column(alias, "family_id")) for alias in ("s", "t")])
    at_home = sql.both([_same("s", "t", "household_id"), unknown])
    _join(lost, sql.named(as_built(relation.target), "t"), at_home)
    links: exp.Expression = exp.Union(this=same, expression=lost, distinct=False)
    if kinship.couples:
        perhaps = _linked(relation, sql.cast(sql.NULL, "BOOLEAN"))
        _join(perhaps, sql.named(PAIRS, "c"), _same("s", "c", "family_id"))
        other = sql.equal(sql.column("c", "other_family_id"), sql.column("t", "family_id"))
        _join(perhaps, sql.named(as_built(relation.target), "t"), other)
        links = exp.Union(this=links, expression=perhaps, distinct=False)
    return links


def _linked(relation: Relation, belongs_sql: Sql) -> exp.Select:
    source = _as(sql.column("s", id_of(relation.source)), "source_unit")
    target = _as(sql.column("t", id_of(relation.target)), "target_unit")
    select = exp.Select(expressions=[source, target, _as(belongs_sql, "belongs")])
    select.set("from_", exp.From(this=sql.named(as_built(relation.source), "s")))
    return select


def _is_oneself(relation: Relation) -> Sql:
    return _same("s", "t", id_of(relation.target)) if relation.source == relation.target else sql.FALSE


# ---- the same household ----------------------------------------------------------------------------------------------


def _household(select: exp.Select, relation: Relation, names: Names, kinship: Kinship, with_source: bool) -> Sql:
    """Units at the same address; those of one's own family left out where the relation says so, and of a possible
    couple's other family, or an unknown one, only perhaps in."""
    if not with_source:
        return sql.column("t", "household_id")
    on = [_same("s", "t", "household_id"), *_not_oneself(relation)]
    if is_apart(relation):
        apart = sql.unequal(sql.column("t", "family_id"), sql.column("s", "family_id"))
        on.append(sql.is_not_false(apart) if kinship.may_be_lost(relation) else apart)
    _join(select, sql.named(names.source, "s"), sql.both(on))
    if kinship.couples and is_apart(relation):
        match = [
            _same("couple", "s", "family_id"),
            sql.equal(sql.column("couple", "other_family_id"), sql.column("t", "family_id")),
        ]
        _join(select, sql.named(PAIRS, "couple"), sql.both(match), left=True)
    return sql.column("s", id_of(relation.source))
