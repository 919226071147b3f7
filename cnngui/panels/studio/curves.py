"""Loss and accuracy over the steps of the run, as they are measured: raw values, no smoothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
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
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.commands.bench import Bench
from cnngui.models.run import Run
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme import icons
from cnngui.theme.formatting import measure_text, number_text, percent_text
from cnngui.theme.theme import GRID, MARGIN, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.elided import ElidedLabel
from cnngui.widgets.entries import add_entry
from cnngui.widgets.plot import Plot, curve_colors
from cnngui.widgets.save_dialog import ask_for_path
from cnngui.widgets.small import MUTED, EmptyState
from core.schema.written import count_text
from core.training.curves import LOSS, Curves
from core.training.series import Series, Spans

Shown = Literal["loss", "metric", "both"]
"""Which plots are on show."""

NOTHING: Final = Series().spans()

_BESIDE: Final = 2.0
"""From this ratio of width to height on, two plots stand side by side."""

_AXIS_HEIGHT: Final = 48
"""Pixels below a plot that its axis needs at most."""


class CurvesPanel(QWidget):
    """Follows the run. The wheel zooms, dragging pans, a double click shows everything again."""

    def __init__(self, run: Run, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._themes = themes
        self._curves: Curves | None = None
        self._losses = self._metrics = NOTHING
        self._metric, self._share = "", True
        self._shown: Shown = "both"
        self.loss_plot = Plot("loss")
        self.metric_plot = Plot("accuracy")
        self.loss_plot.follow_steps_of(self.metric_plot)
        self.metric_plot.follow_steps_of(self.loss_plot)
        self._plots = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._readout = ElidedLabel(size=SMALL_SIZE, role=MUTED)
        self._legend = Legend(themes)
        self._choice = _tool("", "Which curves are shown")
        self._choices = self._choice_menu()
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                themes, "chart", "Nothing has been trained yet.", "Train (Space) to see the loss fall."
            )
        )
        self._stack.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setMinimumSize(QSize(240, 140))

        for plot in (self.loss_plot, self.metric_plot):
            plot.left.connect(self._leave)
            plot.pointed.connect(self._point)
        run.curves_changed.connect(self._update)
        run.state_changed.connect(self._update)
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
        self._choices[shown].setChecked(True)
        self._choice.setText(self._choices[shown].text())
        self._choice.setAccessibleName(f"Which curves are shown: {self._choices[shown].text()}")
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
        self._log = _tool("Log", "Logarithmic axis for the loss")
        self._log.setCheckable(True)
        self._log.clicked.connect(self.set_log)
        self._whole = _tool("", "Show everything again (double click)")
        self._whole.clicked.connect(self.show_everything)
        self._whole.setVisible(False)
        head = QHBoxLayout()
        head.setContentsMargins(SPACING, GRID, MARGIN, GRID)
        head.setSpacing(GRID)
        for button in (self._choice, self._log, self._whole):
            head.addWidget(button)
        head.addWidget(self._readout, 1)
        self._plots.setSpacing(0)
        for plot in (self.loss_plot, self.metric_plot):
            self._plots.addWidget(plot, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._plots, 1)
        return page

    def _choice_menu(self) -> dict[Shown, QAction]:
        menu = QMenu(self._choice)
        group = QActionGroup(menu)
        names: dict[Shown, str] = {"both": "Both", "loss": "Loss", "metric": "Accuracy"}
        made = {}
        for shown, text in names.items():
            action = QAction(text, menu, checkable=True)
            menu.addAction(action)
            action.triggered.connect(lambda _, shown=shown: self.show_plots(shown))
            group.addAction(action)
            made[shown] = action
        self._choice.setMenu(menu)
        self._choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return made

    def _place(self) -> None:
        """Plots one above the other; in a wide panel side by side, where each is larger."""
        beside = self.width() > _BESIDE * self.height()
        self._plots.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )
        self.loss_plot.show_step_axis(beside or self._shown == "loss")
        # The loss falls and the accuracy rises: these corners are the free ones.
        first = self.metric_plot if self._shown == "metric" else self.loss_plot
        self._legend.stand_in(first, top=first is self.loss_plot)

    def _color(self) -> None:
        theme = self._themes.current
        for plot in (self.loss_plot, self.metric_plot):
            plot.set_theme(theme)
        self._whole.setIcon(icons.icon("fit", theme.text))

    # -- following the run -----------------------------------------------------------------------------------

    def _update(self) -> None:
        curves = self._run.curves
        if curves is not self._curves:
            self._begin(curves)
        if not curves.count:
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        self._take_metric()
        self._losses, self._metrics = curves.spans(LOSS), curves.spans(curves.metric)
        at = curves.epochs.column("step").greatest
        checked = curves.epochs.column("validation/loss").mean
        self.loss_plot.set_curves(self._losses, at, checked)
        checked = curves.epochs.column(f"validation/metric/{curves.metric}").mean
        self.metric_plot.set_curves(self._metrics, at, checked)
        changed = [(change.step, f"rate {number_text(change.rate)}") for change in curves.rates[1:]]
        for plot in (self.loss_plot, self.metric_plot):
            plot.set_epochs(at)
            plot.set_rates(changed)
        if not self.loss_plot.pointer.isVisible():
            self._describe(len(self._losses.mean) - 1)

    def _leave(self) -> None:
        """The user chose a range: both plots keep to it."""
        self.loss_plot.following = self.metric_plot.following = False
        self._whole.setVisible(True)

    def _begin(self, curves: Curves) -> None:
        """Another run, with ranges of its own."""
        self._curves = curves
        for plot in (self.loss_plot, self.metric_plot):
            plot.forget_range()
        self._whole.setVisible(False)

    def _take_metric(self) -> None:
        """The metric is the first that the output block of the run declares."""
        output = self._run.output
        if output is None or not output.metrics or output.metrics[0] == self._metric:
            return
        self._metric, self._share = output.metrics[0], output.shares
        name = self._metric.replace("_", " ")
        self.metric_plot.set_values(name, share=self._share)
        self.metric_plot.set_log(self._log.isChecked() and not self._share)
        self._choices["metric"].setText(name.capitalize())
        self.show_plots(self._shown)

    def _point(self, step: float | None) -> None:
        """Shows the values of the step nearest to the mouse, else those of the last one."""
        index = len(self._losses.mean) - 1
        inside = step is not None and index >= 0
        if step is not None and inside:
            index = min(index, max(0, round(step - 1) // self._losses.width))
        for plot in (self.loss_plot, self.metric_plot):
            plot.pointer.setVisible(inside)
            if inside:
                plot.pointer.setValue(self._losses.steps[index] + 1)
        self._describe(index)

    def _describe(self, index: int) -> None:
        """Step, loss and metric; the metric's name is left out where there is no room for it."""
        if index < 0 or index >= len(self._losses.mean):
            return
        text = f"{_place(self._losses, index)}  loss {measure_text(self._losses.mean[index])}"
        metric = self._metrics.mean[index]
        if np.isfinite(metric):
            value = percent_text(metric) if self._share else measure_text(metric)
            self._readout.set_texts(f"{text}  {self._metric.replace('_', ' ')} {value}", f"{text}  {value}")
        else:
            self._readout.set_texts(text)

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
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_entry(menu, "fit", "Show &Everything", self.show_everything)
        menu.addSeparator()
        add_entry(menu, "save", "&Save Image…", self._ask_for_path)
        add_entry(menu, "copy", "&Copy Image", lambda: QGuiApplication.clipboard().setPixmap(self.picture()))
        menu.popup(event.globalPos())

    def _ask_for_path(self) -> None:
        path = ask_for_path(self, "Save Image", Path("curves.png"), {".png": "PNG images"})
        if path is not None and not self.save_picture(path):
            self._readout.set_texts(f"{path.name} can't be written; choose another folder.")


