"""Names with bars and numbers: class probabilities, class counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font

ROW_HEIGHT: Final = 16
_MOST_HEIGHT: Final = ROW_HEIGHT + GRID
_THICKNESS: Final = 8


@dataclass(frozen=True)
class BarRow:
    """`share`, from 0 to 1, is the length of the bar, if there is one; `marked` stands out."""

    name: str
    text: str = ""
    share: float | None = None
    marked: bool = False


class BarRows(QWidget):
    """Rows that share the height there is, the names in one column and the numbers in another."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._rows: Sequence[BarRow] = ()
        self.setFont(text_font(SMALL_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def rows(self) -> Sequence[BarRow]:
        return self._rows

    def show_rows(self, rows: Sequence[BarRow]) -> None:
        if rows == self._rows:
            return
        if len(rows) != len(self._rows):
            self.updateGeometry()
        self._rows = rows
        self.setAccessibleName(", ".join(f"{row.name}: {row.text}" for row in rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(140, len(self._rows) * ROW_HEIGHT)

    def most_height(self) -> int:
        """The height that the rows take up where there is plenty of it, in pixels."""
        return len(self._rows) * _MOST_HEIGHT

    def minimumSizeHint(self) -> QSize:
        return QSize(96, len(self._rows) * (ROW_HEIGHT - 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fonts = text_font(SMALL_SIZE), text_font(SMALL_SIZE, bold=True)
        metrics = QFontMetricsF(fonts[1])
        names = min(max(metrics.horizontalAdvance(row.name) for row in self._rows), self.width() * 0.4)
        texts = max(metrics.horizontalAdvance(row.text) for row in self._rows)
        height = min(_MOST_HEIGHT, self.height() / len(self._rows))
        room = self.width() - names - texts - 2 * SPACING
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for number, row in enumerate(self._rows):
            top = number * height
            painter.setFont(fonts[row.marked])
            painter.setPen(theme.text if row.marked else theme.muted)
            name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, names + 1)
            painter.drawText(QRectF(0, top, names + 1, height), right, name)
            painter.drawText(QRectF(self.width() - texts - 1, top, texts + 1, height), right, row.text)
            if room > 0 and row.share is not None:
                thick = min(_THICKNESS, height - GRID)
                place = QRectF(names + SPACING, top + (height - thick) / 2, room, thick)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.border)
                painter.drawRoundedRect(place, 2, 2)
                place.setWidth(room * row.share)
                painter.setBrush(theme.ok if row.marked else theme.accent)
                painter.drawRoundedRect(place, 2, 2)
