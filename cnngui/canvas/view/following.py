"""The drawing follows the document and the selection, at once or gliding, and tells screen readers of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtWidgets import QStyle

from cnngui.canvas.accessibility import accessible
from cnngui.canvas.accessibility.accessible import AccessibleStage
from cnngui.canvas.drawing.motion import Motion
from cnngui.theme.accessibility import announce
from core.design.graph import Graph
from core.design.infer import infer
from core.errors import DesignError
from core.schema.written import counted_text

if TYPE_CHECKING:
    from core.repair import Fix  # a sound design is drawn without it


class Following(QObject):
    """Shows the document; for a while, what a remedy would make of it."""

    previews = Signal(bool)
    """What a remedy would make of the design is shown now, or the document again."""

    def __init__(self, stage: AccessibleStage) -> None:
        super().__init__(stage.widget)
        self._stage = stage
        self._document, self._selection = stage.document, stage.selection
        self._animations = True
        self._is_preview = False
        self._came_from = self._left_at = QRectF()
        """What was in sight before a preview, and with it."""
        self.motion = Motion(self._draw)
        self._document.changed.connect(self._follow_document)
        self._selection.changed.connect(self.mark)
        stage.editor.reselected.connect(self.mark)
        self.show_document()

    def show_document(self) -> None:
        """Draws the document as it is: after a gesture, whatever became of it."""
        self._set_preview(False)
        self._draw(self._document.graph)
        self.mark()

    def settle(self) -> None:
        """Draws the document as it is, with nothing in motion and nothing proposed: before a gesture."""
        if self.motion.is_running or self._stage.drawing.graph is not self._document.graph:
            self.motion.stop()
            self.show_document()

    def preview(self, fix: Fix | None) -> None:
        """Shows what a remedy would make of the design, with ghosts of what is new; None ends that."""
        graph = self._document.graph
        try:
            proposed = graph if fix is None else fix.apply(self._document.project).design
        except DesignError:
            proposed = graph  # it is out of date
        if proposed is graph and self._is_preview:
            self.leave_preview()
        elif proposed is graph:
            self.show_document()
        else:
            if not self._is_preview:
                self._came_from = self._stage.visible_area()
            self._set_preview(True)
            shapes = infer(proposed, self._document.data)
            self._stage.drawing.show(proposed, shapes, proposal_for=graph)
            self._stage.bring_into_sight(proposed.by_id.keys() - graph.by_id.keys())
            self._left_at = self._stage.visible_area()

    def leave_preview(self) -> None:
        """Ends a preview, and moves the view back from where that has moved it, if it is still there."""
        if not self._is_preview:
            return
        self.show_document()
        if self._stage.visible_area() == self._left_at:
            self._stage.scroll_by(QPointF(self._stage.mapFromScene(self._came_from.topLeft())))

    def end_preview(self) -> None:
        """Nobody looks at a remedy any more: before anything asks where the document's blocks are."""
        if self._is_preview:
            self.show_document()

    def set_animations(self, on: bool) -> None:
        """Whether blocks may glide; they never do where the system asks for less motion."""
        self._animations = on

    def glide(self, before: Graph) -> None:
        """Lets the blocks come from where they stood in `before`."""
        widget = self._stage.widget
        duration = widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget)
        if self._animations and duration:
            self.motion.run(before, self._document.graph)

    def mark(self) -> None:
        """Shows what is selected, and what the keys mean; ends a preview, which may lack what is selected."""
        self.end_preview()
        stage, selection = self._stage, self._selection
        has_focus = stage.widget.hasFocus()
        current = selection.current if has_focus else None
        stage.drawing.mark(selection.ids, current, stage.editor.selected_wires(), selection.group)
        stage.drawing.notes.mark(selection.notes)
        if not accessible.follow(stage) and has_focus:
            announce(stage.widget, self._description())
        else:
            stage.widget.setAccessibleDescription(self._description())

    def _follow_document(self) -> None:
        self.motion.stop()
        self.show_document()

    def _set_preview(self, on: bool) -> None:
        if on != self._is_preview:
            self._is_preview = on
            self.previews.emit(on)

    def _draw(self, graph: Graph) -> None:
        self._stage.drawing.show(graph, self._document.inference)

    def _description(self) -> str:
        """What a screen reader says of the canvas: the current part, then how large the design is."""
        note = self._stage.editor.notes.describe_chosen()
        if note is not None:
            return note
        graph, current = self._document.graph, self._selection.current
        words = f"{counted_text(len(graph.blocks), 'block')}, {counted_text(len(graph.wires), 'wire')}."
        if current is None or current not in graph.by_id:
            return words
        return f"{self._stage.drawing.describe(self._selection.group or current)}\n{words}"
