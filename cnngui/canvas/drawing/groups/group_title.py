"""The title of an open group: it stands before wires, which may come into the group from above."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cnngui.canvas.drawing.groups.open_group import OpenGroupItem
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.theme.theme import GRID, MARGIN, SPACING
from core.drawing.arrange.spacing import GROUP_TITLE
from core.schema.written import counted_text

_ABOVE_WIRES: Final = 0.7


class GroupTitle(QGraphicsRectItem):
    """The name at the left end of a group's upper edge and the number of its blocks at the right end."""

    def __init__(self, group: OpenGroupItem, style: Style) -> None:
        super().__init__(group.title)
        self._group = group
        self._style = style
        self.setZValue(_ABOVE_WIRES)

    def follow(self) -> None:
        """The group is elsewhere, or looks otherwise."""
        self.setRect(self._group.title)
        self.update()

    def set_style(self, style: Style) -> None:
        self._style = style
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        style, area, title = self._style, self._group.shown, self.rect()
        name = style.title(area.name, max(0.0, title.width() - GROUP_TITLE - MARGIN))
        self._write(painter, title.left() + GROUP_TITLE, name, style.title_font, style.text)
        count = style.small(counted_text(area.blocks, "block"), title.width())
        room = title.width() - GROUP_TITLE - name.size().width() - count.size().width() - 2 * SPACING
        if room > 0:
            left = title.right() - SPACING - count.size().width()
            self._write(painter, left, count, style.small_font, style.muted)

    def _write(self, painter: QPainter, left: float, text: QStaticText, font: QFont, pen: QPen) -> None:
        size = text.size()
        place = QRectF(QPointF(left, self.rect().center().y() - size.height() / 2), size)
        around = place.adjusted(-GRID, 0, GRID, 0)
        if self._is_crossed(around):
            painter.setPen(Qt.PenStyle.NoPen)
            grounds = [self._style.group_ground] * (self._group.shown.depth + 1)  # of the groups around, too
            for ground in (self._style.canvas, *grounds):
                painter.setBrush(ground)
                painter.drawRoundedRect(around, GRID, GRID)
        painter.setFont(font)
        painter.setPen(pen)
        painter.drawStaticText(place.topLeft(), text)

    def _is_crossed(self, area: QRectF) -> bool:
        """Whether a wire passes behind an area."""
        found = self.scene().items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return any(isinstance(item, WireItem) and item.passes(area) for item in found)
