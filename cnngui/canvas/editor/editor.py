"""The editor of the design: all edits that a person can make of it, sorted by what they are about."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnngui.canvas.drawing.scene import Scene
from cnngui.canvas.editor.arranging import Arranging
from cnngui.canvas.editor.blocks import Blocks
from cnngui.canvas.editor.clipboard import Clipboard
from cnngui.canvas.editor.editing import Editing, Sight
from cnngui.canvas.editor.groups import Groups
from cnngui.canvas.editor.members import Members
from cnngui.canvas.editor.notes import Notes
from cnngui.canvas.editor.selected import Selected
from cnngui.canvas.editor.snippets import Snippets
from cnngui.models.document import Document
from cnngui.models.selection import Selection


class Editor(Editing):
    """Works without a window: it asks a `Sight` for what depends on one, and tells others by signals."""

    block_wanted = Signal(object, object)
    """A wire from this Port was let go at this QPointF of the plane: a block is to be chosen for its end."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        drawing: Scene,
        sight: Sight,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(document, selection, drawing, sight, parent)
        self.blocks = Blocks(self)
        self.snippets = Snippets(self)
        self.selected = Selected(self)
        self.clipboard = Clipboard(self)
        self.groups = Groups(self)
        self.members = Members(self)
        self.notes = Notes(self)
        self.arranging = Arranging(self)
        selection.revealed.connect(self._reveal)

    def _reveal(self, block_id: str) -> None:
        """Some view asks to see a block."""
        if block_id in self.document.graph.by_id:
            self.groups.show_inside(block_id)
            self.sight.bring_into_sight([block_id])
