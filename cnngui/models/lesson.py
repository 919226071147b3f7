"""The guided first design while it is on: how far it is, and what it asks for next."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnngui.models.document import Document
from cnngui.models.run import Run
from core.design.expand import computed
from core.design.graph import Block
from core.teaching.lesson import STEPS, Task


class Lesson(QObject):
    """Follows the document and the run. While it is on, nobody is warned that the design isn't complete."""

    changed = Signal()
    """It has begun or ended, asks for something else, or the run has news."""

    def __init__(self, document: Document, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._run = run
        self._is_on = False
        self._task: Task | None = None
        document.changed.connect(self._follow)
        document.opened.connect(self.end)
        run.curves_changed.connect(self._follow)
        run.state_changed.connect(self._follow)

    @property
    def is_on(self) -> bool:
        return self._is_on

    @property
    def task(self) -> Task | None:
        """What is to be done to the design next; None where that is complete, or no lesson is on."""
        return self._task

    @property
    def kind(self) -> str:
        """The layer to add next, if any."""
        return self._task.kind if self._task is not None else ""

    def setting_of(self, kind: str) -> str:
        """The setting of a layer of this kind that is to be set next, if any."""
        return self._task.setting if self._task is not None and self._task.of == kind else ""

    @property
    def blocks(self) -> list[str]:
        """The ids of the blocks with the setting that is to be set next."""
        of = self._task.of if self._task is not None else ""
        return [block.id for block in self._document.graph.blocks if block.layer.kind == of]

    @property
    def unconnected(self) -> Block | None:
        """A block of the kind to add that is there, but isn't reached from where the images enter."""
        graph = self._document.graph
        reached = graph.downstream([block.id for block in graph.blocks if block.layer.inputs == 0])
        found = (b for b in graph.blocks if b.layer.kind == self.kind and b.id not in reached)
        return next(found, None)

    @property
    def done(self) -> list[bool]:
        """Which of the steps are done, training as the last one."""
        graph, run = self._document.graph, self._run
        trained = run.graph is not None and bool(run.curves.count) and computed(run.graph) == computed(graph)
        return [*(step.done(graph) for step in STEPS), trained]

    def begin(self) -> None:
        self._is_on = True
        self._task = None
        self._document.guide(True)
        self._follow()

    def end(self) -> None:
        """It is closed, or another project is open."""
        if self._is_on:
            self._is_on, self._task = False, None
            self._document.guide(False)
            self.changed.emit()

    def warn(self) -> None:
        """Somebody wants to train already: until the next task, what is missing for that is a problem."""
        self._document.guide(False)

    def _follow(self) -> None:
        if not self._is_on:
            return
        graph = self._document.graph
        step = next((step for step in STEPS if not step.done(graph)), None)
        task = step.next_task(graph) if step is not None else None
        if task is not self._task:
            self._task = task
            self._document.guide(task is None or not task.mends)
        self.changed.emit()
