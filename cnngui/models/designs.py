"""Finding a design by what the user typed: a file, or the name of an example."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from cnngui import assets
from cnngui.models.places import is_file
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.errors import UsageError
from core.formats.project import SUFFIX, ProjectFile, load_project


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
    raise _unknown(name)


def require_design(name: str) -> None:
    """Raises UsageError for what neither an example nor any file could be called; nothing is read."""
    if not looks_like_file(name) and name not in example_paths():
        raise _unknown(name)


def looks_like_file(name: str) -> bool:
    """Whether a file is meant, be it there or not."""
    path = local_path(name)
    return path.suffix in (SUFFIX, ".json") or len(path.parts) > 1 or _file(name) is not None


def local_path(name: str) -> Path:
    """What a path or, as file managers give it, a `file://` URL stands for."""
    if name.startswith("file://"):
        return Path(url2pathname(urlsplit(name).path))
    try:
        return Path(name).expanduser()
    except RuntimeError:  # ~ of an unknown user
        return Path(name)


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
    path = local_path(name)
    return path if is_file(path) else None


def _unknown(name: str) -> UsageError:
    names = ", ".join(example_paths())
    return UsageError(f"There is no design {name!r}.", f"Give a .cnn or .json file, or an example: {names}.")
