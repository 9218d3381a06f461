"""How do layers and gathers become named SELECTs?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from lift.plan import sql
from lift.plan.layout import KEYS, GatherTable, Table, key_of
from lift.plan.sql import Sql
from lift.rulebook.model import Relation
from lift.rulebook.nodes import Level


@dataclass(frozen=True)
class Named:
    """One SELECT of the plan, and the names of the others that it reads."""

    name: str
    select: exp.Select
    reads: tuple[str, ...]


def render(tables: Iterable[Table], relations: Mapping[str, Relation], *, has_couples: bool) -> tuple[Named, ...]:
    """The SELECTs of every table that somebody reads, in order, each after what it reads."""
    found: list[Named] = []
    every = list(tables)
    read: set[str] = set()
    for table in reversed(every):
        if table.needs or table.keep or table.name in read:
            read |= {t.name for t in (table.base, *table.above.values()) if t is not None}
            read |= {t.name for g in table.gathers.values() if g.aggregates for t in (g.source, g.target, *g.above.values())}
    for table in every:
        if not table.needs and not table.keep and table.name not in read:
            continue
        for gather in table.gathers.values():
            if gather.aggregates:
                found.append(_gather(gather, relations[gather.relation], has_couples))
        found.append(_table(table))
    return tuple(found)


def _aliased(value: Sql, name: str) -> Sql:
    return exp.Alias(this=value, alias=exp.Identifier(this=name, quoted=False))


def _source(name: str, alias: str) -> exp.Table:
    return exp.Table(this=exp.Identifier(this=name, quoted=False), alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=False)))


def _join(select: exp.Select, name: str, alias: str, on: Sql, *, left: bool = True) -> exp.Select:
    join = exp.Join(this=_source(name, alias), on=on, side="LEFT" if left else None, kind=None if left else "INNER")
    select.append("joins", join)
    return select


def _table(table: Table) -> Named:
    carried = sorted(table.needs - set(table.columns))
    columns: list[Sql] = [sql.column("u", key) for key in KEYS[table.level]]
    columns += [sql.column("u", name) for name in carried]
    columns += [_aliased(value, name) for name, value in table.columns.items()]
    base = table.base.name if table.base is not None else table.level
    select = exp.Select(expressions=columns)
    select.set("from_", exp.From(this=_source(base, "u")))
    reads = [base] if table.base is not None else []
    for level, above in table.above.items():
        _join(select, above.name, level, _same_key(level, level, "u", key_of(level)))
        reads.append(above.name)
    for gather in table.gathers.values():
        if gather.aggregates:
            _join(select, gather.name, gather.name, sql.equal(sql.column(gather.name, "source_key"), sql.column("u", key_of(table.level))))
            reads.append(gather.name)
    return Named(table.name, select, tuple(reads))


def _same_key(level: Level, left: str, right: str, key: str) -> Sql:
    return sql.equal(sql.column(left, key), sql.column(right, key))


def _gather(gather: GatherTable, relation: Relation, has_couples: bool) -> Named:
    select = exp.Select()
    direct = relation.link == relation.source and not relation.other and not relation.outside and not gather.reads_source
    if relation.link == "family":
        key = _family_link(select, gather, relation, has_couples, direct)
    else:
        key = _household_link(select, gather, relation, has_couples, direct)
    columns = [_aliased(key, "source_key"), *[_aliased(value, name) for name, value in gather.aggregates.items()]]
    select.set("expressions", columns)
    reads = [gather.target.name] + ([] if direct else [gather.source.name])
    for level, above in gather.above.items():
        _join(select, above.name, f"t_{level}", _same_key(level, f"t_{level}", "t", key_of(level)))
        reads.append(above.name)
    select.set("group", exp.Group(expressions=[key.copy()]))
    return Named(gather.name, select, tuple(reads))


def _family_link(select: exp.Select, gather: GatherTable, relation: Relation, has_couples: bool, direct: bool) -> Sql:
    """Units of the same family, and perhaps those of the other half of a possible couple."""
    select.set("from_", exp.From(this=_source(gather.target.name, "t")))
    family: Sql = sql.column("t", "family_key")
    if has_couples:
        link = exp.Subquery(this=_links(), alias=exp.TableAlias(this=exp.Identifier(this="link", quoted=False)))
        on = sql.equal(sql.column("link", "member_family"), sql.column("t", "family_key"))
        select.append("joins", exp.Join(this=link, on=on, kind="INNER"))
        family = sql.column("link", "source_family")
    if direct:
        return family
    on = sql.equal(sql.column("s", "family_key"), family)
    if relation.other:
        key = key_of(relation.target)
        on = sql.both([on, sql.unequal(sql.column("t", key), sql.column("s", key))])
    _join(select, gather.source.name, "s", on, left=False)
    return sql.column("s", key_of(relation.source))


def _links() -> exp.Expression:
    """Which families' units belong to a family: its own surely, a possible couple's other family perhaps."""
    own = exp.Select(
        expressions=[
            _aliased(sql.column("f", "family_key"), "source_family"),
            _aliased(sql.column("f", "family_key"), "member_family"),
            _aliased(sql.TRUE, "belongs"),
        ]
    )
    own.set("from_", exp.From(this=_source("family", "f")))
    perhaps = exp.Select(
        expressions=[
            _aliased(sql.column("c", "family_key"), "source_family"),
            _aliased(sql.column("c", "other_family_key"), "member_family"),
            _aliased(sql.cast(sql.NULL, "BOOLEAN"), "belongs"),
        ]
    )
    perhaps.set("from_", exp.From(this=_source("possible_couple", "c")))
    return exp.Union(this=own, expression=perhaps, distinct=False)


def _household_link(select: exp.Select, gather: GatherTable, relation: Relation, has_couples: bool, direct: bool) -> Sql:
    """Units at the same address; those of one's own family left out where the relation says so, and of a possible
    couple's other family only perhaps in."""
    select.set("from_", exp.From(this=_source(gather.target.name, "t")))
    if direct:
        return sql.column("t", "household_key")
    on = [sql.equal(sql.column("s", "household_key"), sql.column("t", "household_key"))]
    apart = relation.other or relation.outside
    if relation.outside or (relation.other and relation.target == "family"):
        on.append(sql.unequal(sql.column("t", "family_key"), sql.column("s", "family_key")))
    elif relation.other:
        key = key_of(relation.target)
        on.append(sql.unequal(sql.column("t", key), sql.column("s", key)))
    _join(select, gather.source.name, "s", sql.both(on), left=False)
    if has_couples and apart:
        pairs = exp.Select(expressions=[sql.column("c", "family_key"), sql.column("c", "other_family_key")])
        pairs.set("from_", exp.From(this=_source("possible_couple", "c")))
        couple = exp.Subquery(this=pairs, alias=exp.TableAlias(this=exp.Identifier(this="couple", quoted=False)))
        match = [
            sql.equal(sql.column("couple", "family_key"), sql.column("s", "family_key")),
            sql.equal(sql.column("couple", "other_family_key"), sql.column("t", "family_key")),
        ]
        select.append("joins", exp.Join(this=couple, on=sql.both(match), side="LEFT"))
    return sql.column("s", key_of(relation.source))
