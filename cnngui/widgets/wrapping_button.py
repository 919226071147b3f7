"""A button whose text takes several lines where one is too short."""

from __future__ import annotations

import re

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from cnngui.theme.theme import ICON_SIZE

_WRAPPED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap

_TOGETHER = re.compile(r" (?=[×\d])|(?<=×) ")


def unbroken(text: str) -> str:
    """The text, in which a line never ends within a shape or before the number of a name."""
    return _TOGETHER.sub("\u00a0", text)


class WrappingButton(QPushButton):
    """As wide as its text where there is so much room, and as high as its lines."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """What is laid out in lines may be a pixel wider than the same text in one line."""
        hint, metrics = super().sizeHint(), self.fontMetrics()
        line = metrics.boundingRect(QRect(0, 0, 1 << 16, 1 << 16), _WRAPPED, unbroken(self.text())).width()
        return QSize(max(hint.width(), self._beside + line + 1), hint.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(4 * ICON_SIZE, super().minimumSizeHint().height())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        hint, metrics = super().sizeHint(), self.fontMetrics()
        room = QRect(0, 0, width - self._beside, 1 << 16)
        text = unbroken(self.text())
        return hint.height() + metrics.boundingRect(room, _WRAPPED, text).height() - metrics.height()

    @property
    def _beside(self) -> int:
        """Pixels that the frame takes beside the text."""
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        text, option.text = unbroken(option.text), ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        side = self._beside // 2
        place = self.rect().adjusted(side, 0, -side, 0)
        role = QPalette.ColorRole.ButtonText
        self.style().drawItemText(painter, place, _WRAPPED, option.palette, self.isEnabled(), text, role)
