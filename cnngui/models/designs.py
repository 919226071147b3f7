"""Finding a design by what the user typed: a file, or the name of an example."""

from __future__ import annotations

from pathlib import Path

from cnngui import assets
from cnngui.models.places import is_file
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.errors import UsageError
from core.formats.project import ProjectFile, load_project


def example_paths() -> dict[str, Path]:
    """The example designs by name."""
    return {path.stem: path for path in sorted(assets.path("examples").glob("*.json"))}


def open_design(name: str) -> ProjectFile:
    """Loads a `.cnn` file, a design as JSON, or an example. Raises UsageError or FormatError."""
    path = _file(name)
    if path is not None:
        return load_project(path)
    if name in example_paths():
        return load_project(example_paths()[name])
    names = ", ".join(example_paths())
    raise UsageError(f"There is no design {name!r}.", f"Give a .cnn or .json file, or an example: {names}.")


def is_example(name: str) -> bool:
    """Whether this is an example's name, and no file is called so."""
    return name in example_paths() and _file(name) is None


def open_example(name: str, data: DataSpec | None) -> Graph:
    """An example, made for this data where it is known."""
    graph = load_project(example_paths()[name]).project.design
    if data is None:
        return graph
    from core.templates.fitting import fit_example  # noqa: PLC0415  # a window with a file does without it

    return fit_example(name, graph, data)


def _file(name: str) -> Path | None:
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # ~ of an unknown user
        path = Path(name)
    return path if is_file(path) else None
