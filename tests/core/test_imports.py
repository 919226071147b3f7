"""Every module of the core can be the first one that is imported, and none brings Qt along."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.paths import ROOT

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "core").rglob("*.py")
    # numba's registrations aren't made to be repeated; a layer always comes with its whole package
    if "engine" not in path.parts and (path.parent.name != "layers" or path.stem == "__init__")
)

SCRIPT = """
import importlib, sys
for name in sys.argv[1:]:
    for loaded in [loaded for loaded in sys.modules if loaded.partition(".")[0] == "core"]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(name, error)
print(*{name.partition(".")[0] for name in sys.modules} & {"PySide6", "shiboken6", "pyqtgraph", "cnngui"})
"""


@pytest.mark.exhaustive
def test_modules_import_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *MODULES],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")