class Legend(QWidget):
    """Which line is which, drawn as they are in the plots, in a corner of one of them."""

    _LINE: Final = 20
    _NAMES: Final = ("training", "validation")

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._plot: Plot | None = None
        self._top = True
        self.setFont(text_font(SMALL_SIZE))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def stand_in(self, plot: Plot, *, top: bool) -> None:
        """Moves into a corner of a plot, and stays there while the plot is resized."""
        self._top = top
        if self._plot is not plot:
            if self._plot is not None:
                self._plot.removeEventFilter(self)
            self._plot = plot
            self.setParent(plot)
            plot.installEventFilter(self)
            self.show()
        self._move()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._move()
        return False

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        texts = sum(metrics.horizontalAdvance(name) for name in self._NAMES)
        return QSize(texts + 2 * (self._LINE + GRID) + MARGIN + 1, metrics.height() + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, left = self.height() / 2, 0.0
        baseline = middle + painter.fontMetrics().capHeight() / 2
        for name, color, width in zip(self._NAMES, curve_colors(theme), (1, 2), strict=True):
            painter.setPen(QPen(color, width))
            painter.drawLine(QPointF(left, middle), QPointF(left + self._LINE, middle))
            if name == "validation":
                painter.setBrush(color)
                painter.drawEllipse(QPointF(left + self._LINE / 2, middle), 3, 3)
            left += self._LINE + GRID
            painter.setPen(theme.muted)
            painter.drawText(QPointF(left, baseline), name)
            left += painter.fontMetrics().horizontalAdvance(name) + MARGIN

    def _move(self) -> None:
        if self._plot is None:
            return
        self.resize(self.sizeHint())
        y = SPACING if self._top else self._plot.height() - self.height() - _AXIS_HEIGHT
        self.move(self._plot.width() - self.width() - MARGIN, y)


def _tool(text: str, help: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAutoRaise(True)
    button.setToolTip(help)
    button.setAccessibleName(help)
    return button


def _place(spans: Spans, index: int) -> str:
    """Which step it is; in a very long run, which ones a value is the mean of."""
    first = int(spans.steps[index]) + 1
    if spans.width == 1:
        return f"step {count_text(first)}"
    return f"steps {count_text(first)} to {count_text(first + spans.width - 1)}"


_PLACE: Final = PanelPlace("bottom", 0.4)


@panel(
    "curves",
    "Curves",
    icon="chart",
    place=_PLACE,
    open={"train": _PLACE},
    order=60,
    needs=lambda bench: bool(bench.run.curves.count),
)
def curves(bench: Bench) -> CurvesPanel:
    return CurvesPanel(bench.run, bench.themes)
