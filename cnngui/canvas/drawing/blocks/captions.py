"""The titles of groups and frames in the overview: of the same size on the screen at any zoom."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QStaticText

from cnngui.canvas.drawing.layout import LINE
from cnngui.canvas.drawing.style import Style
from cnngui.theme.theme import GRID

_LEAST: Final = 18 * GRID
"""A title may be so wide, in pixels of the screen, above what is narrower."""
_LEFT: Final = 2
"""So many of the places are looked at for room beside blocks: far from where an area begins, nobody looks."""
_MOST: Final = 100
"""Captions of the largest areas: more couldn't be read."""


class Caption(NamedTuple):
    """What stands at an area of the plane, and in which colour it is framed."""

    text: str
    area: QRectF
    edge: QPen


class Plate(NamedTuple):
    """Where a caption stands, in pixels from the plane's origin."""

    area: QRectF
    text: QStaticText
    edge: QPen


class Captions:
    """Places captions anew for another zoom: beside blocks and each other as far as that is possible."""

    def __init__(self, captions: Iterable[Caption], style: Style, is_free: Callable[[QRectF], bool]) -> None:
        by_size = sorted(captions, key=lambda caption: -caption.area.width() * caption.area.height())
        self._captions = [caption for caption in by_size if caption.text][:_MOST]
        self._style = style
        self._is_free = is_free
        self._zoom = 0.0
        self._plates: list[Plate] = []

    def paint(self, painter: QPainter) -> None:
        if not self._captions:
            return
        to_screen = painter.worldTransform()
        if to_screen.m11() != self._zoom:
            self._zoom = to_screen.m11()
            self._plates = self.placed(self._zoom)
        painter.resetTransform()
        painter.setFont(self._style.small_font)
        origin = QPointF(round(to_screen.dx()), round(to_screen.dy()))
        for area, text, edge in self._plates:
            place = area.translated(origin)
            painter.setPen(edge)
            painter.setBrush(self._style.canvas)
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), GRID, GRID)
            painter.setPen(self._style.text)
            painter.drawStaticText(place.topLeft() + QPointF(GRID, (LINE - text.size().height()) / 2), text)
        painter.setWorldTransform(to_screen)

    def placed(self, zoom: float) -> list[Plate]:
        """The largest areas first; a caption that would cover another is left out."""
        found: list[Plate] = []
        for caption in self._captions:
            seen = QRectF(caption.area.topLeft() * zoom, caption.area.size() * zoom)
            text = self._style.small(caption.text, max(_LEAST, round(seen.width())) - 2 * GRID)
            width = round(text.size().width()) + 2 * GRID
            apart = [
                place
                for place in _places(seen, width)
                if not any(place.intersects(plate.area) for plate in found)
            ]
            if apart:
                free = (place for place in apart[:_LEFT] if self._is_free(_on_plane(place, zoom)))
                found.append(Plate(next(free, apart[0]), text, caption.edge))
        return found


def _on_plane(place: QRectF, zoom: float) -> QRectF:
    return QRectF(place.topLeft() / zoom, place.size() / zoom)


def _places(area: QRectF, width: float) -> Iterator[QRectF]:
    """Where a caption of this width may stand: outside at a corner, or inside above."""
    left, right = round(area.left()), round(area.right() - width)
    above, below = math.floor(area.top()) - LINE, math.ceil(area.bottom())
    for x, y in ((left, above), (left, below), (right, above), (right, below), (left, above + LINE)):
        yield QRectF(x, y, width, LINE)
