"""What is in the data: random samples with their labels, and how many there are of each class."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnngui.models.data import Data, DataPart
from cnngui.theme import icons
from cnngui.theme.formatting import measure_text
from cnngui.theme.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.widgets.bars import BarRow, BarRows
from cnngui.widgets.pictures import levels_of, picture
from cnngui.widgets.small import Scroll, TextLabel, small_label
from core.data.dataset import Dataset
from core.schema.written import count_text, counted_text, shape_text

_TILE: Final = 48
_MAX_CLASSES: Final = 100


class DataPreview(QWidget):
    """Follows the data."""

    def __init__(self, data: Data, themes: ThemeManager) -> None:
        super().__init__()
        self._data = data
        self._themes = themes
        self._shown: Dataset | None = None
        self._facts = small_label()
        self.samples = SampleGrid(themes)
        self._reshuffle = QToolButton()
        self._reshuffle.setAutoRaise(True)
        self._reshuffle.setToolTip("Show other samples")
        self._reshuffle.setAccessibleName("Show other samples")
        self._reshuffle.clicked.connect(self.reshuffle)
        self.counts = BarRows(themes)
        self._counts_title = TextLabel("Samples of each class", bold=True)
        self._values = small_label()

        head = QHBoxLayout()
        head.addWidget(TextLabel("Random samples", bold=True), 1)
        head.addWidget(self._reshuffle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self._facts)
        column.addLayout(head)
        column.addWidget(self.samples, 3)
        column.addWidget(self._counts_title)
        column.addWidget(self._values)
        self._scroll = Scroll(self.counts)
        column.addWidget(self._scroll, 2)
        data.changed.connect(self._update)
        themes.changed.connect(self._color)
        self._color()
        self._update()

    @property
    def facts(self) -> str:
        """Shape and counts, in words."""
        return self._facts.text()

    def reshuffle(self) -> None:
        """Shows other samples."""
        self.samples.show_samples(self._data.parts.get("training"), random.randrange(2**31))

    def _update(self) -> None:
        parts = self._data.parts
        data = parts.get("training")
        self._facts.setText(facts_text(parts))
        if data is self._shown:
            return
        self._shown = data
        self.reshuffle()
        counts = data.counts() if data is not None else []
        most = max(counts, default=0) or 1
        names = data.classes if data is not None else ()
        rows = [BarRow(name, count_text(n), n / most) for name, n in zip(names, counts, strict=True)]
        self.counts.show_rows(rows[:_MAX_CLASSES])
        self._scroll.setMaximumHeight(self.counts.most_height())
        self._counts_title.setText("Samples of each class" if rows else "Values to predict")
        self._values.setText(_remark(data, len(rows)))
        self._values.setVisible(bool(self._values.text()))

    def _color(self) -> None:
        self._reshuffle.setIcon(icons.icon("shuffle", self._themes.current.text))


class SampleGrid(QWidget):
    """As many random samples as there is place for, each with its label below."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._data: Dataset | None = None
        self._seed = 0
        self._tiles: list[tuple[QImage, str]] = []
        self.setFont(text_font(SMALL_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(3 * (_TILE + GRID), self._row_height()))

    @property
    def labels(self) -> list[str]:
        """What stands below the samples."""
        return [label for _, label in self._tiles]

    def show_samples(self, data: Dataset | None, seed: int) -> None:
        """The same seed shows the same samples, as many as fit."""
        self._data, self._seed = data, seed
        self._draw()

    def sizeHint(self) -> QSize:
        return QSize(8 * (_TILE + GRID), 3 * self._row_height())

    def _row_height(self) -> int:
        return _TILE + self.fontMetrics().height() + GRID

    def _columns(self) -> int:
        return max(1, (self.width() + GRID) // (self._tile() + GRID))

    def _rows(self) -> int:
        return max(1, self.height() // self._row_height())

    def _tile(self) -> int:
        """The side of a sample: the rows take up all of the height."""
        return max(_TILE, self.height() // self._rows() - (self._row_height() - _TILE))

    def _draw(self) -> None:
        self._tiles = []
        if self._data is not None:
            room = self._columns() * self._rows()
            order = np.random.default_rng(self._seed).permutation(len(self._data))[:room]
            levels = levels_of(self._data)
            for index in order.tolist():
                sample, target = self._data.batch(index)
                self._tiles.append((picture(sample, levels), _label(self._data, target)))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._themes.current
        metrics = QFontMetricsF(self.font())
        columns, tile = self._columns(), self._tile()
        height = self._row_height() - _TILE + tile
        for number, (image, label) in enumerate(self._tiles):
            row, column = divmod(number, columns)
            frame = QRectF(column * (tile + GRID), row * height, tile, tile)
            painter.fillRect(frame, theme.canvas)
            size = image.size().scaled(QSize(tile, tile), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            painter.drawImage(place, image)
            painter.setPen(theme.muted)
            below = QRectF(frame.left(), frame.bottom(), tile, metrics.height())
            text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, tile)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)


def facts_text(parts: Mapping[DataPart, Dataset]) -> str:
    """`1 × 28 × 28, 10 classes: 10,800 training, 1,200 validation, 2,000 test`."""
    data = parts.get("training")
    if data is None:
        return ""
    kind = counted_text(len(data.classes), "class", "classes") if data.classes else "values to predict"
    shape = data.spec.shape
    size = shape_text(shape) if len(shape) > 1 else counted_text(shape[0], "number")
    return f"{size}, {kind}: {counts_text(parts)}"


def counts_text(parts: Mapping[DataPart, Dataset]) -> str:
    """`10,800 training, 1,200 validation, 2,000 test`."""
    return ", ".join(f"{count_text(len(part))} {name}" for name, part in parts.items())


def _label(data: Dataset, target: object) -> str:
    if data.classes:
        return data.classes[int(np.asarray(target))]
    return ", ".join(measure_text(float(value)) for value in np.atleast_1d(np.asarray(target)))


def _remark(data: Dataset | None, classes: int) -> str:
    """What the bars don't say."""
    if data is None:
        return ""
    if not classes:
        numbers = data.targets.reshape(len(data), -1).shape[1]
        low, high = float(data.targets.min()), float(data.targets.max())
        return f"{count_text(numbers)} per sample, from {measure_text(low)} to {measure_text(high)}"
    return (
        f"The first {count_text(_MAX_CLASSES)} of {count_text(classes)} classes"
        if classes > _MAX_CLASSES
        else ""
    )
