"""How is a YAML or TOML file read, so that a mistake in it is told with its place?"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from lift.errors import ExtractError, SettingsError
from lift.yaml_text import read_text

Shape = TypeVar("Shape", bound=BaseModel)

#: What lies in here came with the program.
_PROGRAM = Path(__file__).resolve().parent.parent


class Strict(BaseModel):
    """Text from outside: an unknown word is a mistake, never ignored, and nothing is converted on the quiet."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _complaint(error: ValidationError) -> str:
    """The first thing that does not fit, in words. Inputs are left out: a file may hold what must not be repeated."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}"


def read_yaml(path: Path, shape: type[Shape]) -> Shape:
    """A YAML 1.2 file as `shape`. Raises SettingsError: where, what, what to do."""
    try:
        text = path.read_text(encoding="utf-8")
        is_ours = path.is_relative_to(_PROGRAM)
        document: Any = read_text(text, lambda yaml: yaml.load(text), is_ours=is_ours)
        return shape.model_validate(document)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}:{line}: {error.problem}. Mend the YAML at that line.") from None
    except ValidationError as error:
        raise SettingsError(f"{path}: {_complaint(error)}. docs/extracts.md says what a profile holds.") from None
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__}). Save it as YAML in UTF-8.") from None


def read_toml(path: Path, shape: type[Shape]) -> Shape:
    """A TOML file found beside extracts as `shape`. Raises ExtractError: it is part of what was received."""
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ExtractError(f"{path.name}: is not TOML ({error}). Mend it at that place.") from None
    except ValidationError as error:
        raise ExtractError(f"{path.name}: {_complaint(error)}. {_remedy(path)}") from None
    except (UnicodeDecodeError, OSError) as error:
        raise ExtractError(f"{path.name}: cannot be read ({type(error).__name__}). Save it as text in UTF-8.") from None


def _remedy(path: Path) -> str:
    if path.name == "nil_return.toml":
        return "Fill it in as templates/nil_return.toml shows."
    return f"Compare with templates/{path.name} of the workspace."
