"""What the window does for commands and panels, as `Bench.views`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QDockWidget, QMainWindow

from cnngui.window.center import Center
from cnngui.window.docks import Docks
from cnngui.window.panel_cycle import focus_panel


class WindowViews:
    """The panels of a window by name, and the pages of its middle; the rest is given to it."""

    def __init__(
        self,
        window: QMainWindow,
        docks: Docks,
        center: Center,
        *,
        configure: Callable[[], None],
        rename: Callable[[], None],
        start_guide: Callable[[], None],
        choose_data: Callable[[], None],
    ) -> None:
        self._window = window
        self._docks = docks
        self._center = center
        self._before: QByteArray | None = None
        self.configure = configure
        self.rename = rename
        self.start_guide = start_guide
        self.choose_data = choose_data

    def panels(self) -> Mapping[str, str]:
        return self._docks.titles()

    def is_open(self, name: str) -> bool:
        return not self._dock(name).isHidden()

    def show(self, name: str) -> None:
        self._docks.bring_forward(name)
        content = self._dock(name).widget()
        if content is not None:
            content.setFocus()

    def toggle(self, name: str) -> None:
        if self.is_open(name):
            self._dock(name).hide()
        else:
            self.show(name)

    def set_title(self, name: str, title: str) -> None:
        self._docks.set_title(name, title)

    def go_to_panel(self, step: int) -> None:
        focus_panel(self._window, step)

    def maximise(self) -> None:
        if self._before is not None:
            self.put_back()
            return
        focused = self._window.focusWidget()
        chosen = next((dock for dock in self._all() if focused and dock.isAncestorOf(focused)), None)
        self._before = self._docks.save()
        for dock in self._all():
            dock.setVisible(dock is chosen)
        self._center.setVisible(chosen is None)

    def put_back(self) -> None:
        """Ends that one panel has the whole window."""
        if self._before is not None:
            self._docks.restore(self._before)
            self._center.show()
            self._before = None

    def reset(self) -> None:
        self.put_back()
        self._docks.reset()

    def show_start_page(self) -> None:
        self._center.show_page()

    def close(self) -> None:
        self._window.close()

    def _all(self) -> list[QDockWidget]:
        return self._window.findChildren(QDockWidget)

    def _dock(self, name: str) -> QDockWidget:
        return next(dock for dock in self._all() if dock.objectName() == name)
