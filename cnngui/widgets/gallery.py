"""Samples in a row, each with a line below; one is chosen by a click, or by the arrows and Return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnngui.theme.accessibility import announce, hear_as
from cnngui.theme.theme import GRID, SMALL_SIZE, ThemeManager, text_font
from cnngui.widgets.focus import paint_focus

TILE: Final = 40
_KEYS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture, a short text, and a sentence that says it in full."""

    image: QImage
    text: str
    help: str


class Gallery(QWidget):
    """As many tiles as there is width for; the keyboard stops at it once."""

    chosen = Signal(int)
    """The number of a tile."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._all: Sequence[Tile] = ()
        self._current = 0
        hear_as(Gallery, QAccessible.Role.List)
        self.setFont(text_font(SMALL_SIZE))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def _tiles(self) -> Sequence[Tile]:
        """Those that are seen whole; one that is cut off could be chosen, but not told by its text."""
        return self._all[: max(1, (self.width() + GRID) // (TILE + GRID))]

    @property
    def texts(self) -> list[str]:
        """What stands below the samples that there is width for."""
        return [tile.text for tile in self._tiles]

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        self._all, self._current = tiles, 0
        self.setAccessibleDescription(tiles[0].help if tiles else "")  # of the others as one gets there
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(len(self._all) * (TILE + GRID), TILE + self.fontMetrics().height() + GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(TILE, self.sizeHint().height())

    def place(self, number: int) -> QRectF:
        """Where a tile stands."""
        return QRectF(number * (TILE + GRID), 1, TILE, TILE + self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._current >= len(self._tiles) > 0:
            self._move_to(len(self._tiles) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        metrics = QFontMetricsF(self.font())
        for number, tile in enumerate(self._tiles):
            place = self.place(number)
            frame = QRectF(place.topLeft(), QSize(TILE, TILE).toSizeF())
            painter.fillRect(frame, theme.canvas)
            size = tile.image.size().scaled(QSize(TILE, TILE), Qt.AspectRatioMode.KeepAspectRatio)
            inside = QRectF(0, 0, size.width(), size.height())
            inside.moveCenter(frame.center())
            painter.drawImage(inside, tile.image)
            painter.setPen(theme.text)
            text = metrics.elidedText(tile.text, Qt.TextElideMode.ElideRight, TILE)
            painter.drawText(place.adjusted(0, TILE, 0, 0), Qt.AlignmentFlag.AlignCenter, text)
            if number == self._current:
                paint_focus(self, painter, place.toAlignedRect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._number_at(event.position().x())
        if number is not None and event.button() is Qt.MouseButton.LeftButton:
            self._move_to(number)
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from tile to tile; other keys than these and Return belong to the window."""
        if event.key() in _KEYS and self._tiles:
            self._move_to((self._current + _KEYS[Qt.Key(event.key())]) % len(self._tiles))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._tiles:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._number_at(event.pos().x())
            if number is not None:
                QToolTip.showText(event.globalPos(), self._tiles[number].help, self)
                return True
        return super().event(event)

    def _move_to(self, number: int) -> None:
        self._current = number
        announce(self, self._tiles[number].help)
        self.update()

    def _number_at(self, x: float) -> int | None:
        number, across = divmod(x, TILE + GRID)
        return int(number) if 0 <= number < len(self._tiles) and across < TILE else None
