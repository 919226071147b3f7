"""A line to search in something: with a picture of what it is for, and a button that empties it."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QToolButton

from cnngui.theme.icons import icon
from cnngui.theme.theme import ThemeManager

_CLEAR = "_q_qlineeditclearaction"
"""What Qt calls the action of the button that empties a line."""


class SearchLine(QLineEdit):
    """`name` is what screen readers call it; `hint` stands in it while it is empty, else the name does."""

    def __init__(self, themes: ThemeManager, name: str, hint: str = "") -> None:
        super().__init__(clearButtonEnabled=True, placeholderText=hint or name)
        self._themes = themes
        self.setAccessibleName(name)
        self._picture = QAction(icon("search", themes.current.muted), "", self)
        self.addAction(self._picture, self.ActionPosition.LeadingPosition)
        for button in self.findChildren(QToolButton):
            empties = button.defaultAction().objectName() == _CLEAR
            button.setAccessibleName("Clear" if empties else name)
        themes.changed.connect(self._color)

    def _color(self) -> None:
        self._picture.setIcon(icon("search", self._themes.current.muted))
