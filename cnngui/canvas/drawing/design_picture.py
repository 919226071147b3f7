"""A design as a small picture: its blocks and folded groups in their colours, and the wires between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from cnngui.canvas.drawing.blocks.group_face import GROUP_CATEGORY
from cnngui.canvas.drawing.groups.open_group import area_around
from cnngui.theme.theme import GRID, MARGIN, RADIUS, SMALL_SIZE, Theme, ThemeManager, text_font
from core.design.direction import Direction
from core.design.folding import Folding, folding
from core.design.graph import Graph
from core.templates.builder import sizes

_WIRE = 5.0
"""In pixels of the canvas; the picture is about a tenth as large."""
_LARGE = 300
"""Pixels from which on a picture has names."""
_LEAST_FOR_NAME = 40
_TURN = QTransform(0, 1, 1, 0, 0, 0)
"""x for y: `Direction.turn` for Qt."""


def design_picture(
    graph: Graph, theme: Theme, size: QSize, ratio: float, margin: int = MARGIN, *, names: bool = False
) -> QPixmap:
    """The whole design on the colour of the canvas; `ratio` is that of the screen's pixels.

    With `names`, those of blocks and folded groups stand on them, where there is room.
    """
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(theme.canvas)
    if not graph.blocks:
        return picture
    seen = folding(graph)
    bodies = _bodies(graph, seen)
    areas = [area_around(_union(members)) for members in _members(graph, seen, bodies)]
    whole = _union([*bodies.values(), *areas])
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = size.width() - 2 * margin, size.height() - 2 * margin
    scale = min(room[0] / whole.width(), room[1] / whole.height(), 0.5)
    painter.translate(size.width() / 2, size.height() / 2)
    painter.scale(scale, scale)
    painter.translate(-whole.center())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.border)
    for area in areas:
        painter.drawRoundedRect(area, RADIUS, RADIUS)
    painter.setPen(QPen(theme.muted, max(_WIRE, 1 / scale)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    turn = _TURN if graph.direction is Direction.DOWN else QTransform()
    for wire in seen.wires:
        source, target = (turn.mapRect(bodies[seen.shown(end)]) for end in (wire.source, wire.target))
        painter.drawPath(turn.map(_way(source, target)))
    painter.setPen(Qt.PenStyle.NoPen)
    for shown, body in bodies.items():
        category = GROUP_CATEGORY if shown in seen.boxes else graph[shown].layer.group
        painter.setBrush(theme.category(category))
        painter.drawRoundedRect(body, RADIUS, RADIUS)
    if names:
        _write_names(painter, graph, bodies)
    painter.end()
    return picture


def _write_names(painter: QPainter, graph: Graph, bodies: Mapping[str, QRectF]) -> None:
    """In letters that can be read, where a block has room for some of its name."""
    placed = painter.transform()
    painter.resetTransform()
    painter.setFont(text_font(SMALL_SIZE))
    painter.setPen(QColor("white"))  # as on the headers of blocks
    for shown, body in bodies.items():
        room = placed.mapRect(body).adjusted(GRID, 0, -GRID, 0)
        if room.width() >= _LEAST_FOR_NAME and room.height() >= painter.fontMetrics().height():
            group = graph.group_by_id.get(shown)
            name = graph[shown].name if group is None else group.name
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)


def _bodies(graph: Graph, seen: Folding) -> dict[str, QRectF]:
    """Where blocks and folded groups are drawn."""
    extents = sizes(graph)
    return {shown: QRectF(*place, *extents[shown]) for shown, place in seen.corners(graph).items()}


def _members(graph: Graph, seen: Folding, bodies: Mapping[str, QRectF]) -> Iterator[list[QRectF]]:
    """For each open group what is drawn in it; those around others come first."""
    for group in sorted(graph.groups, key=lambda group: len(graph.ancestors(group.id))):
        if not group.folded and group.id not in seen.hidden:
            yield [bodies[shown] for shown in {seen.shown(block) for block in graph.inside(group.id)}]


def _union(areas: Iterable[QRectF]) -> QRectF:
    return reduce(QRectF.united, areas, QRectF())


def _way(source: QRectF, target: QRectF) -> QPainterPath:
    """In a design that runs to the right: a curve; back to the next row, a line between the two rows."""
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


class DesignPicture(QWidget):
    """A design as a picture as large as the widget, in the colours of the theme."""

    def __init__(self, graph: Graph, themes: ThemeManager, name: str) -> None:
        """`name` is what a screen reader calls it."""
        super().__init__()
        self._graph = graph
        self._themes = themes
        self.setAccessibleName(name)
        themes.changed.connect(self.update)

    def show_design(self, graph: Graph) -> None:
        self._graph = graph
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, ratio = self._themes.current, self.devicePixelRatioF()
        large = self.width() >= _LARGE
        margin = 2 * MARGIN if large else GRID
        picture = design_picture(self._graph, theme, self.size(), ratio, margin, names=large)
        painter.drawPixmap(0, 0, picture)
        painter.setPen(theme.border)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
