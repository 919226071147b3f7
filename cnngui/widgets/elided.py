"""One line of text in whatever width there is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from cnngui.theme.theme import TEXT_SIZE, text_font


class ElidedLabel(QLabel):
    """Shows the first of its texts that fits, or the last one with an ellipsis at its end."""

    def __init__(
        self,
        *,
        size: int = TEXT_SIZE,
        role: QPalette.ColorRole = QPalette.ColorRole.WindowText,
        hugs: bool = False,
    ) -> None:
        """One that `hugs` its text takes as much width as the longest of its texts needs, where there is so
        much; others take what there is."""
        super().__init__()
        self._hugs = hugs
        self._texts: tuple[str, ...] = ("",)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(text_font(size))
        self.setForegroundRole(role)
        width = QSizePolicy.Policy.Maximum if hugs else QSizePolicy.Policy.Ignored
        self.setSizePolicy(width, QSizePolicy.Policy.Preferred)

    def set_texts(self, *texts: str) -> None:
        """The same said at length and shorter and shorter."""
        self._texts = texts
        self._choose()
        if self._hugs:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._hugs:
            hint.setWidth(max(map(self.fontMetrics().horizontalAdvance, self._texts)) + 1)
        return hint

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)

    def _choose(self) -> None:
        metrics = self.fontMetrics()
        fitting = (text for text in self._texts if metrics.horizontalAdvance(text) <= self.width())
        self.setText(next(fitting, self._texts[-1]))
