"""The door itself: what `import cnngui` loads, shows and types."""

from __future__ import annotations

import os
import pydoc
import subprocess
import sys
from pathlib import Path

import pytest

import cnngui
from cnngui.scripting.stub import PATH, stub
from core.layers import LAYERS
from core.maths.optim import OPTIMIZERS
from core.maths.schedules import SCHEDULES
from tests.paths import ROOT

HEAVY = ("PySide6", "shiboken6", "pyqtgraph", "numba", "llvmlite")
BUILT = """
net = cnngui.Network(cnngui.Input(1, 28, 28), cnngui.Conv2D(4), cnngui.Flatten(), cnngui.Dense(10))
net.add(cnngui.Classification())
repr(net), dir(cnngui), net.design
net.save("design.json")
cnngui.load("design.json")
"""


def python(code: str, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a process of its own, in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *flags, "-c", code],
        capture_output=True, text=True, cwd=folder, env=environment, timeout=120, check=False,
    )  # fmt: skip


def test_the_import_loads_nothing(tmp_path: Path) -> None:
    code = "import sys; before = set(sys.modules); import cnngui; print(*sorted(set(sys.modules) - before))"
    assert python(code, tmp_path).stdout.split() == ["cnngui"]


def test_building_loads_neither_qt_nor_numba(tmp_path: Path) -> None:
    code = f"import sys, cnngui\n{BUILT}\nprint(*[m for m in {HEAVY} if m in sys.modules])"
    done = python(code, tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_another_s_core_is_not_run_and_named(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("open('ran', 'w')")
    done = python("import cnngui; cnngui.Network", tmp_path)
    assert "hides cnngui's own package core. Start Python in another folder." in done.stderr
    assert not (tmp_path / "ran").exists()


def test_dir_is_the_whole_api_and_nothing_else() -> None:
    declared = {entry.__name__ for registry in (LAYERS, OPTIMIZERS, SCHEDULES) for entry in registry}
    written = {"CoreError", "History", "Network", "Plan", "Score", "data", "load"}
    assert set(dir(cnngui)) == declared | written
    assert all(getattr(cnngui, name).__doc__ for name in dir(cnngui))


def test_a_star_imports_the_same() -> None:
    space: dict[str, object] = {}
    exec("from cnngui import *", space)  # the names that a notebook gets
    assert space.keys() - {"__builtins__"} == set(dir(cnngui))


@pytest.mark.parametrize("name", ["Nothing", "nothing", "numpy", "_private"])
def test_other_names_are_not_there(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'cnngui' has no attribute '{name}'"):
        getattr(cnngui, name)


def test_help_begins_with_how_to_begin() -> None:
    text = pydoc.plain(pydoc.render_doc(cnngui))
    assert text.index("net.fit(") < text.index("class Network")
    assert "class Conv2D" in text
    assert "load(name" in text


def test_the_stub_is_that_of_the_declarations() -> None:
    assert PATH.read_text(encoding="utf-8") == stub(), "run: python -m cnngui.scripting.stub"


@pytest.mark.parametrize("package", ["core", "cnngui"])
def test_both_packages_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
