"""A comment: a text on the plane, broken into lines of its width."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cnngui.canvas.style import OVERVIEW_BELOW, Style
from cnngui.theme import RADIUS, SPACING, text_font
from core.graph import Comment

_BEHIND_BLOCKS: Final = -1.0
_NEW_LINE: Final = "\u2028"
"""What Qt takes for a new line in a text of several."""


class CommentItem(QGraphicsRectItem):
    """Paints a comment, in scene coordinates, and whether it is selected."""

    def __init__(self, comment: Comment, style: Style) -> None:
        super().__init__()
        self._style = style
        self._marked = False
        self._font = text_font()
        self._text = QStaticText()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.setZValue(_BEHIND_BLOCKS)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.set_comment(comment)

    @property
    def comment(self) -> Comment:
        return self._comment

    @property
    def body(self) -> QRectF:
        """The whole area, in scene coordinates; its height follows from the text."""
        height = self._text.size().height() + 2 * SPACING
        return QRectF(*self._comment.position, self._comment.width, height)

    def set_comment(self, comment: Comment) -> None:
        self._comment = comment
        self._text.setText(comment.text.replace("\n", _NEW_LINE))
        self._text.setTextWidth(comment.width - 2 * SPACING)
        self._text.prepare(font=self._font)
        self.setRect(self.body.adjusted(-2, -2, 2, 2))
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
        return self._comment, self._marked

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        style, body = self._style, self.body
        painter.setPen(style.accent if self._marked else QPen(style.theme.border, 1, Qt.PenStyle.DashLine))
        painter.setBrush(style.raised)
        painter.drawRoundedRect(body, RADIUS, RADIUS)
        if painter.worldTransform().m11() >= OVERVIEW_BELOW:
            painter.setFont(self._font)
            painter.setPen(style.text)
            painter.drawStaticText(body.topLeft() + QPointF(SPACING, SPACING), self._text)
