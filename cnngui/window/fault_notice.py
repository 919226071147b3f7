"""A bar above the canvas that says that something went wrong inside the application."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnngui.theme.accessibility import announce
from cnngui.theme.theme import MARGIN, SPACING, ThemeManager
from cnngui.widgets.small import IconLabel, Separator, TextLabel
from cnngui.window.faults import Faults
from core.schema.written import count_text

_ONCE = "Something went wrong inside cnngui."
_OFTEN = "Something went wrong inside cnngui {count} times."
_SAVE = "Your design is still here: save a copy of it to be safe. The details help to mend the fault."
_REPORT = "The details help to mend the fault."


class FaultNotice(QWidget):
    """One for all faults, and in nobody's way; hidden as long as there are none."""

    def __init__(self, faults: Faults, themes: ThemeManager) -> None:
        super().__init__()
        self._faults = faults
        self._text = TextLabel()
        self._save = QPushButton("Save a Copy…")
        self._save.hide()
        copy = QPushButton("Copy Details")
        close = QPushButton("Close")
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, SPACING, MARGIN, SPACING)
        row.setSpacing(SPACING)
        row.addWidget(IconLabel(themes, "warning", lambda theme: theme.warn))
        row.addWidget(self._text, 1)
        for button in (self._save, copy, close):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Separator())
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setAccessibleName("Fault")
        self.hide()
        copy.clicked.connect(self._copy)
        close.clicked.connect(self._dismiss)
        faults.changed.connect(self._tell)

    @property
    def text(self) -> str:
        return self._text.text()

    def offer_copy(self, save: Callable[[], object]) -> None:
        """Adds a button that saves a copy of the design: there is one now."""
        self._save.clicked.connect(save)
        self._save.show()

    def _tell(self) -> None:
        count = self._faults.count
        happened = _ONCE if count == 1 else _OFTEN.format(count=count_text(count))
        self._text.setText(f"{happened} {_REPORT if self._save.isHidden() else _SAVE}")
        self.show()
        announce(self, self._text.text())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._faults.details())

    def _dismiss(self) -> None:
        self._faults.forget()
        self.hide()
