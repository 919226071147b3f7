"""What the window needs to be painted for the first time: Qt, and what is remembered."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QSettings

from cnngui.models.settings import Settings
from cnngui.panels.panel import discover, from_json, to_json
from cnngui.window.frame import DECLARED

ROOT = Path(__file__).parents[3]
HEAVY = ("numpy", "pyqtgraph", "numba", "core.layers")

PAINT = f"""
import sys
from PySide6.QtCore import QSettings
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from cnngui.window.app import make_application, make_window
from PySide6.QtCore import QSettings

from cnngui.models.settings import Settings
make_application()
window = make_window(Settings())
window._filling = True
window.show()
window.grab()
print(sorted(set({HEAVY!r}) & sys.modules.keys()), len(window.docks.names))
"""


def test_nothing_heavy_is_loaded_before_the_first_paint(settings: Settings, tmp_path: Path) -> None:
    panels = discover()
    assert from_json(to_json(panels)) == panels
    settings.set_text(DECLARED, to_json(panels))
    QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnngui", "cnngui").sync()
    told = subprocess.run(
        [sys.executable, "-c", PAINT, str(tmp_path / "settings")],
        env=dict(os.environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    docks = sum(panel.docks for panel in panels)
    assert told.stdout.strip() == f"[] {docks}"


def test_a_damaged_memory_counts_as_none() -> None:
    for text in (
        "",
        "{",
        "[1]",
        '[{"name": "curves"}]',
        '[{"place": {"area": "left"}, "open": {}, "old": 1}]',
    ):
        assert from_json(text) == ()
