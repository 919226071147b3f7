"""The layout of each workspace: remembered from start to start, or as it is declared."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from cnngui.models.settings import Settings
from cnngui.window.docks import Docks
from cnngui.window.presence import Presence

_VERSION: Final = 1
"""Of Qt's own format; another set of panels is no other version."""


class Layouts:
    """A panel that a remembered layout doesn't know goes to its declared place; the rest stays as it was."""

    def __init__(self, window: QMainWindow, docks: Docks, settings: Settings) -> None:
        self._window = window
        self._docks = docks
        self._settings = settings
        self.presence = Presence(docks, settings)

    def show(self, workspace: str) -> None:
        """The remembered layout, or the declared one where there is none."""
        self._put_up(workspace)
        self.presence.enter(workspace)

    def _put_up(self, workspace: str) -> None:
        state = self._settings.layout(workspace)
        if state.isEmpty() or not self._window.restoreState(state, _VERSION):
            self._docks.arrange(workspace)
            return
        known = self._settings.text(f"{workspace}/panels").split()
        for name in self._docks.names:
            if name not in known:
                self._docks.place(name, workspace)

    def settle(self, workspace: str) -> None:
        """Once more, now that the window has its size."""
        if self._settings.layout(workspace).isEmpty():
            self._docks.size(workspace, self._window.size())
        else:
            self.show(workspace)

    def keep(self, workspace: str) -> None:
        """Remembers the layout as the user has made it."""
        self.presence.keep(workspace)
        self._settings.set_layout(workspace, self._window.saveState(_VERSION))
        self._settings.set_text(f"{workspace}/panels", " ".join(self._docks.names))

    def forget(self, workspace: str) -> None:
        """The next time, the workspace is as it is declared."""
        self._settings.set_layout(workspace, QByteArray())
