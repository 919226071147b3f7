"""What a search has found: a line around each hit, near and from far away."""

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
        self._item = QGraphicsPathItem()
        self._item.setZValue(_ABOVE)
        self._item.setPen(style.found)
        scene.addItem(self._item)

    @property
    def parts(self) -> Collection[str]:
        """The ids of the blocks and groups that are marked."""
        return self._parts

    def show(self, parts: Collection[str]) -> None:
        """Marks these blocks and groups and no others."""
        self._parts = parts
        self.follow()

    def follow(self) -> None:
        """The design may be drawn elsewhere than before."""
        path = QPainterPath()
        for body in self._bodies(self._parts) if self._parts else ():
            path.addRoundedRect(body.adjusted(-GRID, -GRID, GRID, GRID), RADIUS + GRID, RADIUS + GRID)
        if path != self._item.path():
            self._item.setPath(path)

    def set_style(self, style: Style) -> None:
        self._item.setPen(style.found)
        self.follow()

    def paint(self, painter: QPainter) -> None:
        """Paints them where items don't paint themselves."""
        self._item.paint(painter, QStyleOptionGraphicsItem())
