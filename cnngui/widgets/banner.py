"""A remark in a frame, with an icon: it stays while it holds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnngui.theme.theme import RADIUS, SPACING, Theme, ThemeManager
from cnngui.widgets.small import IconLabel, small_label


class Banner(QWidget):
    """Hidden until there is something to say."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._color: Callable[[Theme], QColor] = lambda theme: theme.accent
        self._icon = IconLabel(themes, "info", self._color, size=16)
        self._text = small_label(role=QPalette.ColorRole.WindowText)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        row.setSpacing(SPACING)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)

    @property
    def text(self) -> str:
        return self._text.text()

    def show_text(self, icon: str, color: Callable[[Theme], QColor], text: str) -> None:
        self._color = color
        self._icon.set_icon(icon, color)
        self._text.setText(text)
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._color(theme))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS / 2, RADIUS / 2)
