"""The sample whose feature maps are shown: choosing it, its picture, and what the network says of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from cnngui.forms.editors import ChoiceBox
from cnngui.models.data import Data, DataPart
from cnngui.models.looking import Looking
from cnngui.theme import icons
from cnngui.theme.formatting import measure_text, percent_text
from cnngui.theme.theme import GRID, SPACING, ThemeManager
from cnngui.widgets.bars import BarRow, BarRows
from cnngui.widgets.pictures import Levels, levels_of, limits, picture
from cnngui.widgets.small import small_label
from core.data.dataset import Dataset
from core.maths.arrays import Array
from core.schema.written import count_text, short_text

WIDTH: Final = 248
COMPACT_WIDTH: Final = 104
_PICTURE: Final = 96
_LEAST: Final = 28
"""Pixels of a picture's side in the lowest panel."""
_MAX_ROWS: Final = 10

_PARTS: Final[tuple[DataPart, ...]] = ("training", "validation", "test")


class SampleView(QWidget):
    """Follows the sample that is looked at, and changes which one that is."""

    def __init__(self, data: Data, looking: Looking, themes: ThemeManager) -> None:
        super().__init__()
        self._data = data
        self._looking = looking
        self._themes = themes
        self.part = ChoiceBox("Part of the data")
        self.part.setToolTip("Which part of the data the sample is taken from")
        self.part.activated.connect(self._choose_part)
        self.buttons = {
            "previous": self._button("previous", "Previous sample", lambda: self._move(-1)),
            "next": self._button("next", "Next sample", lambda: self._move(1)),
            "random": self._button("random", "Any sample", looking.look_at_random),
        }
        self._compact = False
        self._side = _PICTURE
        self._picture = Picture(themes)
        self._caption = small_label()
        self.prediction = BarRows(themes)
        self.reconstruction = ReturnedImage(themes)

        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in self.buttons.values():
            buttons.addWidget(button)
        self._chooser = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._chooser.setSpacing(GRID)
        self._chooser.addWidget(self.part, 1)
        self._chooser.addLayout(buttons)
        shown = QVBoxLayout()
        shown.setSpacing(GRID)
        shown.addWidget(self._picture)
        shown.addWidget(self._caption)
        shown.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(SPACING)
        below.addLayout(shown)
        below.addWidget(self.reconstruction)
        below.addWidget(self.prediction, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._chooser)
        column.addLayout(below, 1)

        data.changed.connect(self._show_sample)
        looking.sample_changed.connect(self._show_sample)
        looking.snapshot_changed.connect(self._show_prediction)
        themes.changed.connect(self._color)
        self._color()
        self._show_sample()

    def set_compact(self, compact: bool) -> None:
        """Where there is little room, a line below the picture stands for the bars."""
        self._compact = compact
        self._chooser.setDirection(
            QBoxLayout.Direction.TopToBottom if compact else QBoxLayout.Direction.LeftToRight
        )
        self._show_prediction()

    def _fit_picture(self) -> None:
        """As large as it may be where its caption still has its room below it."""
        caption = self._caption.heightForWidth(self._side) + GRID if self._caption.text() else 0
        room = self.height() - self._chooser.sizeHint().height() - GRID - caption
        side = max(_LEAST, min(self._side, room))
        for shown in (self._picture, self.reconstruction.picture):
            shown.setFixedSize(side, side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picture()

    def _button(self, name: str, help: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolTip(help)
        button.setAccessibleName(help)
        button.clicked.connect(run)
        return button

    def _color(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(icons.icon(name, self._themes.current.text))

    def _move(self, by: int) -> None:
        self._looking.look_at(self._looking.part, self._looking.index + by)

    def _choose_part(self, number: int) -> None:
        self._looking.look_at(self._parts()[number], 0)

    def _parts(self) -> list[DataPart]:
        return [part for part in _PARTS if part in self._data.parts]

    def _show_sample(self) -> None:
        looking, parts = self._looking, self._parts()
        names = [part.capitalize() for part in parts]
        if [self.part.itemText(i) for i in range(self.part.count())] != names:
            self.part.clear()
            self.part.addItems(names)
        for widget in (self.part, *self.buttons.values()):
            widget.setEnabled(bool(parts))
        data = looking.samples
        if data is None:
            self._picture.set_image(None)
        else:
            self.part.setCurrentIndex(parts.index(looking.part))
            sample, _ = data.batch(looking.index)
            self._picture.set_image(picture(sample, levels_of(data)))
        self._show_prediction()

    def _show_prediction(self) -> None:
        looking = self._looking
        data = looking.samples
        found = looking.snapshot.prediction if looking.snapshot and looking.sample_fits else None
        is_image = data is not None and found is not None and found.ndim == 3
        self.reconstruction.setVisible(is_image)
        self.prediction.setVisible(not is_image and not self._compact)
        self._side = (COMPACT_WIDTH - SPACING) // 2 if is_image and self._compact else _PICTURE
        if data is not None and found is not None and is_image:
            sample, _ = data.batch(looking.index)
            self.reconstruction.show_image(sample, found, levels_of(data))
            found = None
        if data is None or is_image:
            rows = []
        elif data.classes:
            rows = class_rows(data, looking.index, found)
        else:
            rows = _value_rows(data, looking.index, found)
        self.prediction.show_rows(rows)
        place = f"{count_text(looking.index + 1)} of {count_text(len(data))}" if data is not None else ""
        self._picture.setToolTip(f"Sample {place}" if place else "")
        judged = rows and data is not None and (self._compact or data.classes)  # values are said beside it
        said = [_verdict(rows) if judged else "", "" if self._compact else place]
        self._caption.setText("\n".join(filter(None, said)))
        self._caption.setVisible(not (is_image and self._compact))
        self._fit_picture()
        self.prediction.setToolTip("Bold: the true class" if data is not None and data.classes else "")


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


class ReturnedImage(QWidget):
    """What the network made of an image that it was to give back, and how far off it is."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.picture = Picture(themes)
        self.error = small_label()
        self.picture.setAccessibleName("Reconstructed sample")
        self.picture.setToolTip("What the network gives back of the sample")
        self.error.setToolTip("How far its pixels are off, in the mean")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.picture)
        column.addWidget(self.error)
        column.addStretch(1)

    def show_image(self, sample: Array, found: Array, levels: Levels | None) -> None:
        """Shows `found` (C, H, W) in the shades of the sample."""
        self.picture.set_image(picture(found, levels or limits(sample)))
        error = float(np.abs(found - sample).mean()) if found.shape == sample.shape else math.nan
        self.error.setText(f"± {short_text(error, 2)}" if math.isfinite(error) else "–")


def class_rows(data: Dataset, index: int, found: Array | None) -> list[BarRow]:
    """All classes in their order; of many, the most probable ones and the true one."""
    label = int(data.targets[index])
    if found is None or len(found) != len(data.classes):
        return [BarRow(data.classes[label], marked=True)]
    shown = list(range(len(found)))
    if len(shown) > _MAX_ROWS:
        best: list[int] = np.argsort(-found, kind="stable")[:_MAX_ROWS].tolist()
        shown = best if label in best else [*best[:-1], label]
    shares = [float(share) for share in np.nan_to_num(found)]
    return [BarRow(data.classes[k], percent_text(float(found[k])), shares[k], k == label) for k in shown]


def _verdict(rows: Sequence[BarRow]) -> str:
    """All rows in short: what the network says, and below what is true, as `4: 52.1 %`, `wrong, it is 6`."""
    best = max(rows, key=lambda row: row.share or 0)
    true = next((row.name for row in rows if row.marked), None)
    if best.share is None:
        return f"{best.name}: {best.text}" if best.text else f"It is {best.name}"
    return f"{best.name}: {best.text}\n" + ("right" if best.marked else f"wrong, it is {true}")


def _value_rows(data: Dataset, index: int, found: Array | None) -> list[BarRow]:
    """The predicted values with the true ones."""
    rows = []
    wanted = np.atleast_1d(data.targets[index])[:_MAX_ROWS]
    for number, value in enumerate(wanted):
        text = f"true {measure_text(float(value))}"
        if found is not None:
            text = f"{measure_text(float(found[number]))}, {text}"
        rows.append(BarRow(f"value {number + 1}" if len(wanted) > 1 else "value", text))
    return rows
