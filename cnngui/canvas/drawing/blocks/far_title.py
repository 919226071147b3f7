"""A block's title in the room of all else, where small text couldn't be read: as large as it fits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

from cnngui.theme.theme import TEXT_SIZE, text_font

_SIZES: Final = (30, 26, 22, 18, 15, TEXT_SIZE)


class FarTitle:
    """Lines of text in one size, in the middle of an area of this size."""

    def __init__(self, font: QFont, lines: Sequence[str], size: tuple[float, float]) -> None:
        metrics = QFontMetricsF(font)
        self._font = font
        self._lines: list[tuple[QPointF, QStaticText]] = []
        top = (size[1] - len(lines) * metrics.height()) / 2
        for number, line in enumerate(lines):
            text = QStaticText(metrics.elidedText(line, Qt.TextElideMode.ElideRight, size[0]))
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=font)
            left = (size[0] - text.size().width()) / 2
            self._lines.append((QPointF(left, top + number * metrics.height()), text))

    @property
    def pixels(self) -> int:
        """The size of its letters."""
        return self._font.pixelSize()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Paints it in the pen that is set."""
        painter.setFont(self._font)
        for place, line in self._lines:
            painter.drawStaticText(area.topLeft() + place, line)


class FarTitles:
    """Lays titles out; blocks share most of them."""

    def __init__(self) -> None:
        self._fonts = [text_font(size, bold=True) for size in _SIZES]
        self._metrics = [QFontMetricsF(font) for font in self._fonts]
        self.of = lru_cache(maxsize=4096)(self._laid_out)

    def _laid_out(self, text: str, width: float, height: float) -> FarTitle:
        for font, metrics in zip(self._fonts, self._metrics, strict=True):
            lines = _broken(text, width, metrics)
            widest = max(map(metrics.horizontalAdvance, lines), default=0.0)
            if widest <= width and len(lines) * metrics.height() <= height:
                return FarTitle(font, lines, (width, height))
        return FarTitle(self._fonts[-1], [text], (width, height))


def _broken(text: str, width: float, metrics: QFontMetricsF) -> list[str]:
    """The text broken at spaces into lines that are as long as they may be; a longer word is a line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
