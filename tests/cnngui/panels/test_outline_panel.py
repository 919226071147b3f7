"""The outline: the design as a list, edited with real keys, and what a screen reader finds in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from cnngui.canvas.view.view import Canvas
from cnngui.commands.actions import Actions
from cnngui.compute.thread import ComputeThread
from cnngui.models.document import Document
from cnngui.models.models import make_models
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.panels.design.outline import OutlinePanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design import edits, notes
from core.design.graph import Graph
from tests.cnngui.benches import Noted, bench_of
from tests.cnngui.canvas.conftest import chain
from tests.cnngui.contents import content

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def outline(
    qtbot: QtBot, thread: ComputeThread, settings: Settings, themes: ThemeManager
) -> Iterator[OutlinePanel]:
    around = QWidget()
    qtbot.addWidget(around)
    row = QHBoxLayout(around)
    canvas = Canvas(Document(), Selection(), themes)
    panel = OutlinePanel(canvas, themes)
    models = make_models(canvas.document, thread, canvas)
    actions = Actions(bench_of(canvas, models, settings, themes, Noted()), around)
    actions.add_design(canvas)
    actions.add_design(panel)
    row.addWidget(panel)
    row.addWidget(canvas)
    around.resize(1000, 600)
    around.show()
    around.activateWindow()
    qtbot.waitUntil(around.isActiveWindow)
    panel.setFocus()
    yield panel


def canvas_of(panel: OutlinePanel) -> Canvas:
    found = panel.window().findChild(Canvas)
    assert isinstance(found, Canvas)
    return found


def show(panel: OutlinePanel, graph: Graph, current: str) -> None:
    canvas_of(panel).document.open(graph)
    canvas_of(panel).selection.set([current])
    panel.view.setFocus()


def key(panel: OutlinePanel, pressed: Key, keys: Qt.KeyboardModifier = NONE) -> None:
    """A key for whatever has the keyboard."""
    QTest.keyClick(panel.window().focusWidget(), pressed, keys)


def names(panel: OutlinePanel) -> list[str]:
    return [panel.model.index(row, 0).data() for row in range(panel.model.rowCount())]


def order(panel: OutlinePanel) -> tuple[str, ...]:
    return canvas_of(panel).document.graph.order


def test_rows_show_shape_parameters_and_problem(outline: OutlinePanel) -> None:
    show(outline, chain("input", "conv2d", "dense"), "input_1")
    conv = [outline.model.index(1, column).data() for column in range(4)]
    assert conv == ["Conv 2D 1", "16 × 26 × 26", "160", ""]
    assert "vector" in outline.model.index(2, 3).data()


def test_branches_are_indented(outline: OutlinePanel) -> None:
    graph = edits.connect(chain("input", "relu", "tanh", "add"), "relu_1", "add_1")
    show(outline, graph, "input_1")
    indents = [len(name) - len(name.lstrip()) for name in names(outline)]
    assert indents == [0, 0, 1, 0]


def test_the_selection_is_shared(outline: OutlinePanel) -> None:
    show(outline, chain("input", "relu", "tanh"), "relu_1")
    assert outline.view.currentIndex().row() == 1
    key(outline, Key.Key_Down)
    assert canvas_of(outline).selection.ids == ("tanh_1",)
    key(outline, Key.Key_Up, SHIFT)
    assert set(canvas_of(outline).selection.ids) == {"relu_1", "tanh_1"}


def test_a_design_is_built_from_nothing_with_the_keyboard(outline: OutlinePanel) -> None:
    assert outline.model.rowCount() == 0
    for text in ("input", "flatten", "dense 10", "class"):
        key(outline, Key.Key_Insert)
        line = outline.window().focusWidget()
        assert isinstance(line, QLineEdit)
        QTest.keyClicks(line, text)
        key(outline, Key.Key_Return)
    assert order(outline) == ("input_1", "flatten_1", "dense_1", "classification_1")
    assert not canvas_of(outline).document.inference.problems
    assert outline.view.hasFocus()


def test_alt_and_arrows_reorder_a_chain(outline: OutlinePanel) -> None:
    show(outline, chain("input", "relu", "tanh", "dropout"), "relu_1")
    key(outline, Key.Key_Down, ALT)
    assert order(outline) == ("input_1", "tanh_1", "relu_1", "dropout_1")
    assert outline.view.currentIndex().row() == 2
    key(outline, Key.Key_Up, ALT)
    assert order(outline) == ("input_1", "relu_1", "tanh_1", "dropout_1")
    key(outline, Key.Key_Up, ALT)  # the input stays the first
    assert order(outline) == ("input_1", "relu_1", "tanh_1", "dropout_1")


def test_connecting_gives_the_keyboard_back(outline: OutlinePanel) -> None:
    show(outline, Graph(chain("input", "relu").blocks), "input_1")
    canvas_of(outline).connect_to.open_for_current()
    key(outline, Key.Key_Return)
    assert order(outline) == ("input_1", "relu_1")
    assert len(canvas_of(outline).document.graph.wires) == 1
    assert outline.view.hasFocus()


def test_deleting_goes_on_from_the_next_block(outline: OutlinePanel) -> None:
    show(outline, chain("input", "relu", "tanh", "dropout"), "relu_1")
    key(outline, Key.Key_Delete, SHIFT)
    assert order(outline) == ("input_1", "tanh_1", "dropout_1")
    assert len(canvas_of(outline).document.graph.wires) == 2
    assert canvas_of(outline).selection.current == "tanh_1"
    key(outline, Key.Key_Delete)
    assert len(canvas_of(outline).document.graph.wires) == 0


def test_f2_renames_in_place(outline: OutlinePanel, qtbot: QtBot) -> None:
    show(outline, chain("input", "relu"), "relu_1")
    key(outline, Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "ReLU 1"
    QTest.keyClicks(editor, "Bend")
    QTest.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: canvas_of(outline).document.graph["relu_1"].name == "Bend")


def test_an_empty_name_is_refused_with_a_word(outline: OutlinePanel, qtbot: QtBot) -> None:
    show(outline, chain("input", "relu"), "relu_1")
    with qtbot.waitSignal(canvas_of(outline).editor.message) as said:
        outline.model.setData(outline.model.index(1, 0), " ")
    assert "name" in said.args[0]
    assert canvas_of(outline).document.graph["relu_1"].name == "ReLU 1"


def test_enter_asks_for_the_settings(outline: OutlinePanel, qtbot: QtBot) -> None:
    show(outline, chain("input", "relu"), "relu_1")
    with qtbot.waitSignal(outline.configured):
        key(outline, Key.Key_Return)


def test_a_hidden_outline_catches_up_when_it_is_shown(outline: OutlinePanel) -> None:
    outline.hide()
    canvas_of(outline).document.open(chain("input", "relu"))
    outline.show()
    assert names(outline) == ["Input 1", "ReLU 1"]


def noted() -> Graph:
    """A block in a frame, one beside it, and a comment of two lines."""
    graph, _ = notes.add_frame(chain("input", "relu"), (-40.0, -60.0), (220.0, 240.0), "Start")
    return notes.add_comment(graph, (0.0, 240.0), "Look here\nand there")[0]


def test_frames_and_comments_are_listed_and_selected(outline: OutlinePanel) -> None:
    show(outline, noted(), "relu_1")
    assert names(outline) == ["Input 1", "ReLU 1", "Start", "Look here"]
    key(outline, Key.Key_Down)
    assert canvas_of(outline).editor.notes.chosen == "frame_1"
    key(outline, Key.Key_Up, SHIFT)
    assert canvas_of(outline).selection.parts == ("relu_1", "frame_1")
    key(outline, Key.Key_End)
    assert canvas_of(outline).editor.notes.chosen == "comment_1"
    canvas_of(outline).editor.select(["frame_1"])
    assert outline.view.currentIndex().row() == 2


def test_a_frame_gets_another_title_in_the_list(outline: OutlinePanel, qtbot: QtBot) -> None:
    show(outline, noted(), "relu_1")
    key(outline, Key.Key_Down)
    key(outline, Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "Start"
    QTest.keyClicks(editor, "Encoder")
    QTest.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: canvas_of(outline).document.graph.frames[0].title == "Encoder")
    assert canvas_of(outline).document.undo_stack.undoText() == "Rename Start"


@pytest.mark.parametrize("pressed", [Key.Key_F2, Key.Key_Return])
def test_a_comment_is_edited_with_all_its_lines_and_the_keyboard_comes_back(
    outline: OutlinePanel, pressed: Key
) -> None:
    show(outline, noted(), "relu_1")
    key(outline, Key.Key_End)
    key(outline, pressed)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    assert editor.toPlainText() == "Look here\nand there"
    QTest.keyClicks(editor, "One")
    QTest.keyClick(editor, Key.Key_Return)
    QTest.keyClicks(editor, "two")
    QTest.keyClick(editor, Key.Key_Return, CTRL)
    assert canvas_of(outline).document.graph.comments[0].text == "One\ntwo"
    assert outline.view.hasFocus()
    assert names(outline)[-1] == "One"


def test_frames_and_comments_are_copied_pasted_and_deleted_by_keys(outline: OutlinePanel) -> None:
    show(outline, noted(), "relu_1")
    key(outline, Key.Key_Down)
    key(outline, Key.Key_Down, SHIFT)
    key(outline, Key.Key_X, CTRL)
    assert names(outline) == ["Input 1", "ReLU 1"]
    assert canvas_of(outline).selection.ids == ("relu_1",)
    key(outline, Key.Key_V, CTRL)
    key(outline, Key.Key_C, CTRL)
    key(outline, Key.Key_V, CTRL)
    assert names(outline)[2:] == ["Start", "Start", "Look here", "Look here"]
    key(outline, Key.Key_Delete)
    assert names(outline)[2:] == ["Start", "Look here"]
    key(outline, Key.Key_End)
    key(outline, Key.Key_Delete)
    assert names(outline)[2:] == ["Start"]
    assert canvas_of(outline).editor.notes.chosen == "frame_1"


def test_frames_and_comments_are_added_by_keys_in_the_window(
    qtbot: QtBot, settings: Settings, themes: ThemeManager
) -> None:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    workbench = window.workbench
    workbench.document.open(chain("input", "relu"))
    workbench.views.show("outline")
    view = content(workbench, "outline", OutlinePanel).view
    view.setFocus()
    workbench.selection.set(["input_1"])
    for pressed, keys, text in ((Key.Key_M, CTRL | SHIFT, "Data"), (Key.Key_M, CTRL | ALT, "Why")):
        QTest.keyClick(view, pressed, keys)
        editor = QApplication.focusWidget()
        assert isinstance(editor, QPlainTextEdit)
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Key.Key_Return, CTRL)
        assert view.hasFocus()
    assert [view.model().index(row, 0).data() for row in range(4)] == ["Input 1", "ReLU 1", "Data", "Why"]
    assert workbench.canvas.editor.notes.chosen == "comment_1"
    heard = QAccessible.queryAccessibleInterface(view)
    cells = [heard.child(number).text(QAccessible.Text.Name) for number in range(heard.childCount())]
    assert {"Frame Data, Gray, 1 block inside", "Comment, Why"} <= set(cells)


def test_a_screen_reader_hears_the_whole_row(outline: OutlinePanel) -> None:
    show(outline, chain("input", "conv2d", "dense"), "dense_1")
    heard = QAccessible.queryAccessibleInterface(outline.view)
    cells = [heard.child(number).text(QAccessible.Text.Name) for number in range(heard.childCount())]
    assert "Conv 2D 1, Conv 2D: 16, 3 × 3, after Input 1, output 16 × 26 × 26, 160 parameters" in cells
    assert "Output: 16 × 26 × 26" in cells
    assert any("error: Dense 1" in cell for cell in cells)
