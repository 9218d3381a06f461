"""How do layers and gathers become named SELECTs?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from lift.plan import sql
from lift.plan.layout import KEYS, GatherTable, Table, key_of
from lift.plan.related import Kinship, Names, join_related, reads_source
from lift.plan.sql import Sql
from lift.rulebook.model import Relation
from lift.rulebook.nodes import Level


@dataclass(frozen=True)
class Named:
    """One SELECT of the plan, and the names of the others that it reads."""

    name: str
    select: exp.Select
    reads: tuple[str, ...]
    light: bool = False
    """Only reads the facts as built: cheaper to write into each reader than to make once."""


def render(tables: Iterable[Table], relations: Mapping[str, Relation], kinship: Kinship) -> tuple[Named, ...]:
    """The SELECTs of every table that somebody reads, in order, each after what it reads."""
    found: list[Named] = []
    every = list(tables)
    read: set[str] = set()
    for table in reversed(every):
        if table.needs or table.keep or table.name in read:
            read |= {t.name for t in (table.base, *table.above.values()) if t is not None}
            read |= {
                t.name for g in table.gathers.values() if g.columns for t in (g.source, g.target, *g.above.values())
            }
    for table in every:
        if not table.needs and not table.keep and table.name not in read:
            continue
        for gather in table.gathers.values():
            if gather.columns:
                found.append(_gather(gather, relations[gather.relation], kinship))
        found.append(_table(table))
    return tuple(found)


def _aliased(value: Sql, name: str) -> Sql:
    return exp.Alias(this=value, alias=exp.Identifier(this=name, quoted=False))


def _source(name: str, alias: str) -> exp.Table:
    return exp.Table(
        this=exp.Identifier(this=name, quoted=False),
        alias=exp.TableAlias(this=exp.Identifier(this=alias, quoted=False)),
    )


def _join(select: exp.Select, name: str, alias: str, on: Sql) -> None:
    select.append("joins", exp.Join(this=_source(name, alias), on=on, side="LEFT"))


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
        if gather.columns:
            _join(
                select,
                gather.name,
                gather.name,
                sql.equal(sql.column(gather.name, "source_key"), sql.column("u", key_of(table.level))),
            )
            reads.append(gather.name)
    return Named(table.name, select, tuple(reads), light=table.base is None)


def _same_key(level: Level, left: str, right: str, key: str) -> Sql:
    return sql.equal(sql.column(left, key), sql.column(right, key))


def _gather(gather: GatherTable, relation: Relation, kinship: Kinship) -> Named:
    select = exp.Select()
    with_source = gather.reads_source or reads_source(relation, kinship)
    names = Names(gather.source.name, gather.target.name)
    key = join_related(select, relation, names, kinship, with_source=with_source)
    columns = [_aliased(key, "source_key"), *[_aliased(value, name) for name, value in gather.columns.items()]]
    select.set("expressions", columns)
    reads = [gather.target.name] + ([gather.source.name] if with_source else [])
    for level, above in gather.above.items():
        _join(select, above.name, f"t_{level}", _same_key(level, f"t_{level}", "t", key_of(level)))
        reads.append(above.name)
    if gather.only is not None:
        select.set("where", exp.Where(this=gather.only))
    select.set("group", exp.Group(expressions=[key.copy()]))
    return Named(gather.name, select, tuple(reads))
