"""What hangs on the cursor while a block is dragged out of the palette: small, so that it hides nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from cnngui.theme import icons
from cnngui.theme.theme import BLOCK_HEADER, ICON_SIZE, RADIUS


def chip(icon: str, color: QColor, scale: float) -> QPixmap:
    """An icon in white on a colour, for a screen of this device pixel ratio."""
    side = round(BLOCK_HEADER * scale)
    made = QPixmap(side, side)
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(0, 0, BLOCK_HEADER, BLOCK_HEADER), RADIUS, RADIUS)
    margin = (BLOCK_HEADER - ICON_SIZE) / 2
    picture = icons.pixmap(icon, QColor("white"), ICON_SIZE, scale)
    painter.drawPixmap(QPointF(margin, margin), picture)
    painter.end()
    return made
