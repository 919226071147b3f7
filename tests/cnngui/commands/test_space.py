"""Space trains wherever it means nothing else: neither a letter, nor the press of a button, nor a choice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QWidget

from cnngui.models.run import Run, State
from cnngui.panels.costs.cost_table import CostTable
from cnngui.panels.design.outline import OutlinePanel
from cnngui.panels.design.palette import Palette
from cnngui.window.main_window import MainWindow
from tests.cnngui.contents import content

SPACE = Qt.Key.Key_Space


@pytest.fixture
def asked(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the run, instead of a run."""
    found: list[str] = []
    monkeypatch.setattr(window.workbench.run_control, "toggle", lambda: found.append("train"))
    return found


def unconcerned(window: MainWindow) -> QWidget:
    """A widget that can have the keyboard and has no use for it."""
    made = QWidget(window.statusBar())
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.show()
    return made


def test_space_trains_from_canvas_outline_and_whatever_has_no_use_for_it(
    window: MainWindow, asked: list[str]
) -> None:
    bench = window.workbench
    bench.views.show("outline")
    bench.views.show("analysis")
    outline = content(bench, "outline", OutlinePanel).view
    blocks = content(bench, "blocks", Palette).layers
    costs = bench.views.content("analysis").findChild(CostTable)
    assert costs is not None
    able = (bench.canvas, outline, blocks, costs, unconcerned(window), window.center)
    for number, widget in enumerate(able, 1):
        widget.setFocus()
        QTest.keyClick(widget, SPACE)
        assert len(asked) == number


def test_space_is_a_letter_in_a_name_that_is_typed_to_find_it_in_a_list(
    window: MainWindow, asked: list[str]
) -> None:
    blocks = content(window.workbench, "blocks", Palette).layers
    blocks.setFocus()
    before = QApplication.keyboardInputInterval()
    QApplication.setKeyboardInputInterval(60_000)
    try:
        QTest.keyClicks(blocks, "max p")
    finally:
        QApplication.setKeyboardInputInterval(before)
    assert asked == []
    assert blocks.current_kind() == "max_pool"


def test_space_is_a_letter_in_a_text_and_a_press_on_a_button(window: MainWindow, asked: list[str]) -> None:
    bench = window.workbench
    line = content(bench, "blocks", Palette).search
    QTest.keyClicks(line, "max p")
    assert line.text() == "max p"
    button, box = QPushButton("Press"), QCheckBox("Tick")
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    for widget in (button, box):
        window.statusBar().addWidget(widget)
        widget.setFocus()
        QTest.keyClick(widget, SPACE)
    assert pressed and box.isChecked()
    bench.canvas.quick_add.open_after_current()
    typed = window.focusWidget()
    assert isinstance(typed, QLineEdit)
    QTest.keyClicks(typed, "conv 16")
    assert typed.text() == "conv 16"
    QTest.keyClick(typed, Qt.Key.Key_Escape)
    assert asked == []


def test_a_held_key_trains_once(window: MainWindow, asked: list[str]) -> None:
    """On the canvas it is a key of the canvas; elsewhere, one that nobody there has used."""
    assert not window.workbench.actions["train"].autoRepeat()
    for widget in (window.workbench.canvas, unconcerned(window)):
        asked.clear()
        widget.setFocus()
        for repeats in (False, True, True):
            press = QKeyEvent(QEvent.Type.KeyPress, SPACE, Qt.KeyboardModifier.NoModifier, " ", repeats)
            QApplication.sendEvent(widget, press)
        assert asked == ["train"]


def test_what_can_not_be_done_is_not_done(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = window.workbench
    steps: list[bool] = []
    monkeypatch.setattr(bench.run, "step", lambda: steps.append(True))
    monkeypatch.setattr(Run, "state", State.RUNNING)
    bench.run.state_changed.emit()
    for command in ("step", "anew", "evaluate"):
        assert not bench.actions[command].isEnabled()
    for command in ("anew", "evaluate"):  # the first of two reasons, where there are two
        assert bench.actions[command].toolTip().startswith("Stop the run first.")
    for widget in (bench.canvas, window.center):
        QTest.keyClick(widget, SPACE, Qt.KeyboardModifier.ShiftModifier)
    assert steps == []
    monkeypatch.setattr(Run, "state", State.IDLE)
    bench.run.state_changed.emit()
