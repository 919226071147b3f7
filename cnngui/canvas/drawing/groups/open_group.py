"""An open group on the canvas: a titled area behind its members, with a button that folds it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from cnngui.canvas.drawing.blocks.captions import Caption
from cnngui.canvas.drawing.blocks.group_face import group_title
from cnngui.canvas.drawing.groups.area_item import AreaItem
from cnngui.canvas.drawing.placing import area_of, rect_of
from cnngui.canvas.drawing.style import Style
from cnngui.theme import icons
from cnngui.theme.theme import ICON_SIZE
from core.design.graph import Group
from core.drawing import room
from core.drawing.arrange.spacing import GROUP_TITLE
from core.schema.written import counted_text

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
        return f"{self.name}\nOpen group of {counted_text(self.blocks, 'block')}"


def area_around(members: QRectF) -> QRectF:
    """The area of a group whose members take up this one."""
    return area_of(room.area_around([rect_of(members)]))


def group_at(areas: Iterable[GroupArea], point: QPointF) -> str | None:
    """The innermost of these groups around a point; where two lie on one another, the one on top."""
    around = [area for area in areas if area.body.contains(point)]
    return max(reversed(around), key=lambda area: area.depth).group.id if around else None


class OpenGroupItem(AreaItem[GroupArea]):
    """Paints an open group, and whether it takes what is being dragged; its title is an item of its own."""

    def __init__(self, area: GroupArea, style: Style) -> None:
        self._takes = False
        super().__init__(area, style)

    @property
    def body(self) -> QRectF:
        return self.shown.body

    @property
    def caption(self) -> Caption:
        """What stands at it in the overview."""
        return Caption(self.shown.name, self.body, self._style.group_edge)

    @property
    def title(self) -> QRectF:
        """The line that is dragged, and the button in it."""
        return QRectF(self.body.left(), self.body.top(), self.body.width(), GROUP_TITLE)

    @property
    def button(self) -> QRectF:
        return QRectF(self.title.topLeft(), self.title.topLeft() + QPointF(GROUP_TITLE, GROUP_TITLE))

    def set_takes(self, takes: bool) -> None:
        """Whether what is being dragged becomes a member when it is dropped."""
        if takes != self._takes:
            self._takes = takes
            self.update()

    def snapshot(self) -> tuple[object, ...]:
        return *super().snapshot(), self._takes

    def depth(self) -> float:
        return _LOWEST + _LEVEL * self.shown.depth

    def edge(self) -> QPen:
        return self._style.accent if self._takes else self._style.group_edge

    def ground(self) -> QBrush:
        return self._style.band if self._takes else self._style.group_ground

    def paint_text(self, painter: QPainter) -> None:
        place = self.button.center() - QPointF(ICON_SIZE / 2, ICON_SIZE / 2)
        scale = painter.device().devicePixelRatio() * max(1, round(painter.worldTransform().m11()))
        painter.drawPixmap(place, icons.pixmap("fold", self._style.muted.color(), ICON_SIZE, scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
