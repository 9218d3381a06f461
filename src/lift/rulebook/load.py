"""How does the folder `rules/` become a checked rulebook?

Every file is read and every mistake collected; only then does `load_rulebook` raise, with all of them. A part that is
wrong is left out and its name remembered, so that what rests on it is not complained of a second time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lift.errors import Place, RuleError, RuleProblems
from lift.rulebook.assemble import assemble_rule
from lift.rulebook.check import check_rulebook
from lift.rulebook.dictionary import read_dictionary
from lift.rulebook.dimensions import parse_unit
from lift.rulebook.figures import FigureReader, amount_head, table_head
from lift.rulebook.located import Located, read_located
from lift.rulebook.model import Amount, Rule, Rulebook, Step, Table
from lift.rulebook.names import check_name
from lift.rulebook.nodes import Level, Type
from lift.rulebook.problems import Problems, read_shape
from lift.rulebook.scope import FIXED_DAYS, AmountHead, Broken, Scope, StepHead, TableHead, nearest
from lift.rulebook.shape import FactsShape, RuleShape, SharedShape, StepShape
from lift.rulebook.steps import assemble_steps

#: What stands in for a top-level key that is wrong, so that the rest of its file can still be checked.
_STAND_IN: dict[str, Any] = {
    "name": "",
    "kind": "measure",
    "law": "",
    "reviewed": {"date": date(2000, 1, 1), "by": None},
    "covers": [date(2000, 1, 1), date(2000, 1, 1)],
    "eligible": "FALSE",
}


def rules_folder() -> Path:
    """The rules that came with the program: inside the wheel, or at the root of a checkout."""
    inside = Path(__file__).resolve().parent.parent / "rules"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "rules"


@dataclass
class _File:
    """One rule or shared file on its way to becoming steps."""

    located: Located
    shape: RuleShape | SharedShape
    path: Path
    broken: frozenset[str]
    whole: bool
    amounts: dict[str, Amount] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.shape.id


@dataclass
class _Loader:
    """What has been read so far."""

    root: Path
    shown: str
    examples: bool
    only: Path | None
    beside: Path | None
    problems: Problems = field(default_factory=Problems)
    files: dict[str, _File] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    broken_facts: frozenset[str] = frozenset()


def load_rulebook(
    folder: Path | None = None, *, examples: bool = True, only: Path | None = None, beside: Path | None = None
) -> Rulebook:
    """The rulebook of a folder (default: the rules shipped with the program), checked. `examples` False leaves the
    examples unread, for speed. `only`: a draft rule file outside the folder, loaded beside (or in place of) the others.
    `beside`: a council's own folder of rules, which come after the local ones.

    Raises RuleProblems with everything that is wrong."""
    book, problems = read_rulebook(folder, examples=examples, only=only, beside=beside)
    problems.raise_if_any()
    assert book is not None
    return book


def read_rulebook(
    folder: Path | None = None, *, examples: bool = True, only: Path | None = None, beside: Path | None = None
) -> tuple[Rulebook | None, Problems]:
    """The rulebook as far as it can be read, and everything that is wrong in it. Raises RuleError for a folder that
    holds no dictionary."""
    root = folder or rules_folder()
    loader = _Loader(root, "rules" if folder is None else folder.as_posix(), examples, only, beside)
    if not (root / "facts.yaml").is_file():
        what = f"{loader.shown}: there is no facts.yaml here."
        raise RuleError(f"{what} Point to a folder of rules that has one, or reinstall the program.")
    return _load(loader), loader.problems


def _load(loader: _Loader) -> Rulebook | None:
    problems = loader.problems
    located = _read(loader, loader.root / "facts.yaml", "facts.yaml", f"{loader.shown}/facts.yaml")
    read = read_shape(FactsShape, located, problems) if located is not None else None
    if read is None or located is None:
        return None
    facts, relations, assumptions = read_dictionary(read.shape, located, problems, read.broken)
    loader.broken_facts = read.broken
    base = Scope("family", facts, relations, broken=Broken(loader.broken_facts))
    _read_files(loader)
    amounts, tables, steps, rules = _assemble(loader, base)
    book = Rulebook(
        facts=facts,
        relations=relations,
        assumptions=assumptions,
        amounts=amounts,
        tables=tables,
        steps=steps,
        rules=rules,
        **_read_bases(loader),
        hashes=dict(sorted(loader.hashes.items())),
    )
    damaged = frozenset(f.id for f in loader.files.values() if not f.whole) | loader.unreadable
    check_rulebook(book, problems, examples=loader.examples, damaged=damaged)
    return book


def _hash(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(loader: _Loader, path: Path, name: str, shown: str, until_key: str | None = None) -> Located | None:
    """A file's values, or None with the problem added. `name` is its path below the folder of rules, `shown` the path
    as users know it."""
    try:
        located = read_located(path, shown, until_key=until_key, collect=loader.problems.found)
        loader.hashes[name] = _hash(path)
    except RuleProblems as error:
        loader.problems.found += error.problems
        return None
    return located


def _read_bases(loader: _Loader) -> dict[str, Any]:
    file = loader.root / "bases.yaml"
    shown = f"{loader.shown}/bases.yaml"
    located = _read(loader, file, "bases.yaml", shown) if loader.examples and file.is_file() else None
    loader.hashes.pop("bases.yaml", None)
    if located is None:
        return {}
    if not isinstance(located.value, dict):
        fix = "write NAME: and its facts below it"
        loader.problems.add(Place(located.name, 1), "the file holds no named sets of facts", fix)
        return {}
    places = {str(name): located.key_place((str(name),)) for name in located.value}
    return {"bases": {str(name): facts for name, facts in located.value.items()}, "base_places": places}


def _rule_files(loader: _Loader) -> list[tuple[Path, str, str]]:
    """Path, name below the folder, and path as users know it; shared files first, each sorted by name."""
    shared = [(p, f"common/{p.name}") for p in sorted((loader.root / "common").glob("*.yaml"))]
    rules = [(p, p.name) for p in sorted(loader.root.glob("*.yaml")) if p.name not in ("facts.yaml", "bases.yaml")]
    local = [(p, f"local/{p.name}") for p in sorted((loader.root / "local").glob("*.yaml"))]
    found = [(path, name, f"{loader.shown}/{name}") for path, name in [*shared, *rules, *local]]
    if loader.beside is not None:
        own = [(path, f"local/{path.name}", path.as_posix()) for path in sorted(loader.beside.glob("*.yaml"))]
        taken = {name for _, name, _ in own}
        found = [entry for entry in found if entry[1] not in taken] + own
    if loader.only is not None:
        only = loader.only
        kind = "common/" if only.parent.name == "common" else ""
        found = [entry for entry in found if entry[0].stem != only.stem]
        found.append((only, f"{kind}{only.name}", only.as_posix()))
    return found


def _read_files(loader: _Loader) -> None:
    for path, name, shown in _rule_files(loader):
        located = _read(loader, path, name, shown, None if loader.examples else "examples")
        model = SharedShape if name.startswith("common/") else RuleShape
        stand_in = {**_STAND_IN, "id": path.stem}
        read = read_shape(model, located, loader.problems, stand_in) if located is not None else None
        if read is None or located is None:
            loader.unreadable.add(path.stem)
            continue
        assert isinstance(read.shape, RuleShape | SharedShape)
        file = _File(located, read.shape, path, read.broken, read.whole)
        place = located.place(("id",))
        if file.id != path.stem:
            loader.problems.add(place, f"the id {file.id} is not the file's name", f"write id: {path.stem}")
            loader.unreadable.add(file.id)
        elif file.id in loader.files:
            other = loader.files[file.id].located.name
            loader.problems.add(
                place, f"{other} has the id {file.id} as well", "rename one of the two files and its id"
            )
        else:
            check_name(file.id, place, loader.problems)
            loader.files[file.id] = file


def _assemble(loader: _Loader, base: Scope) -> Any:
    files, problems = loader.files, loader.problems
    for file in files.values():
        _read_figures(file, base, problems)
    steps: dict[str, Step] = {}
    rules: dict[str, Rule] = {}
    for file in files.values():
        used = _used(file, loader)
        scope = _scope_of(file, used, base, loader)
        steps |= assemble_steps(file.shape, file.located, scope, problems)
        if isinstance(file.shape, RuleShape):
            shared = [f"{other.id}.{name}" for other in used for name in other.shape.steps]
            digest = _hash(file.path, *_tables_beside(file))
            rules[file.id], answers = assemble_rule(file.shape, file.located, scope, shared, digest, problems)
            steps |= answers
    amounts = {a.name: a for f in files.values() for a in f.amounts.values()}
    tables = {t.name: t for f in files.values() for t in f.tables.values()}
    return amounts, tables, steps, rules


def _tables_beside(file: _File) -> list[Path]:
    """The CSV files that a rule's tables come from: they are part of what the rule says."""
    versions = [v for table in file.shape.tables.values() for v in table.versions.values()]
    paths = {file.path.parent / version["from"] for version in versions if isinstance(version, dict)}
    return sorted(path for path in paths if path.is_file())


