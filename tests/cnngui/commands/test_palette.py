"""The command palette, with real keys: finding, choosing, what can't be used, and where the keyboard goes."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnngui.commands.matching import score
from cnngui.commands.palette import CommandPalette
from cnngui.commands.table import COMMANDS
from cnngui.panels.design.outline import OutlinePanel
from cnngui.window.main_window import MainWindow
from tests.cnngui.canvas.conftest import CTRL, SHIFT, chain
from tests.cnngui.contents import content

Key = Qt.Key


def opened(window: MainWindow) -> CommandPalette:
    """The palette, opened by its keys from wherever the keyboard is."""
    QTest.keyClick(window.focusWidget(), Key.Key_P, CTRL | SHIFT)
    palette = window.findChild(CommandPalette)
    assert palette is not None and palette.line.hasFocus()
    return palette


def names(palette: CommandPalette) -> list[str]:
    return [row.name for row in palette.list.found.rows]


def test_a_block_is_added_by_its_name(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "add dropout")
    current = palette.list.current()
    assert current is not None
    assert (current.name, current.path) == ("Add Dropout", "Network › Add › Normalisation")
    QTest.keyClick(palette.line, Key.Key_Return)
    assert window.workbench.selection.ids == ("dropout_1",)
    assert window.workbench.canvas.hasFocus()
    assert window.findChild(CommandPalette) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("conv", "Add Conv 2D"),
        ("lenet", "Open Example LeNet-5"),
        ("residual", "Insert Residual block"),
        ("theme dark", "Use the Dark Theme"),
        ("align top", "Align Top"),
        ("go out", "Go to Outline"),
        ("sel al", "Select All"),
        ("dar", "Delete and Reconnect"),
    ],
)
def test_what_somebody_would_type_comes_first(window: MainWindow, typed: str, name: str) -> None:
    palette = opened(window)
    palette.line.setText(typed)
    assert name in names(palette)[:3]
    palette.dismiss()


def test_up_and_down_choose_and_escape_gives_the_keyboard_back(window: MainWindow) -> None:
    outline = content(window.workbench, "outline", OutlinePanel)
    window.workbench.views.show("outline")
    outline.view.setFocus()
    palette = opened(window)
    first = palette.list.current()
    QTest.keyClick(palette.line, Key.Key_Down)
    second = palette.list.current()
    assert first is not second
    QTest.keyClick(palette.line, Key.Key_Up)
    assert palette.list.current() is first
    QTest.keyClick(palette.line, Key.Key_Escape)
    assert outline.view.hasFocus()
    assert window.findChild(CommandPalette) is None


def test_what_can_not_be_used_says_why_and_does_nothing(window: MainWindow) -> None:
    bench = window.workbench
    bench.canvas.editor.select(("conv2d_1", "relu_1"), ())
    palette = opened(window)
    QTest.keyClicks(palette.line, "distribute hor")
    row = palette.list.current()
    assert row is not None and row.reason == "Select three blocks or more first."
    assert row.reason in row.detail
    assert row.reason in palette.line.accessibleDescription()
    before = bench.document.graph
    QTest.keyClick(palette.line, Key.Key_Return)
    assert window.findChild(CommandPalette) is palette  # it hasn't closed; one that has isn't to be touched
    assert palette.isVisible()
    assert window.statusBar().currentMessage() == row.reason
    assert bench.document.graph is before
    QTest.keyClick(palette.line, Key.Key_Escape)


def test_a_command_that_fails_ends_in_a_fault_and_not_in_a_crash(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", window.faults.note)
    broken = replace(COMMANDS.commands["fit"], run=lambda _: 1 / 0)
    monkeypatch.setitem(COMMANDS.commands, "fit", broken)
    palette = opened(window)
    QTest.keyClicks(palette.line, broken.name(window.workbench.bench))
    QTest.keyClick(palette.line, Key.Key_Return)
    qtbot.waitUntil(window.fault_notice.isVisible)
    assert window.findChild(CommandPalette) is None


def test_nothing_found_is_said(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "qqqq")
    assert names(palette) == []
    assert not palette.list.isVisible()
    QTest.keyClick(palette.line, Key.Key_Return)
    assert palette.isVisible()
    QTest.keyClick(palette.line, Key.Key_Escape)


def test_a_click_on_a_row_does_it_and_one_elsewhere_closes(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClicks(palette.line, "add dropout")
    area = palette.list.visualRect(palette.list.found.index(0))
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert window.workbench.selection.ids == ("dropout_1",)
    opened(window)
    QTest.mouseClick(window.workbench.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert window.findChild(CommandPalette) is None


def test_a_remedy_is_offered_and_previewed(window: MainWindow) -> None:
    bench = window.workbench
    bench.document.open(chain("input", "dense", "classification"))
    bench.canvas.editor.select(["dense_1"], ())
    problem = bench.document.inference.problem("dense_1")
    assert problem is not None
    title = bench.document.with_fixes(problem).fixes[0].title
    palette = opened(window)
    palette.line.setText(title)
    assert names(palette)[0] == title
    assert bench.canvas.drawing.graph is not bench.document.graph
    QTest.keyClick(palette.line, Key.Key_Return)
    assert bench.document.undo_stack.undoText() == title
    assert bench.canvas.drawing.graph is bench.document.graph


def test_the_same_keys_close_it(window: MainWindow) -> None:
    palette = opened(window)
    QTest.keyClick(palette.line, Key.Key_P, CTRL | SHIFT)
    assert window.findChild(CommandPalette) is None
    assert window.workbench.canvas.hasFocus()


def test_it_stays_inside_a_small_window(window: MainWindow) -> None:
    palette = opened(window)
    for width, height in ((640, 480), (512, 290), (1600, 1000)):
        window.resize(width, height)
        assert window.size().toTuple() == (width, height)
        assert window.rect().contains(palette.geometry())
        QTest.keyClicks(palette.line, "a")
        assert window.rect().contains(palette.geometry())
        for _ in range(9):
            QTest.keyClick(palette.line, Key.Key_Down)
        assert palette.list.rect().contains(palette.list.visualRect(palette.list.currentIndex()))
        palette.line.clear()
    palette.dismiss()


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("pool", "Add Max Pool", "Spoolers"),
        ("add", "Add Conv 2D", "Padding"),
        ("fit", "Fit the Design", "Benefit"),
        ("dar", "Delete and Reconnect", "Read a Rope"),
    ],
)
def test_a_word_counts_more_than_letters(typed: str, better: str, worse: str) -> None:
    good, bad = score(typed, better, ""), score(typed, worse, "")
    assert good is not None
    assert bad is None or good > bad


def test_every_word_has_to_fit() -> None:
    assert score("align zzz", "Align Left", "Network › Align") is None
    assert score("left network", "Align Left", "Network › Align") is not None
    assert score("", "Anything", "") == 0


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("shortc", "Keyboard and Mouse"),
        ("tutorial", "First Steps"),
        ("run", "Train"),
        ("kept runs", "Training History"),
    ],
)
def test_a_command_is_found_by_other_words_for_it(window: MainWindow, typed: str, name: str) -> None:
    palette = opened(window)
    palette.line.setText(typed)
    assert name in names(palette)[:3]
    palette.dismiss()
