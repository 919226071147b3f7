"""The heart of the editor: it changes the document, knows what is selected, and says what wasn't possible."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Signal

from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.editor.spacing import Spacing
from cnngui.models.document import Document
from cnngui.models.selection import Selection
from core.design import groups
from core.design.graph import Graph, Wire
from core.design.notes import notes_of
from core.errors import DesignError
from core.project import Project

if TYPE_CHECKING:
    from core.repair import Fix  # a sound design is edited without it

Change = Callable[[Graph], Graph]
"""An edit."""


_REMEMBERED: Final = 100
"""So many of the last removals."""


class _Removal(NamedTuple):
    """The design before and after parts and wires were taken away."""

    before: Graph
    after: Graph
    parts: tuple[str, ...]
    wires: tuple[Wire, ...]


class Sight(Protocol):
    """What edits ask of the view in which the design is seen."""

    def visible_area(self) -> QRectF:
        """The part of the plane in sight."""

    def pointed_at(self) -> QPointF | None:
        """The point of the plane under the mouse; None while it is elsewhere."""

    def bring_into_sight(self, parts: Iterable[str]) -> None:
        """Moves the view where these parts of the design aren't in it."""

    def fit(self) -> None:
        """Shows the whole design."""

    def end_preview(self) -> None:
        """Draws the document where what a remedy would make of it was drawn."""

    def glide(self, before: Graph) -> None:
        """Lets the blocks come from where they stood in `before`."""

    def ask(
        self, what: str, text: str, area: QRectF, done: Callable[[str], object], *, one_line: bool = False
    ) -> None:
        """Lets a text be edited in this area of the plane; `done` gets it. `what`: its name."""


class Editing(QObject):
    """What all edits work with: the document, the selection, the drawing, and a view of it."""

    message = Signal(str)
    """A sentence for the status bar."""
    refused = Signal(str, object)
    """Why something wasn't done, and where to say it: a QPoint in pixels of the view, or None."""
    reselected = Signal()
    """`select` was called, even if nothing else is selected than before."""
    wires_selected = Signal()
    """Other wires are selected than before; for the blocks there is `Selection.changed`."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        drawing: Scene,
        sight: Sight,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.selection = selection
        self._drawing = drawing
        self.sight = sight
        self.spacing = Spacing(document, drawing)
        self._wires: tuple[Wire, ...] = ()
        self._seen = document.graph
        self._removals: deque[_Removal] = deque(maxlen=_REMEMBERED)
        document.changed.connect(self._forget_gone)

    @property
    def drawing(self) -> Scene:
        """The document as it is drawn; never what a remedy would make of it, where blocks may be missing."""
        self.sight.end_preview()
        return self._drawing

    def edit(self, text: str, change: Change, merge_key: str = "") -> bool:
        """Makes an edit of the document; where it isn't possible, says why and gives False.

        Open groups that gain members by it get room.
        """
        try:
            self.document.edit(text, lambda graph: self.spacing.with_room(change(graph)), merge_key)
        except DesignError as error:
            self.refuse(str(error))
            return False
        return True

    def remove(self, text: str, change: Change) -> None:
        """Makes an edit that takes away what is selected; undone, it is selected again."""
        before, parts, wires = self.document.graph, self.selection.parts, self._wires
        group = self.selection.group
        if self.edit(text, change):
            chosen = parts if group is None else (group,)
            self._removals.append(_Removal(before, self.document.graph, chosen, wires))

    def mend(self, fix: Fix) -> None:
        """Applies a remedy, as `edit` makes an edit."""

        def change(project: Project) -> Project:
            after = fix.apply(project)
            return replace(after, design=self.spacing.with_room(after.design))

        try:
            self.document.change(fix.title, change)
        except DesignError as error:
            self.refuse(str(error))

    def refuse(self, reason: str, place: QPoint | None = None) -> None:
        """Says why something wasn't done: at this place of the view, in pixels, and in the status bar."""
        self.refused.emit(reason, place)
        self.message.emit(reason)

    def selected_wires(self) -> tuple[Wire, ...]:
        return self._wires

    def select(self, parts: Iterable[str], wires: Iterable[Wire] | None = None) -> None:
        """Selects these parts of the design and, unless None, these wires instead of what was selected.

        A group that comes last is meant as a whole. What the design doesn't have (any more) isn't selected.
        """
        graph = self.document.graph
        chosen = [part for part in dict.fromkeys(parts) if part in graph.ids]
        notes = [note.id for note in notes_of(graph) if note.id in chosen]
        blocks = [part for part in chosen if part not in notes]
        group = blocks[-1] if blocks and blocks[-1] in graph.group_by_id and not notes else None
        self.selection.set(groups.blocks_of(graph, blocks), group, notes)
        if wires is not None:
            self._select_wires(wire for wire in wires if wire in graph.wires)
        self.reselected.emit()

    def select_returned(self) -> None:
        """Selects what undo has brought back. To be called when the document that has changed is drawn."""
        before, self._seen = self._seen, self.document.graph
        for removal in self._removals:
            if removal.after is before and removal.before is self._seen:
                self.select(removal.parts, removal.wires)

    def select_all(self) -> None:
        """Selects all blocks, frames and comments."""
        graph = self.document.graph
        self.select([*graph.by_id, *(note.id for note in notes_of(graph))], ())

    def _select_wires(self, wires: Iterable[Wire]) -> None:
        chosen = tuple(wires)
        if chosen != self._wires:
            self._wires = chosen
            self.wires_selected.emit()

    def _forget_gone(self) -> None:
        """What the design doesn't have any more isn't selected any more."""
        graph, selection = self.document.graph, self.selection
        self._select_wires(wire for wire in self._wires if wire in graph.wires)
        group = selection.group if selection.group in graph.group_by_id else None
        notes = [note for note in selection.notes if note in graph.ids]
        selection.set((block for block in selection.ids if block in graph.by_id), group, notes)
