"""What the design costs: totals, the time of an epoch on this computer, and a row for each block."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.commands.bench import Bench
from cnngui.models.models import Models
from cnngui.models.selection import Selection
from cnngui.panels.costs.cost_table import CostModel, CostTable
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.formatting import bytes_text, seconds_text, short_count_text
from cnngui.theme.icons import icon
from cnngui.theme.theme import GRID, MARGIN, SPACING, ThemeManager
from cnngui.widgets.save_dialog import ask_for_path
from cnngui.widgets.small import ElidedButton, EmptyState, TextLabel, small_label
from core.design.expand import expand
from core.errors import CoreError
from core.exchange import Exporter, Material, exporters_of
from core.explain.analysis import Analysis, analyse
from core.schema.written import count_text

_LEAST_WIDTH: Final = 300
_DELAY: Final = 60
"""Milliseconds that several edits in a row share one analysis."""


class AnalysisPanel(QWidget):
    """Follows the document, the plan and the selection, as long as it is on show."""

    message = Signal(str)
    """Something for the status bar."""

    def __init__(
        self,
        models: Models,
        selection: Selection,
        themes: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        document, data, run, judging = models.document, models.data, models.run, models.judging
        self._document = document
        self._selection = selection
        self._data = data
        self._run = run
        self._judging = judging
        self._themes = themes
        self.analysis = Analysis()
        self._model = CostModel(themes)
        self.table = CostTable(self._model, themes)
        self.figures = {
            "parameters": Figure("Parameters", "All learned numbers"),
            "multiply_adds": Figure(
                "Multiply-adds", "For one sample forwards; training takes about three times"
            ),
            "memory": Figure("Memory", ""),
            "epoch": Figure("Epoch", "One pass through the training data, measured on this computer"),
        }
        self.measure = ElidedButton("Measure time")
        self.measure.setAccessibleName("Measure the time of an epoch")
        self.measure.clicked.connect(lambda: judging.measure(document.graph))
        self.export = QToolButton()
        self.export.setAutoRaise(True)
        self.export.setToolTip("Save the table for other programs")
        self.export.setAccessibleName("Export")
        self.export.clicked.connect(self.ask_and_export)
        empty = EmptyState(themes, "table", "Nothing to count yet", "Every block you add is counted here.")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setMinimumWidth(_LEAST_WIDTH)  # else that of the totals, for which other panels would make room
        self._timer = QTimer(self, singleShot=True, interval=_DELAY)
        self._timer.timeout.connect(self._update)
        for signal in (document.changed, document.plan_changed):
            signal.connect(self._wait)
        for signal in (judging.measured, run.state_changed, data.changed):
            signal.connect(self._show_epoch)
        for signal in (judging.weighed, data.changed):
            signal.connect(self._show_memory)
        selection.changed.connect(self._follow)
        self.table.chosen.connect(lambda row: selection.reveal(expand(document.graph).origin(row)))
        themes.changed.connect(self._color)
        self._color()
        self._update()

    def _page(self) -> QWidget:
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN, SPACING, SPACING, GRID)
        head.setSpacing(MARGIN)
        for figure in self.figures.values():
            head.addWidget(figure)
        head.addWidget(self.measure)
        head.addStretch(1)
        head.addWidget(self.export)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        return page

    def ask_and_export(self) -> None:
        """Asks for a file, of any kind that can be written of a design and its costs, and writes it."""
        known = {found.suffix: found for found in exporters_of(self._material)}
        titles = {suffix: found.title for suffix, found in known.items()}
        path = ask_for_path(self, "Export the analysis", Path(f"analysis{next(iter(known))}"), titles)
        if path is not None:
            self.export_to(path, known[path.suffix]())

    def export_to(self, path: Path, exporter: Exporter) -> None:
        """Writes a file; says in the status bar how that went."""
        try:
            exporter.write(path, self._material)
        except CoreError as error:
            self.message.emit(str(error.problem))
        else:
            self.message.emit(f"Exported {path.name}")

    @property
    def _material(self) -> Material:
        return Material(self._document.graph, self.analysis)

    def _wait(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _update(self) -> None:
        document, plan = self._document, self._document.plan
        self.analysis = analyse(document.graph, document.inference, plan.optimizer, plan.batch_size)
        found = self.analysis
        self._stack.setCurrentIndex(int(bool(found.rows)))
        self._model.show(expand(document.graph).network, found)
        self.figures["parameters"].set_value(count_text(found.parameters))
        self.figures["multiply_adds"].set_value(short_count_text(found.multiply_adds))
        self._follow()
        self._show_memory()
        self._show_epoch()

    def _show_memory(self) -> None:
        """What a training takes, as it is planned; of an unsound design, what the mathematics has to keep."""
        if not self.isVisible():
            return  # what nobody sees needn't be planned
        document, figure = self._document, self.figures["memory"]
        batch = f"For a batch of {count_text(document.plan.batch_size)}"
        if document.obstacles:
            figure.set_value(bytes_text(self.analysis.memory))
            figure.setToolTip(
                f"{batch}: outputs kept for the backward pass, learned numbers, their gradients, and what "
                "the optimiser keeps"
            )
            return
        need = self._judging.weigh(document.graph)
        if need is None:
            waits = self._judging.weighing
            figure.set_value("…" if waits else "–")
            figure.setToolTip(f"{batch}: it is being planned" if waits else f"{batch}: it can't be told")
            return
        figure.set_value(bytes_text(need.total))
        figure.setToolTip(
            f"{batch}, as it will be planned: {bytes_text(need.step)} for a step, "
            f"{bytes_text(need.learned)} for learned numbers, their gradients and what the optimiser keeps, "
            f"{bytes_text(need.copy)} for a copy of the run, {bytes_text(need.executor)} for what computes, "
            "once for all networks"
        )

    def _show_epoch(self) -> None:
        judging = self._judging
        found = judging.estimate_for(self._document.graph)
        epoch = self.figures["epoch"]
        epoch.set_value("…" if judging.measuring else seconds_text(found.epoch) if found else "–")
        epoch.setVisible(found is not None or judging.measuring)
        self.measure.setVisible(epoch.isHidden())
        reason = self._reason_against()
        self.measure.setEnabled(not reason)
        self.measure.setToolTip(
            reason or "Train for a second to see how long an epoch takes; nothing is changed"
        )

    def _reason_against(self) -> str:
        """Why nothing can be measured now."""
        if self._judging.measuring:
            return "It is being measured"
        if self._run.active:
            return "A run is on"
        if self._data.loading is not None:
            return "The data are being loaded"
        if "training" not in self._data.parts:
            return "There is no data yet"
        return "The design can't be trained yet: see Problems" if self._document.obstacles else ""

    def _follow(self) -> None:
        self.table.follow(self._selection.current)

    def _color(self) -> None:
        self.export.setIcon(icon("save", self._themes.current.text))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()


class Figure(QWidget):
    """A number with its name above."""

    def __init__(self, name: str, help: str) -> None:
        super().__init__()
        self._value = TextLabel("–", bold=True)
        self._name = small_label(name)
        for label in (self._name, self._value):
            label.setWordWrap(False)
            label.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.setToolTip(help)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._name)
        column.addWidget(self._value)

    def set_value(self, text: str) -> None:
        self._value.setText(text)
        self.setAccessibleName(f"{self._name.text()}: {text}")

    @property
    def value(self) -> str:
        return self._value.text()


@panel(
    "analysis",
    "Analysis",
    icon="table",
    place=PanelPlace("bottom", 0.4),
    open={"explain": PanelPlace("bottom", 0.4, behind=True)},
    order=78,
    needs=lambda bench: bench.document.graph.blocks,
)
def analysis(bench: Bench) -> AnalysisPanel:
    made = AnalysisPanel(bench.models, bench.selection, bench.themes)
    made.message.connect(bench.say)
    return made
