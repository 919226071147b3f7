"""What a remedy would do is seen before it is done, and leaves no trace."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from cnngui.canvas.menu import canvas_menu
from cnngui.panels.problems import ProblemsPanel
from cnngui.theme import ThemeManager
from tests.cnngui.canvas.conftest import Hand, chain


def broken(hand: Hand) -> str:
    """A dense block behind an image: its remedy puts another block between."""
    hand.show(chain("input", "dense", "classification"))
    hand.canvas.select(["dense_1"])
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
    canvas.preview(fix)
    (ghost,) = ghosts(hand)
    assert ghost not in hand.graph.by_id
    assert canvas.drawing.block_item(block).face.shape is not None
    assert canvas.drawing.block_item(block).face.problem is None
    assert not canvas.document.undo_stack.canUndo()
    canvas.preview(None)
    assert canvas.drawing.snapshot() == before


def test_what_a_remedy_adds_is_brought_into_sight(hand: Hand) -> None:
    block = broken(hand)
    hand.canvas.centerOn(QPointF(-3000, 2000))
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    hand.canvas.preview(hand.canvas.document.with_fixes(problem).fixes[0])
    (ghost,) = ghosts(hand)
    assert hand.canvas.visible_area().contains(hand.canvas.drawing.block_item(ghost).body)


def test_a_press_on_the_canvas_ends_the_preview(hand: Hand) -> None:
    block = broken(hand)
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    hand.canvas.preview(hand.canvas.document.with_fixes(problem).fixes[0])
    hand.click(hand.header(ghosts(hand)[0]))
    assert hand.canvas.drawing.graph is hand.graph
    assert not ghosts(hand)


def test_the_menu_previews_the_remedy_under_the_mouse(hand: Hand) -> None:
    block = broken(hand)
    problem = hand.canvas.document.inference.problem(block)
    assert problem is not None
    title = hand.canvas.document.with_fixes(problem).fixes[0].title
    menu: QMenu = canvas_menu(hand.canvas, QPointF())
    actions = {action.text(): action for action in menu.actions()}
    menu.popup(hand.canvas.mapToGlobal(hand.canvas.rect().center()))
    QTest.mouseMove(menu, menu.actionGeometry(actions[title]).center())
    menu.setActiveAction(actions[title])
    assert ghosts(hand)
    menu.setActiveAction(actions["Cut"])
    assert not ghosts(hand)
    menu.setActiveAction(actions[title])
    menu.close()
    assert not ghosts(hand)


def test_a_remedy_of_a_panel_is_previewed_under_the_mouse_and_with_the_focus(
    hand: Hand, qtbot: QtBot, themes: ThemeManager
) -> None:
    broken(hand)
    panel = ProblemsPanel(hand.canvas.document, hand.canvas.selection, themes)
    qtbot.addWidget(panel)
    panel.fix_previewed.connect(hand.canvas.preview)
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
