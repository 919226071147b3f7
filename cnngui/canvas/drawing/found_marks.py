"""What a search has found: a line around each hit, a thick one around the current, near and from far away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QStyleOptionGraphicsItem

from cnngui.canvas.drawing.style import Style
from cnngui.theme.theme import GRID, RADIUS

_ABOVE: Final = 1.75
"""All blocks; below what a gesture draws."""


class FoundMarks:
    """One item for all hits; `bodies` gives the areas where parts are drawn."""

    def __init__(
        self,
        scene: QGraphicsScene,
        style: Style,
        bodies: Callable[[Collection[str]], Iterable[QRectF]],
    ) -> None:
        self._bodies = bodies
        self._parts: Collection[str] = ()
        self._current: str | None = None
        self._item, self._current_item = QGraphicsPathItem(), QGraphicsPathItem()
        for item in self._items():
            item.setZValue(_ABOVE)
            scene.addItem(item)
        self._set_pens(style)

    @property
    def parts(self) -> Collection[str]:
        """The ids of the blocks and groups that are marked."""
        return self._parts

    @property
    def current(self) -> str | None:
        """The one of them that stands out."""
        return self._current

    def show(self, parts: Collection[str], current: str | None = None) -> None:
        """Marks these blocks and groups and no others; one of them may be the `current` hit."""
        self._parts, self._current = parts, current
        self.follow()

    def follow(self) -> None:
        """The design may be drawn elsewhere than before."""
        current = () if self._current is None else (self._current,)
        for item, parts in zip(self._items(), (self._parts, current), strict=True):
            path = QPainterPath()
            for body in self._bodies(parts) if parts else ():
                path.addRoundedRect(body.adjusted(-GRID, -GRID, GRID, GRID), RADIUS + GRID, RADIUS + GRID)
            if path != item.path():
                item.setPath(path)

    def set_style(self, style: Style) -> None:
        self._set_pens(style)
        self.follow()

    def paint(self, painter: QPainter) -> None:
        """Paints them where items don't paint themselves."""
        for item in self._items():
            item.paint(painter, QStyleOptionGraphicsItem())

    def _items(self) -> tuple[QGraphicsPathItem, QGraphicsPathItem]:
        return self._item, self._current_item

    def _set_pens(self, style: Style) -> None:
        self._item.setPen(style.found)
        self._current_item.setPen(style.found_current)
