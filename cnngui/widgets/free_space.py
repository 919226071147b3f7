"""Lets a list leave Space to the window, where it trains: Qt's lists would take it and do nothing visible."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication


class FreeSpace(QObject):
    """Within a name that is being typed into the list to find it, Space stays a letter."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._since_letter = QElapsedTimer()
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() != Qt.Key.Key_Space:
            if event.text().isprintable() and event.text():
                self._since_letter.start()
            return False
        interval = QApplication.keyboardInputInterval()
        if self._since_letter.isValid() and not self._since_letter.hasExpired(interval):
            self._since_letter.start()
            return False
        event.ignore()  # it goes on to the window
        return True
