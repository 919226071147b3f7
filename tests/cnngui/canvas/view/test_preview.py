"""What a remedy would do is seen before it is done, and leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.canvas.view.view import Canvas
from cnngui.panels.design.problems import ProblemsPanel
from cnngui.theme.theme import ThemeManager
from core.design.edits import remove
from core.repair.fix import Fix
from tests.cnngui.canvas.conftest import Hand, Menu, chain


def broken(hand: Hand) -> str:
    """A dense block behind an image: its remedy puts another block between."""
    hand.show(chain("input", "dense", "classification"))
    hand.canvas.editor.select(["dense_1"])
    return "dense_1"


def ghosts(hand: Hand) -> list[str]:
    graph = hand.canvas.drawing.graph
    return [block.id for block in graph.blocks if hand.canvas.drawing.block_item(block.id).is_ghost]


def test_a_remedy_is_shown_with_ghosts_and_shapes_and_taken_back(hand: Hand) -> None:
    block = broken(hand)
    canvas, before = hand.canvas, hand.canvas.drawing.snapshot()
    problem = canvas.document.inference.problem(block)
    assert problem is not None
    fix = canvas.document.with_fixes(problem).fixes[0]
    canvas.following.preview(fix)
    (ghost,) = ghosts(hand)
    assert ghost not in hand.graph.by_id
    assert canvas.drawing.block_item(block).face.shape is not None
    assert canvas.drawing.block_item(block).face.problem is None
    assert not canvas.document.undo_stack.canUndo()
    canvas.following.preview(None)
    assert canvas.drawing.snapshot() == before


def test_what_a_remedy_adds_is_brought_into_sight(hand: Hand) -> None:
    block = broken(hand)
    hand.canvas.centerOn(QPointF(-3000, 2000))
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    hand.canvas.following.preview(hand.canvas.document.with_fixes(problem).fixes[0])
    (ghost,) = ghosts(hand)
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.block_item(ghost).body)


@pytest.mark.parametrize("leave", ["mouse", "Delete"])
def test_the_view_goes_back_to_where_it_was_before_a_preview(hand: Hand, leave: str) -> None:
    block = broken(hand)
    hand.canvas.centerOn(QPointF(-3000, 2000))
    before = hand.canvas.visible_area()
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    for fix in hand.canvas.document.with_fixes(problem).fixes[:2]:
        hand.canvas.following.preview(fix)
    assert hand.canvas.visible_area() != before
    if leave == "mouse":
        hand.canvas.following.preview(None)
    else:
        hand.key(Qt.Key.Key_Delete)
    assert hand.canvas.visible_area() == before


def test_a_view_that_was_moved_during_a_preview_stays(hand: Hand) -> None:
    block = broken(hand)
    hand.canvas.centerOn(QPointF(-3000, 2000))
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    hand.canvas.following.preview(hand.canvas.document.with_fixes(problem).fixes[0])
    hand.canvas.scroll_by(QPointF(20, 10))
    there = hand.canvas.visible_area()
    hand.canvas.following.preview(None)
    assert hand.canvas.visible_area() == there


def test_a_press_on_the_canvas_ends_the_preview(hand: Hand) -> None:
    block = broken(hand)
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    hand.canvas.following.preview(hand.canvas.document.with_fixes(problem).fixes[0])
    hand.click(hand.header(ghosts(hand)[0]))
    assert hand.canvas.drawing.graph is hand.graph
    assert not ghosts(hand)


def test_the_menu_previews_the_remedy_under_the_mouse(hand: Hand, menu: Menu) -> None:
    block = broken(hand)
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    title = hand.canvas.document.with_fixes(problem).fixes[0].title
    opened = menu(QPointF())
    actions = {action.text(): action for action in opened.actions()}
    opened.popup(hand.canvas.mapToGlobal(hand.canvas.rect().center()))
    QTest.mouseMove(opened, opened.actionGeometry(actions[title]).center())
    opened.setActiveAction(actions[title])
    assert ghosts(hand)
    opened.setActiveAction(actions["Cut"])
    assert not ghosts(hand)
    opened.setActiveAction(actions[title])
    opened.close()
    assert not ghosts(hand)


def test_a_remedy_of_a_panel_is_previewed_under_the_mouse_and_with_the_focus(
    hand: Hand, qtbot: QtBot, themes: ThemeManager
) -> None:
    broken(hand)
    panel = ProblemsPanel(hand.canvas.document, hand.canvas.selection, themes)
    panel.fix_chosen.connect(hand.canvas.editor.mend)
    qtbot.addWidget(panel)
    panel.fix_previewed.connect(hand.canvas.following.preview)
    panel.show()
    button = panel.findChildren(QPushButton)[0]
    place = QPointF(4, 4)
    QApplication.sendEvent(button, QEnterEvent(place, place, place))
    assert ghosts(hand)
    QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
    assert not ghosts(hand)
    hand.canvas.clearFocus()
    panel.activateWindow()
    QApplication.processEvents()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: bool(ghosts(hand)))
    before = hand.graph
    button.click()
    assert hand.graph is not before
    assert hand.canvas.drawing.graph is hand.graph
    assert not ghosts(hand)


@pytest.fixture
def panel(hand: Hand, qtbot: QtBot, themes: ThemeManager) -> ProblemsPanel:
    panel = ProblemsPanel(hand.canvas.document, hand.canvas.selection, themes)
    panel.fix_chosen.connect(hand.canvas.editor.mend)
    qtbot.addWidget(panel)
    panel.fix_previewed.connect(hand.canvas.following.preview)
    panel.resize(700, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def buttons(panel: ProblemsPanel) -> dict[str, QPushButton]:
    return {button.text(): button for button in panel.findChildren(QPushButton) if button.isVisible()}


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
@pytest.mark.parametrize(
    ("kinds", "title"),
    [
        (["input"], "Delete Input 1"),
        (["input"], "End with Classification"),
        (["input"], "End with Regression"),
        (["input", "conv2d"], "End with Classification"),
        (["relu"], "Add an Input block"),
        (["relu", "dense"], "Add an Input block"),
        (["input", "dense", "classification"], "Insert Flatten"),
    ],
    ids=str,
)
def test_no_preview_outlives_its_remedy(
    hand: Hand, panel: ProblemsPanel, kinds: list[str], title: str, by: str
) -> None:
    hand.show(chain(*kinds))
    QApplication.processEvents()
    button = buttons(panel)[title]
    if by == "mouse":
        QTest.mouseMove(panel.windowHandle(), panel.rect().bottomRight() - QPoint(2, 2))
        QTest.mouseMove(panel.windowHandle(), button.mapTo(panel, button.rect().center()))
    else:
        button.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    assert hand.canvas.drawing.graph is not hand.graph
    before = hand.graph
    if by == "mouse":
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(button, Qt.Key.Key_Space)
    assert hand.graph is not before
    assert hand.canvas.drawing.graph is hand.graph
    if by == "mouse":
        QTest.mouseMove(panel.windowHandle(), panel.rect().bottomRight() - QPoint(2, 2))
        QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
        assert hand.canvas.drawing.graph is hand.graph
    assert not ghosts(hand)


def test_a_remedy_in_an_open_menu_is_for_the_design_that_it_was_opened_on(hand: Hand, menu: Menu) -> None:
    document, block = hand.canvas.document, broken(hand)
    opened = menu(QPointF())
    opened.popup(hand.canvas.mapToGlobal(hand.canvas.rect().center()))
    remedy = opened.actions()[0]
    document.open(chain("input", "conv2d"))
    opened.setActiveAction(remedy)
    assert not ghosts(hand)
    before = hand.graph
    QTest.keyClick(opened, Qt.Key.Key_Return)
    assert hand.graph is before
    assert "has changed" in hand.canvas.hint_text()
    assert block not in hand.graph.by_id


def taken_away(hand: Hand) -> None:
    """Previews a remedy that takes away ReLU 1, which is selected."""
    hand.show(chain("input", "relu", "classification"))
    canvas = hand.canvas
    canvas.editor.select(["relu_1"])
    project = canvas.document.project
    without = replace(project, design=remove(project.design, ["relu_1"], reconnect=True))
    canvas.following.preview(Fix("Delete ReLU 1", lambda _: without))
    assert not canvas.drawing.draws("relu_1")


@pytest.mark.parametrize("look", ["reveal", "fit"])
def test_a_block_that_a_previewed_remedy_takes_away_can_still_be_looked_at(hand: Hand, look: str) -> None:
    taken_away(hand)
    if look == "reveal":
        hand.canvas.selection.reveal("relu_1")
    else:
        hand.canvas.fit_selection()
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.block_item("relu_1").body)


@pytest.mark.parametrize(
    "use",
    [
        lambda canvas: canvas.focusInEvent(QFocusEvent(QEvent.Type.FocusIn)),
        lambda canvas: QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier),
        lambda canvas: canvas.editor.select(["relu_1", "input_1"]),
        lambda canvas: canvas.quick_add.open_after_current(),
        lambda canvas: canvas.connect_to.open_for_current(),
        lambda canvas: canvas.editor.clipboard.duplicate(),
        lambda canvas: canvas.editor.groups.group(),
        lambda canvas: canvas.editor.arranging.turn(),
    ],
    ids=["focus", "walk", "select", "quick add", "connect", "duplicate", "group", "turn"],
)
def test_whatever_uses_the_canvas_ends_the_preview(hand: Hand, use: Callable[[Canvas], object]) -> None:
    taken_away(hand)
    use(hand.canvas)
    assert hand.canvas.drawing.graph is hand.graph
    assert hand.canvas.drawing.draws("relu_1")


def test_what_has_gone_moves_nothing(hand: Hand) -> None:
    hand.show(chain("input", "relu", "classification"))
    before = hand.canvas.visible_area()
    hand.canvas.bring_into_sight(["conv2d_9"])
    assert hand.canvas.visible_area() == before
