"""What one unit of the selected block sees of a sample: its receptive field, as a frame on the picture."""

from __future__ import annotations

from math import floor

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cnngui.commands.bench import Bench
from cnngui.models.document import Document
from cnngui.models.looking import block_to_look_at
from cnngui.models.models import Models
from cnngui.models.selection import Selection
from cnngui.panels.panel import PanelPlace, panel
from cnngui.theme.formatting import number_text
from cnngui.theme.theme import GRID, MARGIN, SPACING, ThemeManager
from cnngui.widgets.pictures import picture
from cnngui.widgets.pixels import PixelView
from cnngui.widgets.small import EmptyState, TextLabel, small_label
from core.explain.analysis import Area, Field, receptive_fields, seen_area
from core.maths.arrays import Shape
from core.schema.written import shape_text

_HINT = "Point at the picture or the grid to look at another unit."
_NO_SAMPLE = "The samples of the data have another shape; the frame is drawn without one."


class ReceptiveFieldPanel(QWidget):
    """Follows the selection, the document and the sample looked at.

    The picture on the left is the sample, with a frame around what the unit sees; the grid beside it is the
    block's output, with the unit marked. Pointing at either one, or the arrow keys, choose another unit.
    """

    def __init__(
        self,
        models: Models,
        selection: Selection,
        themes: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        document, data, looking = models.document, models.data, models.looking
        self._document = document
        self._selection = selection
        self._looking = looking
        self._block = ""
        self._field: tuple[Field, Field] | None = None
        self._output: Shape = ()
        self.unit = (0, 0)
        """Row and column of the unit that is looked at."""
        self.area: Area | None = None
        """The pixels it sees: rows and columns."""
        self.sample = PixelView(themes, "Sample")
        self.map = PixelView(themes, "Output of the block")
        self.sample.pointed.connect(self._choose_for_pixel)
        self.map.pointed.connect(self._choose)
        for view in (self.sample, self.map):
            view.stepped.connect(self._move)
        self._title = TextLabel(bold=True)
        self._text = TextLabel()
        self._details = small_label()
        self._hint = small_label()
        self._empty = EmptyState(themes, "field", "")
        page = QWidget()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        words = QVBoxLayout()
        words.setSpacing(GRID)
        for label in (self._title, self._text, self._details, self._hint):
            words.addWidget(label)
        words.addStretch(1)
        row = QHBoxLayout(page)
        row.setContentsMargins(MARGIN, SPACING, MARGIN, SPACING)
        row.setSpacing(MARGIN)
        row.addWidget(self.sample, 3)
        row.addWidget(self.map, 2)
        row.addLayout(words, 3)
        for signal in (document.changed, selection.changed):
            signal.connect(self._update)
        for signal in (data.changed, looking.sample_changed):
            signal.connect(self._show_sample)
        self._update()

    def _update(self) -> None:
        if not self.isVisible():
            return
        shapes = self._document.inference.shapes
        block = block_to_look_at(self._document, self._selection)
        image = _image(self._document)
        if image is None or block not in shapes:
            self._show_empty(image, block)
            return
        shape, before = shapes[block], (self._block, self._output)
        self._block, self._output = block, shape
        self._field = receptive_fields(self._document.graph, shapes).get(block)
        self.map.set_size((shape[1], shape[2]) if len(shape) == 3 else (1, 1))
        self.map.setVisible(self._has_units)
        if (self._block, self._output) != before:
            self.unit = (self.map.rows // 2, self.map.columns // 2)
        self._stack.setCurrentIndex(1)
        self._show_sample()
        self._choose(*self.unit)

    @property
    def _has_units(self) -> bool:
        """Whether the block has units at several places, one of which can be looked at."""
        return self.map.rows * self.map.columns > 1

    def _show_empty(self, image: Shape | None, block: str | None) -> None:
        self._stack.setCurrentIndex(0)
        if image is None:
            self._empty.set_text("No image enters the design.", "Its first block takes the images in.")
        elif block is None:
            self._empty.set_text("No block is selected.", "Select one to see what its units look at.")
        else:
            self._empty.set_text("The block has no shape yet.", "Connect it, and look at its problems.")

    def _show_sample(self) -> None:
        image = _image(self._document)
        if not self.isVisible() or image is None:
            return
        looking = self._looking
        data = looking.samples
        self.sample.set_size((image[1], image[2]))
        fits = data is None or data.spec.shape == image
        hint = _HINT if self._has_units else ""
        self._hint.setText(hint if fits else _NO_SAMPLE)
        if data is None or not fits:
            self.sample.set_image(None)
        else:
            sample, _ = data.batch(looking.index)
            self.sample.set_image(picture(sample, (0, 1) if data.images.dtype == np.uint8 else None))

    def _choose_for_pixel(self, row: int, column: int) -> None:
        """Chooses the unit whose field has its middle nearest to a pixel."""
        if self._field is not None:
            self._choose(*(_nearest(f, place) for f, place in zip(self._field, (row, column), strict=True)))

    def _choose(self, row: int, column: int) -> None:
        self.unit = (min(max(row, 0), self.map.rows - 1), min(max(column, 0), self.map.columns - 1))
        graph, shapes = self._document.graph, self._document.inference.shapes
        if self._block not in shapes:
            return  # it went, or lost its shape, while the mouse was held on a picture
        self.area = seen_area(graph, shapes, self._block, self.unit)
        self.sample.mark(self.area)
        self.map.mark(((self.unit[0], self.unit[0]), (self.unit[1], self.unit[1])))
        self._write()

    def _move(self, rows: int, columns: int) -> None:
        self._choose(self.unit[0] + rows, self.unit[1] + columns)

    def _write(self) -> None:
        image = _image(self._document)
        assert image is not None  # only then is there a unit
        place = f", row {self.unit[0] + 1}, column {self.unit[1] + 1}" if len(self._output) == 3 else ""
        self._title.setText(f"{self._document.graph[self._block].name}{place}")
        if self.area is None:
            self._text.setText("sees nothing but padding")
        else:
            seen = [last - first + 1 for first, last in self.area]
            whole = " all of" if seen == list(image[1:]) else f" {shape_text(seen)} of"
            self._text.setText(f"sees{whole} {shape_text(image[1:])} pixels")
        self._details.setText(_details(self._field) if self._field else "Every unit sees the whole image.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update()


def _image(document: Document) -> Shape | None:
    """The shape of the image that enters the design, where one does."""
    graph, shapes = document.graph, document.inference.shapes
    entering = [shapes[b.id] for b in graph.blocks if b.layer.inputs == 0 and b.id in shapes]
    return entering[0] if entering and len(entering[0]) == 3 else None


def _nearest(field: Field, pixel: int) -> int:
    if not field.stride:
        return 0
    return round((pixel - field.start - (field.size - 1) / 2) / field.stride)


def _details(field: tuple[Field, Field]) -> str:
    size = shape_text(floor(side.size) for side in field)
    stride = " × ".join(number_text(float(side.stride)) for side in field)
    return f"Receptive field {size}, padding included; the next unit is {stride} pixels further."


_PLACE = PanelPlace("bottom", 0.4)


def _has_field(bench: Bench) -> bool:
    block = block_to_look_at(bench.document, bench.selection)
    return _image(bench.document) is not None and block in bench.document.inference.shapes


@panel(
    "field",
    "Receptive field",
    icon="field",
    place=_PLACE,
    open={"explain": _PLACE},
    order=75,
    needs=_has_field,
)
def receptive_field(bench: Bench) -> ReceptiveFieldPanel:
    return ReceptiveFieldPanel(bench.models, bench.selection, bench.themes)
