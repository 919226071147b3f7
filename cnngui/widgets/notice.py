"""A bar above the canvas that says something and offers what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnngui.theme.accessibility import announce
from cnngui.theme.theme import MARGIN, SPACING, Theme, ThemeManager
from cnngui.widgets.small import IconLabel, Separator, TextLabel


class Notice(QWidget):
    """One sentence and buttons beside it; hidden until there is something to say."""

    def __init__(self, themes: ThemeManager, icon: str, color: Callable[[Theme], QColor], name: str) -> None:
        """`name` is what a screen reader calls it."""
        super().__init__()
        self._text = TextLabel()
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setContentsMargins(MARGIN, SPACING, MARGIN, SPACING)
        self._row.setSpacing(SPACING)
        self._row.addWidget(IconLabel(themes, icon, color))
        self._row.addWidget(self._text, 1)
        self.column = QVBoxLayout(self)
        """Below the sentence, more can stand."""
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(self._row)
        self.column.addWidget(Separator())
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.setAccessibleName(name)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def button(self, text: str, run: Callable[[], object], hint: str = "") -> QPushButton:
        """Adds a button."""
        made = QPushButton(text)
        made.setToolTip(hint)
        made.clicked.connect(lambda *_: run())
        self._row.addWidget(made)
        self._buttons.append(made)
        return made

    def say(self, text: str) -> None:
        """Shows itself with this sentence."""
        self._text.setText(text)
        self.show()
        announce(self, text)
