"""A thin bar of progress in the theme's colours."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.theme.formatting import percent_text
from cnngui.theme.theme import ThemeManager


class Bar(QWidget):
    """It fills with the share that is done; where nobody knows that, a piece of it wanders."""

    _HEIGHT: Final = 6
    _STEP_MS: Final = 40

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._share: float | None = 0.0
        self._place = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(self._STEP_MS)
        self._timer.timeout.connect(self._wander)
        self.setFixedHeight(self._HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def share(self) -> float | None:
        return self._share

    def set_share(self, share: float | None) -> None:
        """From 0 to 1, or None where nobody knows."""
        if share != self._share:
            self._share = share
            self._run()
            self.setAccessibleName("busy" if share is None else percent_text(share))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, self._HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _run(self) -> None:
        if self._share is None and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _wander(self) -> None:
        self._place = (self._place + 0.02) % 1.3
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        whole = QRectF(self.rect())
        painter.setBrush(theme.border)
        painter.drawRoundedRect(whole, radius, radius)
        left, right = (self._place - 0.3, self._place) if self._share is None else (0.0, self._share)
        left, right = max(0.0, left), min(1.0, right)
        if right > left:
            painter.setBrush(theme.accent)
            width = max((right - left) * self.width(), self.height())
            painter.drawRoundedRect(QRectF(left * self.width(), 0, width, self.height()), radius, radius)
