"""An open group on the canvas: a titled area behind its members, with a button that folds it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cnngui import icons
from cnngui.canvas.captions import Caption
from cnngui.canvas.group_face import group_title
from cnngui.canvas.placing import area_of, rect_of
from cnngui.canvas.style import OVERVIEW_BELOW, Style
from cnngui.canvas.words import counted
from cnngui.theme import ICON_SIZE, MARGIN, RADIUS, SPACING
from core import room
from core.arrange.frame import GROUP_TITLE
from core.graph import Group

_LOWEST: Final = -2.0
_LEVEL: Final = 0.01


class GroupArea(NamedTuple):
    """What is shown of an open group. Equal ones look the same; `depth` counts the open groups around."""

    group: Group
    body: QRectF
    blocks: int
    depth: int

    @property
    def name(self) -> str:
        return group_title(self.group.name, self.group.repeat)

    @property
    def description(self) -> str:
        """In words, for the tooltip and for screen readers."""
        return f"{self.name}\nOpen group of {counted(self.blocks, 'block')}"


def area_around(members: QRectF) -> QRectF:
    """The area of a group whose members take up this one."""
    return area_of(room.area_around([rect_of(members)]))


def group_at(areas: Iterable[GroupArea], point: QPointF) -> str | None:
    """The innermost of these groups around a point; where two lie on one another, the one on top."""
    around = [area for area in areas if area.body.contains(point)]
    return max(reversed(around), key=lambda area: area.depth).group.id if around else None


class OpenGroupItem(QGraphicsRectItem):
    """Paints the area, in scene coordinates, and how it is marked."""

    def __init__(self, area: GroupArea, style: Style) -> None:
        super().__init__()
        self._style = style
        self._marked = False
        self._takes = False
        self.set_area(area)

    @property
    def area(self) -> GroupArea:
        return self._area

    @property
    def caption(self) -> Caption:
        """What stands at it in the overview."""
        return Caption(self._area.name, self._area.body, self._style.group_edge)

    @property
    def title(self) -> QRectF:
        """The line that is dragged, and the button in it."""
        body = self._area.body
        return QRectF(body.left(), body.top(), body.width(), GROUP_TITLE)

    @property
    def button(self) -> QRectF:
        return QRectF(self.title.topLeft(), self.title.topLeft() + QPointF(GROUP_TITLE, GROUP_TITLE))

    def set_area(self, area: GroupArea) -> None:
        self._area = area
        self.setZValue(_LOWEST + _LEVEL * area.depth)
        self.setRect(area.body.adjusted(-2, -2, 2, 2))
        self.update()

    def set_style(self, style: Style) -> None:
        self._style = style
        self.update()

    def set_marked(self, marked: bool) -> None:
        if marked != self._marked:
            self._marked = marked
            self.update()

    def set_takes(self, takes: bool) -> None:
        """Whether what is being dragged becomes a member when it is dropped."""
        if takes != self._takes:
            self._takes = takes
            self.update()

    def snapshot(self) -> tuple[object, ...]:
        """What a test compares: all that decides the picture."""
        return self._area, self._marked, self._takes

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        style, zoom = self._style, painter.worldTransform().m11()
        painter.setPen(style.accent if self._marked or self._takes else style.group_edge)
        painter.setBrush(style.band if self._takes else style.group_ground)
        painter.drawRoundedRect(self._area.body, RADIUS, RADIUS)
        if zoom < OVERVIEW_BELOW:
            return
        title = self.title
        name = style.title(self._area.name, max(0.0, title.width() - GROUP_TITLE - MARGIN))
        painter.setFont(style.title_font)
        painter.setPen(style.text)
        height = style.title_metrics.height()
        painter.drawStaticText(title.topLeft() + QPointF(GROUP_TITLE, (GROUP_TITLE - height) / 2), name)
        place = self.button.center() - QPointF(ICON_SIZE / 2, ICON_SIZE / 2)
        scale = painter.device().devicePixelRatio() * max(1, round(zoom))
        painter.drawPixmap(place, icons.pixmap("fold", style.muted.color(), ICON_SIZE, scale))
        count = style.small(counted(self._area.blocks, "block"), title.width())
        left = title.width() - GROUP_TITLE - name.size().width() - count.size().width() - 2 * SPACING
        if left > 0:
            painter.setFont(style.small_font)
            painter.setPen(style.muted)
            right = QPointF(
                title.right() - SPACING - count.size().width(), title.center().y() - count.size().height() / 2
            )
            painter.drawStaticText(right, count)
        painter.setBrush(Qt.BrushStyle.NoBrush)
