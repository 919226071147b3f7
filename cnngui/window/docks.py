"""The docks around the canvas: where each one stands at first in a workspace, and bringing one into sight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from cnngui.panels.panel import Area, Panel, PanelPlace
from cnngui.window.dock import AREAS, Dock

_SIDES: Final[tuple[Area, ...]] = ("left", "right", "bottom")
_LARGEST_SIDE: Final = 0.3
"""The share of the window's width that a side of a width in pixels may take."""


class Docks(QObject):
    """The docks of a window, by name. They know of layouts, and nothing of what is in them."""

    shown = Signal(str)
    """A panel comes into sight."""
    changed = Signal()
    """A dock is shown or hidden, or its title is another one."""
    maximise_wanted = Signal(str)

    def __init__(self, window: QMainWindow, panels: Iterable[Panel]) -> None:
        super().__init__(window)
        self._window = window
        self._panels: dict[str, Panel] = {}
        self._docks: dict[str, Dock] = {}
        window.setDockNestingEnabled(True)
        corners = Qt.Corner
        for corner, area in (
            (corners.TopLeftCorner, AREAS["left"]),
            (corners.BottomLeftCorner, AREAS["left"]),
            (corners.TopRightCorner, AREAS["right"]),
            (corners.BottomRightCorner, AREAS["right"]),
        ):
            window.setCorner(corner, area)
        self.declare(panels)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._panels)

    def __getitem__(self, name: str) -> Dock:
        return self._docks[name]

    def __contains__(self, name: str) -> bool:
        return name in self._docks

    def declare(self, panels: Iterable[Panel]) -> tuple[str, ...]:
        """Makes docks for these panels and no others; returns the names of the new ones, which are hidden."""
        declared = {panel.name: panel for panel in panels if panel.docks}
        for name in self._docks.keys() - declared.keys():
            dock = self._docks.pop(name)
            self._window.removeDockWidget(dock)
            dock.deleteLater()
        new = tuple(name for name in declared if name not in self._docks)
        before, self._panels = self._panels, declared
        for name, panel in declared.items():
            if name in new:
                self._docks[name] = self._make(panel)
            elif panel.title != before[name].title:
                self._docks[name].setWindowTitle(panel.title)
        return new

    def _make(self, panel: Panel) -> Dock:
        dock = Dock(panel, self._window)
        self._window.addDockWidget(AREAS[panel.place.area], dock)
        dock.hide()
        dock.visibilityChanged.connect(lambda seen, name=panel.name: self._note(name, seen=seen))
        dock.maximise_wanted.connect(lambda name=panel.name: self.maximise_wanted.emit(name))
        return dock

    def _note(self, name: str, *, seen: bool) -> None:
        if seen:
            self.shown.emit(name)
        self.changed.emit()

    # -- single docks ----------------------------------------------------------------------------------------

    def set_title(self, name: str, title: str) -> None:
        self._docks[name].setWindowTitle(title)
        self.changed.emit()

    def bring_forward(self, name: str) -> None:
        """Shows a dock, in front of those it shares a place with."""
        self._docks[name].show()
        self._docks[name].raise_()

    def in_sight(self) -> list[str]:
        return [name for name, dock in self._docks.items() if dock.in_sight]

    def place(self, name: str, workspace: str) -> None:
        """Puts a dock where it is declared to stand in this workspace, beside those that are there."""
        panel = self._panels[name]
        place = panel.place_in(workspace)
        area = AREAS[place.area]
        docked = [other for other, dock in self._docks.items() if other != name and not dock.isFloating()]
        there = [other for other in docked if self._window.dockWidgetArea(self._docks[other]) is area]
        shown = [other for other in there if self._docks[other].isVisibleTo(self._window)]
        self._add(name, place, shown or there, beside=workspace in panel.open and not place.behind)
        self._docks[name].setVisible(workspace in panel.open)

    # -- all of them -----------------------------------------------------------------------------------------

    def hide_all(self) -> None:
        for dock in self._docks.values():
            dock.hide()

    def arrange(self, workspace: str) -> None:
        """Puts all docks where they are declared to stand in this workspace; the window keeps its size."""
        window = self._window
        for dock in self._docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        for area in _SIDES:
            here = [name for name, panel in self._panels.items() if panel.place_in(workspace).area == area]
            here.sort(key=lambda name: workspace not in self._panels[name].open)
            for number, name in enumerate(here):
                place = self._panels[name].place_in(workspace)
                open_ = workspace in self._panels[name].open
                self._add(name, place, here[:number], beside=open_ and not place.behind)
        for name in self._open_in(workspace):  # not before: side by side they need more room
            self._docks[name].show()
        for name in self._open_in(workspace):
            if not self._panels[name].place_in(workspace).behind:
                self._docks[name].raise_()
        self.size(workspace, window.size())

    def _add(self, name: str, place: PanelPlace, others: list[str], *, beside: bool) -> None:
        """Beside the last of the others, or behind the first of them as a tab."""
        dock, window = self._docks[name], self._window
        if not others:
            window.addDockWidget(AREAS[place.area], dock)
        elif beside:
            bottom = place.area == "bottom"
            way = Qt.Orientation.Horizontal if bottom else Qt.Orientation.Vertical
            window.addDockWidget(AREAS[place.area], dock)
            window.splitDockWidget(self._docks[others[-1]], dock, way)
        else:
            window.addDockWidget(AREAS[place.area], dock)
            window.tabifyDockWidget(self._docks[others[0]], dock)

    def size(self, workspace: str, window: QSize) -> None:
        """Gives the open docks the sizes that they are declared with, in a window of this size."""
        for area in _SIDES:
            names = [n for n in self._open_in(workspace) if self._panels[n].place_in(workspace).area == area]
            if not names:
                continue
            wanted = max(self._panels[n].place_in(workspace).size for n in names)
            bottom = area == "bottom"
            whole = window.height() if bottom else window.width()
            pixels = wanted * whole if wanted <= 1 else min(wanted, _LARGEST_SIDE * whole)
            across = Qt.Orientation.Vertical if bottom else Qt.Orientation.Horizontal
            along = Qt.Orientation.Horizontal if bottom else Qt.Orientation.Vertical
            docks = [self._docks[n] for n in names if not self._panels[n].place_in(workspace).behind]
            self._window.resizeDocks(docks[:1], [round(pixels)], across)
            self._window.resizeDocks(docks, [1] * len(docks), along)

    def _open_in(self, workspace: str) -> list[str]:
        return [name for name, panel in self._panels.items() if workspace in panel.open]
