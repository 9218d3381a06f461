"""How does the folder `rules/` become a checked rulebook?

Every file is read and every mistake collected; only then does `load_rulebook` raise, with all of them. A part that is
wrong is left out and its name remembered, so that what rests on it is not complained of a second time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from lift.errors import Place, RuleError, RuleProblems
from lift.rulebook.assemble import assemble_rule
from lift.rulebook.check import check_rulebook
from lift.rulebook.declared import (
    RuleFile,
    check_days,
    check_names,
    scope_of,
    step_type,
    steps_of_rules,
    steps_without_type,
)
from lift.rulebook.dictionary import read_analysts, read_dictionary
from lift.rulebook.figures import FigureReader
from lift.rulebook.instruments import FILE as INSTRUMENTS
from lift.rulebook.instruments import Citing, Instruments, check_citations, check_in_vain, check_law, citing
from lift.rulebook.kept import FOLDER, kept_reading
from lift.rulebook.located import Located, read_located
from lift.rulebook.model import Rule, Rulebook, Step
from lift.rulebook.names import check_name
from lift.rulebook.problems import Problems, read_shape
from lift.rulebook.scope import Broken, Scope, nearest
from lift.rulebook.shape import FactsShape, RuleShape, SharedShape
from lift.rulebook.steps import assemble_steps
from lift.rulebook.tables import TableReader

#: What stands in for a top-level key that is wrong, so that the rest of its file can still be checked.
_STAND_IN: dict[str, Any] = {
    "name": "",
    "kind": "measure",
    "law": "",
    "reviewed": {"date": date(2000, 1, 1), "by": None},
    "covers": [date(2000, 1, 1), date(2000, 1, 1)],
    "eligible": "FALSE",
}


#: Files of a folder of rules that hold no rule.
_NO_RULES = ("facts.yaml", "bases.yaml", INSTRUMENTS)


def rules_folder() -> Path:
    """The rules that came with the program: inside the wheel, or at the root of a checkout."""
    inside = Path(__file__).resolve().parent.parent / "rules"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "rules"


@dataclass
class _Loader:
    """What has been read so far."""

    root: Path
    shown: str
    examples: bool
    bases: bool
    only: Path | None
    beside: Path | None
    kept: bool
    problems: Problems = field(default_factory=Problems)
    files: dict[str, RuleFile] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)


def load_rulebook(
    folder: Path | None = None,
    *,
    examples: bool = True,
    bases: bool = False,
    only: Path | None = None,
    beside: Path | None = None,
) -> Rulebook:
    """The rulebook of a folder (default: the rules shipped with the program), checked. `examples` False leaves the
    examples unread, for speed, and the bases they start from as well, unless `bases` is True. `only`: a draft rule file
    outside the folder, loaded beside (or in place of) the others. `beside`: a council's own folder of rules, which come
    after the local ones.

    Raises RuleProblems with everything that is wrong."""
    book, problems = read_rulebook(folder, examples=examples, bases=bases, only=only, beside=beside)
    problems.raise_if_any()
    assert book is not None
    return book


def read_rulebook(
    folder: Path | None = None,
    *,
    examples: bool = True,
    bases: bool = False,
    only: Path | None = None,
    beside: Path | None = None,
) -> tuple[Rulebook | None, Problems]:
    """The rulebook as far as it can be read, and everything that is wrong in it. Raises RuleError for a folder that
    holds no dictionary."""
    root = folder or rules_folder()
    shown = "rules" if folder is None else folder.as_posix()
    if not (root / "facts.yaml").is_file():
        what = f"{shown}: there is no facts.yaml here."
        raise RuleError(f"{what} Point to a folder of rules that has one, or reinstall the program.")
    kept = not examples and beside is None and (root / FOLDER).is_dir()
    loader = _Loader(root, shown, examples, examples or bases, only, beside, kept)
    book = _load(loader)
    if kept and loader.problems.found:
        # What was kept has no places: the files themselves say where the mistakes are.
        loader = _Loader(root, shown, examples, examples or bases, only, beside, kept=False)
        book = _load(loader)
    return book, loader.problems


def _load(loader: _Loader) -> Rulebook | None:
    problems = loader.problems
    located = _read(loader, loader.root / "facts.yaml", "facts.yaml", f"{loader.shown}/facts.yaml")
    read = read_shape(FactsShape, located, problems) if located is not None else None
    if read is None or located is None:
        return None
    facts, relations, assumptions = read_dictionary(read.shape, located, problems, read.broken)
    analysts = read_analysts(read.shape, located, problems, facts, read.broken)
    problems.damaged |= {"facts"} if problems.found else set()
    _read_files(loader)
    base = Scope("family", facts, relations, broken=Broken(read.broken | loader.unreadable))
    amounts, tables, steps, rules = _assemble(loader, base)
    found = len(problems.found)
    listed = _read_instruments(loader)
    is_whole = len(problems.found) == found
    book = Rulebook(
        facts=facts,
        relations=relations,
        assumptions=assumptions,
        amounts=amounts,
        tables=tables,
        steps=steps,
        rules=rules,
        analysts=analysts,
        **_read_bases(loader),
        instruments=listed.by_name,
        not_law=listed.not_law,
        hashes=dict(sorted(loader.hashes.items())),
    )
    problems.damaged |= {f.id for f in loader.files.values() if not f.whole} | loader.unreadable
    check_rulebook(book, problems, examples=loader.examples)
    if listed.by_name and is_whole:
        _check_citations(loader, located, listed)
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
        kept = loader.kept and path != loader.only
        digest = _hash(path) if kept else ""
        located = kept_reading(loader.root, name, shown, digest) if kept else None
        if located is None:
            is_ours = path.is_relative_to(rules_folder())
            located = read_located(path, shown, until_key=until_key, collect=loader.problems.found, is_ours=is_ours)
        loader.hashes[name] = digest or _hash(path)
    except RuleProblems as error:
        loader.problems.found += error.problems
        return None
    return located


def _read_bases(loader: _Loader) -> dict[str, Any]:
    file = loader.root / "bases.yaml"
    shown = f"{loader.shown}/bases.yaml"
    located = _read(loader, file, "bases.yaml", shown) if loader.bases and file.is_file() else None
    loader.hashes.pop("bases.yaml", None)
    if located is None:
        return {}
    if not isinstance(located.value, dict):
        fix = "write NAME: and its facts below it"
        loader.problems.add(Place(located.name, 1), "the file holds no named sets of facts", fix)
        return {}
    places = {str(name): located.key_place((str(name),)) for name in located.value}
    return {"bases": {str(name): facts for name, facts in located.value.items()}, "base_places": places}


def _read_instruments(loader: _Loader) -> Instruments:
    """What citations may name, of the rules shipped and of those beside them; nothing where only the formulas count."""
    listed = Instruments()
    for folder, shown in _with_instruments(loader) if loader.examples else ():
        located = _read(loader, folder / INSTRUMENTS, INSTRUMENTS, f"{shown}/{INSTRUMENTS}")
        # It answers nothing, so it is no part of what a run says it was made with.
        loader.hashes.pop(INSTRUMENTS, None)
        if located is not None:
            listed.add(located, loader.problems)
    return listed


def _with_instruments(loader: _Loader) -> list[tuple[Path, str]]:
    """The folders that list instruments, and how users know them."""
    others = [folder for folder in (loader.beside, loader.only and _home_of(loader.only)) if folder is not None]
    folders = [(loader.root, loader.shown), *[(other, other.as_posix()) for other in others]]
    found = {
        folder.resolve(): (folder, shown) for folder, shown in reversed(folders) if (folder / INSTRUMENTS).is_file()
    }
    return list(reversed(found.values()))


def _home_of(file: Path) -> Path:
    """The folder of rules that a draft stands in."""
    return file.parent.parent if file.parent.name in ("common", "local", "opened") else file.parent


def _check_citations(loader: _Loader, dictionary: Located, listed: Instruments) -> None:
    """A council's own rules, and a draft, are held to the instruments if they stand in a folder that lists some."""
    with_listed = {folder.resolve() for folder, _ in _with_instruments(loader)}
    files = [f for f in loader.files.values() if _home_of(f.path).resolve() in with_listed]
    before = len(loader.problems.found)
    cites: list[Citing] = list(citing(dictionary, dictionary.value))
    laws = set()
    for file in files:
        cites += citing(file.located, file.located.value)
        laws.add(check_law(file.id, file.shape.law, file.located.place(("law",)), listed, loader.problems))
    named = check_citations(cites, listed, loader.problems) | {law for law in laws if law is not None}
    # Of what a mistyped citation leaves uncited nothing is said besides.
    is_right = len(loader.problems.found) == before
    if is_right and loader.only is None and loader.beside is None and not loader.unreadable:
        check_in_vain(named, listed, loader.problems)


