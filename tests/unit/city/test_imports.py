"""Does the city keep away from the rules it is used to test?"""

from __future__ import annotations

import ast
from pathlib import Path

import lift.city

FORBIDDEN = (
    "lift.rulebook",
    "lift.plan",
    "lift.engines",
    "lift.stages",
    "lift.sources",
    "lift.workspace",
    "lift.trial",
)
PACKAGE = Path(lift.city.__file__).parent


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def test_nothing_forbidden_is_imported() -> None:
    modules = sorted(PACKAGE.rglob("*.py"))
    assert len(modules) > 30
    found = {(path.name, name) for path in modules for name in imported(path) if name.startswith(FORBIDDEN)}
    assert found == set()


def test_the_generator_of_chance_is_always_seeded() -> None:
    """Only `places.stream` makes chance, from a seed and a name; nothing asks the clock or the system."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for unseeded in ("random.random(", "datetime.now", "date.today", "import secrets", "uuid", "SystemRandom"):
            assert unseeded not in text, (path.name, unseeded)
