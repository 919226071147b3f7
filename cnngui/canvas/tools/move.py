"""Moving what is selected, held by a block or a group."""

from __future__ import annotations

from PySide6.QtCore import QLineF

from cnngui.canvas.drawing.guides import Guides
from cnngui.canvas.drawing.picking import blocks_in
from cnngui.canvas.drawing.placing import snapped
from cnngui.canvas.drawing.words import named
from cnngui.canvas.stage import Stage
from cnngui.canvas.tools.base import Pointer, Tool
from cnngui.canvas.tools.joining import Joining
from core.design import edits
from core.design.graph import Graph, Place
from core.design.groups import blocks_of
from core.errors import DesignError


class MoveBlocks(Tool):
    """What is selected follows the cursor; releasing makes one edit. A click without a drag selects.

    Blocks and folded groups dropped in an open group become members of it; those dropped beside leave theirs.
    They pass over others on their way; dropped on one, they go to the nearest free place.
    """

    def __init__(self, stage: Stage, grabbed: str) -> None:
        super().__init__(stage)
        self._grabbed = grabbed

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        stage, editor, drawing = self.stage, self.stage.editor, self.stage.drawing
        self._was_selected = set(self._blocks()) <= set(stage.selection.ids)
        if pointer.adds:
            editor.select((*self._others(), self._grabbed))
        elif not self._was_selected:
            editor.select((self._grabbed,), ())
        self._begun = editor.selected.places()
        moving = set(self._begun)
        self._members = editor.members.chosen_with(self._grabbed)
        notes = self._begun.keys() - stage.document.graph.by_id.keys()
        self._joining = Joining(stage, self._members, pointer.scene, along=notes)
        self._body = drawing.body(self._grabbed)
        in_sight = blocks_in(drawing, stage.visible_area())
        self._guides = Guides(drawing.block_item(block).body for block in in_sight if block not in moving)

    def move(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            document = self.stage.document
            places, guides = self._places(pointer)
            moved = edits.move(document.graph, places)
            self._joining.show(moved, self._members, pointer, document.inference)
            self.stage.drawing.gesture.draw_guides(guides)

    def end(self, pointer: Pointer) -> None:
        if self.is_drag(pointer):
            places, _ = self._places(pointer)
            self.cancel()
            self._drop(edits.move(self.stage.document.graph, places), pointer)
        elif pointer.adds and self._was_selected:
            self.stage.editor.select(self._others())
        elif not pointer.adds:
            self.stage.editor.select((self._grabbed,), ())

    def _drop(self, moved: Graph, pointer: Pointer) -> None:
        editor = self.stage.editor
        try:
            dropped = self._joining.apply(moved, self._members, pointer)
        except DesignError as error:
            editor.refuse(str(error), pointer.view)
            return
        what = named(moved, editor.selection.parts)
        editor.edit(f"Move {what}{self._joining.way(pointer)}", lambda _: dropped)

    def cancel(self) -> None:
        self.stage.hint(None)
        self.stage.drawing.clear_gesture()
        self.stage.show_document()

    def _places(self, pointer: Pointer) -> tuple[dict[str, Place], list[QLineF]]:
        """Where all is to go, and the lines that it snaps to.

        The grabbed block goes on the grid, or level with a neighbour; the rest keeps its distance from it.
        """
        x, y = self._body.x(), self._body.y()
        way = pointer.scene - self.began.scene
        dx, dy = snapped(x + way.x()) - x, snapped(y + way.y()) - y
        guides: list[QLineF] = []
        if not pointer.free:
            way, guides = self._guides.snap(self._body.translated(dx, dy))
            dx, dy = dx + way.x(), dy + way.y()
        return {part: (x + dx, y + dy) for part, (x, y) in self._begun.items()}, guides

    def _blocks(self) -> tuple[str, ...]:
        """The blocks that are grabbed."""
        return blocks_of(self.stage.document.graph, [self._grabbed])

    def _others(self) -> tuple[str, ...]:
        """What else is selected."""
        grabbed = self._blocks()
        return tuple(part for part in self.stage.selection.parts if part not in grabbed)
