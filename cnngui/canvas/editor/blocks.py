"""Adding blocks: at a place, into a wire, or behind another block."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF

from cnngui.canvas.drawing.layout import PLAIN
from cnngui.canvas.drawing.picking import wire_at
from cnngui.canvas.drawing.placing import free_place, insert, rect_of, under_cursor
from cnngui.canvas.drawing.rows import place_behind
from cnngui.canvas.editor.editing import Editing
from core.design import edits
from core.design.folding import folding
from core.design.graph import Wire
from core.drawing.measures import BLOCK_WIDTH
from core.drawing.route import Rect
from core.layers import LAYERS, Layer
from core.schema.making import changed
from core.schema.param import params_of


class Blocks:
    """Adds blocks, each time as one step that can be undone."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def add(self, kind: str, position: QPointF | None = None, *, joins: bool = True) -> str | None:
        """Adds a block with its defaults: `add_layer`."""
        return self.add_layer(self.new_layer(kind), position, joins=joins)

    def add_layer(
        self, layer: Layer, position: QPointF | None = None, after: str | None = None, *, joins: bool = True
    ) -> str | None:
        """Adds a block and selects it; returns its id.

        With a position (on the plane) its header is there, or beside what lies there; unless it comes after a
        block, it is inserted into a wire that passes there. It `joins` the open group there. Without a
        position it goes behind the block `after`, or the current one. It is connected to the block before it.
        """
        editing = self._editing
        graph = editing.document.graph
        block = edits.new_block(graph, layer)
        wire = None
        if position is None:
            after = after or editing.selection.current
            block = replace(block, position=self._place_after(after))
        else:
            block = replace(block, position=under_cursor(position))
            wire = self.insertion_wire(layer.kind, position) if after is None else None
        if wire is not None:
            wires = folding(graph).bundle(wire)
            done = editing.edit(
                f"Insert {block.name}",
                lambda g: editing.spacing.set_down(
                    insert(g, block, wires, editing.drawing.length), [block.id]
                ),
            )
        else:
            point = position if joins else None
            done = editing.edit(
                f"Add {block.name}",
                lambda g: editing.spacing.landed(edits.append(g, block, after), [block.id], point),
            )
        if not done:
            return None
        if position is None:
            editing.sight.bring_into_sight([block.id])
        editing.select((block.id,), ())
        return block.id

    def new_layer(self, kind: str) -> Layer:
        """A layer with its defaults; where the data enters, with the data's shape."""
        layer = LAYERS[kind]()
        data = self._editing.document.data
        if layer.inputs == 0 and data is not None:
            shapes = [param.name for param in params_of(type(layer)) if param.kind == "shape"]
            layer = changed(layer, **dict.fromkeys(shapes, data.shape))
        return layer

    def insertion_wire(self, kind: str, point: QPointF) -> Wire | None:
        """The wire into which a new block of this kind would be inserted here."""
        layer = LAYERS[kind]
        fits = layer.inputs == 1 and layer.has_output
        wire = wire_at(self._editing.drawing, point) if fits else None
        return wire if wire in self._editing.document.graph.wires else None

    def _place_after(self, after: str | None) -> tuple[float, float]:
        """Behind a block or in a new row, or in the middle of the view; never on top of another block."""
        editing, drawing = self._editing, self._editing.drawing
        direction = editing.document.graph.direction
        if after is None:
            x, y = under_cursor(editing.sight.visible_area().center())
        else:
            rooms = {part: rect_of(drawing.room(part)) for part in drawing.bodies()}
            x, y = place_behind(editing.document.graph, after, rooms)
        taken = map(rect_of, drawing.bodies().values())
        return free_place(Rect(x, y, x + BLOCK_WIDTH, y + PLAIN.height), taken, direction)
