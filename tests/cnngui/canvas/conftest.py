"""A canvas with a hand that presses, drags and types on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.view.view import Canvas
from cnngui.commands.actions import Actions
from cnngui.commands.menus import canvas_menu
from cnngui.compute.thread import ComputeThread
from cnngui.models.document import Document
from cnngui.models.models import make_models
from cnngui.models.selection import Selection
from cnngui.models.settings import Settings
from cnngui.theme.theme import BLOCK_HEADER, ThemeManager
from core.design import edits
from core.design.graph import Block, Graph, Wire
from core.drawing.measures import BLOCK_WIDTH
from core.layers import LAYERS
from tests.cnngui.benches import Noted, bench_of
from tests.cnngui.drags import spot

LEFT = Qt.MouseButton.LeftButton
MIDDLE = Qt.MouseButton.MiddleButton
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier

Menu: TypeAlias = Callable[[QPointF], QMenu]


def chain(*kinds: str) -> Graph:
    """Blocks in a row, each connected to the next; their ids are `relu_1`, `relu_2`, …"""
    graph = Graph()
    last = None
    for place, kind in enumerate(kinds):
        block = edits.new_block(graph, LAYERS[kind](), (220.0 * place, 0.0))
        graph = edits.append(graph, block, last)
        last = block.id
    return graph


def loose(*kinds: str) -> Graph:
    """Blocks in a row without wires."""
    return Graph(chain(*kinds).blocks)


@dataclass
class Hand:
    """Real events on the canvas, at places on the plane."""

    canvas: Canvas

    @property
    def graph(self) -> Graph:
        return self.canvas.document.graph

    def selected(self) -> list[str]:
        return list(self.canvas.selection.ids)

    def header(self, block: str) -> QPointF:
        """The middle of a block's header."""
        corner = self.canvas.drawing.block_item(block).pos()
        return corner + QPointF(BLOCK_WIDTH / 2, BLOCK_HEADER / 2)

    def output(self, block: str) -> QPointF:
        return self.canvas.drawing.port_point(Port(block, True))

    def input(self, block: str, number: int = 0) -> QPointF:
        return self.canvas.drawing.port_point(Port(block, False, number))

    def middle(self, wire: Wire) -> QPointF:
        return (self.output(wire.source) + self.input(wire.target, wire.input)) / 2

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mousePress(self.canvas.viewport(), button, keys, self.pixel(at))

    def move(self, to: QPointF) -> None:
        QTest.mouseMove(self.canvas.viewport(), self.pixel(to))
        QApplication.processEvents()

    def release(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mouseRelease(self.canvas.viewport(), button, keys, self.pixel(at))

    def click(self, at: QPointF, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self.press(at, keys=keys)
        self.release(at, keys=keys)

    def drag(self, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self.press(start, keys=keys)
        self.move((start + end) / 2)
        self.move(end)
        self.release(end, keys=keys)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.keyClick(self.canvas, key, keys)

    def drag_in(self, data: QMimeData, at: QPointF) -> QDragEnterEvent:
        """A drag from elsewhere comes over the canvas."""
        enter = QDragEnterEvent(spot(self.pixel(at)), Qt.DropAction.CopyAction, data, LEFT, NO_KEY)
        QApplication.sendEvent(self.canvas.viewport(), enter)
        if enter.isAccepted():
            self.drag_over(data, at)
        return enter

    def drag_over(self, data: QMimeData, at: QPointF) -> None:
        event = QDragMoveEvent(spot(self.pixel(at)), Qt.DropAction.CopyAction, data, LEFT, NO_KEY)
        QApplication.sendEvent(self.canvas.viewport(), event)

    def drag_out(self) -> None:
        QApplication.sendEvent(self.canvas.viewport(), QDragLeaveEvent())

    def drop(self, data: QMimeData, at: QPointF) -> None:
        self.drag_in(data, at)
        event = QDropEvent(QPointF(self.pixel(at)), Qt.DropAction.CopyAction, data, LEFT, NO_KEY)
        QApplication.sendEvent(self.canvas.viewport(), event)

    def pixel(self, point: QPointF) -> QPoint:
        return self.canvas.mapFromScene(point)

    def show(self, graph: Graph) -> dict[str, Block]:
        """Opens a design at zoom 1, all of it in sight; gives its blocks by id."""
        self.canvas.document.open(graph)
        self.canvas.zoom_reset()
        self.canvas.centerOn(self.canvas.drawing.content_rect().center())
        return graph.by_id


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """Whatever draws text needs it, without a widget too: else Qt ends Python."""


@pytest.fixture
def canvas(qtbot: QtBot, themes: ThemeManager) -> Canvas:
    themes.mode = "dark"
    canvas = Canvas(Document(), Selection(), themes)
    qtbot.addWidget(canvas)
    canvas.resize(1280, 800)
    canvas.show()
    canvas.activateWindow()
    canvas.setFocus()
    QGuiApplication.clipboard().clear()
    return canvas


@pytest.fixture
def menu(canvas: Canvas, thread: ComputeThread, settings: Settings, themes: ThemeManager) -> Menu:
    """The context menu for what is selected now, at a point of the plane."""
    bench = bench_of(canvas, make_models(canvas.document, thread, canvas), settings, themes, Noted())
    actions = Actions(bench, canvas)
    return lambda point: canvas_menu(actions, point)


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)
