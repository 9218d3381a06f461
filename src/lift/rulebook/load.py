"""How does the folder `rules/` become a checked rulebook?

Every file is read and every mistake collected; only then does `load_rulebook` raise, with all of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lift.errors import RuleError
from lift.rulebook.assemble import assemble_rule, assemble_steps
from lift.rulebook.check import check_rulebook
from lift.rulebook.dictionary import read_dictionary
from lift.rulebook.dimensions import parse_unit
from lift.rulebook.figures import amount_head, read_amount, read_table, table_head
from lift.rulebook.located import Located, read_located
from lift.rulebook.model import Amount, Rule, Rulebook, Step, Table
from lift.rulebook.nodes import Level, Type
from lift.rulebook.problems import Problems, read_shape
from lift.rulebook.scope import Scope, StepHead
from lift.rulebook.shape import FactsShape, RuleShape, SharedShape


def rules_folder() -> Path:
    """The rules that came with the program: inside the wheel, or at the root of a checkout."""
    inside = Path(__file__).resolve().parent.parent / "rules"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "rules"


@dataclass
class _File:
    """One rule or shared file on its way to becoming steps."""

    located: Located
    shape: RuleShape | SharedShape
    folder: Path
    scope: Scope
    amounts: dict[str, Amount] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.shape.id


def load_rulebook(folder: Path | None = None, *, examples: bool = True, only: Path | None = None) -> Rulebook:
    """The rulebook of a folder (default: the rules shipped with the program), checked. `examples` False leaves the
    examples unread, for speed. `only`: a draft rule file outside the folder, loaded beside (or in place of) the others.

    Raises RuleProblems with everything that is wrong."""
    root = folder or rules_folder()
    if not (root / "facts.yaml").is_file():
        raise RuleError(f"{root.name}: there is no facts.yaml here. Point to a folder of rules, or reinstall the program.")
    problems = Problems()
    located = read_located(root / "facts.yaml", "rules/facts.yaml")
    shape = read_shape(FactsShape, located, located.value, problems)
    problems.raise_if_any()
    assert shape is not None
    facts, relations, assumptions = read_dictionary(shape, located, problems)
    base = Scope("family", facts, relations)
    files, hashes = _read_files(root, base, examples, only, problems)
    problems.raise_if_any()
    book = _assemble(files, base, problems)
    bases = _read_bases(root, examples)
    hashes["facts.yaml"] = _hash(root / "facts.yaml")
    full = Rulebook(facts, relations, assumptions, *book, bases=bases, hashes=dict(sorted(hashes.items())))
    if not problems.found:
        check_rulebook(full, problems, examples=examples)
    problems.raise_if_any()
    return full


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read_bases(root: Path, examples: bool) -> dict[str, Any]:
    file = root / "bases.yaml"
    return dict(read_located(file, "rules/bases.yaml").value) if examples and file.is_file() else {}


def _rule_files(root: Path, only: Path | None) -> list[tuple[Path, str, bool]]:
    """Path, name as users know it, and whether it is a shared file; sorted by name."""
    shared = [(p, f"rules/common/{p.name}", True) for p in sorted((root / "common").glob("*.yaml"))]
    rules = [(p, f"rules/{p.name}", False) for p in sorted(root.glob("*.yaml")) if p.name not in ("facts.yaml", "bases.yaml")]
    local = [(p, f"rules/local/{p.name}", False) for p in sorted((root / "local").glob("*.yaml"))]
    found = [*shared, *rules, *local]
    if only is not None:
        found = [entry for entry in found if entry[0].stem != only.stem] + [(only, only.name, False)]
    return found


def _read_files(root: Path, base: Scope, examples: bool, only: Path | None, problems: Problems) -> Any:
    files: dict[str, _File] = {}
    hashes: dict[str, str] = {}
    for path, name, is_shared in _rule_files(root, only):
        located = read_located(path, name, until_key=None if examples else "examples")
        shape = read_shape(SharedShape if is_shared else RuleShape, located, located.value, problems)
        hashes[name.removeprefix("rules/")] = _hash(path)
        if shape is None:
            continue
        if shape.id != path.stem:
            problems.add(located.place(("id",)), f"id {shape.id} is not the file's name", f"write id: {path.stem}")
        elif shape.id in files:
            problems.add(located.place(("id",)), f"two files have the id {shape.id}", "rename one of them")
        else:
            files[shape.id] = _File(located, shape, path.parent, base)
    return files, hashes


def _assemble(files: dict[str, _File], base: Scope, problems: Problems) -> Any:
    levels: dict[str, Level] = {f.id: f.shape.each for f in files.values() if isinstance(f.shape, RuleShape)}
    for file in files.values():
        _read_figures(file, base, problems)
    steps: dict[str, Step] = {}
    rules: dict[str, Rule] = {}
    for file in files.values():
        scope = _scope_of(file, files, base, levels, problems)
        own = assemble_steps(file.shape, file.located, scope, problems)
        steps |= own
        if isinstance(file.shape, RuleShape):
            shared = [n for used in _used(file, files, problems) for n in _step_names(used)]
            rule, answers = assemble_rule(file.shape, file.located, scope, shared, _hash_of(file), problems)
            rules[file.id] = rule
            steps |= answers
    amounts = {a.name: a for f in files.values() for a in f.amounts.values()}
    tables = {t.name: t for f in files.values() for t in f.tables.values()}
    return amounts, tables, steps, rules


def _hash_of(file: _File) -> str:
    return _hash(file.folder / f"{file.id}.yaml")


def _step_names(file: _File) -> list[str]:
    return [f"{file.id}.{name}" for name in file.shape.steps]


def _read_figures(file: _File, base: Scope, problems: Problems) -> None:
    day = file.shape.in_force_on
    for name, amount in file.shape.amounts.items():
        file.amounts[name] = read_amount(file.id, name, amount, day, file.located, problems)
    kinds = {name: fact.type for (_, name), fact in base.facts.items()}
    for name, step in file.shape.steps.items():
        kinds[name] = _step_type(step.unit, step.codes)
    for name, table in file.shape.tables.items():
        file.tables[name] = read_table(file.id, name, table, day, kinds, file.located, file.folder, problems)


def _step_type(unit: str, codes: list[str] | None) -> Type:


    kind = parse_unit(unit) or Type("number")
    return Type("code", None, tuple(codes or ())) if kind.kind == "code" else kind


def _used(file: _File, files: dict[str, _File], problems: Problems, above: tuple[str, ...] = ()) -> list[_File]:
    """The shared files that a file uses, those used by them first, each once."""
    found: list[_File] = []
    for index, name in enumerate(file.shape.uses):
        used = files.get(name)
        place = file.located.place(("uses", index))
        if used is None or isinstance(used.shape, RuleShape):
            problems.add(place, f"there is no rules/common/{name}.yaml", "name a shared file")
            continue
        if used.id in (*above, file.id):
            problems.add(place, f"{file.id} and {name} use each other", "let one of them use the other, or make a third")
            continue
        for deeper in [*_used(used, files, problems, (*above, file.id)), used]:
            if deeper not in found:
                found.append(deeper)
    return found


def _scope_of(file: _File, files: dict[str, _File], base: Scope, levels: dict[str, Level], problems: Problems) -> Scope:
    steps: dict[str, StepHead] = {}
    amounts, tables = {}, {}
    for source in [*_used(file, files, problems), file]:
        taken = {**steps, **amounts, **tables}
        for name, step in source.shape.steps.items():
            _refuse_taken(name, taken, source, "steps", problems)
            level = step.each or source.shape.each
            steps[name] = StepHead(f"{source.id}.{name}", level, _step_type(step.unit, step.codes))
        for name, amount in source.amounts.items():
            _refuse_taken(name, taken, source, "amounts", problems)
            amounts[name] = amount_head(amount)
        for name, table in source.tables.items():
            _refuse_taken(name, taken, source, "tables", problems)
            tables[name] = table_head(name, table)
    return Scope(file.shape.each, base.facts, base.relations, steps, amounts, tables, levels)


def _refuse_taken(name: str, taken: dict[str, Any], source: _File, section: str, problems: Problems) -> None:
    if name in taken:
        problems.add(source.located.key_place((section, name)), f"the name {name} is already taken", "choose another name")
