"""What has to hold whatever was done: no exception or warning, no lost block, a place for the canvas."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QMessageLogContext, QRect, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QDockWidget, QTabBar, QWidget

from cnngui.window.main_window import MainWindow
from core.design.graph import Graph

LEAST_CANVAS = 120, 80
"""The least width and height that is a place to work on."""
HARMLESS = ("This plugin does not support ", "propagateSizeHints", "XKeyboard")
"""Of platforms that can do less than a desktop."""
EVERY = 25
"""At every so many looks all is undone and redone."""


class Watch:
    """Looks at a window after each action."""

    def __init__(self) -> None:
        self._warnings: list[str] = []
        self._pushed = False
        self._looks = 0
        self._graph = Graph()
        qInstallMessageHandler(self._note)

    def begin(self, window: MainWindow) -> None:
        """From now on, the design may only change by what can be undone, or by opening another one."""
        workbench = window.workbench
        self._graph = workbench.document.graph
        workbench.document.undo_stack.indexChanged.connect(self._allow)
        workbench.files.opened.connect(self._allow)
        workbench.data.arrived.connect(self._allow)  # an example that nobody has changed is made for them

    def found(self, window: MainWindow) -> list[str]:
        """What is wrong now, in words."""
        self._looks += 1
        return [*self._faults(window), *self._changes(window), *places(window), *undrawn(window)]

    def _allow(self) -> None:
        self._pushed = True

    def _note(self, kind: QtMsgType, _: QMessageLogContext, text: str | None) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(known in (text or "") for known in HARMLESS):
            self._warnings.append(text or "")

    def _faults(self, window: MainWindow) -> Iterator[str]:
        if window.faults.count:
            yield f"exceptions: {window.faults.count}\n{window.faults.details()}"
        if self._warnings:
            yield f"Qt warns: {self._warnings}"

    def _changes(self, window: MainWindow) -> Iterator[str]:
        document = window.workbench.document
        if document.graph != self._graph and not self._pushed:
            yield "the design has changed, and nothing can undo that"
        self._graph, self._pushed = document.graph, False
        if self._looks % EVERY == 0 and not window.workbench.run.active:
            yield from there_and_back(window)
            self._graph, self._pushed = document.graph, False


def there_and_back(window: MainWindow) -> Iterator[str]:
    """Undoes some steps and redoes them: the design has to be the same value again."""
    document = window.workbench.document
    stack, before = document.undo_stack, document.graph
    steps = min(stack.index(), 20)
    for _ in range(steps):
        stack.undo()
    for _ in range(steps):
        stack.redo()
    if document.graph != before:
        yield f"{steps} steps undone and redone give another design"


def undrawn(window: MainWindow) -> Iterator[str]:
    """Blocks and groups of the document that the canvas doesn't show, not even in a folded group."""
    graph, drawing = window.workbench.document.graph, window.workbench.canvas.drawing
    if drawing.graph is not graph:
        return  # a remedy is shown before it is applied
    names = {part.id: part.name for part in graph.blocks} | {part.id: part.name for part in graph.groups}
    for part, name in names.items():
        if not drawing.draws(part):
            yield f"{name} ({part}) isn't drawn"


def places(window: MainWindow) -> Iterator[str]:
    """Docks and the middle of the window share its area, none of them lost or covered."""
    middle = window.centralWidget()
    if window.isMinimized() or middle is None or not middle.isVisible():
        return
    area = _area(middle, window)
    if area.width() < LEAST_CANVAS[0] or area.height() < LEAST_CANVAS[1]:
        yield f"the middle of the window is left with {area.width()} × {area.height()}"
    if not window.rect().contains(area):
        yield f"the middle of the window lies outside of it: {area} in {window.rect()}"
    only = Qt.FindChildOption.FindDirectChildrenOnly
    docks = [
        d for d in window.findChildren(QDockWidget, options=only) if d.isVisible() and not d.isFloating()
    ]
    for dock in docks:
        if _area(dock, window).intersects(area):
            yield f"{dock.windowTitle()} covers the middle of the window"
    titles = {dock.windowTitle() for dock in docks}
    for bar in window.findChildren(QTabBar, options=only):
        tabs = {bar.tabText(index) for index in range(bar.count())}
        in_sight = bar.isVisible() and window.rect().intersects(bar.geometry())
        if in_sight and len(tabs) > 1 and not tabs & titles:
            yield f"tabs of {sorted(tabs)} are left, and none of their panels is open"


def _area(widget: QWidget, window: MainWindow) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
