"""The problems panel lists what is wrong, leads to it, and mends it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.panels.design.problem_view import ProblemView
from cnngui.panels.design.problems import LARGE, MAX_ROWS, ProblemsPanel
from cnngui.theme.theme import ThemeManager
from cnngui.window.main_window import MainWindow
from core.design.edits import add, append, move, new_block, rename, without_wires
from core.design.graph import Block, Graph, Wire
from core.design.groups import fold, group
from core.design.spec import DataSpec
from core.errors import Problem
from core.layers import LAYERS
from tests.cnngui.contents import content


def network() -> Graph:
    """A network that can be trained."""
    graph, last = Graph(), None
    for kind in ("input", "flatten", "dense", "classification"):
        block = new_block(graph, LAYERS[kind]())
        graph, last = append(graph, block, last), block.id
    return graph


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(network())
    return made


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def panel(qtbot: QtBot, themes: ThemeManager, document: Document, selection: Selection) -> ProblemsPanel:
    made = ProblemsPanel(document, selection, themes)
    made.fix_chosen.connect(lambda fix: document.change(fix.title, fix.apply))
    qtbot.addWidget(made)
    made.resize(500, 200)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def rows(panel: ProblemsPanel) -> list[ProblemView]:
    """The rows from top to bottom."""
    QApplication.processEvents()
    views = (view for view in panel.findChildren(ProblemView) if not view.isHidden())
    return sorted(views, key=lambda view: view.y())


def shown(panel: ProblemsPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def add_loose(document: Document, count: int = 1) -> None:
    """Adds blocks that nothing leads to: a problem each."""
    for _ in range(count):
        document.edit("Add", lambda graph: add(graph, new_block(graph, LAYERS["relu"]())))


def test_a_sound_network_can_be_trained(panel: ProblemsPanel) -> None:
    assert "No problems. The network can be trained." in shown(panel)
    assert not rows(panel)


def test_an_empty_design_is_not_called_sound(panel: ProblemsPanel, document: Document) -> None:
    document.open(Graph())
    assert "The design is empty." in shown(panel)
    assert "can be trained" not in shown(panel)


def test_problems_come_and_go_with_the_design(qtbot: QtBot, panel: ProblemsPanel, document: Document) -> None:
    with qtbot.waitSignal(panel.count_changed, check_params_cb=lambda count: count == 1):
        add_loose(document)
    assert "ReLU 1 has no input." in shown(panel)
    assert "Draw a wire to its left side." in shown(panel)
    with qtbot.waitSignal(panel.count_changed, check_params_cb=lambda count: count == 0):
        document.undo_stack.undo()
    assert not rows(panel)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_row_leads_to_its_block(
    qtbot: QtBot, panel: ProblemsPanel, document: Document, selection: Selection, by: str
) -> None:
    add_loose(document)
    (row,) = rows(panel)
    with qtbot.waitSignal(selection.revealed, check_params_cb=lambda block: block == "relu_1"):
        if by == "mouse":
            QTest.mouseClick(row, Qt.MouseButton.LeftButton)
        else:
            row.setFocus()
            QTest.keyClick(row, Qt.Key.Key_Return)
    assert selection.ids == ("relu_1",)


def test_arrow_keys_move_between_rows(panel: ProblemsPanel, document: Document) -> None:
    add_loose(document, 3)
    rows(panel)[0].setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
    assert QApplication.focusWidget() is rows(panel)[1]


def test_a_remedy_mends_the_design_as_it_is_now(panel: ProblemsPanel, document: Document) -> None:
    document.data = DataSpec((3, 32, 32), 64)
    document.edit("Move", lambda graph: move(graph, {"input_1": (40.0, 40.0)}))
    (button,) = panel.findChildren(QPushButton)
    button.click()
    assert document.inference.shapes["input_1"] == (3, 32, 32)
    assert document.graph["input_1"].position == (40.0, 40.0)
    assert not rows(panel)


def test_what_went_wrong_in_a_run_comes_first(panel: ProblemsPanel, document: Document) -> None:
    add_loose(document)
    document.show_run_problem(
        Problem("Dense 1: the loss is not finite.", "Lower the learning rate.", "dense_1")
    )
    assert [row.problem.block for row in rows(panel)] == ["dense_1", "relu_1"]
    document.show_run_problem(None)
    assert [row.problem.block for row in rows(panel)] == ["relu_1"]


def test_a_problem_of_a_deleted_block_leads_nowhere(
    panel: ProblemsPanel, document: Document, selection: Selection
) -> None:
    document.show_run_problem(Problem("It failed.", block="gone"))
    QTest.mouseClick(rows(panel)[0], Qt.MouseButton.LeftButton)
    assert selection.ids == ()


def test_moving_a_block_keeps_the_rows(panel: ProblemsPanel, document: Document) -> None:
    add_loose(document, 2)
    before = rows(panel)
    document.edit("Move", lambda graph: move(graph, {"relu_1": (8.0, 8.0)}))
    assert rows(panel) == before


def test_very_many_problems_are_cut_short(panel: ProblemsPanel, document: Document) -> None:
    add_loose(document, MAX_ROWS + 5)
    assert len(rows(panel)) == MAX_ROWS
    assert "… and 5 more." in shown(panel)
    assert len(panel.problems) == MAX_ROWS + 5


def test_a_row_speaks_to_screen_readers(panel: ProblemsPanel, document: Document) -> None:
    add_loose(document)
    assert rows(panel)[0].accessibleName().startswith("error: ReLU 1 has no input.")


def test_in_a_large_design_remedies_are_tried_when_the_edits_pause(
    qtbot: QtBot, panel: ProblemsPanel, document: Document
) -> None:
    def remedies() -> list[str]:
        return [button.text() for row in rows(panel) for button in row.findChildren(QPushButton)]

    blocks = [Block("b0", LAYERS["input"](), "Image")]
    blocks += [Block(f"b{n}", LAYERS["relu"](), f"ReLU {n}") for n in range(1, LARGE + 1)]
    wires = [Wire(f"b{n}", f"b{n + 1}") for n in range(LARGE)]
    document.open(Graph(tuple(blocks), tuple(wires)))
    assert len(rows(panel)) == len(document.inference.problems)
    assert not remedies()
    qtbot.waitUntil(lambda: bool(remedies()))


def test_a_long_remedy_is_read_in_full_in_a_narrow_panel(panel: ProblemsPanel, document: Document) -> None:
    document.edit("Rename", lambda graph: rename(graph, "flatten_1", "A block with a very long name"))
    document.edit("Cut", lambda graph: without_wires(graph, [graph.wires[1]]))
    panel.resize(240, 400)
    rows(panel)
    button = next(b for b in panel.findChildren(QPushButton) if b.isVisible() and "A block with" in b.text())
    assert button.width() < button.sizeHint().width()
    assert button.height() >= button.heightForWidth(button.width()) > button.sizeHint().height()


def test_a_remedy_of_a_panel_makes_room_in_an_open_group_as_that_of_the_menu_does(
    qtbot: QtBot, settings: Settings, themes: ThemeManager
) -> None:
    window = MainWindow(settings, themes)
    qtbot.addWidget(window, before_close_func=MainWindow.close_without_asking)
    window.show()
    bench = window.workbench.bench
    graph, last = Graph(), None
    for kind in ("input", "dense", "classification"):
        block = new_block(graph, LAYERS[kind]())
        graph, last = append(graph, block, last), block.id
    bench.document.open(fold(group(graph, ["dense_1"]), "group_1", folded=False))
    (problem,) = bench.document.inference.errors
    fix = next(f for f in bench.document.with_fixes(problem).fixes if f.title == "Insert Flatten")
    bench.editor.mend(fix)
    by_menu = bench.document.graph
    bench.document.undo_stack.undo()
    panel = content(window.workbench, "problems", ProblemsPanel)
    panel.fix_chosen.emit(fix)
    assert bench.document.graph == by_menu


@pytest.mark.parametrize("width", [300, 500, 760, 1200])
def test_a_problem_with_many_remedies_has_room_for_its_text_in_a_low_panel(
    panel: ProblemsPanel, document: Document, width: int
) -> None:
    document.edit("Add", lambda graph: add(graph, new_block(graph, LAYERS["batch_norm"]())))
    panel.resize(width, 120)
    for view in rows(panel):
        for label in view.findChildren(QLabel):
            assert label.width() >= 200, label.text()
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    assert max(len(view.findChildren(QPushButton)) for view in rows(panel)) >= 3


def test_remedies_beside_each_other_have_one_height(panel: ProblemsPanel, document: Document) -> None:
    add_loose(document)
    for width in range(260, 1000, 60):
        panel.resize(width, 200)
        for view in rows(panel):
            by_top: dict[int, set[int]] = {}
            for button in view.findChildren(QPushButton):
                by_top.setdefault(button.y(), set()).add(button.height())
            assert all(len(heights) == 1 for heights in by_top.values())
