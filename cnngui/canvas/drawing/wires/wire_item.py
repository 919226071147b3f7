"""A wire on the canvas, and the one that is being drawn."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from cnngui.canvas.drawing.blocks.block_item import BlockItem
from cnngui.canvas.drawing.groups.open_group import OpenGroupItem
from cnngui.canvas.drawing.layout import LINE
from cnngui.canvas.drawing.style import DETAILS_FROM, LABELS_FROM, Style, sharpness
from cnngui.canvas.drawing.wires.wire_path import arrow, loose_path, relative, stretches, wire_path
from cnngui.theme.theme import GRID
from core.design.direction import Direction, Point
from core.drawing.route import Curve, Rect, Route
from core.maths.arrays import Shape
from core.schema.written import shape_text

HIT_WIDTH: Final = 12
_MARGIN: Final = 6
"""Beyond the path: half the pen and the arrow."""
_LABEL_WIDTH: Final = 120
"""The most that a label is wide, with its margin."""


class WireItem(QGraphicsRectItem):
    """A wire and the shape that flows through it; its coordinates are relative to its start."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._area: Rect | None = None
        self._direction = Direction.RIGHT
        self._outline = QPolygonF()
        self._curves: tuple[Curve, ...] = ()
        self._shape: Shape | None = None
        self._label: QStaticText | None = None
        self._selected = False
        self._hovered = False
        self._ghost = False
        self._hit_area: QPainterPath | None = None
        self._label_known = False
        self._label_place: QRectF | None = None
        self._near: dict[Point, _Near] = {}
        self._path = QPainterPath()

    @property
    def start(self) -> QPointF:
        return self.pos()

    @property
    def path(self) -> QPainterPath:
        """The course as seen from its start."""
        return self._path

    @property
    def outline(self) -> QPolygonF:
        """The course from corner to corner, on the plane."""
        return self._outline

    @property
    def decisive_area(self) -> Rect | None:
        """Blocks in this area, along the design, decide on the course; None before there is one."""
        return self._area

    def set_course(self, start: Point, route: Route, direction: Direction) -> None:
        """Leads along the curves of a route, all of it given along the design's direction."""
        self._area = route.area
        place = direction.turn(start)
        course = relative(place, route.curves, direction)
        same = course == self._curves and direction is self._direction
        if same and place == self.start.toTuple():
            return
        self.setPos(*place)
        self._outline = QPolygonF([self.start, *(self.start + QPointF(*curve.end) for curve in course)])
        if not same:
            self._curves, self._direction = course, direction
            self._fresh_path()

    def set_label(self, shape: Shape | None) -> None:
        """Repainting is left to the caller: it knows whether anyone is near enough to see the label."""
        if shape != self._shape:
            self._shape = shape
            self._label, self._label_known = None, False

    def set_style(self, style: Style) -> None:
        self._style = style
        self._label, self._label_known = None, False
        self.update()

    def set_selected(self, selected: bool) -> None:
        if selected != self._selected:
            self._selected = selected
            self.setZValue(0.5 if selected else 0)
            self.update()

    def set_hovered(self, hovered: bool) -> None:
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def set_ghost(self, ghost: bool) -> None:
        """Draws a wire that is only proposed: dashed."""
        if ghost != self._ghost:
            self._ghost = ghost
            self.update()

    def forget_surroundings(self) -> None:
        """Blocks have moved, or there are other wires: whether the label has room is asked again."""
        self._label_known, self._near = False, {}

    def snapshot(self) -> tuple[object, ...]:
        """What a test compares: all that decides the picture."""
        return self.pos().toTuple(), self._curves, self._shape, self._selected, self._hovered, self._ghost

    def shape(self) -> QPainterPath:
        """A band wide enough to click."""
        if self._hit_area is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(HIT_WIDTH)
            self._hit_area = stroker.createStroke(self._path)
        return self._hit_area

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        pen = self._pen()
        if self._is_straight:
            painter.setPen(pen)
            painter.drawLine(QPointF(), QPointF(*self._curves[-1].end))  # much faster than a path
        else:
            painter.strokePath(self._path, pen)
        sharp = sharpness(painter)
        if sharp < DETAILS_FROM:
            return  # an arrow would be a speck
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.brush())
        painter.drawPolygon(self._arrow)
        if self._shape is not None and sharp >= LABELS_FROM:
            self._paint_label(painter)

    def _pen(self) -> QPen:
        style = self._style
        if self._ghost:
            return style.wire_pending
        if self._selected:
            return style.wire_selected
        return style.wire_hover if self._hovered else style.wire

    def label_area(self) -> QRectF | None:
        """Where the shape stands, on the plane; None where there is no room for it."""
        if self._shape is None:
            return None
        if self._label is None:
            self._label = self._style.small(shape_text(self._shape), _LABEL_WIDTH - 2 * GRID)
            self._label_known = False
        if not self._label_known:
            self._label_known, self._label_place = True, None
            self._label_place = self._free_place(self._label.size().width() + 2 * GRID)
        return None if self._label_place is None else self._label_place.translated(self.start)

    def _paint_label(self, painter: QPainter) -> None:
        area = self.label_area()
        if area is None or self._label is None:
            return
        place = area.translated(-self.start)
        painter.setBrush(self._style.canvas)
        painter.drawRoundedRect(place, LINE / 2, LINE / 2)
        painter.setFont(self._style.small_font)
        painter.setPen(self._style.muted)
        painter.drawStaticText(place.center() - _half(self._label), self._label)

    def _free_place(self, width: float) -> QRectF | None:
        """On one of the long parts, away from blocks, edges and titles of groups, and other labels and wires.

        Of wires from one output that run along together, the one that is painted last carries the label.
        """
        scene: QGraphicsScene | None = self.scene()
        if scene is None:
            return None
        roomy = (stretch for stretch in self._stretches if stretch.has_room(width, LINE))
        for spot in chain.from_iterable(stretch.spots for stretch in roomy):
            place, near = _around(spot, width), self._near_to(spot, scene)
            around = place.translated(self.start)
            if near.is_crowded:
                return None
            if any(block.body.intersects(around) for block in near.blocks):
                continue
            if any(
                _crosses_edge(around, group.body) or group.title.intersects(around) for group in near.groups
            ):
                continue
            level = near.wires.index(self)
            below = [wire for wire in near.wires[level + 1 :] if wire.start != self.start]
            if any(wire.passes(around) for wire in near.wires[:level] + below):
                continue
            if not any(wire is not self and wire.has_label_in(around) for wire in near.wires):
                return place
        return None

    def _near_to(self, spot: Point, scene: QGraphicsScene) -> _Near:
        if spot not in self._near:
            self._near[spot] = _Near(scene, _around(spot, _LABEL_WIDTH).translated(self.start))
        return self._near[spot]

    def passes(self, area: QRectF) -> bool:
        """Whether a piece of the wire comes near an area of the plane."""
        pieces = (QRectF(a, b).normalized() for a, b in pairwise(self._outline.toList()))
        return any(piece.adjusted(-1, -1, 1, 1).intersects(area) for piece in pieces)

    def has_label_in(self, area: QRectF) -> bool:
        """Whether the label, as far as it has its place, touches an area of the plane."""
        place = self._label_place if self._label_known else None
        return place is not None and place.translated(self.start).intersects(area)

    def _fresh_path(self) -> None:
        self._path = wire_path(self._curves)
        self._is_straight = not any(
            self._direction.turn(point)[1] for curve in self._curves for point in (curve.second, curve.end)
        )
        self._stretches = stretches(self._curves, 3 * LINE)
        self._arrow = arrow(self._curves[-1].end, self._direction)
        self._hit_area = None
        self._label_known, self._near = False, {}
        bounds = self._path.boundingRect().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        for spot in chain.from_iterable(stretch.spots for stretch in self._stretches):
            bounds = bounds.united(_around(spot, _LABEL_WIDTH))
        self.setRect(bounds)
        self.update()


