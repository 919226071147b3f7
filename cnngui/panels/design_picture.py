"""A design as a small picture: its blocks in their colours and the wires between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap

from cnngui.theme import MARGIN, RADIUS, Theme
from core.graph import Graph
from core.templates.builder import sizes

_WIRE = 5.0
"""In pixels of the canvas; the picture is about a tenth as large."""


def design_picture(graph: Graph, theme: Theme, size: QSize, ratio: float) -> QPixmap:
    """The whole design on the colour of the canvas; `ratio` is that of the screen's pixels."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(theme.canvas)
    if not graph.blocks:
        return picture
    extents = sizes(graph)
    bodies = {b.id: QRectF(*b.position, *extents[b.id]) for b in graph.blocks}
    whole = QRectF()
    for body in bodies.values():
        whole = whole.united(body)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = size.width() - 2 * MARGIN, size.height() - 2 * MARGIN
    scale = min(room[0] / whole.width(), room[1] / whole.height(), 0.5)
    painter.translate(size.width() / 2, size.height() / 2)
    painter.scale(scale, scale)
    painter.translate(-whole.center())
    painter.setPen(QPen(theme.muted, max(_WIRE, 1 / scale)))
    for wire in graph.wires:
        painter.drawPath(_way(bodies[wire.source], bodies[wire.target]))
    painter.setPen(Qt.PenStyle.NoPen)
    for block in graph.blocks:
        painter.setBrush(theme.category(block.layer.group))
        painter.drawRoundedRect(bodies[block.id], RADIUS, RADIUS)
    painter.end()
    return picture


def _way(source: QRectF, target: QRectF) -> QPainterPath:
    """A curve to the right; back to the next row, a line between the two rows."""
    start, end = QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
    path = QPainterPath(start)
    bend = QPointF(abs(end.x() - start.x()) / 2, 0)
    if end.x() > start.x():
        path.cubicTo(start + bend, end - bend, end)
        return path
    between = (source.bottom() + target.top()) / 2
    for x, y in ((start.x() + RADIUS, start.y()), (start.x() + RADIUS, between)):
        path.lineTo(x, y)
    for x, y in ((end.x() - RADIUS, between), (end.x() - RADIUS, end.y())):
        path.lineTo(x, y)
    path.lineTo(end)
    return path
