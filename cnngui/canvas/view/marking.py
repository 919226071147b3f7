"""The marks on the canvas: of what the design is compared with, and of what a run began with untrained."""

from __future__ import annotations

from PySide6.QtCore import QObject

from cnngui.canvas.drawing.changes import Changes, changes_of, with_untrained
from cnngui.canvas.drawing.scene import Scene
from cnngui.models.models import Models


class Marking(QObject):
    """Keeps the marks at what the models say."""

    def __init__(self, models: Models, drawing: Scene) -> None:
        super().__init__(models.comparing)
        self._document, self._run, self._comparing = models.document, models.run, models.comparing
        self._drawing = drawing
        for signal in (self._comparing.changed, self._run.state_changed, self._run.network_changed):
            signal.connect(self._follow)
        self._document.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        comparing, graph = self._comparing, self._document.graph
        changes = Changes()
        if comparing.difference is not None and comparing.other is not None:
            changes = changes_of(comparing.difference, comparing.other, graph, comparing.name)
        untrained = [graph[i] for i in self._run.untrained if i in graph.by_id]
        self._drawing.changes.show(with_untrained(changes, untrained) if untrained else changes)
