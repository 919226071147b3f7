"""Loss and accuracy over the steps of the run, as they are measured: raw values, no smoothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import numpy as np
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui import icons
from cnngui.formatting import count_text, measure_text, percent_text
from cnngui.panels.plot import Growing, Numbers, Plot, curve_colors
from cnngui.theme import GRID, MARGIN, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.training import Curves, Training
from cnngui.widgets import EmptyState, small_label
from core.events import EpochEnded
from core.program import Result

Shown = Literal["loss", "metric", "both"]
"""Which plots are on show."""

_BESIDE: Final = 2.0
"""From this ratio of width to height on, two plots stand side by side."""

_NARROW: Final = 500
"""Below this width, in pixels, the values and the legend stand below the buttons."""


class CurvesPanel(QWidget):
    """Follows the training model. The wheel zooms, dragging pans, a double click shows everything again."""

    def __init__(self, training: Training, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._themes = themes
        self._curves: Curves | None = None
        self._series = (Growing(), Growing(), Growing())
        self._metric, self._share = "", True
        self._shown: Shown = "both"
        self.loss_plot = Plot("loss")
        self.metric_plot = Plot("accuracy")
        self.loss_plot.follow_steps_of(self.metric_plot)
        self.metric_plot.follow_steps_of(self.loss_plot)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._plots = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._readout = small_label()
        self._readout.setWordWrap(False)
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._legend = Legend(themes)
        self._buttons: dict[Shown, QToolButton] = {}
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(themes, "chart", "Press Train (Space) to see the loss fall."))
        self._stack.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setMinimumSize(QSize(240, 140))

        for plot in (self.loss_plot, self.metric_plot):
            plot.left.connect(self._leave)
            plot.pointed.connect(self._point)
        training.curves_changed.connect(self._update)
        training.state_changed.connect(self._update)
        themes.changed.connect(self._color)
        self.show_plots("both")
        self._color()
        self._update()

    @property
    def readout(self) -> str:
        """What the line above the plots says."""
        return self._readout.text()

    def show_plots(self, shown: Shown) -> None:
        """The loss, the metric (accuracy), or both with one common axis of steps."""
        self._shown = shown
        self._buttons[shown].setChecked(True)
        self.loss_plot.setVisible(shown != "metric")
        self.metric_plot.setVisible(shown != "loss")
        self._log.setVisible(shown != "metric" or not self._share)
        self._place()

    def set_log(self, log: bool) -> None:
        """A logarithmic axis for the loss, and for a metric that is no share."""
        self._log.setChecked(log)
        self.loss_plot.set_log(log)
        self.metric_plot.set_log(log and not self._share)
        self.show_everything()

    def show_everything(self) -> None:
        """Goes back to the range that follows the run."""
        for plot in (self.loss_plot, self.metric_plot):
            plot.forget_range()
        self._whole.setVisible(False)
        self._update()

    def picture(self) -> QPixmap:
        """The plots with their legend, as they are on the screen."""
        return self._stack.grab()

    def save_picture(self, path: Path) -> bool:
        """Writes the picture as PNG; whether that was possible."""
        return self.picture().save(str(path), "PNG")

    # -- the parts -------------------------------------------------------------------------------------------

    def _page(self) -> QWidget:
        group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(0)
        names: dict[Shown, str] = {"loss": "Loss", "metric": "Accuracy", "both": "Both"}
        for shown, text in names.items():
            button = _tool(text, f"Show the {text.lower()}" if shown != "both" else "Show both plots")
            button.setCheckable(True)
            button.clicked.connect(lambda _, shown=shown: self.show_plots(shown))
            group.addButton(button)
            self._buttons[shown] = button
            head.addWidget(button)
        self._log = _tool("Log", "Logarithmic axis for the loss")
        self._log.setCheckable(True)
        self._log.clicked.connect(self.set_log)
        self._whole = _tool("", "Show everything again (double click)")
        self._whole.clicked.connect(self.show_everything)
        self._whole.setVisible(False)
        head.addSpacing(SPACING)
        head.addWidget(self._log)
        head.addWidget(self._whole)
        head.addStretch(1)
        facts = QHBoxLayout()
        facts.setContentsMargins(GRID, 0, 0, 0)
        facts.setSpacing(GRID)
        facts.addWidget(self._readout, 1)
        facts.addWidget(self._legend)
        self._head.setContentsMargins(SPACING, GRID, MARGIN, GRID)
        self._head.setSpacing(GRID)
        self._head.addLayout(head)
        self._head.addLayout(facts, 1)
        self._plots.setSpacing(0)
        for plot in (self.loss_plot, self.metric_plot):
            self._plots.addWidget(plot, 1)
        page = QWidget()
        page.setAutoFillBackground(True)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addLayout(self._plots, 1)
        return page

    def _place(self) -> None:
        """Plots one above the other; in a wide panel side by side, where each is larger."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        beside = self.width() > _BESIDE * self.height()
        self._plots.setDirection(across if beside else down)
        self._head.setDirection(down if self.width() < _NARROW else across)
        self.loss_plot.show_step_axis(beside or self._shown == "loss")

    def _color(self) -> None:
        theme = self._themes.current
        for plot in (self.loss_plot, self.metric_plot):
            plot.set_theme(theme)
        self._whole.setIcon(icons.icon("fit", theme.text))

    # -- following the run -----------------------------------------------------------------------------------

    def _update(self) -> None:
        curves = self._training.curves
        if curves is not self._curves:
            self._begin(curves)
        if not curves.steps:
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        self._take_metric()
        steps = self._series[0].follow(curves.steps)
        losses = self._series[1].follow(curves.losses)
        metrics = self._series[2].follow(curves.metrics)
        checked = [epoch for epoch in curves.epochs if epoch.validation is not None]
        at = np.array([epoch.step for epoch in checked], float)
        self.loss_plot.set_curves(steps, losses, at, _results(checked, lambda r: r.loss))
        self.metric_plot.set_curves(steps, metrics, at, _results(checked, _first_metric))
        for plot in (self.loss_plot, self.metric_plot):
            plot.set_epochs([epoch.step for epoch in curves.epochs])
        if not self.loss_plot.pointer.isVisible():
            self._describe(len(steps) - 1)

    def _leave(self) -> None:
        """The user chose a range: both plots keep to it."""
        self.loss_plot.following = self.metric_plot.following = False
        self._whole.setVisible(True)

    def _begin(self, curves: Curves) -> None:
        """Another run, with ranges of its own."""
        self._curves = curves
        self._series = (Growing(), Growing(), Growing())
        for plot in (self.loss_plot, self.metric_plot):
            plot.forget_range()
        self._whole.setVisible(False)

    def _take_metric(self) -> None:
        """The metric is the first that the output block of the run declares."""
        output = self._training.output
        if output is None or not output.metrics or output.metrics[0] == self._metric:
            return
        self._metric, self._share = output.metrics[0], output.target == "class"
        name = self._metric.replace("_", " ")
        self.metric_plot.set_values(name, share=self._share)
        self.metric_plot.set_log(self._log.isChecked() and not self._share)
        self._buttons["metric"].setText(name.capitalize())

    def _point(self, step: float | None) -> None:
        """Shows the values of the step nearest to the mouse, else those of the last one."""
        curves = self._training.curves
        inside = step is not None and bool(curves.steps)
        index = len(curves.steps) - 1
        if step is not None and inside:
            index = int(np.abs(self._series[0].values - step).argmin())
        for plot in (self.loss_plot, self.metric_plot):
            plot.pointer.setVisible(inside)
            if inside:
                plot.pointer.setValue(curves.steps[index])
        self._describe(index)

    def _describe(self, index: int) -> None:
        curves = self._training.curves
        if not curves.steps:
            return
        metric = curves.metrics[index]
        parts = [f"step {count_text(curves.steps[index])}", f"loss {measure_text(curves.losses[index])}"]
        if np.isfinite(metric):
            parts.append(f"{self._metric.replace('_', ' ')} {self._measured(metric)}")
        self._readout.setText("  ".join(parts))

    def _measured(self, metric: float) -> str:
        return percent_text(metric) if self._share else measure_text(metric)

    # -- events ----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_everything()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._stack.currentIndex() == 0:
            return
        menu = QMenu(self)
        menu.addAction("Show &Everything", self.show_everything)
        menu.addSeparator()
        menu.addAction("&Save Image…", self._ask_for_path)
        menu.addAction("&Copy Image", lambda: QGuiApplication.clipboard().setPixmap(self.picture()))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _ask_for_path(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save Image", "curves.png", "PNG images (*.png)")
        if name and not self.save_picture(Path(name).with_suffix(".png")):
            self._readout.setText(f"{Path(name).name} can't be written; choose another folder.")


class Legend(QWidget):
    """Which line is which, drawn as they are in the plots."""

    _LINE: Final = 20

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setFont(text_font(SMALL_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        texts = sum(metrics.horizontalAdvance(name) for name in ("training", "validation"))
        return QSize(texts + 2 * (self._LINE + GRID) + MARGIN + 1, metrics.height() + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, left = self.height() / 2, 0.0
        baseline = middle + painter.fontMetrics().capHeight() / 2
        widths = (1, 2)
        for name, color, width in zip(("training", "validation"), curve_colors(theme), widths, strict=True):
            painter.setPen(QPen(color, width))
            painter.drawLine(QPointF(left, middle), QPointF(left + self._LINE, middle))
            if name == "validation":
                painter.setBrush(color)
                painter.drawEllipse(QPointF(left + self._LINE / 2, middle), 3, 3)
            left += self._LINE + GRID
            painter.setPen(theme.muted)
            painter.drawText(QPointF(left, baseline), name)
            left += painter.fontMetrics().horizontalAdvance(name) + MARGIN


def _tool(text: str, help: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAutoRaise(True)
    button.setToolTip(help)
    button.setAccessibleName(help)
    return button


def _first_metric(result: Result) -> float:
    return next(iter(result.metrics.values()), float("nan"))


def _results(epochs: list[EpochEnded], value: Callable[[Result], float]) -> Numbers:
    return np.array([value(epoch.validation) for epoch in epochs if epoch.validation is not None], float)
