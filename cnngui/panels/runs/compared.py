"""The curves of several runs over each other, each in a colour and a kind of line of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from cnngui.panels.runs.run_model import MARK
from cnngui.theme.theme import CURVES, GRID, SMALL_SIZE, SPACING, Theme, ThemeManager, text_font
from cnngui.widgets.plot import Plot, thinned
from core.training.curves import LOSS, Curves

_COLORS: Final = {
    True: ("sky", "orange", "green", "purple", "vermilion"),
    False: ("blue", "vermilion", "green", "purple", "orange", "sky"),
}
"""Of Okabe and Ito, in the dark theme and in the light one, those first that stand out most."""
_STYLES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
MOST: Final = 15
"""Runs that can be told apart."""
_POINTS: Final = 2000
"""Of a curve, at most: painting is what a plot costs."""
_IN_LEGEND: Final = 6
_FAINT: Final = 0.45
"""Of what is measured at each step: noise, which would cover the other runs."""


@dataclass(frozen=True, eq=False)
class Line:
    """A run that is drawn; its number says in which colour."""

    number: int
    name: str
    curves: Curves


def pen_of(number: int, theme: Theme, width: float = 1.0) -> QPen:
    """How the curve of the run at this place is drawn."""
    colors = _COLORS[theme.is_dark]
    pen: QPen = pg.mkPen(CURVES[colors[number % len(colors)]], width=width)
    pen.setStyle(_STYLES[number // len(colors) % len(_STYLES)])
    return pen


def mark_of(number: int, theme: Theme, scale: float) -> QIcon:
    """A piece of that curve, for the table; the same where its row is selected."""
    picture = QPixmap(MARK * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = MARK.height() / 2
    edge = QPen(theme.canvas, 5)
    edge.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(edge)
    painter.drawLine(QPointF(3, middle), QPointF(MARK.width() - 3, middle))
    painter.setPen(pen_of(number, theme, 2))
    painter.drawLine(QPointF(3, middle), QPointF(MARK.width() - 3, middle))
    painter.end()
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)
    return made


class ComparedPlot(Plot):
    """Thin, faint lines for training; thicker ones with markers for validation, as for one run."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("loss")
        self._themes = themes
        self._lines: Sequence[Line] = ()
        self._metric = ""
        self._share = self._is_log = False
        self._items: list[Any] = []
        self.legend = Legend(self, themes)
        self.setAccessibleName("Curves of the selected runs")
        self.setMinimumSize(QSize(160, 100))
        themes.changed.connect(self._color)
        self._color()

    def show_lines(
        self, lines: Sequence[Line], metric: str = "", *, share: bool = False, log: bool = False
    ) -> None:
        """Draws the loss, or a metric, of these runs; at most `MOST` of them."""
        if (metric, share, log) != (self._metric, self._share, self._is_log):
            self._metric, self._share, self._is_log = metric, share, log
            self.set_values(metric.replace("_", " ") or "loss", share=share)
            self.set_log(log)
        self._lines = lines[:MOST]
        self._draw_all()

    def show_everything(self) -> None:
        """Goes back to the range in which all of them are seen."""
        self.forget_range()
        self._draw_all()

    def mouseDoubleClickEvent(self, event: object) -> None:
        self.show_everything()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if hasattr(self, "legend"):  # it is laid out while it is made
            self.legend.place()

    def _color(self) -> None:
        self.set_theme(self._themes.current)
        self._draw_all()

    def _draw_all(self) -> None:
        for item in self._items:
            self.removeItem(item)
        self._items = []
        if self.following:
            self.forget_range()
        theme = self._themes.current
        values, longest = [np.empty(0)], 0
        for line in self._lines:
            spans = line.curves.spans(self._metric or LOSS)
            known = np.isfinite(spans.mean)
            steps = (spans.steps[known] + 1).astype(np.float64)
            item = pg.PlotDataItem(pen=pen_of(line.number, theme))
            item.setOpacity(_FAINT)
            item.setData(*thinned(steps, spans.mean[known], _POINTS))
            epochs = line.curves.epochs
            name = f"validation/metric/{self._metric}" if self._metric else "validation/loss"
            at, checked = epochs.column("step").greatest, epochs.column(name).mean
            judged = np.isfinite(checked)
            pen = pen_of(line.number, theme, 2)
            marked = pg.PlotDataItem(
                pen=pen, symbol="o", symbolSize=6, symbolBrush=pen.color(), symbolPen=pg.mkPen(theme.canvas)
            )
            marked.setData(*thinned(at[judged], checked[judged], _POINTS))
            marked.setZValue(1)  # above the noise of all runs
            for made in (item, marked):
                self.addItem(made, ignoreBounds=True)
                self._items.append(made)
            values += [spans.mean[known], checked[judged]]
            longest = max(longest, line.curves.count)
        if self.following and longest:
            self._grow(longest, np.concatenate(values))
        self.legend.show_lines(self._lines)


class Legend(QWidget):
    """Which line is which run, in the corner of the plot that is free: a loss falls."""

    _LINE: Final = 20

    def __init__(self, plot: ComparedPlot, themes: ThemeManager) -> None:
        super().__init__(plot)
        self._plot = plot
        self._themes = themes
        self._numbers: list[int] = []
        self.names: list[str] = []
        """What it says, line by line."""
        self.setFont(text_font(SMALL_SIZE))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Names the lines; of very many, the first ones: the table marks all."""
        self._numbers = [line.number for line in lines[:_IN_LEGEND]]
        self.names = [line.name for line in lines[:_IN_LEGEND]]
        if len(lines) > _IN_LEGEND:
            self.names.append(f"and {len(lines) - _IN_LEGEND} more")
        self.setAccessibleName(", ".join(self.names))
        self.setVisible(bool(lines))
        self.place()
        self.update()

    def place(self) -> None:
        """In the upper right corner of the plot, and no wider than its half."""
        metrics = self.fontMetrics()
        wide = max(map(metrics.horizontalAdvance, self.names), default=0)
        width = min(wide + self._LINE + 2 * SPACING, self._plot.width() * 3 // 5)
        self.setGeometry(
            self._plot.width() - width - SPACING, SPACING, width, len(self.names) * metrics.height() + GRID
        )

    @property
    def seen(self) -> list[str]:
        """The names as there is room for them; those that would look the same, with a number in front."""
        metrics, room = self.fontMetrics(), self.width() - self._LINE - SPACING

        def cut(text: str) -> str:
            return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

        often = Counter(map(cut, self.names))
        return [
            cut(f"{number}: {name}" if often[cut(name)] > 1 else name)
            for number, name in enumerate(self.names, start=1)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(theme.canvas)
        ground.setAlphaF(0.8)
        painter.fillRect(self.rect(), ground)
        metrics, left = painter.fontMetrics(), self._LINE + SPACING
        for number, name in enumerate(self.seen):
            middle = GRID / 2 + (number + 0.5) * metrics.height()
            if number < len(self._numbers):
                painter.setPen(pen_of(self._numbers[number], theme, 2))
                painter.drawLine(QPointF(GRID, middle), QPointF(self._LINE, middle))
            painter.setPen(theme.text)
            painter.drawText(QPointF(left, middle + metrics.capHeight() / 2), name)


def marks_of(runs: Sequence[str], theme: Theme, scale: float) -> Mapping[str, QIcon]:
    """How the curves of these runs are drawn, by id."""
    return {run: mark_of(number, theme, scale) for number, run in enumerate(runs[:MOST])}
