"""Drawing a wire from one port to another, and taking hold of the end of one that is there."""

from __future__ import annotations

from PySide6.QtCore import Qt

from cnngui.canvas.drawing.layout import input_count
from cnngui.canvas.drawing.picking import hit
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.stage import Stage
from cnngui.canvas.tools.base import Pointer, Tool
from core.design import edits
from core.design.edits import without_wires
from core.design.folding import Box
from core.design.graph import Graph, Wire


class DrawWire(Tool):
    """A wire that hangs on a port and follows the cursor.

    Pulled from an input that has a wire, it is that wire: dropped on another input it leads there, dropped on
    nothing it is gone. A new wire dropped on nothing asks for the block at its end. Blocks that can't be its
    other end are pale; over one of them the reason is shown.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, port: Port) -> None:
        super().__init__(stage)
        self._port = port
        self._held: tuple[Wire, ...] = ()
        self._pulled = False

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        graph = self.stage.document.graph
        self._base = graph
        if not self._port.is_output:
            inputs = {(port.block, port.number) for port in self.stage.drawing.sharing(self._port)}
            self._held = tuple(wire for wire in graph.wires if (wire.target, wire.input) in inputs)

    def move(self, pointer: Pointer) -> None:
        if not self._is_pulled(pointer):
            return
        drawing = self.stage.drawing
        other = self._other_end(pointer)
        drawing.hover(other)
        reason = self._refusal(other)
        self.stage.hint(reason, pointer.view)
        free = pointer.scene if other is None or reason else drawing.port_point(other)
        held = drawing.port_point(self._port)
        start, end = (held, free) if self._port.is_output else (free, held)
        drawing.gesture.draw_wire(start, end, drawing.graph.direction)

    def end(self, pointer: Pointer) -> None:
        if not self._is_pulled(pointer):
            self.stage.editor.select((self._port.block,), ())
            return
        other = self._other_end(pointer)
        reason = self._refusal(other)
        self._clean_up()
        if reason:
            self.stage.editor.refuse(reason, pointer.view)
        elif other is not None:
            self._connect(other)
        elif self._held:
            held = self._held
            self.stage.editor.edit("Disconnect", lambda graph: without_wires(graph, held))
        else:
            self.stage.editor.block_wanted.emit(self._port, pointer.scene)

    def cancel(self) -> None:
        self._clean_up()

    def _is_pulled(self, pointer: Pointer) -> bool:
        """Whether this is a drag; as it becomes one, the held wire comes off its input."""
        if self._pulled or not self.is_drag(pointer):
            return self._pulled
        self._pulled = True
        if self._held:
            self._port = Port(self._held[0].source, True)
            self._base = without_wires(self._base, self._held)
            self.stage.drawing.show(self._base, self.stage.document.inference)
        self.stage.drawing.dim(impossible_ends(self._base, self._port))
        return True

    def _clean_up(self) -> None:
        self.stage.drawing.clear_gesture()
        self.stage.drawing.hover(None)
        self.stage.hint(None)
        self.stage.show_document()

    def _other_end(self, pointer: Pointer) -> Port | None:
        """The port under the cursor; on a block's body, the one that a new wire would take."""
        found = hit(self.stage.drawing, pointer.scene)
        if isinstance(found, Port) and found.is_output != self._port.is_output:
            return found if found.block != self._port.block else None
        block_id = found.block if isinstance(found, Port) else found if isinstance(found, str) else None
        box = self.stage.drawing.boxes().get(block_id or "")
        if box is not None:
            return self._end_at(box)
        if block_id is None or block_id == self._port.block or block_id not in self._base.by_id:
            return None
        if not self._port.is_output:
            return Port(block_id, True)
        layer = self._base[block_id].layer
        merges = layer.inputs is None
        last = input_count(layer, self._base.incoming(block_id)) - 1
        return Port(block_id, False, last if merges else 0)

    def _end_at(self, box: Box) -> Port | None:
        """Of a folded group: its first free input, else its first one; its output."""
        if not self._port.is_output:
            return Port(box.outputs[0], True) if box.outputs else None
        free = [ends for number, ends in enumerate(box.inputs) if number not in box.linked]
        block_id, number = next(iter([*free, *box.inputs]), ((None, 0),))[0]
        return None if block_id is None else Port(block_id, False, number)

    def _ends(self, other: Port) -> tuple[Port, Port]:
        return (self._port, other) if self._port.is_output else (other, self._port)

    def _refusal(self, other: Port | None) -> str | None:
        if other is None:
            return None
        source, target = self._ends(other)
        return edits.refusal(self._base, source.block, target.block)

    def _connect(self, other: Port) -> None:
        source, target = self._ends(other)
        held = self._held
        if Wire(source.block, target.block, target.number) in held:
            return
        inputs = self.stage.drawing.sharing(target)

        def change(graph: Graph) -> Graph:
            graph = without_wires(graph, held)
            for port in inputs:
                graph = edits.connect(graph, source.block, port.block, port.number)
            return graph

        graph = self._base
        self.stage.editor.edit(f"Connect {graph[source.block].name} to {graph[target.block].name}", change)


def impossible_ends(graph: Graph, port: Port) -> set[str]:
    """The other blocks that a wire from `port` can't lead to: `edits.refusal` for all of them at once."""
    if port.is_output:
        found = _upstream(graph, port.block) | {b.id for b in graph.blocks if b.layer.inputs == 0}
    else:
        found = graph.downstream([port.block]) | {b.id for b in graph.blocks if not b.layer.has_output}
    return found - {port.block}


def _upstream(graph: Graph, start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting.extend(wire.source for wire in graph.incoming(current))
    return reached
