"""Choosing one of a run's checkpoints, to branch off there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnngui.models.kept_runs import KeptRuns
from cnngui.theme.formatting import bytes_text, measure_text
from cnngui.theme.theme import MARGIN, SPACING
from cnngui.widgets.small import TextLabel
from core.formats.runs.kept import KeptRun
from core.formats.runs.points import Point
from core.schema.written import count_text
from core.training.curves import LOSS, Curves

_TITLES: Final = ("Step", "Epoch", "Training loss", "Validation loss", "Size")
_SIZE: Final = QSize(560, 320)


class CheckpointChoice(QDialog):
    """Asks for a checkpoint; the last one is proposed."""

    def __init__(
        self,
        run: KeptRun,
        title: str,
        kept: KeptRuns,
        chosen: Callable[[Point], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Branch from a checkpoint")
        self._points = run.points
        self._chosen = chosen
        self.table = QTableWidget(len(self._points), len(_TITLES))
        self.table.setAccessibleName("Checkpoints")
        self.table.setHorizontalHeaderLabels(_TITLES)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self._run, self._kept = run, kept
        kept.curves_changed.connect(self._fill)
        self._fill()
        self.table.selectRow(len(self._points) - 1)
        self.table.doubleClicked.connect(self._take)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.branch = self.buttons.addButton("Branch here", QDialogButtonBox.ButtonRole.AcceptRole)
        self.branch.setDefault(True)
        self.branch.setEnabled(bool(self._points))
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column_of_all.setSpacing(SPACING)
        column_of_all.addWidget(TextLabel(title, bold=True))
        column_of_all.addWidget(
            TextLabel(
                "Its design, plan and weights are shown as they were there. "
                "What you train becomes a run of its own."
            )
        )
        column_of_all.addWidget(self.table, 1)
        column_of_all.addWidget(self.buttons)
        self.resize(_SIZE)
        self.table.setFocus()

    def _fill(self) -> None:
        """The losses come when the curves have been read."""
        curves = self._kept.curves_of(self._run.id)
        for row, point in enumerate(self._points):
            for column, text in enumerate(_texts(point, curves)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)

    def _take(self, _: QModelIndex) -> None:
        self._accept()

    def _accept(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self._points):
            self._chosen(self._points[row])
            self.accept()


def _texts(point: Point, curves: Curves | None) -> tuple[str, ...]:
    trained = checked = math.nan
    if curves is not None and point.step:
        spans = curves.spans(LOSS)
        place = (point.step - 1) // spans.width
        trained = float(spans.mean[place]) if place < len(spans.mean) else math.nan
        epoch = curves.epochs.find(point.epoch)
        if epoch is not None and epoch.step == point.step and epoch.validation is not None:
            checked = epoch.validation.loss
    return (
        count_text(point.step),
        count_text(point.epoch),
        measure_text(trained) if math.isfinite(trained) else "–",
        measure_text(checked) if math.isfinite(checked) else "–",
        bytes_text(point.size),
    )
