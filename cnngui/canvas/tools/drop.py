"""A block, or a snippet, that is dragged in from the palette."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from cnngui.canvas.drawing import picking
from cnngui.canvas.drawing.placing import insert, under_cursor
from cnngui.canvas.editor.snippets import held_at
from cnngui.canvas.stage import Stage
from cnngui.canvas.tools.base import Pointer, Tool
from cnngui.canvas.tools.joining import Joining
from core.design import edits
from core.design.folding import folding
from core.design.graph import Graph, Wire
from core.design.infer import Inference, infer
from core.errors import DesignError
from core.templates import Snippet


class Drop(Tool):
    """Shows the design as it would be: with what is dragged under the cursor, or in a wire that passes."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._joining = Joining(stage)
        self._wire: Wire | None = None
        self._course = QPainterPath()

    def cancel(self) -> None:
        self._joining.stop()
        self.stage.show_document()

    def wire_at(self, point: QPointF) -> Wire | None:
        """The wire here into which it may be dropped."""
        wire = picking.wire_at(self.stage.drawing, point)
        return wire if wire in self.stage.document.graph.wires else None

    def follow(self, point: QPointF) -> Wire | None:
        """The wire to insert into. It isn't drawn while something is shown in it, so its course is kept."""
        if self._wire is None or not self._course.contains(point):
            self.stage.show_document()
            self._wire = self.wire_at(point)
            if self._wire is not None:
                self._course = picking.course(self.stage.drawing, self._wire)
        return self._wire


class DropBlock(Drop):
    """A single block; outside of wires it stays unconnected."""

    def __init__(self, stage: Stage, kind: str) -> None:
        super().__init__(stage)
        self._kind = kind
        self._inferred: dict[Wire, Inference] = {}

    def move(self, pointer: Pointer) -> None:
        document = self.stage.document
        layer = self.stage.editor.blocks.new_layer(self._kind)
        block = edits.new_block(document.graph, layer, under_cursor(pointer.scene))
        wire = self.follow(pointer.scene)
        if wire is None:
            self._joining.show(edits.add(document.graph, block), [block.id], pointer, document.inference)
            return
        self._joining.stop()
        wires = folding(document.graph).bundle(wire)
        inserted = insert(document.graph, block, wires, self.stage.drawing.length)
        inserted = self.stage.editor.spacing.set_down(inserted, [block.id])
        if wire not in self._inferred:
            self._inferred[wire] = infer(inserted, document.data)
        self.stage.drawing.show(inserted, self._inferred[wire])

    def end(self, pointer: Pointer) -> None:
        self.cancel()
        self.stage.editor.blocks.add(self._kind, pointer.scene, joins=not pointer.free)

    def wire_at(self, point: QPointF) -> Wire | None:
        return self.stage.editor.blocks.insertion_wire(self._kind, point)


class DropSnippet(Drop):
    """Several blocks; outside of wires they are connected to the open end of the network."""

    def __init__(self, stage: Stage, snippet: Snippet) -> None:
        super().__init__(stage)
        self._snippet = snippet
        self._made: dict[Wire | None, tuple[Graph, tuple[str, ...], Inference] | DesignError] = {}

    def move(self, pointer: Pointer) -> None:
        wire = self.follow(pointer.scene)
        if wire not in self._made:
            self._made[wire] = self._make(wire)
        match self._made[wire]:
            case DesignError() as error:
                self._joining.stop()
                self.stage.hint(str(error), pointer.view)
            case graph, _, inference if wire:
                self._joining.stop()
                self.stage.drawing.show(graph, inference)
            case graph, new, inference:
                self._joining.show(held_at(graph, new, pointer.scene), new, pointer, inference)

    def end(self, pointer: Pointer) -> None:
        self.cancel()
        point = None if self._wire else pointer.scene
        self.stage.editor.snippets.add(self._snippet.name, self._wire, point, joins=not pointer.free)

    def _make(self, wire: Wire | None) -> tuple[Graph, tuple[str, ...], Inference] | DesignError:
        try:
            graph, new = self.stage.editor.snippets.inserted(self._snippet, wire)
        except DesignError as error:
            return error
        if wire is not None:
            graph = self.stage.editor.spacing.landed(graph, new, None)
        return graph, new, infer(graph, self.stage.document.data)
