"""The order of the house: no circle of imports, no crowded folder, no long file. See pyproject.toml, too."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from tests.import_graph import circles, files, imported, imports
from tests.paths import ROOT

PACKAGES = ("core", "cnngui")
MOST_ENTRIES = {"core": 22, "cnngui": 14}
"""Of a package's top folder; any other folder may have MOST_IN_A_FOLDER."""
MOST_IN_A_FOLDER = 25
MOST_LINES = 500
USUAL_LINES = 120

WIDGETS = "PySide6.QtWidgets"
WITHOUT_WIDGETS = ("cnngui.models", "cnngui.compute")


def test_the_files_of_core_import_each_other_in_no_circle() -> None:
    assert circles(imports("core")) == []


def test_the_files_of_the_application_import_each_other_in_no_circle() -> None:
    assert circles(imports("cnngui")) == []


def test_circles_are_found_wherever_the_import_stands() -> None:
    code = {
        "a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import b",
        "b": "def f():\n    import p.c",
        "c": "from p.a import x",
        "d": "from p import a",
    }
    known = {f"p.{name}": None for name in code}
    graph = {f"p.{name}": frozenset(imported(text, known)) for name, text in code.items()}
    assert circles(graph) == [["p.a", "p.b", "p.c"]]
    assert circles({**graph, "p.b": frozenset()}) == []


@pytest.mark.parametrize(
    "code",
    [
        "from PySide6.QtWidgets import QLabel",
        "from PySide6 import QtCore, QtWidgets",
        "import PySide6.QtWidgets",
        "def f():\n    from PySide6 import QtWidgets as widgets",
    ],
)
def test_widgets_are_found_however_they_are_imported(code: str) -> None:
    assert WIDGETS in set(imported(code, {}))


@pytest.mark.parametrize("where", [*PACKAGES, "tests", "benchmarks"])
def test_no_folder_is_crowded(where: str) -> None:
    folders = [ROOT / where, *(path for path in (ROOT / where).rglob("*") if path.is_dir())]
    sizes = {_name(folder): len(_entries(folder)) for folder in folders if folder.name != "__pycache__"}
    assert {n: size for n, size in sizes.items() if size > MOST_ENTRIES.get(n, MOST_IN_A_FOLDER)} == {}


def test_files_are_short() -> None:
    paths = [path for package in (*PACKAGES, "tests", "benchmarks") for path in files(package).values()]
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
    assert median(lengths.values()) < USUAL_LINES


def test_widgets_stay_out_of_models_and_computation() -> None:
    """import-linter sees only the names of other distributions, not their modules."""
    users = {name for name, others in imports("cnngui").items() if WIDGETS in others}
    assert [name for name in sorted(users) if name.startswith(WITHOUT_WIDGETS)] == []


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _entries(folder: Path) -> list[Path]:
    """What stands in a folder, but for what isn't ours to place: caches, and the mark of a typed package."""
    apart = (".", "__pycache__", "py.typed")
    return [path for path in folder.iterdir() if not path.name.startswith(apart)]
