"""The layout of each workspace: remembered from start to start, or as it is declared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from cnngui.models.settings import Settings
from cnngui.window.docking.docks import Docks
from cnngui.window.docking.presence import Presence

_VERSION: Final = 1
"""Of Qt's own format; another set of panels is no other version."""
_DEEDS: Final = frozenset(
    (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin)
)


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
        self.presence.enter(workspace, self._kept_sizes(f"{workspace}/full sizes"))

    def _put_up(self, workspace: str) -> None:
        state = self._settings.layout(workspace)
        if state.isEmpty() or not self._window.restoreState(state, _VERSION):
            self._docks.arrange(workspace)
            return
        known = self._settings.text(f"{workspace}/panels").split()
        for name in self._docks.names:
            if name not in known:
                self._docks.place(name, workspace)
        # In a window of another size, Qt takes all that lacks from one dock.
        self._docks.set_sizes(self._kept_sizes(f"{workspace}/sizes"))

    def settle(self, workspace: str) -> None:
        """Once more, now that the window may have its size."""
        if self._settings.layout(workspace).isEmpty():
            self._docks.size(workspace, self._window.size())
        else:
            self.show(workspace)

    def keep(self, workspace: str) -> None:
        """Remembers the layout as the user has made it."""
        full = self.presence.keep(workspace)
        self._settings.set_layout(workspace, self._window.saveState(_VERSION))
        self._settings.set_text(f"{workspace}/panels", " ".join(self._docks.names))
        self._settings.set_text(f"{workspace}/sizes", json.dumps(self._docks.sizes()))
        self._settings.set_text(f"{workspace}/full sizes", json.dumps(full))

    def _kept_sizes(self, key: str) -> dict[str, tuple[int, int]]:
        """Of docks, by name; none where that is damaged."""
        try:
            stored = json.loads(self._settings.text(key))
            return {str(name): (int(width), int(height)) for name, (width, height) in stored.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def forget(self, workspace: str) -> None:
        """The next time, the workspace is as it is declared."""
        self._settings.set_layout(workspace, QByteArray())
        self._settings.set_text(f"{workspace}/full sizes", "")


class Settling(QObject):
    """Lays out once more after each change of the window's size, until a button or a key is pressed.

    A window that comes back maximised gets its size from the window manager, which may answer before or after
    the window is filled: whatever is laid out before that, is laid out in a smaller window.
    """

    def __init__(self, window: QWidget, lay_out: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._resized = QTimer(self, singleShot=True, interval=0)
        self._resized.timeout.connect(lay_out)
        self.is_on = True
        self._application = QApplication.instance()
        assert self._application is not None, "there is a window"
        self._application.installEventFilter(self)
        self._resized.start()

    def end(self) -> None:
        """From now on the layout is whatever has become of it."""
        self.is_on = False
        self._resized.stop()
        if self._application is not None:
            self._application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _DEEDS:
            self.end()
        elif event.type() == QEvent.Type.Resize and watched is self._window:
            self._resized.start()
        return False
