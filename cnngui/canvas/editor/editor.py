"""The document on the plane: it follows the document and the selection, and carries the editing commands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QWidget

from cnngui.canvas.drawing.layout import PLAIN
from cnngui.canvas.drawing.placing import behind, free_place, insert, rect_of, snapped, under_cursor
from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.drawing.style import Style
from cnngui.canvas.drawing.words import counted, named
from cnngui.canvas.editor import mime
from cnngui.canvas.view.drawing_view import DrawingView
from cnngui.canvas.view.hint import Hint
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from cnngui.theme.accessibility import announce
from cnngui.theme.theme import BLOCK_WIDTH, GRID, Theme, ThemeManager
from cnngui.widgets.small import EmptyState
from core.design import edits, groups
from core.design.folding import folding
from core.design.graph import Graph, Wire
from core.design.infer import infer
from core.design.notes import notes_of
from core.drawing.route import Rect
from core.errors import DesignError
from core.layers import LAYERS, Layer
from core.schema.param import params_of

if TYPE_CHECKING:
    from core.repair import Fix


Change = Callable[[Graph], Graph]
"""An edit."""
_PASTE_STEP: Final = 6 * GRID


class DesignView(DrawingView):
    """Shows `document.graph` and `selection`; its methods are the commands of the Edit and View menus.

    The scene, `drawing`, shows the document; while a gesture runs, what the gesture would make of it.
    """

    message = Signal(str)
    """A sentence for the status bar."""
    wires_selected = Signal()
    """Other wires are selected than before; for the blocks there is `Selection.changed`."""

    def __init__(
        self, document: Document, selection: Selection, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        style = Style(themes.current)
        super().__init__(Scene(style), style, parent)
        self.document = document
        self.selection = selection
        self._themes = themes
        self._wires: tuple[Wire, ...] = ()
        self._pastes = 0
        self._hint = Hint(themes.current, self)
        self.empty_state = EmptyState(
            themes, "blocks", "Drag a block here", "Or press Tab and type its name, or open an example."
        )
        self.empty_state.setParent(self)
        self.empty_state.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Canvas")
        document.changed.connect(self._follow_document)
        selection.changed.connect(self._mark)
        selection.revealed.connect(self._reveal)
        themes.changed.connect(self._follow_theme)
        self._follow_document()
        self.centerOn(0, 0)

    @property
    def theme(self) -> Theme:
        """The colours it is drawn in."""
        return self._style.theme

    def show_document(self) -> None:
        """Draws the document as it is: after a gesture, whatever became of it."""
        self.drawing.show(self.document.graph, self.document.inference)
        self._mark()

    def preview(self, fix: Fix | None) -> None:
        """Shows what a remedy would make of the design, with ghosts of what is new; None ends that."""
        graph = self.document.graph
        try:
            proposed = graph if fix is None else fix.apply(graph)
        except DesignError:
            proposed = graph  # it is out of date
        if proposed is graph:
            self.show_document()
        else:
            shapes = infer(proposed, self.document.data)
            self.drawing.show(proposed, shapes, proposal_for=graph)
            self.bring_into_sight(proposed.by_id.keys() - graph.by_id.keys())

    def set_thumbnails(self, images: Mapping[str, QImage]) -> None:
        """Live pictures on the blocks, by block id; see `layout.THUMBNAIL` for the size of the area."""
        self.drawing.set_thumbnails(images)

    def set_costs(self, on: bool) -> None:
        """Whether blocks show their parameters and multiply-adds."""
        if on != self._style.shows_costs:
            self._style = Style(self._themes.current, shows_costs=on)
            self.drawing.set_style(self._style)

    def hint(self, text: str | None, cursor: QPoint | None = None) -> None:
        """Shows a text beside the cursor while a gesture runs, or hides it."""
        if text and cursor is not None:
            self._hint.show_at(text, cursor, fades=False)
        else:
            self._hint.hide()

    def hint_text(self) -> str:
        """What stands beside the cursor now."""
        return self._hint.text() if self._hint.isVisible() else ""

    def refuse(self, reason: str, cursor: QPoint | None = None) -> None:
        """Says why something wasn't done, beside the cursor and in the status bar."""
        self._hint.show_at(reason, cursor or self.viewport().rect().center(), fades=True)
        self.message.emit(reason)

    def _follow_document(self) -> None:
        graph = self.document.graph
        self._select_wires(wire for wire in self._wires if wire in graph.wires)
        self.empty_state.setVisible(not graph.blocks)
        group = self.selection.group if self.selection.group in graph.group_by_id else None
        notes = [i for i in self.selection.notes if i in graph.ids]
        self.selection.set((i for i in self.selection.ids if i in graph.by_id), group, notes)
        self.show_document()

    def _follow_theme(self) -> None:
        self._style = Style(self._themes.current, shows_costs=self._style.shows_costs)
        self.setBackgroundBrush(self._style.canvas)
        self.drawing.set_style(self._style)
        self._hint.set_theme(self._themes.current)

    def _mark(self) -> None:
        current = self.selection.current if self.hasFocus() else None
        self.drawing.mark(self.selection.ids, current, self._wires, self.selection.group)
        self.drawing.notes.mark(self.selection.notes)
        if not self._tell() and self.hasFocus():
            announce(self, self._description())
        else:
            self.setAccessibleDescription(self._description())

    def _tell(self) -> bool:
        """Tells a screen reader of what is current; gives whether there was anything to tell it."""
        return False

    def _description(self) -> str:
        """What a screen reader says of the canvas: the current block, then how large the design is."""
        graph = self.document.graph
        current = self.selection.current
        words = f"{counted(len(graph.blocks), 'block')}, {counted(len(graph.wires), 'wire')}."
        if current is None or current not in graph.by_id:
            return words
        return f"{self.drawing.describe(self.selection.group or current)}\n{words}"

    def show_inside(self, member: str) -> None:
        """Opens what hides a block or a group."""

    def _reveal(self, block_id: str) -> None:
        if block_id in self.document.graph.by_id:
            self.show_inside(block_id)
            self.bring_into_sight([block_id])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.empty_state.setGeometry(self.viewport().rect().adjusted(8 * GRID, 0, -8 * GRID, 0))

    # Commands

    def edit(self, text: str, change: Change, merge_key: str = "") -> bool:
        """Makes an edit of the document; where it isn't possible, says why and gives False."""
        try:
            self.document.edit(text, change, merge_key)
        except DesignError as error:
            self.refuse(str(error))
            return False
        return True

    def add(self, kind: str, position: QPointF | None = None, *, joins: bool = True) -> str | None:
        """Adds a block with its defaults: `add_layer`."""
        return self.add_layer(self.new_layer(kind), position, joins=joins)

    def add_layer(
        self, layer: Layer, position: QPointF | None = None, after: str | None = None, *, joins: bool = True
    ) -> str | None:
        """Adds a block and selects it; returns its id.

        With a position (on the plane) its header is there; unless it comes after a block, it is inserted into
        a wire that passes there. It `joins` the open group there. Without a position it goes behind the block
        `after`, or the current one. It is connected to the block before it.
        """
        graph = self.document.graph
        block = edits.new_block(graph, layer)
        wire = None
        if position is None:
            after = after or self.selection.current
            block = replace(block, position=self._place_after(after))
        else:
            block = replace(block, position=under_cursor(position))
            wire = self.insertion_wire(layer.kind, position) if after is None else None
        if wire is not None:
            wires = folding(graph).bundle(wire)
            done = self.edit(f"Insert {block.name}", lambda g: insert(g, block, wires, self.drawing.length))
        else:
            point = position if joins else None
            done = self.edit(
                f"Add {block.name}",
                lambda g: self.landed(edits.append(g, block, after), [block.id], point),
            )
        if not done:
            return None
        if position is None:
            self.bring_into_sight([block.id])
        self.select((block.id,), ())
        return block.id

    def landed(self, graph: Graph, new: Collection[str], point: QPointF | None) -> Graph:
        """A design whose new parts belong to the open group at this point, unless that is None."""
        return graph if point is None else self.regrouped(graph, new, self.drawing.group_at(point))

    def regrouped(self, graph: Graph, members: Collection[str], group_id: str | None) -> Graph:
        """A design in which parts have been moved to another group."""
        return groups.regroup(graph, members, group_id)

    def new_layer(self, kind: str) -> Layer:
        """A layer with its defaults; where the data enters, with the data's shape."""
        layer = LAYERS[kind]()
        data = self.document.data
        if layer.inputs == 0 and data is not None:
            shapes = [param.name for param in params_of(type(layer)) if param.kind == "shape"]
            layer = replace(layer, **dict.fromkeys(shapes, data.shape))  # type: ignore[type-var]
        return layer

    def insertion_wire(self, kind: str, point: QPointF) -> Wire | None:
        """The wire into which a new block of this kind would be inserted here."""
        layer = LAYERS[kind]
        fits = layer.inputs == 1 and layer.has_output
        wire = self.drawing.wire_at(point) if fits else None
        return wire if wire in self.document.graph.wires else None

    def delete_selected(self) -> None:
        """Deletes what is selected: blocks, wires, frames and comments."""
        parts, wires = self.selection.parts, self._wires
        if parts or wires:
            text = f"Delete {named(self.document.graph, parts, len(wires))}"
            all_wires = [wire for drawn in wires for wire in self.drawing.bundle(drawn)]
            self.edit(text, lambda graph: edits.remove(edits.without_wires(graph, all_wires), parts))

    def delete_and_reconnect(self) -> None:
        """Deletes what is selected and closes the gaps with wires."""
        parts = self.selection.parts
        if parts:
            text = f"Delete {named(self.document.graph, parts)}"
            self.edit(text, lambda graph: edits.remove(graph, parts, reconnect=True))

    def disconnect_selected(self) -> None:
        """Removes all wires of the selected blocks."""
        blocks = self.selection.ids
        graph = self.document.graph
        wires = [wire for wire in graph.wires if wire.source in blocks or wire.target in blocks]
        self.edit(f"Disconnect {named(graph, blocks)}", lambda graph: edits.without_wires(graph, wires))

    def copy(self) -> None:
        """Copies what is selected, and the wires among the blocks, to the clipboard."""
        if self.selection.parts:
            mime.copy_graph(edits.part(self.document.graph, self.selection.parts))
            self._pastes = 0

    def cut(self) -> None:
        """Copies what is selected, and deletes it."""
        if self.selection.parts:
            self.copy()
            parts = self.selection.parts
            self.edit(f"Cut {named(self.document.graph, parts)}", lambda graph: edits.remove(graph, parts))

    def paste(self, position: QPointF | None = None) -> None:
        """Adds what is on the clipboard and selects it: at `position`, or beside the originals."""
        copied = mime.copied_graph()
        if copied is None or not copied.ids:
            self.message.emit("There is nothing of a design on the clipboard.")
            return
        area = _area(copied)
        around = None if position is None else self.drawing.group_at(position)
        if position is None:
            self._pastes += 1
            step = self._pastes * _PASTE_STEP
            position = area.topLeft() + QPointF(step, step)
            if not self.visible_area().intersects(QRectF(position, area.size())):
                position = self.visible_area().center() - QPointF(area.width() / 2, area.height() / 2)
            around = self._group_for_copies(QRectF(position, area.size()))
        self._paste("Paste", copied, position - area.topLeft(), around)

    def duplicate(self) -> None:
        """Adds a copy of what is selected, past the clipboard."""
        if self.selection.parts:
            chosen = edits.part(self.document.graph, self.selection.parts)
            offset = QPointF(_PASTE_STEP, _PASTE_STEP)
            self._paste("Duplicate", chosen, offset, self._group_for_copies(_area(chosen).translated(offset)))

    def select_all(self) -> None:
        """Selects all blocks, frames and comments."""
        graph = self.document.graph
        self.select([*graph.by_id, *(note.id for note in notes_of(graph))], ())

    def fit(self) -> None:
        """Shows the whole design."""
        self.show_area(self.drawing.whole())

    def fit_selection(self) -> None:
        """Shows what is selected as large as it fits; all, where nothing is selected."""
        self.show_area(self.drawing.content_rect(self.selection.parts or None))

    def selected_wires(self) -> tuple[Wire, ...]:
        return self._wires

    def select(self, parts: Iterable[str], wires: Iterable[Wire] | None = None) -> None:
        """Selects these parts of the design and, unless None, these wires instead of what was selected.

        A group that comes last is meant as a whole.
        """
        graph = self.document.graph
        chosen = dict.fromkeys(parts)
        notes = [note.id for note in notes_of(graph) if note.id in chosen]
        blocks = [part for part in chosen if part not in notes]
        group = blocks[-1] if blocks and blocks[-1] in graph.group_by_id and not notes else None
        self.selection.set(groups.blocks_of(graph, blocks), group, notes)
        if wires is not None:
            self._select_wires(wires)
        self._mark()

    def _select_wires(self, wires: Iterable[Wire]) -> None:
        chosen = tuple(wires)
        if chosen != self._wires:
            self._wires = chosen
            self.wires_selected.emit()

    def bring_into_sight(self, parts: Iterable[str]) -> None:
        """Moves the view where these parts of the design aren't in it; of what is too large, the top left."""
        margin = 8 * GRID
        area, seen = self.drawing.content_rect(parts), self.visible_area()
        room = seen.size() - QSizeF(margin, margin) * (2 / self.zoom)
        area.setSize(area.size().boundedTo(room))
        if not area.isEmpty() and not seen.contains(area):
            self.ensureVisible(area, margin, margin)

    def _paste(self, verb: str, part: Graph, offset: QPointF, around: str | None) -> None:
        way = snapped(offset.x()), snapped(offset.y())
        pasted, ids = edits.paste(self.document.graph, part, way)
        new = [i for i in ids.values() if i in pasted.by_id or i in pasted.group_by_id]
        try:
            pasted = self.regrouped(pasted, [i for i in new if i not in pasted.parent], around)
        except DesignError as error:
            self.message.emit(str(error))
        self.edit(f"{verb} {named(part, part.ids)}", lambda graph: pasted)
        self.select(ids.values(), ())
        self.bring_into_sight(ids.values())

    def _group_for_copies(self, area: QRectF) -> str | None:
        """The open group that copies in this area belong to: that of what is selected, if they lie in it."""
        graph = self.document.graph
        chosen = groups.roots(graph, self.selection.ids)
        if not chosen:
            return self.drawing.group_at(area.center())
        around = groups.open_group(graph, chosen)
        return around if around is not None and self.drawing.body(around).intersects(area) else None

    def _place_after(self, after: str | None) -> tuple[float, float]:
        """Behind a block, or in the middle of the view; never on top of another block."""
        direction = self.document.graph.direction
        if after is None:
            x, y = under_cursor(self.visible_area().center())
        else:
            body = self.drawing.block_item(after).body
            x, y = behind((body.x(), body.y()), self.drawing.length(after), direction)
        taken = map(rect_of, self.drawing.bodies().values())
        return free_place(Rect(x, y, x + BLOCK_WIDTH, y + PLAIN.height), taken, direction)


def _area(graph: Graph) -> QRectF:
    """The area that a design takes up, by what it says of places and sizes alone."""
    areas = [QRectF(QPointF(*b.position), QSizeF(BLOCK_WIDTH, PLAIN.height)) for b in graph.blocks]
    areas += [QRectF(*frame.position, *frame.size) for frame in graph.frames]
    areas += [QRectF(*c.position, c.width, PLAIN.height) for c in graph.comments]
    whole = areas[0]
    for area in areas[1:]:
        whole = whole.united(area)
    return whole
