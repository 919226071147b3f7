"""What frames, comments and open groups have in common: an area of the plane that can be marked."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cnngui.canvas.drawing.style import OVERVIEW_BELOW, Style
from cnngui.theme.theme import RADIUS

_LINE: Final = 2
"""What the line around the area takes up outside of it."""

Shown = TypeVar("Shown")


class AreaItem(QGraphicsRectItem, Generic[Shown]):
    """Paints a value as an area, in scene coordinates, and whether it is marked.

    A subclass says where the area is (`body`, `depth`), how it looks (`edge`, `ground`), and what is
    written in it.
    """

    def __init__(self, shown: Shown, style: Style) -> None:
        super().__init__()
        self._style = style
        self._marked = False
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.set_shown(shown)

    @property
    def shown(self) -> Shown:
        return self._shown

    def set_shown(self, shown: Shown) -> None:
        self._shown = shown
        self.lay_out()
        self.setZValue(self.depth())
        self.setRect(self.body.adjusted(-_LINE, -_LINE, _LINE, _LINE))
        self.update()

    def set_style(self, style: Style) -> None:
        self._style = style
        self.update()

    def set_marked(self, marked: bool) -> None:
        if marked != self._marked:
            self._marked = marked
            self.update()

    def snapshot(self) -> tuple[object, ...]:
        """What a test compares: all that decides the picture."""
        return self._shown, self._marked

    @property
    def body(self) -> QRectF:
        """The whole area, in scene coordinates."""
        raise NotImplementedError

    def depth(self) -> float:
        """The z value: what lies on what."""
        raise NotImplementedError

    def lay_out(self) -> None:
        """Prepares what the area's size follows from."""

    def edge(self) -> QPen:
        raise NotImplementedError

    def ground(self) -> QBrush:
        raise NotImplementedError

    def paint_text(self, painter: QPainter) -> None:
        """Paints what can only be read from near by."""
        raise NotImplementedError

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        is_far = painter.worldTransform().m11() < OVERVIEW_BELOW
        pen = QPen(self._style.accent if self._marked else self.edge())
        pen.setCosmetic(is_far)
        painter.setPen(pen)
        painter.setBrush(self.ground())
        painter.drawRoundedRect(self.body, RADIUS, RADIUS)
        if not is_far:
            self.paint_text(painter)
