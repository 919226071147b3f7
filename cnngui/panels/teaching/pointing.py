"""Brings into sight what the guided first design asks for: the panel it is in, or the block on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from cnngui.commands.bench import Bench
from core.teaching.lesson import Task


class Pointing(QObject):
    """Shows the panel of each new task, for as long as it is asked for; what is closed then stays closed."""

    changed = Signal()
    """`panel` is another one."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.canvas)
        self._bench = bench
        self._task: Task | None = None
        self._marked: list[str] = []
        self.panel = ""
        """The one with what is to be used next; none where that is on the canvas."""
        self._soon = QTimer(self, singleShot=True, interval=0)  # another project ends the lesson at once
        self._soon.timeout.connect(self._follow)
        for follow in (bench.lesson.changed, bench.selection.changed):
            follow.connect(self._soon.start)

    @property
    def is_in_sight(self) -> bool:
        """Whether the panel is seen, neither closed nor behind the tab of another one."""
        return not self.panel or self._bench.views.is_in_sight(self.panel)

    def show(self) -> None:
        """Brings the panel into sight, which may have been closed, or not belong to this workspace."""
        self._bench.views.show_for_now(self.panel)

    def _follow(self) -> None:
        lesson, canvas = self._bench.lesson, self._bench.canvas
        task, panel = lesson.task, self._panel()
        marked = self._to_mark(panel)
        if (task, panel, marked) == (self._task, self.panel, self._marked):
            return
        before, begins = self.panel, self._task is None
        self._task, self.panel = task, panel
        if marked != self._marked:
            self._marked = marked
            canvas.drawing.found.show(marked)
            canvas.bring_into_sight(marked)
        if before and before != panel and lesson.is_on:
            self._bench.views.take_away(before)
        if panel and (begins or not self.is_in_sight):
            self.show()
        self.changed.emit()

    def _to_mark(self, panel: str) -> list[str]:
        """The blocks to select, or the one to connect."""
        lesson = self._bench.lesson
        unconnected = lesson.unconnected
        if lesson.task is not None and unconnected is not None:
            return [unconnected.id]
        return [] if lesson.task is None or panel else lesson.blocks

    def _panel(self) -> str:
        """Settings are those of a block that is selected alone, or with others of its kind."""
        lesson, selected = self._bench.lesson, self._bench.selection.ids
        if lesson.task is None:
            return ""
        if lesson.task.mends:
            return "problems"
        one_kind = bool(selected) and set(selected) <= set(lesson.blocks)
        return "blocks" if lesson.kind else "properties" if one_kind else ""
