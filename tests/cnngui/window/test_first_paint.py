"""What the window needs to be painted for the first time: Qt, and what is remembered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from math import inf, nan
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from pytestqt.qtbot import QtBot

from cnngui.models.settings import Settings
from cnngui.panels.panel import Panel, PanelPlace, discover, from_json, to_json
from cnngui.theme.theme import ThemeManager
from cnngui.window.frame import DECLARED
from cnngui.window.main_window import MainWindow

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
        "7",
        "[" * 5000,
        '[{"name": "curves"}]',
        '[{"place": {"area": "left"}, "open": {}, "old": 1}]',
    ):
        assert from_json(text) == ()


@pytest.mark.parametrize(
    "damage",
    [
        {"place": {"area": "lefs", "size": 0.3, "behind": False}},
        {"place": {"area": ["left"], "size": 0.3, "behind": False}},
        {"place": {"area": "left", "size": nan, "behind": False}},
        {"place": {"area": "left", "size": inf, "behind": False}},
        {"place": {"area": "left", "size": -5, "behind": False}},
        {"place": {"area": "left", "size": True, "behind": False}},
        {"place": {"area": "left", "size": "big", "behind": False}},
        {"place": {"area": "left", "size": 0.3, "behind": "no"}},
        {"place": {"area": "left", "size": 0.3}},
        {"place": None},
        {"open": {"design": {"area": "top", "size": 0.3, "behind": False}}},
        {"open": {"design": {"area": "page", "size": 0.3, "behind": False}}},
        {"open": {"design": {"area": "left", "size": nan, "behind": False}}},
        {"open": [1]},
        {"name": 1},
        {"name": ""},
        {"name": "other"},
        {"title": None},
        {"icon": "gone"},
        {"icon": "x" * 5000},
        {"icon": 3},
        {"order": "first"},
        {"order": 1.5},
        {"shows_design": 1},
        {"new": "of a later version"},
    ],
    ids=str,
)
def test_a_remembered_panel_with_a_wrong_value_counts_as_none(damage: dict[str, object]) -> None:
    left = PanelPlace("left")
    panels = tuple(Panel(name, name, "chart", left, {"design": left}) for name in ("one", "other"))
    assert from_json(to_json(panels)) == panels
    first, second = json.loads(to_json(panels))
    assert from_json(json.dumps([{**first, **damage}, second])) == ()


@pytest.mark.parametrize("text", ["[" * 5000, '[{"name": 1}]', '"lefs"'])
def test_a_window_opens_whatever_it_remembers(
    qtbot: QtBot, settings: Settings, themes: ThemeManager, text: str
) -> None:
    settings.set_text(DECLARED, text)
    settings.add_recent_file(Path("x" * 5000))
    settings.set_layout("design", QByteArray(b"no layout"))
    settings.set_layout("geometry", QByteArray(b"no geometry"))
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.show()
    qtbot.waitUntil(lambda: window.workbench.data.loading is None)
    assert window.panels == discover()
    assert window.menuBar().actions()
    assert "blocks" in window.docks.in_sight()


LAYOUT = """
import sys
from pathlib import Path
from PySide6.QtCore import QByteArray, QSettings
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from cnngui.models.settings import Settings
from cnngui.window.app import make_application, make_window

make_application()
settings = Settings()
window = make_window(settings)
window._filling = True
window.show()
window.remember()
store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "cnngui", "cnngui")
for key in ("layout/design", "layout/geometry"):
    state = store.value(key).data()
    for place in range(0, len(state), 7):
        store.setValue(key, QByteArray(state[:place] + bytes([state[place] ^ 0x10]) + state[place + 1 :]))
        window.restoreGeometry(settings.layout("geometry"))
        window.layouts.show("design")
        window.grab()
    store.setValue(key, QByteArray(state))
print("alive")
"""


def test_no_wrong_bit_of_a_layout_ends_the_process(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", LAYOUT, str(tmp_path / "settings")],
        env=dict(os.environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout.strip()) == (0, "alive"), told.stderr
