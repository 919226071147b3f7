"""Small pictures that are painted again and again, kept in the size that they are seen in."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

_LARGEST: Final = 1.5
"""Pixels of the screen for one of the plane. Beyond, few blocks are in sight, and pictures take memory."""
_MOST: Final = 256


def to_whole_pixels(painter: QPainter) -> None:
    """Moves the origin to a pixel of the screen: what is painted there looks alike everywhere."""
    place, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
    x, y = round(place.dx() * ratio) / ratio, round(place.dy() * ratio) / ratio
    painter.setWorldTransform(QTransform(place.m11(), 0, 0, place.m22(), x, y))


class Stamps:
    """Pictures of one size at a time: they are thrown away when the zoom is another one."""

    def __init__(self) -> None:
        self._scale = 0.0
        self._pictures: dict[Hashable, QPixmap] = {}

    def paint(
        self, painter: QPainter, look: Hashable, bounds: QRectF, paint: Callable[[QPainter], None]
    ) -> None:
        """Paints what `paint` paints within `bounds`; where `look` is equal, that is the same.

        The painter's origin is a whole pixel, as after `to_whole_pixels`.
        """
        place, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        scale = place.m11() * ratio
        if scale > _LARGEST:
            paint(painter)
            return
        if scale != self._scale or len(self._pictures) > _MOST:
            self._scale = scale
            self._pictures.clear()
        corner = QPointF(math.floor(bounds.left() * scale), math.floor(bounds.top() * scale))
        picture = self._pictures.get(look)
        if picture is None:
            width = math.ceil(bounds.right() * scale - corner.x())
            height = math.ceil(bounds.bottom() * scale - corner.y())
            picture = self._pictures[look] = QPixmap(QSize(width, height))
            picture.fill(Qt.GlobalColor.transparent)
            inside = QPainter(picture)
            inside.setRenderHints(painter.renderHints())
            inside.translate(-corner)
            inside.scale(scale, scale)
            paint(inside)
            inside.end()
            picture.setDevicePixelRatio(ratio)
        painter.setWorldTransform(QTransform.fromTranslate(place.dx(), place.dy()))
        painter.drawPixmap(corner / ratio, picture)
        painter.setWorldTransform(place)
