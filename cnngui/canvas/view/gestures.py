"""Which gesture a press begins, and the one that runs: one at a time."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, Signal

from cnngui.canvas.drawing.notes.layer import NoteHit, Side
from cnngui.canvas.drawing.picking import button_at, hit
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.drawing.scene import Hit
from cnngui.canvas.editor import mime
from cnngui.canvas.stage import Stage
from cnngui.canvas.tools import (
    DrawWire,
    Drop,
    DropBlock,
    DropSnippet,
    HoldNote,
    MoveBlocks,
    Pan,
    Pointer,
    RubberBand,
    Tool,
)
from core.design.graph import Wire

_SIDE_CURSORS: Final[dict[frozenset[Side], Qt.CursorShape]] = {
    frozenset({"left"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"right"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"top"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"bottom"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"left", "top"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "bottom"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "top"}): Qt.CursorShape.SizeBDiagCursor,
    frozenset({"left", "bottom"}): Qt.CursorShape.SizeBDiagCursor,
}


class Gestures(QObject):
    """Knows what the mouse is in the middle of."""

    works = Signal(bool)
    """A gesture works on the design now, or does so no more: more than a click, and no mere look around."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.widget)
        self._stage = stage
        self._tool: Tool | None = None
        self._button = Qt.MouseButton.NoButton

    @property
    def running(self) -> bool:
        return self._tool is not None

    def press(self, pointer: Pointer, button: Qt.MouseButton) -> None:
        """A button went down, and no gesture runs."""
        stage = self._stage
        if button == Qt.MouseButton.MiddleButton:
            self._begin(Pan(stage), pointer, button)
        elif button == Qt.MouseButton.LeftButton:
            group = button_at(stage.drawing, pointer.scene)
            if group is not None:
                stage.editor.groups.toggle(group)
            else:
                self._hold(hit(stage.drawing, pointer.scene), pointer)

    def move(self, pointer: Pointer) -> None:
        """The mouse moved while a gesture runs."""
        if self._tool is not None:
            if not isinstance(self._tool, Pan):
                self.works.emit(True)
            self._tool.move(pointer)

    def hover(self, pointer: Pointer) -> None:
        """The mouse moved with no button down."""
        drawing = self._stage.drawing
        found = hit(drawing, pointer.scene)
        drawing.hover(found)
        self._stage.viewport().setCursor(_cursor(found or drawing.notes.hit(pointer.scene)))

    def release(self, pointer: Pointer, button: Qt.MouseButton) -> None:
        """A button was released: the gesture that it began ends."""
        if self._tool is not None and button == self._button:
            self._stop(self._tool).end(pointer)
            self.works.emit(False)

    def cancel(self) -> None:
        """Ends what runs without a trace."""
        if self._tool is not None:
            self._stop(self._tool).cancel()
            self.works.emit(False)

    # Drags from elsewhere

    def enter(self, data: QMimeData, pointer: Pointer) -> None:
        """Something that `mime.can_be_dropped` comes over the canvas, and no gesture runs."""
        kind, snippet = mime.dragged_kind(data), mime.dragged_snippet(data)
        if kind is not None:
            self._begin(DropBlock(self._stage, kind), pointer)
        elif snippet is not None:
            self._begin(DropSnippet(self._stage, snippet), pointer)

    @property
    def drops(self) -> bool:
        """Whether the gesture that runs is a drag from elsewhere."""
        return isinstance(self._tool, Drop)

    def drop(self, pointer: Pointer) -> None:
        """What was dragged is let go."""
        if isinstance(self._tool, Drop):
            self._stop(self._tool).end(pointer)
            self.works.emit(False)

    def _hold(self, found: Hit, pointer: Pointer) -> None:
        stage = self._stage
        note = stage.drawing.notes.hit(pointer.scene) if found is None else None
        if note is not None:
            self._begin(HoldNote(stage, note), pointer)
        elif isinstance(found, Port):
            self._begin(DrawWire(stage, found), pointer)
        elif isinstance(found, str):
            self._begin(MoveBlocks(stage, found), pointer)
        elif isinstance(found, Wire):
            self._select_wire(found, adds=pointer.adds)
        else:
            self._begin(RubberBand(stage), pointer)

    def _select_wire(self, wire: Wire, *, adds: bool) -> None:
        editor = self._stage.editor
        if not adds:
            editor.select((), (wire,))
            return
        others = [other for other in editor.selected_wires() if other != wire]
        taken = wire in editor.selected_wires()
        editor.select(editor.selection.parts, others if taken else [*others, wire])

    def _begin(
        self, tool: Tool, pointer: Pointer, button: Qt.MouseButton = Qt.MouseButton.LeftButton
    ) -> None:
        self._tool, self._button = tool, button
        if tool.cursor is not None:
            self._stage.viewport().setCursor(tool.cursor)
        tool.start(pointer)

    def _stop(self, tool: Tool) -> Tool:
        """Ends the running gesture's hold on the mouse; the caller lets it end or cancels it."""
        self._tool = None
        self._stage.viewport().unsetCursor()
        return tool


def _cursor(found: Hit | NoteHit) -> Qt.CursorShape:
    if isinstance(found, NoteHit):
        return _SIDE_CURSORS.get(found.sides, Qt.CursorShape.SizeAllCursor)
    if isinstance(found, Port):
        return Qt.CursorShape.CrossCursor
    return Qt.CursorShape.PointingHandCursor if isinstance(found, Wire) else Qt.CursorShape.ArrowCursor
