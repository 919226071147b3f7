"""Blocks that glide to new places. Only the picture moves: the design has changed already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEasingCurve, QVariantAnimation

from core.design import edits
from core.design.graph import Graph

_DURATION: Final = 150
"""Milliseconds."""


class Motion(QVariantAnimation):
    """Calls `draw` with designs in between, until the blocks are where they belong."""

    def __init__(self, draw: Callable[[Graph], None]) -> None:
        super().__init__()
        self._draw = draw
        self._after = Graph()
        self._before: dict[str, tuple[float, float]] = {}
        self.setDuration(_DURATION)
        self.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.valueChanged.connect(self._step)

    @property
    def is_running(self) -> bool:
        return self.state() == QVariantAnimation.State.Running

    def run(self, before: Graph, after: Graph) -> None:
        """Lets the blocks of `after` come from where they stood in `before`."""
        self.stop()
        self._after = after
        self._before = {
            block.id: block.position
            for block in before.blocks
            if block.id in after.by_id and after[block.id].position != block.position
        }
        self._step(0.0)
        self.start()

    def _step(self, share: float) -> None:
        if share == 1.0:
            self._draw(self._after)
            return
        places = {}
        for block_id, (x, y) in self._before.items():
            to_x, to_y = self._after[block_id].position
            places[block_id] = (x + share * (to_x - x), y + share * (to_y - y))
        self._draw(edits.move(self._after, places))
