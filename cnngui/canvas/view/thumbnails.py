"""The live pictures on the blocks: what each gives out for the sample that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from cnngui.canvas.drawing.layout import THUMBNAIL
from cnngui.models.models import Models
from cnngui.widgets.pictures import enlarged, picture, thumbnail
from core.design.graph import Block
from core.layers.base import Output
from core.maths.arrays import Shape

_AREA: Final = THUMBNAIL.height(), THUMBNAIL.width()


class Thumbnails(QObject):
    """Gives `show` a picture for every block of the run, by id, as often as there are new maps."""

    VIEWER = "thumbnails"

    def __init__(self, models: Models, show: Callable[[Mapping[str, QImage]], None]) -> None:
        super().__init__(models.looking)
        self._document, self._run, self._looking = models.document, models.run, models.looking
        self._show = show
        self._shown: set[str] = set()
        models.run.state_changed.connect(self._watch)
        models.looking.snapshot_changed.connect(self._update)
        models.document.changed.connect(self._follow)
        self._watch()

    def _watch(self) -> None:
        """Asks for the blocks that are both in the design and in the run."""
        graph = self._run.graph
        here = self._document.graph.by_id
        self._looking.watch(self.VIEWER, [b.id for b in graph.blocks if b.id in here] if graph else [])

    def _follow(self) -> None:
        """A picture of what a block no longer is goes at once."""
        self._watch()
        if self._current() != self._shown:
            self._update()

    def _update(self) -> None:
        found, graph = self._looking.snapshot, self._run.graph
        if found is None or graph is None:
            self._shown = set()
            self._show({})
            return
        images = {}
        self._shown = self._current()
        for block_id in self._shown:
            block, values = graph.by_id[block_id], found.maps[block_id]
            judged = isinstance(block.layer, Output)
            shown = found.prediction if judged else values
            is_image = shown.ndim == 3 and (judged or block.layer.inputs == 0)
            images[block_id] = enlarged(picture(shown), _AREA) if is_image else thumbnail(shown, _AREA)
        self._show(images)

    def _current(self) -> set[str]:
        """The blocks with maps that are what they were in the run, and give out the same shape."""
        found, graph = self._looking.snapshot, self._run.graph
        if found is None or graph is None:
            return set()
        maps = ((graph.by_id.get(block_id), values) for block_id, values in found.maps.items())
        return {b.id for b, values in maps if b is not None and self._is_still(b, values.shape)}

    def _is_still(self, block: Block, shape: Shape) -> bool:
        """Whether the design's block is the one that gave out maps of this shape."""
        here = self._document.graph.by_id.get(block.id)
        shapes = self._document.inference.shapes
        return here is not None and here.layer == block.layer and shapes.get(block.id) == shape
