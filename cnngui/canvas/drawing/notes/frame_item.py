"""A frame: a titled, coloured area behind the blocks."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from cnngui.canvas.drawing.groups.area_item import AreaItem
from cnngui.canvas.drawing.style import Style
from cnngui.theme.theme import GRID, MARGIN, RADIUS
from core.design.graph import Frame

TITLE: Final = 7 * GRID
"""The height of the line with the title, by which a frame is held."""
_BEHIND_ALL: Final = -4.0
_EDGE, _GROUND, _LINE = 0.8, 0.12, 0.3
"""How much of the colour the edge shows, the area, and the line with the title."""


class FrameItem(AreaItem[Frame]):
    """Paints a frame."""

    def __init__(self, frame: Frame, style: Style) -> None:
        self._held: QRectF | None = None
        super().__init__(frame, style)

    @property
    def body(self) -> QRectF:
        """The frame's bounds; while what lies in it is larger, so much more."""
        return self._held or QRectF(*self.shown.position, *self.shown.size)

    def hold(self, area: QRectF | None) -> None:
        """Takes up another area than the frame's bounds, or these again."""
        if area != self._held:
            self._held = area
            self.set_shown(self.shown)

    def snapshot(self) -> tuple[object, ...]:
        return *super().snapshot(), self._held

    @property
    def title(self) -> QRectF:
        """The line with the title."""
        body = self.body
        return QRectF(body.left(), body.top(), body.width(), TITLE)

    def depth(self) -> float:
        width, height = self.shown.size
        return _BEHIND_ALL - 1e-12 * width * height  # a smaller one lies on a larger one

    def edge(self) -> QPen:
        return QPen(self._color(_EDGE), 1)

    def ground(self) -> QBrush:
        return QBrush(self._color(_GROUND))

    def paint_text(self, painter: QPainter) -> None:
        style, line = self._style, self.title
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color(_LINE))
        painter.setClipRect(line)
        painter.drawRoundedRect(line.adjusted(0, 0, 0, RADIUS), RADIUS, RADIUS)
        painter.setClipping(False)
        text = style.title(self.shown.title, max(0.0, line.width() - 2 * MARGIN))
        painter.setFont(style.title_font)
        painter.setPen(style.text)
        painter.drawStaticText(line.topLeft() + QPointF(MARGIN, (TITLE - text.size().height()) / 2), text)

    def _color(self, share: float) -> QColor:
        made = QColor(self._style.theme.frame_color(self.shown.color))
        made.setAlphaF(share)
        return made
