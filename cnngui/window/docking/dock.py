"""One dock of the window: a title, and a place for a panel's content."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QMenu, QStyle, QWidget

from cnngui.panels.panel import Panel
from cnngui.widgets.entries import add_entry
from cnngui.window.docking.slot import Slot

Area = Qt.DockWidgetArea
AREAS = {
    "left": Area.LeftDockWidgetArea,
    "right": Area.RightDockWidgetArea,
    "bottom": Area.BottomDockWidgetArea,
}
_FLOAT_BUTTON: Final = "qt_dockwidget_floatbutton"
_CLOSE_BUTTON: Final = "qt_dockwidget_closebutton"
_ICONS: Final = {
    _FLOAT_BUTTON: QStyle.StandardPixmap.SP_TitleBarNormalButton,
    _CLOSE_BUTTON: QStyle.StandardPixmap.SP_TitleBarCloseButton,
}
_TAKE_OUT: Final = "Take out of the window"
_PUT_BACK: Final = "Put back into the window"


class Dock(QDockWidget):
    """Empty until the window fills it."""

    maximise_wanted = Signal()
    """The title was double-clicked, or its menu says so."""
    float_wanted = Signal()
    """Out of the window, or back into it: its button was pressed, or its menu says so."""
    close_wanted = Signal()

    def __init__(self, panel: Panel, window: QMainWindow) -> None:
        super().__init__(panel.title, window)
        self.setObjectName(panel.name)
        self.slot = Slot()
        self.setWidget(self.slot)
        self._take_over(_FLOAT_BUTTON, self.float_wanted)
        self._take_over(_CLOSE_BUTTON, self.close_wanted)
        self._own(_CLOSE_BUTTON).setToolTip("Close")
        self.topLevelChanged.connect(self._tell_way)
        self._tell_way()

    def changeEvent(self, event: QEvent) -> None:
        """Qt asks its style for the icons of the buttons only now and then."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for name, standard in _ICONS.items():
                button = self.findChild(QAbstractButton, name)
                if button is not None:  # not while the dock is being made
                    button.setIcon(self.style().standardIcon(standard, None, self))

    def hold(self, content: QWidget) -> None:
        """Takes its content back that was shown elsewhere for a while."""
        self.slot.hold(content)
        if self.isFloating():
            self.show()

    def _own(self, name: str) -> QAbstractButton:
        """A button of Qt's own, looked for each time: a kept handle of it may be lost (decision 38)."""
        button = self.findChild(QAbstractButton, name)
        assert button is not None, name
        return button

    def _take_over(self, name: str, wanted: SignalInstance) -> None:
        """The button asks the window from now on."""
        button = self._own(name)
        button.clicked.disconnect()
        button.clicked.connect(wanted)

    @property
    def _way(self) -> str:
        return _PUT_BACK if self.isFloating() else _TAKE_OUT

    def _tell_way(self) -> None:
        self._own(_FLOAT_BUTTON).setToolTip(self._way)

    @property
    def in_sight(self) -> bool:
        """Whether it is shown, and not behind the tab of another one."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    @property
    def in_front(self) -> bool:
        """Whether it is open, and not behind the tab of another one; a sheet may lie over it for a while."""
        window = self.parentWidget()
        if self.isHidden() or window is None:
            return False
        return self.isFloating() or self.geometry().intersects(window.rect())  # Qt moves the others out of it

    def event(self, event: QEvent) -> bool:
        """In place of Qt's own answer to a double click on the title, which lets a dock float or not."""
        kinds = QEvent.Type
        on_title = event.type() == kinds.NonClientAreaMouseButtonDblClick  # that of a window of its own
        if event.type() == kinds.MouseButtonDblClick:
            if not self._is_title(cast(QMouseEvent, event).position().toPoint()):
                return False  # the content's, which has no use for it
            on_title = True
        if on_title:
            self.maximise_wanted.emit()
        return on_title or super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._is_title(event.pos()):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_entry(menu, "fit", "Show over &All Others", self.maximise_wanted.emit, "F11")
        add_entry(menu, "float", self._way, self.float_wanted.emit)
        menu.addSeparator()
        add_entry(menu, "close", "&Close", self.close_wanted.emit)
        menu.popup(event.globalPos())

    def _is_title(self, place: QPoint) -> bool:
        return self.rect().contains(place) and not self.slot.geometry().contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Out of the window, it has an edge: what is below may have the same colour."""
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.Highlight))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