_CROWD = 200
"""Blocks, wires and groups at one place."""


class _Near:
    """What may be in the way of a label in an area, the uppermost first. Another text doesn't change it."""

    def __init__(self, scene: QGraphicsScene, area: QRectF) -> None:
        items = scene.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        self.is_crowded = len(items) > _CROWD
        """Nowhere near is there any room, and to look for it would take long."""
        if self.is_crowded:
            items = []
        self.blocks = [item for item in items if isinstance(item, BlockItem)]
        self.wires = [item for item in items if isinstance(item, WireItem)]
        self.groups = [item for item in items if isinstance(item, OpenGroupItem)]


class PendingWire(QGraphicsRectItem):
    """The wire that is being drawn: dashed, above everything."""

    def __init__(self, start: QPointF, end: QPointF, style: Style, direction: Direction) -> None:
        super().__init__()
        self.setZValue(2)
        self._pen = style.wire_pending
        self._direction = direction
        self.set_ends(start, end)

    def set_ends(self, start: QPointF, end: QPointF) -> None:
        span = end - start
        self.setPos(start)
        self._path = loose_path(span.x(), span.y(), self._direction)
        self.setRect(self._path.boundingRect().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.strokePath(self._path, self._pen)


def _around(middle: Point, width: float) -> QRectF:
    """The area of a label."""
    return QRectF(middle[0] - width / 2, middle[1] - LINE / 2, width, LINE)


def _crosses_edge(label: QRectF, area: QRectF) -> bool:
    return label.intersects(area) and not area.contains(label)


def _half(label: QStaticText) -> QPointF:
    size = label.size()
    return QPointF(size.width() / 2, size.height() / 2)
