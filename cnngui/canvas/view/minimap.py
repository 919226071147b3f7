"""The whole design, small, in a corner of the canvas: shows which part is in sight, and leads elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from cnngui.canvas.drawing.notes.comment_item import CommentItem
from cnngui.canvas.drawing.placing import rect_of
from cnngui.canvas.view.drawing_view import DrawingView
from cnngui.theme.theme import GRID, RADIUS, SPACING, ThemeManager
from core.drawing.route import Obstacles

_SIZE: Final = QSize(42 * GRID, 28 * GRID)
_REFRESH_MS: Final = 200
"""While blocks are dragged the map follows at this pace: it costs as much as a frame of the canvas."""
_SMALLEST: Final = 2
"""A block is at least so large, in pixels of the map."""
_DISTANCE: Final = 2 * GRID
"""It keeps so far from what is worked on, in pixels of the screen: badges reach out of blocks."""


class Minimap(QWidget):
    """Hidden while the whole design is in sight, or as long as it is turned off.

    It never lies over a block or a comment, nor over what somebody works on, the parts that `in_work` names
    and those that were brought into sight last: it goes to another corner, or hides where all are taken.
    """

    def __init__(
        self, canvas: DrawingView, themes: ThemeManager, in_work: Callable[[], Iterable[str]]
    ) -> None:
        super().__init__(canvas.viewport())
        self._canvas = canvas
        self._in_work = in_work
        self._wanted: tuple[str, ...] = ()
        self._steps_aside = False
        self._corner = 0
        self._themes = themes
        self._on = True
        self._content = QRectF()
        self._blocks: list[tuple[str, QRectF]] = []
        self._read: Obstacles | None = None
        self._picture: QPixmap | None = None
        self._timer = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.setFixedSize(_SIZE)
        self.setAccessibleName("Minimap")
        self.setToolTip("Click or drag to go there")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        canvas.drawing.drawn.connect(self._schedule)
        canvas.zoom_changed.connect(self._follow_view)
        for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
            bar.valueChanged.connect(self._follow_view)
        canvas.viewport().installEventFilter(self)
        themes.changed.connect(self._redraw)
        self.refresh()

    def turn(self, on: bool) -> None:
        """Turns the map on or off."""
        self._on = on
        self._follow_view()

    def step_aside(self, on: bool) -> None:
        """Hides the map for a while: a gesture runs, or what a remedy would do is looked at."""
        if on != self._steps_aside:
            self._steps_aside = on
            self._follow_view()

    def keep_off(self, parts: Iterable[str]) -> None:
        """Lies over none of these parts of the design, until others are wanted in sight."""
        self._wanted = tuple(parts)
        self._follow_view()

    def refresh(self) -> None:
        """Takes over where the blocks are."""
        blocks = self._canvas.drawing.patches()
        content = self._canvas.drawing.content_rect()
        if blocks != self._blocks or content != self._content:
            self._blocks, self._content, self._picture = blocks, content, None
            self._read = None
        self._follow_view()

    def _redraw(self) -> None:
        self._picture = None
        self._follow_view()

    def place_of(self, point: QPointF) -> QPointF:
        """Where a point of the plane is on the map."""
        return self._transform().map(point)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._follow_view()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            inverse, _ = self._transform().inverted()
            self._canvas.centerOn(inverse.map(event.position()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setPen(QPen(self._themes.current.accent, 1.5))
        seen = self._transform().mapRect(self._canvas.visible_area())
        painter.drawRect(seen.intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2)))

    def _drawn(self) -> QPixmap:
        """The blocks, in the colours of their categories."""
        theme, scale = self._themes.current, self.devicePixelRatioF()
        bodies: dict[str, list[QRectF]] = defaultdict(list)
        place = self._transform()
        zoom, dx, dy = place.m11(), place.dx(), place.dy()
        for category, body in self._blocks:
            size = max(zoom * body.width(), _SMALLEST), max(zoom * body.height(), _SMALLEST)
            bodies[category].append(QRectF(zoom * body.left() + dx, zoom * body.top() + dy, *size))
        made = QPixmap(self.size() * scale)
        made.setDevicePixelRatio(scale)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.border)
        painter.setBrush(theme.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        for group, rects in bodies.items():
            painter.setBrush(theme.category(group))
            painter.drawRects(rects)
        painter.end()
        return made

    def _schedule(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _follow_view(self) -> None:
        useful = not self._content.isEmpty() and not self._canvas.visible_area().contains(self._content)
        corner = self._free_corner() if self._on and useful and not self._steps_aside else None
        if corner is not None:
            self.move(corner)
        self.setVisible(corner is not None)
        self.update()

    def _free_corner(self) -> QPoint | None:
        """Where it lies on nothing that is read or worked on; as long as it can be, where it is."""
        room = self._canvas.viewport().rect().adjusted(SPACING, SPACING, -SPACING, -SPACING)
        low = room.bottomRight() - QPoint(self.width(), self.height())
        corners = low, QPoint(room.left(), low.y()), room.topLeft(), QPoint(low.x(), room.top())
        drawing, near = self._canvas.drawing, _DISTANCE
        taken = [
            self._canvas.pixels_of(drawing.body(part)).adjusted(-near, -near, near, near)
            for part in {*self._in_work(), *self._wanted}
            if drawing.draws(part)
        ]
        first = self._corner if self.isVisible() else 0
        for number in (first, *range(len(corners))):
            place = QRect(corners[number], self.size())
            if not any(area.intersects(place) for area in taken) and not self._hides_something(place):
                self._corner = number
                return corners[number]
        return None

    def _hides_something(self, place: QRect) -> bool:
        """Whether a block or a comment is drawn at this place of the viewport."""
        near = _DISTANCE
        area = self._canvas.mapToScene(place.adjusted(-near, -near, near, near)).boundingRect()
        if self._read is None:
            notes = self._canvas.drawing.notes.items()
            comments = [item.body for item in notes if isinstance(item, CommentItem)]
            self._read = Obstacles(map(rect_of, [*comments, *(body for _, body in self._blocks)]))
        return any(self._read.within(rect_of(area)))

    def _transform(self) -> QTransform:
        """From the plane to the map."""
        room = QRectF(self.rect()).adjusted(SPACING, SPACING, -SPACING, -SPACING)
        content = self._content
        scale = min(room.width() / max(content.width(), 1), room.height() / max(content.height(), 1))
        made = QTransform.fromTranslate(room.center().x(), room.center().y())
        made.scale(scale, scale)
        return made.translate(-content.center().x(), -content.center().y())
