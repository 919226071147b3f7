"""A picture of a block that isn't in any design: what hangs on the cursor while it is dragged."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from cnngui.canvas.block_item import BlockItem
from cnngui.canvas.face import Face
from cnngui.canvas.style import Style
from cnngui.theme import Theme
from core.graph import Block
from core.layers import LAYERS


def portrait(kind: str, theme: Theme, scale: float) -> QPixmap:
    """A new block of this kind, for a screen of this device pixel ratio."""
    layer = LAYERS[kind]()
    block = Block(kind, layer, layer.title)
    item = BlockItem(Face(block), Style(theme))
    area = item.rect()
    made = QPixmap((area.size() * scale).toSize())
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-area.topLeft())
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    return made