def _read_figures(file: _File, base: Scope, problems: Problems) -> None:
    reader = FigureReader(file.id, file.shape.in_force_on, file.located, file.path.parent, problems)
    for name, amount in file.shape.amounts.items():
        file.amounts[name] = reader.amount(name, amount)
    kinds = {name: fact.type for (_, name), fact in base.facts.items()}
    for name, step in file.shape.steps.items():
        kinds[name] = _step_type(step.unit, step.codes)
    for name, table in file.shape.tables.items():
        file.tables[name] = reader.table(name, table, kinds)


def _step_type(unit: str, codes: list[str] | None) -> Type:
    kind = parse_unit(unit) or Type("number")
    return Type("code", None, tuple(codes or ())) if kind.kind == "code" else kind


def _used(file: _File, loader: _Loader, above: tuple[str, ...] = ()) -> list[_File]:
    """The shared files that a file uses, those used by them first, each once."""
    found: list[_File] = []
    for index, name in enumerate(file.shape.uses):
        used = loader.files.get(name)
        place = file.located.place(("uses", index))
        if name in loader.unreadable:
            continue
        if used is None or isinstance(used.shape, RuleShape):
            shared = [f.id for f in loader.files.values() if isinstance(f.shape, SharedShape)]
            loader.problems.add(place, f"there is no shared file common/{name}.yaml", nearest(name, shared))
        elif used.id in (*above, file.id):
            what = f"{file.id} and {name} use each other"
            loader.problems.add(place, what, "let one of them use the other, or make a third")
        else:
            deeper = [*_used(used, loader, (*above, file.id)), used]
            found += [other for other in deeper if other not in found]
    return found