def _rule_files(loader: _Loader) -> list[tuple[Path, str, str]]:
    """Path, name below the folder, and path as users know it; shared files first, each sorted by name."""
    shared = [(p, f"common/{p.name}") for p in sorted((loader.root / "common").glob("*.yaml"))]
    rules = [(p, p.name) for p in sorted(loader.root.glob("*.yaml")) if p.name not in _NO_RULES]
    opened = [(p, f"opened/{p.name}") for p in sorted((loader.root / "opened").glob("*.yaml"))]
    local = [(p, f"local/{p.name}") for p in sorted((loader.root / "local").glob("*.yaml"))]
    found = [(path, name, f"{loader.shown}/{name}") for path, name in [*shared, *rules, *opened, *local]]
    if loader.beside is not None:
        # iterdir(), not glob(): glob() takes a folder that may not be read for an empty one.
        paths = sorted(path for path in loader.beside.iterdir() if path.suffix == ".yaml" and path.name != INSTRUMENTS)
        own = [(path, f"local/{path.name}", path.as_posix()) for path in paths]
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
        file = RuleFile(located, read.shape, path, set(read.broken), read.whole)
        place = located.place(("id",))
        if file.id != path.stem:
            loader.problems.add(place, f"the id {file.id} is not the file's name", f"write id: {path.stem}")
            loader.unreadable |= {file.id, path.stem}
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
    shapes = {f.id: f.shape for f in files.values() if isinstance(f.shape, RuleShape)}
    base = replace(base, rule_steps=steps_of_rules(shapes))
    for file in files.values():
        _read_figures(file, base, problems)
    steps: dict[str, Step] = {}
    rules: dict[str, Rule] = {}
    for file in files.values():
        used = _used(file, loader)
        check_names(file, used, base, problems)
        check_days(file, scope_of(file, used, base, shapes), problems)
        scope = scope_of(file, used, base, shapes)
        steps |= assemble_steps(file.shape, file.located, scope, problems)
        if isinstance(file.shape, RuleShape):
            shared = [f"{other.id}.{name}" for other in used for name in other.shape.steps]
            digest = _hash(file.path, *_tables_beside(file))
            rules[file.id], answers = assemble_rule(file.shape, file.located, scope, shared, digest, problems)
            steps |= answers
    amounts = {a.name: a for f in files.values() for a in f.amounts.values()}
    tables = {t.name: t for f in files.values() for t in f.tables.values()}
    return amounts, tables, steps, rules


