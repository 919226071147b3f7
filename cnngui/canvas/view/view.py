"""The canvas: mouse, keys and drags from the palette become gestures and edits of the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QToolTip, QWidget

from cnngui.canvas.accessibility import accessible
from cnngui.canvas.accessibility.accessible import AccessibleCanvas
from cnngui.canvas.drawing import picking, walking
from cnngui.canvas.editor import mime
from cnngui.canvas.editor.editor import Editor
from cnngui.canvas.popups.connect_to import ConnectTo
from cnngui.canvas.popups.move_into import MoveInto
from cnngui.canvas.popups.quick_add import QuickAdd
from cnngui.canvas.popups.search_bar import SearchBar
from cnngui.canvas.tools import Pointer
from cnngui.canvas.view.drawing_view import DrawingView
from cnngui.canvas.view.following import Following
from cnngui.canvas.view.gestures import Gestures
from cnngui.canvas.view.hint import Hint
from cnngui.canvas.view.minimap import Minimap
from cnngui.canvas.view.note_editor import NoteEditor
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.theme.theme import GRID, ThemeManager
from cnngui.widgets.small import EmptyState
from core.design.graph import Graph, Wire
from core.design.groups import blocks_of

_NUDGE: Final = GRID
_FAR_NUDGE: Final = 10 * GRID
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Canvas(DrawingView):
    """The design, to be edited with mouse and keyboard. One gesture runs at a time; Esc cancels it.

    It is the `Stage` of gestures and popups, and the `Sight` of the editor.
    """

    activated = Signal(str)
    """A block was double-clicked, or Enter pressed on it."""
    menu_wanted = Signal(QPointF, QPoint)
    """The menu for what is selected or, where nothing is, for this point of the plane is to open.

    The second one is where, in pixels of the screen.
    """
    escaped = Signal()
    """Esc was pressed, and there was nothing to cancel here and nothing selected."""
    wanted = Signal()
    """Something is about to open on the canvas: it has to be in sight."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        self.accessible: AccessibleCanvas | None = None
        """What a screen reader finds here, once it has asked."""
        accessible.install(Canvas)
        super().__init__(themes, parent)
        self.document = document
        self.selection = selection
        self._gestures = Gestures(self)
        self._mouse: QPoint | None = None
        document.changed.connect(self._cancel_gesture)
        self.editor = Editor(document, selection, self.drawing, self, self)
        self._hint = Hint(themes.current, self)
        self.empty_state = EmptyState(
            themes,
            "blocks",
            "Press Tab to add a block",
            "Or double-click it in Blocks, in Design (Ctrl+1): it is appended to the last and connected. "
            "A block that you drag here stays where you drop it.",
        )
        self.empty_state.setParent(self)
        self.empty_state.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.following = Following(self)
        """Keeps the drawing at what the document says; previews of remedies, and whether blocks glide."""
        document.changed.connect(self.editor.select_returned)
        self.minimap = Minimap(self, themes, lambda: (*selection.parts, *filter(None, (selection.group,))))
        self._gestures.works.connect(self.minimap.step_aside)
        self.following.previews.connect(self.minimap.step_aside)
        selection.changed.connect(self.minimap.refresh)
        self.note_editor = NoteEditor(self)
        self.quick_add = QuickAdd(self, themes)
        self.connect_to = ConnectTo(self, themes)
        self.into_group = MoveInto(self, themes)
        self.search_bar = SearchBar(self, themes)
        tab = QShortcut(QKeySequence(Qt.Key.Key_Tab), self, context=Qt.ShortcutContext.WidgetShortcut)
        tab.activated.connect(self._add_by_typing)
        self.editor.refused.connect(self._show_refusal)
        self.editor.block_wanted.connect(self.quick_add.open_for_wire)
        self.drawing.drawn.connect(self._show_emptiness)
        self._show_emptiness()
        self.setAccessibleName("Canvas")
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.centerOn(0, 0)

    # For gestures, popups and the editor

    @property
    def widget(self) -> QWidget:
        return self

    def show_document(self) -> None:
        self.following.show_document()

    def glide(self, before: Graph) -> None:
        self.following.glide(before)

    def end_preview(self) -> None:
        self.following.end_preview()

    def come_forward(self) -> None:
        self.following.end_preview()
        for popup in (self.quick_add, self.connect_to, self.into_group):
            popup.dismiss()
        self.note_editor.finish()
        self.wanted.emit()

    def hint(self, text: str | None, cursor: QPoint | None = None) -> None:
        if text and cursor is not None:
            self._hint.show_at(text, cursor, fades=False)
        else:
            self._hint.hide()

    def hint_text(self) -> str:
        """What stands beside the cursor now."""
        return self._hint.text() if self._hint.isVisible() else ""

    def ask(
        self, what: str, text: str, area: QRectF, done: Callable[[str], object], *, one_line: bool = False
    ) -> None:
        self.come_forward()
        self.bring_area_into_sight(area)
        self.note_editor.edit(what, text, self.pixels_of(area), self.zoom, done, one_line=one_line)

    def pointed_at(self) -> QPointF | None:
        return None if self._mouse is None else self.mapToScene(self._mouse)

    def bring_into_sight(self, parts: Iterable[str]) -> None:
        """Moves the view where these parts aren't in it; what a preview hides is drawn again first.

        Parts that the design has no more are left out.
        """
        wanted = tuple(parts)
        self._draw_again(wanted)
        if drawn := tuple(filter(self.drawing.draws, wanted)):
            super().bring_into_sight(drawn)
            self.minimap.keep_off(drawn)

    def _draw_again(self, parts: Iterable[str]) -> None:
        if not all(map(self.drawing.draws, parts)):
            self.following.settle()

    def fit_selection(self) -> None:
        """Shows what is selected as large as it fits; all, where nothing is selected."""
        self._draw_again(self.selection.parts)
        self.show_area(self.drawing.content_rect(self.selection.parts or None))

    def _show_refusal(self, reason: str, place: QPoint | None) -> None:
        self._hint.show_at(reason, place or self.viewport().rect().center(), fades=True)

    def _show_emptiness(self) -> None:
        self.empty_state.setVisible(not self.drawing.graph.ids)  # a ghost is no emptiness, nor is a comment

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if not self._gestures.running:
            self._hint.hide()
            self.following.settle()
            self._gestures.press(self._pointer(event), event.button())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._mouse = event.position().toPoint()
        if self._gestures.running:
            self._gestures.move(self._pointer(event))
        elif not event.buttons():
            self._gestures.hover(self._pointer(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._gestures.release(self._pointer(event), event.button())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        point = self._pointer(event).scene
        hit = picking.hit(self.drawing, point)
        if isinstance(hit, str) and hit in self.document.graph.group_by_id:
            if picking.button_at(self.drawing, point) is None:  # the press has done it
                self.editor.groups.toggle(hit)
        elif isinstance(hit, str):
            self.activated.emit(hit)
        elif hit is not None:
            self.mousePressEvent(event)
        elif self.drawing.notes.hit(point):
            self.editor.notes.edit()
        else:
            self.quick_add.open_at(point)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        if self._gestures.running:
            return
        self.following.settle()
        point = self.mapToScene(event.pos())
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            self._select_for_menu(point)
        self.menu_wanted.emit(point, event.globalPos())

    def _select_for_menu(self, point: QPointF) -> None:
        """Selects what is here, unless it is selected with others."""
        hit = picking.hit(self.drawing, point)
        part = picking.part_at(self.drawing, point)
        if isinstance(hit, Wire):
            self.editor.select((), (hit,))
        elif part is None:
            self.editor.select((), ())
        elif hit is None:
            if part not in self.selection.notes:
                self.editor.select((part,), ())
        elif not set(blocks_of(self.document.graph, (part,))) <= set(self.selection.ids):
            self.editor.select((part,), ())

    def _pointer(self, event: QMouseEvent | QDropEvent) -> Pointer:
        adds = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        place = event.position().toPoint()
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        return Pointer(self.mapToScene(place), place, bool(event.modifiers() & adds), free)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._gestures.running or not mime.can_be_dropped(event.mimeData()):
            event.ignore()
            return
        self.following.settle()
        self._gestures.enter(event.mimeData(), self._pointer(event))
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._gestures.drops:
            self._gestures.move(self._pointer(event))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        if self._gestures.drops:
            self._gestures.cancel()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._gestures.drops:
            self._gestures.drop(self._pointer(event))
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            event.acceptProposedAction()

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.following.leave_preview()
        key, editor = Qt.Key(event.key()), self.editor
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif self._gestures.running:
            return
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            editor.selected.delete()
        elif key in _ENTER and editor.notes.chosen:
            editor.notes.edit()
        elif key in _ENTER and self.selection.group:
            editor.groups.toggle(self.selection.group)
        elif key in _ENTER and self.selection.current:
            self.activated.emit(self.selection.current)
        elif key == Qt.Key.Key_C and not control:
            self.connect_to.open_for_current()
        elif key in walking.ARROWS and control:
            current = self.selection.group or self.selection.current
            self._walk_to(walking.neighbour(self.drawing, current, walking.ARROWS[key]))
        elif key in walking.ARROWS and self.selection.parts:
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            editor.selected.nudge(walking.ARROWS[key] * (_FAR_NUDGE if far else _NUDGE))
        elif key in walking.ARROWS:
            self.scroll_by(walking.ARROWS[key] * _FAR_NUDGE)
        else:
            super().keyPressEvent(event)

    def _add_by_typing(self) -> None:
        """Tab; Shift+Tab leaves the canvas."""
        if not self._gestures.running:
            self.quick_add.open_after_current()

    def _cancel_gesture(self) -> None:
        self._gestures.cancel()

    def _walk_to(self, block_id: str | None) -> None:
        if block_id is not None:
            self.editor.select((block_id,), ())
            self.bring_into_sight([block_id])

    def _escape(self) -> None:
        if self._gestures.running:
            self._cancel_gesture()
        elif self.selection.parts or self.editor.selected_wires():
            self.editor.select((), ())
        else:
            self.escaped.emit()
        self._hint.hide()

    # The widget

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            place = cast(QHelpEvent, event)
            text = picking.tooltip(self.drawing, self.mapToScene(place.pos()))
            QToolTip.showText(place.globalPos(), text, self)
            return True
        if event.type() == QEvent.Type.Leave:
            self.drawing.hover(None)
            self._mouse = None
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.following.mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.following.mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.empty_state.setGeometry(self.viewport().rect().adjusted(8 * GRID, 0, -8 * GRID, 0))

    def _follow_theme(self) -> None:
        super()._follow_theme()
        self._hint.set_theme(self._themes.current)