def _scope_of(file: _File, used: list[_File], base: Scope, loader: _Loader) -> Scope:
    rules = {f.id: f.shape for f in loader.files.values() if isinstance(f.shape, RuleShape)}
    steps: dict[str, StepHead] = {}
    amounts: dict[str, AmountHead] = {}
    tables: dict[str, TableHead] = {}
    for source in [*used, file]:
        _check_names(source, {*steps, *amounts, *tables}, base, loader.problems)
        levels: dict[str, Level] = {name: step.each or source.shape.each for name, step in source.shape.steps.items()}
        kinds = {name: _step_type(step.unit, step.codes) for name, step in source.shape.steps.items()}
        steps |= {name: StepHead(f"{source.id}.{name}", levels[name], kinds[name]) for name in levels}
        amounts |= {name: amount_head(amount) for name, amount in source.amounts.items()}
        tables |= {name: table_head(name, table) for name, table in source.tables.items()}
    broken = loader.broken_facts | {name for f in [*used, file] for name in f.broken} | loader.unreadable
    return Scope(
        level=file.shape.each,
        facts=base.facts,
        relations=base.relations,
        steps=steps,
        amounts=amounts,
        tables=tables,
        rule_levels={name: shape.each for name, shape in rules.items()},
        without_already=frozenset(name for name, shape in rules.items() if shape.already is None),
        broken=Broken(
            frozenset(broken | _without_day(file, steps, base, loader.problems)),
            every=any(name in loader.unreadable for f in [*used, file] for name in f.shape.uses),
        ),
    )


def _check_names(source: _File, taken: set[str], base: Scope, problems: Problems) -> None:
    """A name means one thing in a file: no two declarations, and none that hides a fact."""
    sections: dict[str, Mapping[str, Any]] = {
        "steps": source.shape.steps,
        "amounts": source.shape.amounts,
        "tables": source.shape.tables,
    }
    for section, entries in sections.items():
        for name, entry in entries.items():
            place = source.located.key_place((section, name))
            check_name(name, place, problems)
            level = (entry.each or source.shape.each) if isinstance(entry, StepShape) else None
            hidden = [lv for lv, fact in base.facts if fact == name and level in (None, lv)]
            if name in taken:
                problems.add(place, f"the name {name} is already taken", "choose another name")
            elif hidden:
                problems.add(place, f"{name} is the name of a fact of each {hidden[0]}", "choose another name")
            taken = taken | {name}


def _without_day(file: _File, steps: dict[str, StepHead], base: Scope, problems: Problems) -> set[str]:
    """The amounts and tables that are in force by a day nobody declares."""
    dates = {name for (_, name), fact in base.facts.items() if fact.type.kind == "date"}
    dates |= {name for name, step in steps.items() if step.type.kind == "date"}
    found = set()
    for section, figures in (("amounts", file.amounts), ("tables", file.tables)):
        for name, figure in figures.items():
            day = figure.day.rpartition(".")[2]
            if day in FIXED_DAYS or day in dates or day in base.broken:
                continue
            own = (section, name, "in_force_on")
            place = file.located.place(own if own in file.located.places else ("in_force_on",))
            fix = nearest(day, [*dates, *FIXED_DAYS])
            problems.add(place, f"in_force_on names {figure.day}, which is no date fact and no date step", fix)
            found.add(name)
    return found
