"""A comment: a text on the plane, broken into lines of its width."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QStaticText

from cnngui.canvas.drawing.groups.area_item import AreaItem
from cnngui.canvas.drawing.style import Style
from cnngui.theme.theme import SPACING, text_font
from core.design.graph import Comment

_BEHIND_BLOCKS: Final = -1.0
_NEW_LINE: Final = "\u2028"
"""What Qt takes for a new line in a text of several."""


class CommentItem(AreaItem[Comment]):
    """Paints a comment; its height follows from the text."""

    def __init__(self, comment: Comment, style: Style) -> None:
        self._font = text_font()
        self._text = QStaticText()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        super().__init__(comment, style)

    def lay_out(self) -> None:
        self._text.setText(self.shown.text.replace("\n", _NEW_LINE))
        self._text.setTextWidth(self.shown.width - 2 * SPACING)
        self._text.prepare(font=self._font)

    @property
    def body(self) -> QRectF:
        height = self._text.size().height() + 2 * SPACING
        return QRectF(*self.shown.position, self.shown.width, height)

    def depth(self) -> float:
        return _BEHIND_BLOCKS

    def edge(self) -> QPen:
        return QPen(self._style.theme.border, 1, Qt.PenStyle.DashLine)

    def ground(self) -> QBrush:
        return self._style.raised

    def paint_text(self, painter: QPainter) -> None:
        painter.setFont(self._font)
        painter.setPen(self._style.text)
        painter.drawStaticText(self.body.topLeft() + QPointF(SPACING, SPACING), self._text)
