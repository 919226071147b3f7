"""The docks around the canvas: where each one stands at first, and bringing one into sight."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

_LAYOUT_VERSION: Final = 5
_SIDE_WIDTHS: Final = (200, 304)
_BOTTOM_HEIGHT: Final = 256
_ROOMY: Final = 900
"""From this window height on, properties and training stand one above the other instead of in tabs."""

Area = Qt.DockWidgetArea
_PLACES: Final = {
    "blocks": ("Blocks", Area.LeftDockWidgetArea),
    "outline": ("Outline", Area.LeftDockWidgetArea),
    "properties": ("Properties", Area.RightDockWidgetArea),
    "help": ("Help", Area.RightDockWidgetArea),
    "training": ("Training", Area.RightDockWidgetArea),
    "curves": ("Curves", Area.BottomDockWidgetArea),
    "maps": ("Feature maps", Area.BottomDockWidgetArea),
    "problems": ("Problems", Area.BottomDockWidgetArea),
    "analysis": ("Analysis", Area.BottomDockWidgetArea),
    "field": ("Receptive field", Area.BottomDockWidgetArea),
}


class Docks:
    """The docks of a window, by name; their content is set when it is made."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        window.setDockNestingEnabled(True)
        for corner, area in (
            (Qt.Corner.TopLeftCorner, Area.LeftDockWidgetArea),
            (Qt.Corner.BottomLeftCorner, Area.LeftDockWidgetArea),
            (Qt.Corner.TopRightCorner, Area.RightDockWidgetArea),
            (Qt.Corner.BottomRightCorner, Area.RightDockWidgetArea),
        ):
            window.setCorner(corner, area)
        for name, (title, area) in _PLACES.items():
            dock = QDockWidget(title, window)
            dock.setObjectName(name)
            window.addDockWidget(area, dock)
            self._docks[name] = dock

    def fill(self, name: str, content: QWidget) -> None:
        """Puts a panel into its dock."""
        self._docks[name].setWidget(content)

    def set_title(self, name: str, title: str) -> None:
        self._docks[name].setWindowTitle(title)

    def bring_forward(self, name: str) -> None:
        """Shows a dock, in front of those it shares a place with."""
        self._docks[name].show()
        self._docks[name].raise_()

    def titles(self) -> dict[str, str]:
        """What stands above each dock, by name."""
        return {name: dock.windowTitle() for name, dock in self._docks.items()}

    def reset(self) -> None:
        """Puts all docks where they were at first; the window keeps its size."""
        window, docks = self._window, self._docks
        for dock in docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        for name, dock in docks.items():
            window.addDockWidget(_PLACES[name][1], dock)
        if window.height() < _ROOMY:
            window.tabifyDockWidget(docks["properties"], docks["training"])
        window.splitDockWidget(docks["curves"], docks["maps"], Qt.Orientation.Horizontal)
        tabs = {
            "blocks": ("outline",),
            "properties": ("help",),
            "curves": ("analysis",),
            "maps": ("problems", "field"),
        }
        for first, others in tabs.items():
            for name in others:
                window.tabifyDockWidget(docks[first], docks[name])
        for dock in docks.values():  # not before: side by side they need more room, and the window would grow
            dock.show()
        for first in tabs:
            docks[first].raise_()
        self._size()

    def settle(self, layout: QByteArray) -> None:
        """Gives the docks their sizes once more: one that got its content took the size this would like."""
        if not self._window.restoreState(layout, _LAYOUT_VERSION):
            self._size()

    def _size(self) -> None:
        window, docks = self._window, self._docks
        sides = [docks["blocks"], docks["properties"]]
        window.resizeDocks(sides, list(_SIDE_WIDTHS), Qt.Orientation.Horizontal)
        window.resizeDocks([docks["curves"]], [_BOTTOM_HEIGHT], Qt.Orientation.Vertical)
        window.resizeDocks([docks["properties"], docks["training"]], [1, 1], Qt.Orientation.Vertical)
        window.resizeDocks([docks["curves"], docks["maps"]], [1, 1], Qt.Orientation.Horizontal)

    def save(self) -> QByteArray:
        """The layout, for the settings."""
        return self._window.saveState(_LAYOUT_VERSION)

    def restore(self, layout: QByteArray) -> None:
        """A saved layout, or the first one where there is none."""
        if not self._window.restoreState(layout, _LAYOUT_VERSION):
            self.reset()
