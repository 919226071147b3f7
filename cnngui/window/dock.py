"""One dock of the window: a title, and a place for a panel's content."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow

from cnngui.panels.panel import Panel
from cnngui.window.slot import Slot

Area = Qt.DockWidgetArea
AREAS = {
    "left": Area.LeftDockWidgetArea,
    "right": Area.RightDockWidgetArea,
    "bottom": Area.BottomDockWidgetArea,
}


class Dock(QDockWidget):
    """Empty until the window fills it."""

    maximise_wanted = Signal()
    """The title was double-clicked."""

    def __init__(self, panel: Panel, window: QMainWindow) -> None:
        super().__init__(panel.title, window)
        self.setObjectName(panel.name)
        self.slot = Slot()
        self.setWidget(self.slot)

    @property
    def in_sight(self) -> bool:
        """Whether it is shown, and not behind the tab of another one."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def event(self, event: QEvent) -> bool:
        """In place of Qt's own answer to a double click, a dock that floats."""
        if event.type() == QEvent.Type.MouseButtonDblClick and not self.isFloating():
            self.maximise_wanted.emit()
            return True
        return super().event(event)
