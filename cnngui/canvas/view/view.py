"""The canvas: gestures of the mouse, drags from the palette and keys, turned into edits of the document."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from cnngui.canvas.accessibility import accessible
from cnngui.canvas.accessibility.accessible import AccessibleCanvas
from cnngui.canvas.drawing import walking
from cnngui.canvas.drawing.notes.layer import Edge, NoteHit
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.drawing.scene import Hit
from cnngui.canvas.drawing.words import named
from cnngui.canvas.editor import mime
from cnngui.canvas.editor.notes import NotingView
from cnngui.canvas.popups.connect_to import ConnectTo
from cnngui.canvas.popups.move_into import MoveInto
from cnngui.canvas.popups.quick_add import QuickAdd
from cnngui.canvas.popups.search_bar import SearchBar
from cnngui.canvas.tools import (
    DrawWire,
    Drop,
    DropBlock,
    DropSnippet,
    MoveBlocks,
    Pan,
    Pointer,
    RubberBand,
    Tool,
)
from cnngui.canvas.tools.note import HoldNote
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.theme.theme import GRID, ThemeManager
from core.design import edits
from core.design.graph import Wire
from core.design.groups import blocks_of

_NUDGE: Final = GRID
_FAR_NUDGE: Final = 10 * GRID
_EDGE_CURSORS: Final[dict[frozenset[Edge], Qt.CursorShape]] = {
    frozenset({"left"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"right"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"top"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"bottom"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"left", "top"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "bottom"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "top"}): Qt.CursorShape.SizeBDiagCursor,
    frozenset({"left", "bottom"}): Qt.CursorShape.SizeBDiagCursor,
}


class Canvas(NotingView):
    """The design, to be edited with mouse and keyboard. One gesture runs at a time; Esc cancels it."""

    activated = Signal(str)
    """A block was double-clicked, or Enter pressed on it."""
    menu_wanted = Signal(QPointF, QPoint)
    """The context menu is asked for: a point of the plane, and where it is on the screen."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        self._tool: Tool | None = None
        self._tool_button = Qt.MouseButton.NoButton
        self.accessible: AccessibleCanvas | None = None
        """What a screen reader finds here, once it has asked."""
        accessible.install(Canvas)
        super().__init__(document, selection, themes, parent)
        self.quick_add = QuickAdd(self, themes)
        self.connect_to = ConnectTo(self, themes)
        self.into_group = MoveInto(self, themes)
        self.search_bar = SearchBar(self, themes)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _follow_document(self) -> None:
        if self._tool is not None:
            self._stop_tool().cancel()
        super()._follow_document()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._tool is not None:
            return
        self._hint.hide()
        self.settle()
        pointer = self._pointer(event)
        if event.button() == Qt.MouseButton.MiddleButton:
            self._begin(Pan(self), pointer)
        elif event.button() == Qt.MouseButton.LeftButton:
            button = self.drawing.button_at(pointer.scene)
            if button is not None:
                self.toggle_fold(button)
            else:
                self._press(self.drawing.hit(pointer.scene), pointer)

    def _press(self, hit: Hit, pointer: Pointer) -> None:
        note = self.drawing.notes.hit(pointer.scene) if hit is None else None
        if note is not None:
            self._begin(HoldNote(self, note), pointer)
            return
        if isinstance(hit, Port):
            self._begin(DrawWire(self, hit), pointer)
        elif isinstance(hit, str):
            self._begin(MoveBlocks(self, hit), pointer)
        elif isinstance(hit, Wire):
            others = [wire for wire in self._wires if wire != hit] if pointer.adds else []
            kept = self.selection.parts if pointer.adds else ()
            self.select(kept, others if pointer.adds and hit in self._wires else [*others, hit])
        else:
            self._begin(RubberBand(self), pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        pointer = self._pointer(event)
        if self._tool is not None:
            self._tool.move(pointer)
        elif not event.buttons():
            hit = self.drawing.hit(pointer.scene)
            self.drawing.hover(hit)
            self.viewport().setCursor(_cursor(hit or self.drawing.notes.hit(pointer.scene)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._tool is not None and event.button() == self._tool_button:
            self._stop_tool().end(self._pointer(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        point = self._pointer(event).scene
        hit = self.drawing.hit(point)
        left = event.button() == Qt.MouseButton.LeftButton
        if isinstance(hit, str) and hit in self.document.graph.group_by_id and left:
            if self.drawing.button_at(point) is None:  # the press has done it
                self.toggle_fold(hit)
        elif isinstance(hit, str) and left:
            self.activated.emit(hit)
        elif hit is None and left and self.drawing.notes.hit(point):
            self.edit_note()
        elif hit is None and left:
            self.quick_add.open_at(point)
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        if self._tool is not None:
            return
        self.settle()
        point = self.mapToScene(event.pos())
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            hit = self.drawing.hit(point)
            if isinstance(hit, Port):
                hit = self.drawing.shown(hit.block)
            if isinstance(hit, Wire):
                self.select((), (hit,))
            elif hit is None:
                note = self.drawing.notes.hit(point)
                if note is None or note.id not in self.selection.notes:
                    self.select((note.id,) if note else (), ())
            elif not set(blocks_of(self.document.graph, (hit,))) <= set(self.selection.ids):
                self.select((hit,), ())
        self.menu_wanted.emit(point, event.globalPos())

    def _begin(self, tool: Tool, pointer: Pointer) -> None:
        self._tool = tool
        self._tool_button = (
            Qt.MouseButton.MiddleButton if isinstance(tool, Pan) else Qt.MouseButton.LeftButton
        )
        if tool.cursor is not None:
            self.viewport().setCursor(tool.cursor)
        tool.start(pointer)

    def _stop_tool(self) -> Tool:
        """Ends the running gesture's hold on the mouse; the caller lets it end or cancels it."""
        tool, self._tool = cast(Tool, self._tool), None
        self.viewport().unsetCursor()
        return tool

    def _pointer(self, event: QMouseEvent | QDropEvent) -> Pointer:
        adds = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        place = event.position().toPoint()
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        return Pointer(self.mapToScene(place), place, bool(event.modifiers() & adds), free)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        kind, snippet = mime.dragged_kind(event.mimeData()), mime.dragged_snippet(event.mimeData())
        tool = DropBlock(self, kind) if kind else DropSnippet(self, snippet) if snippet else None
        if tool is None or self._tool is not None:
            event.ignore()
            return
        self.settle()
        self._begin(tool, self._pointer(event))
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if isinstance(self._tool, Drop):
            self._tool.move(self._pointer(event))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        if isinstance(self._tool, Drop):
            self._stop_tool().cancel()

    def dropEvent(self, event: QDropEvent) -> None:
        if isinstance(self._tool, Drop):
            self._stop_tool().end(self._pointer(event))
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            event.acceptProposedAction()

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif self._tool is not None:
            return
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_selected()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.note:
            self.edit_note()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection.group:
            self.toggle_fold(self.selection.group)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection.current:
            self.activated.emit(self.selection.current)
        elif key == Qt.Key.Key_C and not control:
            self.connect_to.open_for_current()
        elif key in walking.ARROWS and control:
            current = self.selection.group or self.selection.current
            self._walk_to(walking.neighbour(self.drawing, current, walking.ARROWS[key]))
        elif key in walking.ARROWS and self.selection.parts:
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._nudge(walking.ARROWS[key], far=far)
        elif key in walking.ARROWS:
            self.scroll_by(walking.ARROWS[key] * _FAR_NUDGE)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab adds by typing; Shift+Tab leaves the canvas."""
        if not next or not self.hasFocus() or self._tool is not None:
            return super().focusNextPrevChild(next)
        self.quick_add.open_after_current()
        return True

    def _walk_to(self, block_id: str | None) -> None:
        if block_id is not None:
            self.select((block_id,), ())
            self.bring_into_sight([block_id])

    def _escape(self) -> None:
        if self._tool is not None:
            self._stop_tool().cancel()
        else:
            self.select((), ())
        self._hint.hide()

    def _nudge(self, way: QPointF, *, far: bool) -> None:
        step = way * (_FAR_NUDGE if far else _NUDGE)
        parts = self.selection.parts
        moved = {part: (x + step.x(), y + step.y()) for part, (x, y) in self.places_to_move().items()}
        text, merge_key = f"Move {named(self.document.graph, parts)}", f"nudge {' '.join(parts)}"
        self.edit(text, lambda graph: edits.move(graph, moved), merge_key)
        self.bring_into_sight(parts)

    # The widget

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            place = cast(QHelpEvent, event)
            QToolTip.showText(place.globalPos(), self.tooltip(self.mapToScene(place.pos())), self)
            return True
        if event.type() == QEvent.Type.Leave:
            self.drawing.hover(None)
        return super().viewportEvent(event)

    def part_at(self, point: QPointF) -> str | None:
        """The block, group, frame or comment at this point of the plane."""
        hit = self.drawing.hit(point)
        if isinstance(hit, Port):
            return self.drawing.shown(hit.block)
        note = self.drawing.notes.hit(point) if hit is None else None
        return hit if isinstance(hit, str) else note.id if note is not None else None

    def _tell(self) -> bool:
        return accessible.follow(self)

    def tooltip(self, point: QPointF) -> str:
        """What there is to know about the thing at this point of the plane."""
        hit = self.drawing.hit(point)
        if isinstance(hit, Port):
            return "Drag to an input to connect." if hit.is_output else "Drag to an output to connect."
        if self.drawing.button_at(point) is not None:
            return "Fold or open the group (G)"
        return self.drawing.describe(hit) if isinstance(hit, str) else ""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()


def _cursor(hit: Hit | NoteHit) -> Qt.CursorShape:
    if isinstance(hit, NoteHit):
        return _EDGE_CURSORS.get(hit.edges, Qt.CursorShape.SizeAllCursor)
    if isinstance(hit, Port):
        return Qt.CursorShape.CrossCursor
    return Qt.CursorShape.PointingHandCursor if isinstance(hit, Wire) else Qt.CursorShape.ArrowCursor
