"""The list of keys: grouped, searchable, complete, and nothing twice."""

from __future__ import annotations

from collections import Counter

from PySide6.QtTest import QTest

from cnngui.commands.shortcuts import ShortcutsDialog
from cnngui.commands.table import declared
from cnngui.window.main_window import MainWindow


def opened(window: MainWindow) -> ShortcutsDialog:
    window.workbench.actions["keys"].trigger()
    dialog = window.findChild(ShortcutsDialog)
    assert dialog is not None
    return dialog


def test_all_keys_are_listed_by_menu_and_none_twice(window: MainWindow) -> None:
    dialog = opened(window)
    rows = dialog.rows()
    groups = list(dict.fromkeys(group for group, _, _ in rows))
    menus = ["File", "Edit", "View", "Network", "Train", "Window", "Help"]
    assert groups == [*menus, "Canvas: keys", "Canvas: mouse"]
    assert [what for what, count in Counter(what for _, what, _ in rows).items() if count > 1] == []
    listed = " ".join(how for _, _, how in rows)
    for command in declared().commands.values():
        assert command.keys_text in listed
    assert ("Train", "Train", "Space") in rows
    assert ("Canvas: mouse", "Draw a wire", "Drag from port to port") in rows
    dialog.reject()


def test_it_is_searched_by_what_is_done_and_by_key(window: MainWindow) -> None:
    dialog = opened(window)
    QTest.keyClicks(dialog.search, "zoom")
    assert {"Zoom In", "Zoom Out", "Zoom at the cursor"} == {what for _, what, _ in dialog.rows()}
    dialog.search.setText("ctrl+k")
    assert [what for _, what, _ in dialog.rows()] == ["Connect to"]
    dialog.reject()


def test_only_rows_that_speak_of_it_are_found_and_all_are_read_in_full(window: MainWindow) -> None:
    dialog = opened(window)
    assert dialog.list.columnWidth(0) >= dialog.list.sizeHintForColumn(0)
    dialog.search.setText("undo")
    assert {what for _, what, _ in dialog.rows()} == {"Undo"}
    dialog.reject()
