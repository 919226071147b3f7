"""What the status bar shows while something is being saved."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cnngui.models.saving import Saving
from cnngui.theme.theme import SPACING, ThemeManager
from cnngui.widgets.bar import Bar

_REFRESH_MS: Final = 100
_WIDTH: Final = 80


class SavingStatus(QWidget):
    """Is there only while something is being saved: how far that is, and a button to call it off."""

    def __init__(self, saving: Saving, themes: ThemeManager) -> None:
        super().__init__()
        self._saving = saving
        self._text = QLabel()
        self._bar = Bar(themes)
        self._bar.setFixedWidth(_WIDTH)
        self.cancel = QPushButton("Cancel")
        self.cancel.setAccessibleName("Cancel saving")
        self.cancel.setToolTip("Leaves the file as it was; what is open here stays unsaved")
        self.cancel.clicked.connect(saving.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for widget in (self._text, self._bar, self.cancel):
            row.addWidget(widget)
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._update)
        saving.changed.connect(self._update)
        self._update()

    def _update(self) -> None:
        path = self._saving.busy
        if path is None:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self._text.setText(f"Saving {path.name}…" if path is not None else "")
        self._bar.set_share(self._saving.share)
        self.setVisible(path is not None)