def _tables_beside(file: RuleFile) -> list[Path]:
    """The CSV files that a rule's tables come from: they are part of what the rule says."""
    versions = [v for table in file.shape.tables.values() for v in table.versions.values()]
    paths = {file.path.parent / version["from"] for version in versions if isinstance(version, dict)}
    return sorted(path for path in paths if path.is_file())


def _read_figures(file: RuleFile, base: Scope, problems: Problems) -> None:
    figures = FigureReader(file.id, file.shape.in_force_on, file.located, problems)
    kinds = {name: fact.type for (_, name), fact in base.facts.items()}
    kinds |= {name: step_type(step) for name, step in file.shape.steps.items()}
    tables = TableReader(figures, file.path.parent, kinds)
    file.amounts = {name: figures.amount(name, amount) for name, amount in file.shape.amounts.items()}
    file.tables = {name: tables.table(name, table) for name, table in file.shape.tables.items()}
    file.broken |= figures.broken | steps_without_type(file.shape.steps)


def _used(file: RuleFile, loader: _Loader, above: tuple[str, ...] = ()) -> list[RuleFile]:
    """The shared files that a file uses, those used by them first, each once."""
    found: list[RuleFile] = []
    for index, name in enumerate(file.shape.uses):
        used = loader.files.get(name)
        place = file.located.place(("uses", index))
        if name in loader.unreadable:
            continue
        if used is None or isinstance(used.shape, RuleShape):
            shared = [f.id for f in loader.files.values() if isinstance(f.shape, SharedShape)]
            fix = nearest(name, shared, f"name one of {', '.join(shared)}")
            loader.problems.add(place, f"there is no shared file common/{name}.yaml", fix)
        elif used.id in (*above, file.id):
            what = f"{file.id} and {name} use each other"
            loader.problems.add(place, what, "let one of them use the other, or make a third")
        else:
            deeper = [*_used(used, loader, (*above, file.id)), used]
            found += [other for other in deeper if other not in found]
    return found
