"""The sample whose feature maps are shown: choosing it, its picture, and what the network says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnngui import icons
from cnngui.editors import ChoiceBox
from cnngui.formatting import count_text, measure_text, percent_text
from cnngui.maps import picture
from cnngui.theme import GRID, SMALL_SIZE, SPACING, ThemeManager, text_font
from cnngui.training import Part, Training
from cnngui.widgets import small_label
from core.data.dataset import Dataset
from core.layers.base import Array

WIDTH: Final = 248
_PICTURE: Final = 96
_MAX_ROWS: Final = 10
_ROW: Final = 16

_PARTS: Final[tuple[Part, ...]] = ("training", "validation", "test")


class SampleView(QWidget):
    """Follows the training model, and changes which sample it looks at."""

    def __init__(self, training: Training, themes: ThemeManager) -> None:
        super().__init__()
        self._training = training
        self._themes = themes
        self._part = ChoiceBox([])
        self._part.setAccessibleName("Part of the data")
        self._part.setToolTip("Which part of the data the sample is taken from")
        self._part.activated.connect(self._choose_part)
        self._buttons = {
            "previous": self._button("previous", "Previous sample", lambda: self._move(-1)),
            "next": self._button("next", "Next sample", lambda: self._move(1)),
            "random": self._button("random", "Any sample", training.look_at_random),
        }
        self._picture = Picture(themes)
        self._caption = small_label()
        self.prediction = Prediction(themes)

        chooser = QHBoxLayout()
        chooser.setSpacing(GRID)
        chooser.addWidget(self._part, 1)
        for button in self._buttons.values():
            chooser.addWidget(button)
        shown = QVBoxLayout()
        shown.setSpacing(GRID)
        shown.addWidget(self._picture)
        shown.addWidget(self._caption)
        shown.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(SPACING)
        below.addLayout(shown)
        below.addWidget(self.prediction, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(chooser)
        column.addLayout(below, 1)

        training.data_changed.connect(self._show_sample)
        training.wanted_changed.connect(self._show_sample)
        training.snapshot_changed.connect(self._show_prediction)
        themes.changed.connect(self._color)
        self._color()
        self._show_sample()

    def _button(self, name: str, help: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolTip(help)
        button.setAccessibleName(help)
        button.clicked.connect(run)
        return button

    def _color(self) -> None:
        for name, button in self._buttons.items():
            button.setIcon(icons.icon(name, self._themes.current.text))

    def _move(self, by: int) -> None:
        self._training.look_at(self._training.part, self._training.index + by)

    def _choose_part(self, number: int) -> None:
        self._training.look_at(self._parts()[number], 0)

    def _parts(self) -> list[Part]:
        return [part for part in _PARTS if part in self._training.parts]

    def _show_sample(self) -> None:
        training, parts = self._training, self._parts()
        names = [part.capitalize() for part in parts]
        if [self._part.itemText(i) for i in range(self._part.count())] != names:
            self._part.clear()
            self._part.addItems(names)
        for widget in (self._part, *self._buttons.values()):
            widget.setEnabled(bool(parts))
        data = training.parts.get(training.part)
        if data is None:
            self._picture.set_image(None)
            self._caption.setText("")
        else:
            self._part.setCurrentIndex(parts.index(training.part))
            sample, _ = data.batch(training.index)
            self._picture.set_image(picture(sample, (0, 1) if data.images.dtype == np.uint8 else None))
            self._caption.setText(f"{count_text(training.index + 1)} of {count_text(len(data))}")
        self._show_prediction()

    def _show_prediction(self) -> None:
        training = self._training
        data = training.parts.get(training.part)
        found = training.snapshot.prediction if training.snapshot and training.sample_fits else None
        self.prediction.show_values(data, training.index, found)


class Picture(QWidget):
    """A picture as large as the place allows, each of its pixels a square."""

    def __init__(self, themes: ThemeManager, size: int = _PICTURE) -> None:
        super().__init__()
        self._themes = themes
        self._image: QImage | None = None
        self.setFixedSize(QSize(size, size))

    def set_image(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._themes.current.canvas)
        if self._image is not None:
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)


@dataclass(frozen=True)
class Row:
    """A class with its probability, or a value; `share` is the length of the bar, if there is one."""

    name: str
    text: str = ""
    share: float | None = None
    true: bool = False


class Prediction(QWidget):
    """What the network says of a sample, beside what is true: a bar per class, or the values."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._rows: list[Row] = []
        self.setFont(text_font(SMALL_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(96, 5 * _ROW))

    @property
    def rows(self) -> list[Row]:
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(140, _MAX_ROWS * _ROW)

    def show_values(self, data: Dataset | None, index: int, found: Array | None) -> None:
        """Shows probabilities (K,) or values of a sample; without them, only what is true."""
        if data is None:
            self._rows = []
        elif data.classes:
            self._rows = _class_rows(data, index, found)
        else:
            self._rows = _value_rows(data, index, found)
        spoken = ", ".join(f"{row.name}: {row.text}" for row in self._rows)
        self.setAccessibleName(f"Prediction: {spoken}")
        self.setToolTip("Bold: the true class." if data is not None and data.classes else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        painter, theme = QPainter(self), self._themes.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fonts = text_font(SMALL_SIZE), text_font(SMALL_SIZE, bold=True)
        metrics = QFontMetricsF(fonts[1])
        names = min(max(metrics.horizontalAdvance(row.name) for row in self._rows), self.width() * 0.4)
        texts = max(metrics.horizontalAdvance(row.text) for row in self._rows)
        height = min(_ROW + GRID, self.height() / len(self._rows))
        room = self.width() - names - texts - 2 * SPACING
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for number, row in enumerate(self._rows):
            top = number * height
            painter.setFont(fonts[row.true])
            painter.setPen(theme.text if row.true else theme.muted)
            name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, names + 1)
            painter.drawText(QRectF(0, top, names + 1, height), right, name)
            painter.drawText(QRectF(self.width() - texts - 1, top, texts + 1, height), right, row.text)
            if room > 0 and row.share is not None:
                thick = min(8.0, height - 4)
                place = QRectF(names + SPACING, top + (height - thick) / 2, room, thick)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.border)
                painter.drawRoundedRect(place, 2, 2)
                place.setWidth(room * row.share)
                painter.setBrush(theme.ok if row.true else theme.accent)
                painter.drawRoundedRect(place, 2, 2)


def _class_rows(data: Dataset, index: int, found: Array | None) -> list[Row]:
    """All classes in their order; of many, the most probable ones and the true one."""
    label = int(data.targets[index])
    if found is None or len(found) != len(data.classes):
        return [Row(data.classes[label], true=True)]
    shown = list(range(len(found)))
    if len(shown) > _MAX_ROWS:
        best: list[int] = np.argsort(-found, kind="stable")[:_MAX_ROWS].tolist()
        shown = best if label in best else [*best[:-1], label]
    shares = [float(share) for share in np.nan_to_num(found)]
    return [Row(data.classes[k], percent_text(float(found[k])), shares[k], k == label) for k in shown]


def _value_rows(data: Dataset, index: int, found: Array | None) -> list[Row]:
    """The predicted values with the true ones."""
    rows = []
    wanted = np.atleast_1d(data.targets[index])[:_MAX_ROWS]
    for number, value in enumerate(wanted):
        text = f"true {measure_text(float(value))}"
        if found is not None:
            text = f"{measure_text(float(found[number]))}, {text}"
        rows.append(Row(f"value {number + 1}" if len(wanted) > 1 else "value", text))
    return rows
