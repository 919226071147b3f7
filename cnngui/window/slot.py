"""Where the content of a panel is, in a dock or over the canvas."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea

_LEAST: Final = QSize(96, 48)
_LIKED: Final = QSize(240, 200)


class Slot(QScrollArea):
    """Its size depends on nothing within: whatever comes in, the window neither grows nor moves its docks.

    Content that needs more room than there is can be scrolled to.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        return _LEAST

    def sizeHint(self) -> QSize:
        return _LIKED
