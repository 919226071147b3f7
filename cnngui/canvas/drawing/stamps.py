"""Small pictures that are painted again and again, kept in the size that they are seen in."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

_LARGEST: Final = 1.5
"""Pixels of the screen for one of the plane. Beyond, few blocks are in sight, and pictures take memory."""
_MOST: Final = 256


class Stamps:
    """Pictures of one size at a time: they are thrown away when the zoom is another one."""

    def __init__(self) -> None:
        self._scale = 0.0
        self._pictures: dict[Hashable, QPixmap] = {}

    def paint(
        self, painter: QPainter, look: Hashable, bounds: QRectF, paint: Callable[[QPainter], None]
    ) -> None:
        """Paints what `paint` paints within `bounds`; where `look` is equal, that is the same.

        Moves the painter's origin to a pixel of the screen: what is painted there looks alike everywhere.
        """
        place, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        zoom = place.m11()
        scale = zoom * ratio
        x, y = round(place.dx() * ratio) / ratio, round(place.dy() * ratio) / ratio
        if scale <= _LARGEST:
            corner = QPointF(math.floor(bounds.left() * scale), math.floor(bounds.top() * scale))
            picture = self._picture(look, bounds, corner, scale, paint)
            picture.setDevicePixelRatio(ratio)
            painter.setWorldTransform(QTransform.fromTranslate(x, y))
            painter.drawPixmap(corner / ratio, picture)
        painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x, y))
        if scale > _LARGEST:
            paint(painter)

    def _picture(
        self, look: Hashable, bounds: QRectF, corner: QPointF, scale: float, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        if scale != self._scale or len(self._pictures) > _MOST:
            self._scale = scale
            self._pictures.clear()
        made = self._pictures.get(look)
        if made is None:
            far = bounds.bottomRight() * scale - corner
            made = self._pictures[look] = QPixmap(math.ceil(far.x()), math.ceil(far.y()))
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.translate(-corner)
            painter.scale(scale, scale)
            paint(painter)
            painter.end()
        return made
