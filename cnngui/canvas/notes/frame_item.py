"""A frame: a titled, coloured area behind the blocks."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cnngui.canvas.style import OVERVIEW_BELOW, Style
from cnngui.theme import GRID, MARGIN, RADIUS
from core.graph import Frame

TITLE: Final = 7 * GRID
"""The height of the line with the title, by which a frame is held."""
_BEHIND_ALL: Final = -4.0
_GROUND, _LINE = 0.12, 0.3
"""How much of the colour the area shows, and the line with the title."""


class FrameItem(QGraphicsRectItem):
    """Paints a frame, in scene coordinates, and whether it is selected."""

    def __init__(self, frame: Frame, style: Style) -> None:
        super().__init__()
        self._style = style
        self._marked = False
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.set_frame(frame)

    @property
    def frame(self) -> Frame:
        return self._frame

    @property
    def body(self) -> QRectF:
        """The whole area, in scene coordinates."""
        return QRectF(*self._frame.position, *self._frame.size)

    @property
    def title(self) -> QRectF:
        """The line with the title."""
        body = self.body
        return QRectF(body.left(), body.top(), body.width(), TITLE)

    def set_frame(self, frame: Frame) -> None:
        self._frame = frame
        width, height = frame.size
        self.setZValue(_BEHIND_ALL - 1e-12 * width * height)  # a smaller one lies on a larger one
        self.setRect(self.body.adjusted(-2, -2, 2, 2))
        self.update()

    def set_style(self, style: Style) -> None:
        self._style = style
        self.update()

    def set_marked(self, marked: bool) -> None:
        if marked != self._marked:
            self._marked = marked
            self.update()

    def snapshot(self) -> tuple[object, ...]:
        """What a test compares: all that decides the picture."""
        return self._frame, self._marked

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        style, color = self._style, self._style.theme.frame_color(self._frame.color)
        painter.setPen(style.accent if self._marked else QPen(_faded(color, 0.8), 1))
        painter.setBrush(_faded(color, _GROUND))
        painter.drawRoundedRect(self.body, RADIUS, RADIUS)
        if painter.worldTransform().m11() < OVERVIEW_BELOW:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_faded(color, _LINE))
        line = self.title
        painter.setClipRect(line)
        painter.drawRoundedRect(line.adjusted(0, 0, 0, RADIUS), RADIUS, RADIUS)
        painter.setClipping(False)
        text = style.title(self._frame.title, max(0.0, line.width() - 2 * MARGIN))
        painter.setFont(style.title_font)
        painter.setPen(style.text)
        painter.drawStaticText(line.topLeft() + QPointF(MARGIN, (TITLE - text.size().height()) / 2), text)


def _faded(color: QColor, share: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(share)
    return made
