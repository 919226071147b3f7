"""Where the keyboard goes when what had it is gone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget


class FocusKeeper(QObject):
    """Gives the keyboard to `home` where what had it is hidden or disabled.

    Qt would give it to whatever comes next in the window: a text field perhaps, which takes the next keys for
    a name, or a button that Space presses.
    """

    def __init__(self, window: QWidget, home: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._home = home
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is None or new is None or new is self._home or (old.isVisible() and old.isEnabled()):
            return
        if self._window.isAncestorOf(old) and self._window.isAncestorOf(new) and self._home.isVisible():
            self._home.setFocus(Qt.FocusReason.OtherFocusReason)
