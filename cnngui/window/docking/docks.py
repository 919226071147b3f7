"""The docks around the canvas: where each one stands at first in a workspace, and bringing one into sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QTabBar

from cnngui.panels.panel import Area, Panel, PanelPlace
from cnngui.window.docking.dock import AREAS, Dock

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
        self._left: dict[str, dict[str, tuple[int, int]]] = {}
        """The sizes at the sides of the window before a dock was closed or began to float."""
        self._laid_out = QTimer(self, singleShot=True, interval=0)  # Qt moves tabs when it lays out
        self._laid_out.timeout.connect(self._clear_tabs)
        self.changed.connect(self._laid_out.start)
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
        dock.float_wanted.connect(lambda name=panel.name: self.float(name))
        dock.close_wanted.connect(lambda name=panel.name: self.close(name))
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
        dock = self._docks[name]
        was_hidden = dock.isHidden()
        dock.show()
        dock.raise_()
        if was_hidden:
            self._come_back(name)

    def close(self, name: str) -> None:
        """Takes a dock out of sight."""
        self._leave(name)
        self._docks[name].close()

    def float(self, name: str) -> None:
        """Takes a dock out of the window, to the middle of the canvas, or puts it back."""
        dock = self._docks[name]
        if dock.isFloating():
            dock.setFloating(False)
            self._come_back(name)
            return
        self._leave(name)
        dock.setFloating(True)
        center = self._window.centralWidget()
        if center is not None:  # not where it was: there it would lie over its neighbours
            place = QRect(QPoint(), dock.size())
            place.moveCenter(center.mapToGlobal(center.rect().center()))
            room = self._window.screen().availableGeometry()
            place.moveTopLeft(QPoint(max(place.left(), room.left()), max(place.top(), room.top())))
            dock.move(place.topLeft())

    def _leave(self, name: str) -> None:
        """Remembers the sizes at its side of the window, which all take a part of the room that gets free."""
        dock = self._docks[name]
        if dock.in_sight and not dock.isFloating():
            self._left[name] = self._sizes_beside(name)

    def _come_back(self, name: str) -> None:
        """Gives it its size again, where those beside it are the ones that were there."""
        before = self._left.pop(name, {})
        if before.keys() == self._sizes_beside(name).keys():
            self.set_sizes(before)

    def _sizes_beside(self, name: str) -> dict[str, tuple[int, int]]:
        """Of all docks at its side."""
        side = self.side_of(name)
        return {other: size for other, size in self.sizes().items() if self.side_of(other) is side}

    def open(self) -> set[str]:
        """Those that are shown, or behind the tab of another one."""
        return {name for name, dock in self._docks.items() if not dock.isHidden()}

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Width and height of each dock that stands at a side and isn't behind another one, by name.

        With its tabs: `set_sizes` gives sizes to places, which have both.
        """
        return {
            name: (dock.width(), dock.height() + self._tabs_height(dock))
            for name, dock in self._docks.items()
            if self._stands(dock)
        }

    def _tabs_height(self, dock: Dock) -> int:
        """Of the tabs below a dock."""
        if not self._window.tabifiedDockWidgets(dock):
            return 0
        bars = (bar for bar in self._tab_bars() if bar.isVisibleTo(self._window))
        title = dock.windowTitle()
        return next((b.height() for b in bars if title in (b.tabText(n) for n in range(b.count()))), 0)

    def _tab_bars(self) -> list[QTabBar]:
        return self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def side_of(self, name: str) -> Qt.DockWidgetArea:
        return self._window.dockWidgetArea(self._docks[name])

    def open_in_place(
        self, names: Sequence[str], workspace: str, sizes: Mapping[str, tuple[int, int]]
    ) -> None:
        """Shows docks where they stand; those that aren't declared to stand behind another one come forward.

        Their sides get these sizes, as far as they are known, else the declared ones.
        """
        for name in names:
            self._docks[name].show()
        for name in names:
            if not self._panels[name].place_in(workspace).behind:
                self._docks[name].raise_()
        for side in _SIDES:
            here = {name for name, dock in self._docks.items() if self.side_of(name) is AREAS[side]}
            known = [name for name in sizes if name in here and self._docks[name].isVisibleTo(self._window)]
            if not here.intersection(names):
                continue
            if not here.intersection(names, known):
                self._size_side(side, workspace, self._window.size())
                continue
            self.set_sizes({name: sizes[name] for name in known})

    def _stands(self, dock: Dock) -> bool:
        if dock.isFloating() or not dock.isVisibleTo(self._window):
            return False
        tabs = self._window.tabifiedDockWidgets(dock)
        return not tabs or dock.in_front

    def in_front_of(self, name: str) -> str:
        """The panel whose tab this one is behind; nothing where it is closed or in front itself."""
        dock = self._docks[name]
        if dock.isHidden() or dock.in_front:
            return ""
        beside = self._window.tabifiedDockWidgets(dock)
        return next((other for other, known in self._docks.items() if known in beside and known.in_front), "")

    def fills_itself(self, name: str) -> bool:
        """Whether a panel has something to show whatever else there is."""
        return not self._panels[name].waits

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

    def paint_again(self) -> None:
        """Also those that float, after the window painted nothing for a while.

        One that was in the window when that began and floats now isn't told by Qt that it is over.
        """
        for dock in self._docks.values():
            dock.setUpdatesEnabled(True)

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
        for side in _SIDES:
            self._size_side(side, workspace, window)

    def _size_side(self, side: Area, workspace: str, window: QSize) -> None:
        names = [n for n in self._open_in(workspace) if self._panels[n].place_in(workspace).area == side]
        names = [n for n in names if self._docks[n].isVisibleTo(self._window)]
        if not names:
            return
        wanted = max(self._panels[n].place_in(workspace).size for n in names)
        bottom = side == "bottom"
        whole = window.height() if bottom else window.width()
        pixels = wanted * whole if wanted <= 1 else min(wanted, _LARGEST_SIDE * whole)
        across = Qt.Orientation.Vertical if bottom else Qt.Orientation.Horizontal
        along = Qt.Orientation.Horizontal if bottom else Qt.Orientation.Vertical
        docks = self._beside_each_other([self._docks[name] for name in names])
        self._window.resizeDocks(docks[:1], [round(pixels)], across)
        self._window.resizeDocks(docks, [1] * len(docks), along)

    def clear_tabs_soon(self) -> None:
        """Takes tabs that Qt has left of an earlier layout out of the way, once it has laid out."""
        self._laid_out.start()

    def _clear_tabs(self) -> None:
        """One that is dragged there ends the process; one outside of the window is no stop of Tab."""
        shown = {d.windowTitle() for d in self._docks.values() if not d.isHidden() and not d.isFloating()}
        policies = Qt.FocusPolicy
        for bar in self._tab_bars():
            if not shown.intersection(bar.tabText(index) for index in range(bar.count())):
                bar.hide()
            seen = bar.geometry().intersects(self._window.rect())
            bar.setFocusPolicy(policies.TabFocus if seen else policies.NoFocus)

    def _beside_each_other(self, docks: Sequence[Dock]) -> list[Dock]:
        """One for each place that several may share as tabs."""
        found: list[Dock] = []
        for dock in docks:
            if not set(found).intersection(self._window.tabifiedDockWidgets(dock)):
                found.append(dock)
        return found

    def set_sizes(self, sizes: Mapping[str, tuple[int, int]]) -> None:
        """Gives docks these sizes; where there isn't the room for that, in the same proportions."""
        known = [name for name in sizes if name in self._docks]
        docks = [self._docks[name] for name in known]
        self._window.resizeDocks(docks, [sizes[name][0] for name in known], Qt.Orientation.Horizontal)
        self._window.resizeDocks(docks, [sizes[name][1] for name in known], Qt.Orientation.Vertical)

    def _open_in(self, workspace: str) -> list[str]:
        return [name for name, panel in self._panels.items() if workspace in panel.open]
