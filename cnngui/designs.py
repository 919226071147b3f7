"""Finding a design by what the user typed: a file, or the name of an example."""

from __future__ import annotations

from pathlib import Path

from cnngui import assets
from core.errors import UsageError
from core.formats.project import Project, load_project


def example_paths() -> dict[str, Path]:
    """The example designs by name."""
    return {path.stem: path for path in sorted(assets.path("examples").glob("*.json"))}


def open_design(name: str) -> Project:
    """Loads a `.cnn` file, a design as JSON, or an example. Raises UsageError or FormatError."""
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # ~ of an unknown user
        path = Path(name)
    if path.is_file():
        return load_project(path)
    if name in example_paths():
        return load_project(example_paths()[name])
    names = ", ".join(example_paths())
    raise UsageError(f"There is no design {name!r}.", f"Give a .cnn or .json file, or an example: {names}.")
