"""One plot over the steps of a run: a thin line for training, a thick one with markers for validation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from cnngui.theme.theme import CURVES, GRID, MARGIN, SMALL_SIZE, SPACING, Theme, text_font
from core.schema.written import count_text, with_minus
from core.training.series import Numbers, Spans

_FIRST_STEPS: Final = 100
_GROWTH: Final = 1.5
_MAX_EPOCH_LINES: Final = 60
_MAX_MARKERS: Final = 1000
_AXIS_WIDTH: Final = 56


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A range is set when the curves outgrow it, and then by half: setting it costs more than the curve."""

    left = Signal()
    """The user zoomed or panned: the plot follows the curves no longer."""
    pointed = Signal(object)
    """The step under the mouse, or None."""

    def __init__(self, label: str) -> None:
        self._value_axis = ValueAxis("left")
        axes = {"left": self._value_axis, "bottom": StepAxis("bottom")}
        super().__init__(viewBox=pg.ViewBox(enableMenu=False), axisItems=axes)
        self.following = True
        self._log = False
        self._top = self._bottom = self._right = 0.0
        self._epochs: list[Any] = []
        self._epoch_pen: Any = None
        self._changes: Sequence[tuple[int, str]] = ()
        self._change_lines: list[Any] = []
        self._change_pen: Any = None
        self._change_label: dict[str, Any] = {}
        self.setAccessibleName(f"Curves of the {label}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything on it
        self.hideButtons()
        self._leave_room(below=0)
        self.setMenuEnabled(False)
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self, menu.windowFlags())  # without a parent it would outlive the plot
        self.disableAutoRange()
        self._steps: Numbers = np.empty(0)
        self._values: Numbers = np.empty(0)
        self._checked: Numbers = np.empty(0)
        self.training = pg.PlotDataItem()
        self.validation = pg.PlotDataItem(symbol="o", symbolSize=6)
        self.pointer = pg.InfiniteLine(angle=90)
        self.pointer.setVisible(False)
        for item in (self.training, self.validation, self.pointer):
            self.addItem(item, ignoreBounds=True)
        self._value_axis.setWidth(_AXIS_WIDTH)
        self._value_axis.set_name(label)
        self.getAxis("left").enableAutoSIPrefix(False)  # 0.05 is read as it is, not as 50 (×0.001)
        self.setLabel("bottom", "step")
        self.getViewBox().sigRangeChangedManually.connect(self._leave)
        self.getViewBox().sigXRangeChanged.connect(self._draw)
        self.scene().sigMouseMoved.connect(self._point)
        self.forget_range()

    def set_theme(self, theme: Theme) -> None:
        """Colours of Okabe and Ito; of each pair the one that stands out from the surface."""
        train, validation = curve_colors(theme)
        self.training.setPen(pg.mkPen(train, width=1))
        self.validation.setPen(pg.mkPen(validation, width=2))
        self.validation.setSymbolBrush(validation)
        self.validation.setSymbolPen(pg.mkPen(theme.canvas, width=1))
        self.pointer.setPen(pg.mkPen(theme.muted, width=1))
        self._epoch_pen = pg.mkPen(theme.border, width=1, style=Qt.PenStyle.DotLine)
        for line in self._epochs:
            line.setPen(self._epoch_pen)
        self._change_pen = pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine)
        self._change_label = {"color": theme.muted, "position": 0.5, "rotateAxis": (1, 0)}
        self._changes, changes = (), self._changes
        self.set_rates(changes)
        self.setBackground(theme.canvas)
        font: QFont = text_font(SMALL_SIZE)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.border)
            axis.setTextPen(theme.muted)
            axis.setTickFont(font)
            axis.label.setFont(font)
            axis.setStyle(tickTextOffset=GRID, tickLength=-GRID)

    def set_values(self, label: str, *, share: bool) -> None:
        """What the vertical axis shows; `share`: from 0 to 100 %."""
        self._value_axis.share = share
        self._value_axis.set_name(label)
        self.forget_range()

    def follow_steps_of(self, other: Plot) -> None:
        """Shows the same steps as another plot. (pyqtgraph's own link goes by places on the screen.)"""
        other.getViewBox().sigXRangeChanged.connect(lambda _, steps: self.setXRange(*steps, padding=0))

    def set_log(self, log: bool) -> None:
        self._log = log
        self.setLogMode(x=False, y=log)
        self.forget_range()

    def show_step_axis(self, shown: bool) -> None:
        """Whether steps are written below; not where another plot with the same steps follows."""
        self.getAxis("bottom").setStyle(showValues=shown)
        self.showLabel("bottom", shown)
        self._leave_room(below=0 if shown else SPACING)

    def _leave_room(self, *, below: int) -> None:
        """Around the plot; below it for half of the lowest number, where there is none for steps."""
        self.getPlotItem().layout.setContentsMargins(GRID, SPACING, MARGIN, below)

    def set_curves(self, spans: Spans, epochs: Numbers, checked: Numbers) -> None:
        """`spans` over the steps; `checked` on the validation samples after `epochs` (steps too).

        What isn't finite isn't drawn. Of a span of several steps, the least and the greatest value are.
        """
        known = np.isfinite(spans.least) & np.isfinite(spans.greatest)
        steps = (spans.steps[known] + 1).astype(np.float64)
        if spans.width == 1:
            self._steps, self._values = steps, spans.mean[known]
        else:
            self._steps = np.repeat(steps, 2)
            self._values = np.stack([spans.least[known], spans.greatest[known]], axis=1).ravel()
        judged = np.isfinite(checked)
        epochs, checked = epochs[judged], checked[judged]
        if self.following:
            self._grow(len(spans.mean) * spans.width, np.concatenate([self._values, checked]))
        self._draw()
        if not np.array_equal(checked, self._checked):
            self._checked = checked
            self.validation.setData(*thinned(epochs, checked, _MAX_MARKERS))

    def _draw(self) -> None:
        """Draws what is in sight, with about two points a pixel: painting is what a plot costs."""
        left, right = np.searchsorted(self._steps, self.getViewBox().viewRange()[0])
        seen = slice(max(0, left - 1), right + 1)
        points = 2 * max(100, self.width())
        self.training.setData(*thinned(self._steps[seen], self._values[seen], points))

    def set_epochs(self, steps: Numbers) -> None:
        """A vertical line where an epoch ended; of very many epochs, a part."""
        shown = steps[:: -(-len(steps) // _MAX_EPOCH_LINES) or 1]
        while len(self._epochs) > len(shown):
            self.removeItem(self._epochs.pop())
        while len(self._epochs) < len(shown):
            line = pg.InfiniteLine(angle=90, pen=self._epoch_pen)
            line.setZValue(-1)
            self.addItem(line, ignoreBounds=True)
            self._epochs.append(line)
        for line, step in zip(self._epochs, shown, strict=True):
            line.setValue(step)

    @property
    def marks(self) -> list[tuple[int, str]]:
        """The lines that `set_rates` has drawn: where they are, and their names."""
        return [(round(line.value()), line.label.toPlainText()) for line in self._change_lines]

    def set_rates(self, changes: Sequence[tuple[int, str]]) -> None:
        """A line with a name where something was changed by hand."""
        if changes == self._changes:
            return
        self._changes = changes
        for line in self._change_lines:
            self.removeItem(line)
        self._change_lines = [
            pg.InfiniteLine(step, pen=self._change_pen, label=text, labelOpts=self._change_label)
            for step, text in changes
        ]
        for line in self._change_lines:
            self.addItem(line, ignoreBounds=True)

    def forget_range(self) -> None:
        """The next curves get a range of their own."""
        self.following = True
        self._right = self._top = 0.0
        self._bottom = math.inf

    def _grow(self, last: float, values: Numbers) -> None:
        """Sets the ranges where the curves are beyond them."""
        if last > self._right or not self._right:
            self._right = max(_FIRST_STEPS, last * _GROWTH if self._right else last * 1.05)
            self.setXRange(0, self._right, padding=0)
        if self._value_axis.share:
            if not self._top:
                self._top = 1.0
                self.setYRange(0, 1.02, padding=0)
            return
        finite = values[np.isfinite(values)]
        if self._log:
            finite = finite[finite > 0]
        if not finite.size:
            return
        low, high = float(finite.min()), float(finite.max())
        if self._log and (high > self._top or low < self._bottom):
            self._top = max(self._top, high * 1.1)
            self._bottom = min(self._bottom, low / 1.5)
            self.setYRange(math.log10(self._bottom), math.log10(self._top), padding=0.02)
        elif not self._log and high > self._top:
            self._top = high * (_GROWTH if self._top else 1.1)
            self.setYRange(0, self._top, padding=0.02)

    def _leave(self) -> None:
        if self.following:
            self.following = False
            self.left.emit()

    def _point(self, position: QPointF) -> None:
        box = self.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.pointed.emit(float(box.mapSceneToView(position).x()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)


def curve_colors(theme: Theme) -> tuple[QColor, QColor]:
    """The colours of training and validation."""
    if theme.is_dark:
        return CURVES["sky"], CURVES["orange"]
    return CURVES["blue"], CURVES["vermilion"]


def thinned(steps: Numbers, values: Numbers, points: int) -> tuple[Numbers, Numbers]:
    """A curve of about `points` points with all peaks: the extremes of pieces of equal length."""
    if len(steps) <= points:
        return steps, values
    starts = np.arange(0, len(steps), -(-2 * len(steps) // points))
    extremes = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    places = np.repeat(steps[starts], 2)
    return np.append(places, steps[-1]), np.append(np.stack(extremes, axis=1), values[-1])


class StepAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Whole steps, with the thousands apart."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [count_text(round(value)) if float(value).is_integer() else "" for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Numbers, or shares from 0 to 1 as per cent."""

    share = False
    _names: tuple[str, ...] = ()

    def set_name(self, name: str) -> None:
        """What is measured; where the axis is too short for `mean absolute error`, it says `error`."""
        self._names = name, name.rpartition(" ")[2]
        self.resizeEvent()

    def resizeEvent(self, event: object = None) -> None:
        self._show_name()
        super().resizeEvent(event)  # puts the name in the middle

    def _show_name(self) -> None:
        room, measure = self.size().height(), QFontMetricsF(self.label.font()).horizontalAdvance
        fitting = [name for name in self._names if measure(name) + GRID <= room]
        chosen = (fitting or self._names[-1:] or ("",))[0]
        if chosen != self.labelText:
            self.setLabel(chosen)

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Only levels whose numbers don't touch each other."""
        levels: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        least = QFontMetricsF(self.label.font()).height() * (high - low) / max(size, 1)
        return [level for level in levels if level[0] >= least] or [(5 * levels[0][0], 0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        if self.share:
            return [f"{100 * value:.{0 if spacing >= 0.01 else 1}f} %" for value in values]
        strings: list[str] = super().tickStrings(values, scale, spacing)
        return list(map(with_minus, strings))
