"""The live pictures on the blocks: what each gives out for the sample that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from cnngui.canvas.drawing.layout import THUMBNAIL
from cnngui.models.document import Document
from cnngui.models.run import Training
from cnngui.widgets.pictures import enlarged, picture, thumbnail
from core.layers.base import Output

_AREA: Final = THUMBNAIL.height(), THUMBNAIL.width()


class Thumbnails(QObject):
    """Gives `show` a picture for every block of the run, by id, as often as there are new maps."""

    VIEWER = "thumbnails"

    def __init__(
        self, document: Document, training: Training, show: Callable[[Mapping[str, QImage]], None]
    ) -> None:
        super().__init__(training)
        self._document = document
        self._training = training
        self._show = show
        training.state_changed.connect(self._watch)
        training.snapshot_changed.connect(self._update)
        document.changed.connect(self._watch)
        self._watch()

    def _watch(self) -> None:
        """Asks for the blocks that are both in the design and in the run."""
        graph = self._training.run_graph
        here = self._document.graph.by_id
        self._training.watch(self.VIEWER, [b.id for b in graph.blocks if b.id in here] if graph else [])

    def _update(self) -> None:
        found, graph = self._training.snapshot, self._training.run_graph
        if found is None or graph is None:
            self._show({})
            return
        images = {}
        for block_id, values in found.maps.items():
            block = graph.by_id.get(block_id)
            if block is None:
                continue  # of the network before
            judged = isinstance(block.layer, Output)
            shown = found.prediction if judged else values
            is_image = shown.ndim == 3 and (judged or block.layer.inputs == 0)
            images[block_id] = enlarged(picture(shown), _AREA) if is_image else thumbnail(shown, _AREA)
        self._show(images)
