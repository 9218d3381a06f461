"""How do layers and gathers become named SELECTs?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from lift.plan import sql
from lift.plan.layout import IDS, KEYS, GatherTable, Table, id_of
from lift.plan.related import FAMILY_LINK, Kinship, Names, family_link, join_related, reads_source
from lift.plan.sql import Sql
from lift.rulebook.model import Relation


@dataclass(frozen=True)
class Named:
    """One SELECT of the plan, and the names of the others that it reads."""

    name: str
    select: exp.Query
    reads: tuple[str, ...]
    light: bool = False
    """Only reads the facts as built: cheaper to write into each reader than to make once."""
    filtered: str | None = None
    """Of the others that it reads, the one of which it leaves rows out."""


def render(
    tables: Iterable[Table], relations: Mapping[str, Relation], kinship: Kinship, homes: range | None = None
) -> tuple[Named, ...]:
    """The SELECTs of every table that somebody reads, in order, each after what it reads. `homes` as in
    compile.Options."""
    found: list[Named] = []
    for table in tables:
        found += [_gather(g, relations[g.relation], kinship) for g in table.gathers.values() if g.finds_anything]
        found.append(_table(table, homes))
    links = [Named(FAMILY_LINK, family_link(), ())]
    wanted = [table.name for table in tables if table.needs or table.keep]
    return _read_by([*links, *found], wanted)


def _read_by(every: Iterable[Named], wanted: Iterable[str]) -> tuple[Named, ...]:
    """Those that are wanted, or read by one that is."""
    known = {named.name: named for named in every}
    waiting, read = list(wanted), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in read:
            read.add(name)
            waiting += known[name].reads
    return tuple(named for name, named in known.items() if name in read)


def _aliased(value: Sql, name: str) -> Sql:
    return exp.Alias(this=value, alias=exp.Identifier(this=name, quoted=False))


def _join(select: exp.Select, name: str, alias: str, on: Sql) -> None:
    select.append("joins", exp.Join(this=sql.named(name, alias), on=on, side="LEFT"))


def _same(left: str, right: str, name: str) -> Sql:
    return sql.equal(sql.column(left, name), sql.column(right, name))


def _table(table: Table, homes: range | None) -> Named:
    if table.base is None:
        return _as_built(table, homes)
    carried = sorted(table.needs - set(table.columns))
    select = exp.Select()
    select.set("from_", exp.From(this=sql.named(table.base.name, "u")))
    reads = [table.base.name]
    columns: list[Sql] = []
    if table.keep:
        # Whoever reads the rows of a finished table knows units by their keys.
        columns += [sql.column("built", key) for key in KEYS[table.level]]
        _join(select, table.level, "built", _same("built", "u", id_of(table.level)))
    columns += [sql.column("u", name) for name in [*IDS[table.level], *carried]]
    columns += [_aliased(value, name) for name, value in table.columns.items()]
    select.set("expressions", columns)
    for level, above in table.above.items():
        _join(select, above.name, level, _same(level, "u", id_of(level)))
        reads.append(above.name)
    for gather in table.gathers.values():
        if gather.finds_anything:
            of_unit = sql.equal(sql.column(gather.name, "source_id"), sql.column("u", id_of(table.level)))
            _join(select, gather.name, gather.name, of_unit)
            reads.append(gather.name)
    return Named(table.name, select, tuple(reads))


def _as_built(table: Table, homes: range | None) -> Named:
    """The facts as built, of the homes that are looked at."""
    select = exp.Select()
    select.set("from_", exp.From(this=sql.named(table.level, "u")))
    names = [*(KEYS[table.level] if table.keep else ()), *IDS[table.level]]
    columns = [sql.column("u", name) for name in names]
    columns += [_aliased(value, name) for name, value in table.columns.items()]
    select.set("expressions", columns)
    if homes is not None:
        home = sql.column("u", id_of("household"))
        inside = [sql.at_most(sql.integer(homes.start), home), sql.less(home, sql.integer(homes.stop))]
        select.set("where", exp.Where(this=sql.both(inside)))
    return Named(table.name, select, (), light=True)


def _gather(gather: GatherTable, relation: Relation, kinship: Kinship) -> Named:
    select = exp.Select()
    with_source = gather.reads_source or reads_source(relation, kinship)
    names = Names(gather.source.name, gather.target.name)
    key, reads = join_related(select, relation, names, kinship, with_source=with_source)
    columns = [_aliased(key, "source_id"), *[_aliased(value, name) for name, value in gather.columns.items()]]
    select.set("expressions", columns)
    for level, above in gather.above.items():
        _join(select, above.name, f"t_{level}", _same(f"t_{level}", "t", id_of(level)))
        reads.append(above.name)
    conditions = [gather.only, gather.source_condition if with_source else None]
    where = [condition for condition in conditions if condition is not None]
    if where:
        select.set("where", exp.Where(this=sql.both(where)))
    select.set("group", exp.Group(expressions=[key.copy()]))
    return Named(gather.name, select, tuple(reads), filtered=names.target if where else None)
