"""Where the content of a panel is, in a dock or over the canvas."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_LEAST: Final = QSize(96, 48)
_LIKED: Final = QSize(240, 200)


class Slot(QScrollArea):
    """Its size depends on nothing within: whatever comes in, the window neither grows nor moves its docks.

    Content that needs more room than there is can be scrolled to. Qt's own way to fit it (`widgetResizable`)
    would give what holds text as much height as it likes, and not as little as it can do with.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def hold(self, content: QWidget) -> None:
        """Takes the content, instead of what was here."""
        self.setWidget(content)
        content.installEventFilter(self)
        self._fit()
        content.show()

    def minimumSizeHint(self) -> QSize:
        return _LEAST

    def sizeHint(self) -> QSize:
        return _LIKED

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        content, room = self.widget(), self.maximumViewportSize()
        if content is None:
            return
        bar = self.verticalScrollBar().sizeHint().width()
        needed = _needed(content, room.width())
        if needed.height() > room.height():
            room.setWidth(room.width() - bar)
            needed = _needed(content, room.width())
        if needed.width() > room.width():
            room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
        content.resize(room.expandedTo(needed))


def _needed(content: QWidget, width: int) -> QSize:
    """The least that the content can do with in this width."""
    least, own, layout = content.minimumSizeHint(), content.minimumSize(), content.layout()
    width = max(width, own.width() or least.width())
    height = least.height()
    if layout is not None and layout.hasHeightForWidth():
        height = layout.totalMinimumHeightForWidth(width)
    return QSize(own.width() or least.width(), own.height() or height)
