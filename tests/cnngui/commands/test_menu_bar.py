"""The menus as a whole."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCursor, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu, QMessageBox

from cnngui.assets import version_text
from cnngui.commands.command import plain
from cnngui.models.settings import Settings
from cnngui.panels.design.outline import OutlinePanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design.direction import Direction
from tests.cnngui.canvas.conftest import CTRL, SHIFT
from tests.cnngui.contents import content


def menu(window: MainWindow, *path: str) -> QMenu:
    """A menu of the menu bar, or a submenu of it, as it is when somebody opens it."""
    found: QMenu | None = None
    for title in path:
        actions = window.menuBar().actions() if found is None else found.actions()
        (action,) = (action for action in actions if plain(action.text()) == title)
        found = action.menu()  # type: ignore[assignment]  # Qt's stub says QObject
        assert isinstance(found, QMenu)
        found.aboutToShow.emit()
    assert found is not None
    return found


def entry(window: MainWindow, *path: str) -> QAction:
    """An entry of a menu."""
    *way, text = path
    return next(action for action in menu(window, *way).actions() if plain(action.text()) == text)


def test_no_key_has_two_meanings(window: MainWindow) -> None:
    actions = set(window.findChildren(QAction))
    keys = Counter(key.toString() for action in actions for key in action.shortcuts())
    everywhere = [a for a in actions if a.shortcutContext() == Qt.ShortcutContext.WindowShortcut]
    assert [a.text() for a in everywhere if any(keys[key.toString()] > 1 for key in a.shortcuts())] == []


def test_switches_have_check_marks_and_are_remembered(window: MainWindow, settings: Settings) -> None:
    minimap = window.workbench.canvas.minimap
    assert entry(window, "View", "Minimap").isChecked()
    entry(window, "View", "Minimap").trigger()
    assert not entry(window, "View", "Minimap").isChecked()
    assert not settings.switch("minimap", default=True)
    window.workbench.canvas.zoom_to(4.0)
    assert minimap.isHidden()


def test_one_theme_is_chosen(window: MainWindow, settings: Settings, themes: ThemeManager) -> None:
    themes.mode = "dark"
    entries = {plain(action.text()): action for action in menu(window, "View", "Theme").actions()}
    assert [text for text, action in entries.items() if action.isChecked()] == ["Dark"]
    group = entries["Dark"].actionGroup()
    assert group is not None and group.isExclusive()
    for _ in range(2):  # what is chosen stays chosen when it is chosen again
        entries["Light"].trigger()
        assert settings.theme_mode == "light"
        assert [text for text, action in entries.items() if action.isChecked()] == ["Light"]


def test_the_menu_says_which_way_the_design_would_run(window: MainWindow) -> None:
    bench = window.workbench
    turn = bench.actions["turn"]
    assert plain(turn.text()) == "Flow Top Down"
    turn.trigger()
    assert bench.document.graph.direction is Direction.DOWN
    assert plain(turn.text()) == "Flow Left to Right"
    bench.document.undo_stack.undo()
    assert plain(turn.text()) == "Flow Top Down"


def test_undo_and_redo_are_what_the_history_says(window: MainWindow) -> None:
    bench, canvas = window.workbench, window.workbench.canvas
    undo, redo = bench.actions["undo"], bench.actions["redo"]
    assert (undo.isEnabled(), redo.isEnabled()) == (False, False)
    canvas.editor.select(["relu_1"], ())
    QTest.keyClick(canvas, Qt.Key.Key_Delete, SHIFT)
    assert (plain(undo.text()), undo.isEnabled()) == ("Undo Delete ReLU 1", True)
    assert undo.iconText() == "Undo"
    canvas.editor.select(["conv2d_1"], ())
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert plain(undo.text()) == "Undo Delete Conv 2D 1"
    QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
    assert (plain(undo.text()), plain(redo.text())) == ("Undo Delete ReLU 1", "Redo Delete Conv 2D 1")
    assert redo.isEnabled()
    QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
    assert (undo.isEnabled(), plain(redo.text())) == (False, "Redo Delete ReLU 1")
    QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL | SHIFT)
    QTest.keyClick(canvas, Qt.Key.Key_Y, CTRL)
    assert (plain(undo.text()), redo.isEnabled()) == ("Undo Delete Conv 2D 1", False)


def test_a_name_with_an_ampersand_is_shown_as_it_is(
    window: MainWindow, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("designs") / "cats & dogs.json"
    path.write_text("{}")
    window.workbench.settings.add_recent_file(path)
    texts = [action.text() for action in menu(window, "File", "Open Recent").actions()]
    assert texts[0] == "cats && dogs.json"


def test_recent_files_are_pale_until_there_are_some(window: MainWindow) -> None:
    submenu = menu(window, "File", "Open Recent").menuAction()
    assert not submenu.isEnabled()


def test_the_window_menu_opens_and_closes_panels(window: MainWindow) -> None:
    docks = window.workbench.views
    docks.switch("train")
    docks.show("curves")
    assert entry(window, "Window", "Curves").isChecked()
    entry(window, "Window", "Curves").trigger()
    assert not docks.is_open("curves")
    assert not entry(window, "Window", "Curves").isChecked()
    entry(window, "Window", "Curves").trigger()
    assert docks.is_open("curves")
    assert not docks.is_open("analysis")
    entry(window, "Window", "Go to Panel", "Analysis").trigger()
    assert not docks.content("analysis").visibleRegion().isEmpty()


def test_a_panel_can_have_the_whole_window(window: MainWindow) -> None:
    bench, views = window.workbench, window.workbench.views
    QTest.keyClick(bench.canvas, Qt.Key.Key_F11)
    assert window.sheet.name == "canvas"
    assert bench.canvas.isVisible()
    QTest.keyClick(bench.canvas, Qt.Key.Key_F11)
    assert not window.sheet.is_maximised
    views.show("outline")
    outline = content(bench, "outline", OutlinePanel)
    outline.view.setFocus()
    before = QCursor.pos()
    QCursor.setPos(outline.view.mapToGlobal(outline.view.rect().center()))
    QTest.keyClick(outline.view, Qt.Key.Key_F11)
    assert window.sheet.name == "outline"
    assert bench.canvas.visibleRegion().isEmpty()
    QCursor.setPos(before)


def test_what_a_button_says_is_not_said_again(window: MainWindow) -> None:
    bar = window.workbench.toolbar
    buttons = [action for action in bar.actions() if not action.isSeparator()]
    assert len(buttons) > 5
    for action in buttons:
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        said = action.toolTip().replace(f"({key})", "").strip()
        assert said and said != action.iconText()
        assert key in action.toolTip()


def test_about_says_the_version(window: MainWindow) -> None:
    entry(window, "Help", "About cnngui").trigger()
    box = window.findChild(QMessageBox)
    assert box is not None
    assert version_text() in box.text()
    box.reject()


def test_no_tooltip_repeats_what_its_button_says(window: MainWindow) -> None:
    buttons = [b for b in window.findChildren(QAbstractButton) if b.text() and b.toolTip()]
    assert [b.text() for b in buttons if b.toolTip().strip(".… ").casefold() == _said(b)] == []


def _said(button: QAbstractButton) -> str:
    return plain(button.text()).strip(".… ").casefold()
