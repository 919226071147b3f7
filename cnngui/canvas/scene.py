"""The scene draws a graph: shown another one, it changes the items that differ and leaves the rest alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QGraphicsScene

from cnngui.canvas.block_item import BlockItem
from cnngui.canvas.face import Face
from cnngui.canvas.layout import input_point, output_point
from cnngui.canvas.notes.layer import Notes
from cnngui.canvas.overview import Overview
from cnngui.canvas.style import OVERVIEW_BELOW, Style
from cnngui.canvas.wire_item import PendingWire, WireItem
from cnngui.canvas.wiring import Wiring
from cnngui.theme import PORT_HIT_SIZE
from core.errors import Problem
from core.graph import Graph, Wire
from core.infer import Inference, input_shapes

EXTENT: Final = QRectF(-200_000, -200_000, 400_000, 400_000)
"""The plane that blocks live on. It is fixed: a scene that grows with its content jumps while one drags."""
_LABEL_REACH: Final = 120
"""A label further from a block than this can't touch it."""


@dataclass(frozen=True)
class Port:
    """An end of a block that a wire can be drawn from or to."""

    block: str
    is_output: bool
    number: int = 0


Hit = Port | Wire | str | None
"""What lies under a point: a port, a wire, a block (its id) or nothing."""


class Scene(QGraphicsScene):
    """Items for the blocks and wires of `graph`, and the marks of what the user is doing with them."""

    shown = Signal()
    """Another graph is drawn, or the same one with other shapes or problems."""

    def __init__(self, style: Style, parent: QObject | None = None) -> None:
        super().__init__(EXTENT, parent)
        self._style = style
        self._graph = Graph()
        self._inference = Inference({}, ())
        self._blocks: dict[str, BlockItem] = {}
        self._wires: dict[Wire, WireItem] = {}
        self.notes = Notes(self, style)
        self._has_ghosts = False
        self._wiring = Wiring()
        self._thumbnails: Mapping[str, QImage] = {}
        self._selected_wires: frozenset[Wire] = frozenset()
        self._hovered: Hit = None
        self._pending: PendingWire | None = None
        self._band: QGraphicsRectItem | None = None
        self._guides: QGraphicsPathItem | None = None
        self._overview: Overview | None = None

    @property
    def graph(self) -> Graph:
        """What is drawn: the document's graph, or the one that a running gesture would make."""
        return self._graph

    def show(self, graph: Graph, inference: Inference, *, proposal_for: Graph | None = None) -> None:
        """Draws this graph with these shapes and problems.

        Where it is a proposal for another graph, what is new in it is drawn as a ghost.
        """
        before, self._graph = self._graph, graph
        same_wires = graph.wires is before.wires
        only_moved = same_wires and inference is self._inference
        self._inference = inference
        gone = self._remove_gone(graph, same_wires=same_wires)
        changed = self._show_blocks(graph, only_moved=only_moved)
        if changed or gone or not same_wires:
            self._show_wires(graph, changed)
        self._show_ghosts(graph, graph if proposal_for is None else proposal_for)
        self.notes.show(graph)
        self._overview = None
        self.shown.emit()

    def set_style(self, style: Style) -> None:
        self._style = style
        for block in self._blocks.values():
            before = block.body
            block.set_style(style)
            self._follow_body(block, before)
        for wire in self._wires.values():
            wire.set_style(style)
        self.notes.set_style(style)
        self._lead_wires()
        self._overview = None
        self.update()

    def set_thumbnails(self, images: Mapping[str, QImage]) -> None:
        """Live pictures by block id; a block that isn't named has none."""
        self._thumbnails = images
        for block_id, item in self._blocks.items():
            before = item.body
            item.set_thumbnail(images.get(block_id))
            self._follow_body(item, before)
        self._lead_wires()

    def mark(self, blocks: Collection[str], current: str | None, wires: Collection[Wire]) -> None:
        """Shows what is selected; `current` gets the focus ring."""
        chosen = set(blocks)
        for block_id, item in self._blocks.items():
            item.set_mark("current" if block_id == current else "selected" if block_id in chosen else "")
        for wire in self._selected_wires.symmetric_difference(wires):
            if wire in self._wires:
                self._wires[wire].set_selected(wire in wires)
        self._selected_wires = frozenset(wires)
        self._overview = None

    def dim(self, blocks: Collection[str]) -> None:
        """Pales these blocks and no others."""
        for block_id, item in self._blocks.items():
            item.set_dimmed(block_id in blocks)

    def hover(self, hit: Hit) -> None:
        """Lights up the port or wire under the cursor."""
        if hit == self._hovered:
            return
        self._set_hovered(self._hovered, on=False)
        self._set_hovered(hit, on=True)
        self._hovered = hit

    def draw_pending(self, start: QPointF, end: QPointF) -> None:
        """Draws the wire that the user is pulling."""
        if self._pending is None:
            self._pending = PendingWire(start, end, self._style)
            self.addItem(self._pending)
        self._pending.set_ends(start, end)

    def draw_band(self, area: QRectF) -> None:
        """Draws the rectangle that the user is pulling."""
        if self._band is None:
            self._band = self.addRect(area, self._style.band_edge, self._style.band)
            self._band.setZValue(2)
        self._band.setRect(area)

    def draw_guides(self, lines: Sequence[QLineF]) -> None:
        """Draws the lines along which a dragged block is level with others."""
        path = QPainterPath()
        for line in lines:
            path.moveTo(line.p1())
            path.lineTo(line.p2())
        if self._guides is None:
            self._guides = self.addPath(path, self._style.guide)
            self._guides.setZValue(2)
        self._guides.setPath(path)

    def clear_gesture(self) -> None:
        """Removes what only a running gesture shows."""
        for item in (self._pending, self._band, self._guides):
            if item is not None:
                self.removeItem(item)
        self._pending = self._band = self._guides = None
        self.dim(())

    def block_item(self, block_id: str) -> BlockItem:
        return self._blocks[block_id]

    def port_point(self, port: Port) -> QPointF:
        """The middle of a port."""
        place = output_point() if port.is_output else input_point(port.number)
        return self._blocks[port.block].pos() + place

    def hit(self, point: QPointF) -> Hit:
        """What a click here means: a port before a block, a block before a wire."""
        reach = PORT_HIT_SIZE / 2
        near = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        touched = self.items(near, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        items = [item for item in touched if isinstance(item, BlockItem)]
        ports = [port for item in items for port in self._ports(item) if near.contains(self.port_point(port))]
        if ports:
            return min(ports, key=lambda port: (self.port_point(port) - point).manhattanLength())
        for item in items:
            if item.body.contains(point):
                return item.face.block.id
        return self.wire_at(point)

    def wire_at(self, point: QPointF) -> Wire | None:
        """The wire that passes here."""
        spot = QRectF(point.x() - 1, point.y() - 1, 2, 2)
        touched = self.items(spot, Qt.ItemSelectionMode.IntersectsItemShape)
        return next((self._wire_of(item) for item in touched if isinstance(item, WireItem)), None)

    def course(self, wire: Wire) -> QPainterPath:
        """The band around a wire in which a click means it."""
        item = self._wires[wire]
        return item.shape().translated(item.start)

    def blocks_in(self, area: QRectF) -> list[str]:
        """The blocks that an area touches, in the order of the design."""
        return [block_id for block_id, item in self._blocks.items() if item.body.intersects(area)]

    def content_rect(self, blocks: Iterable[str] | None = None) -> QRectF:
        """The area that these blocks take up, or all; empty where there are none."""
        area = self.notes.area() if blocks is None else QRectF()
        for block_id in self._blocks if blocks is None else blocks:
            area = area.united(self._blocks[block_id].body)
        return area

    def snapshot(self) -> dict[str | Wire, tuple[object, ...]]:
        """All that is drawn of the design, as a value: what tests compare."""
        found: dict[str | Wire, tuple[object, ...]] = {}
        found.update((block_id, item.snapshot()) for block_id, item in self._blocks.items())
        found.update((wire, item.snapshot()) for wire, item in self._wires.items())
        found.update(self.notes.snapshot())
        return found

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        if painter.worldTransform().m11() < OVERVIEW_BELOW:
            if self._overview is None:
                self._overview = Overview(self._blocks.values(), self._wires.values(), self._style)
            self._overview.paint(painter)

    def _ports(self, item: BlockItem) -> list[Port]:
        face = item.face
        ports = [Port(face.block.id, False, number) for number in range(face.inputs)]
        return [*ports, Port(face.block.id, True)] if face.block.layer.has_output else ports

    def _wire_of(self, wanted: WireItem) -> Wire:
        return next(wire for wire, item in self._wires.items() if item is wanted)

    def _set_hovered(self, hit: Hit, *, on: bool) -> None:
        if isinstance(hit, Port) and hit.block in self._blocks:
            item = self._blocks[hit.block]
            item.set_hovered_port(self.port_point(hit) - item.pos() if on else None)
        elif isinstance(hit, Wire) and hit in self._wires:
            self._wires[hit].set_hovered(on)

    def _remove_gone(self, graph: Graph, *, same_wires: bool) -> bool:
        """Whether there were blocks that the graph no longer has."""
        gone = self._blocks.keys() - graph.by_id.keys()
        for block_id in gone:
            self.removeItem(self._blocks.pop(block_id))
            self._wiring.place(block_id, None)
        if not same_wires:
            for wire in self._wires.keys() - set(graph.wires):
                self.removeItem(self._wires.pop(wire))
        return bool(gone)

    def _show_blocks(self, graph: Graph, *, only_moved: bool) -> set[str]:
        """Gives every block its face; returns the ids of those that changed."""
        worst = {} if only_moved else _worst_problems(self._inference)
        shapes = self._inference.shapes
        changed = set()
        for block in graph.blocks:
            block_id = block.id
            item = self._blocks.get(block_id)
            if only_moved and item is not None and item.face.block is block:
                continue
            if only_moved and item is not None:
                face = item.face._replace(block=block)
            else:
                incoming, feeds = graph.incoming(block_id), bool(graph.outgoing(block_id))
                shape = shapes.get(block_id)
                entering = () if shape is None else input_shapes(graph, block_id, shapes)
                face = Face(block, shape, worst.get(block_id), incoming, feeds, tuple(entering or ()))
            if item is None:
                self._add_block(face)
            elif face == item.face:
                continue
            else:
                before = item.body
                item.set_face(face)
                self._follow_body(item, before)
            changed.add(block_id)
        return changed

    def _add_block(self, face: Face) -> None:
        item = BlockItem(face, self._style)
        item.set_thumbnail(self._thumbnails.get(face.block.id))
        self._blocks[face.block.id] = item
        self.addItem(item)
        self._follow_body(item, item.body, is_new=True)

    def _follow_body(self, item: BlockItem, before: QRectF, *, is_new: bool = False) -> None:
        """Where a block has come or moved wires go another way, and labels lose or get their room."""
        if is_new or item.body != before:
            area = before.united(item.body)
            self.update(area.adjusted(-_LABEL_REACH, -_LABEL_REACH, _LABEL_REACH, _LABEL_REACH))
            self._wiring.place(item.face.block.id, item.body)

    def _show_wires(self, graph: Graph, changed: set[str]) -> None:
        for wire in graph.wires:
            item = self._wires.get(wire)
            is_new = item is None
            if item is None:
                item = self._wires[wire] = WireItem(self._style)
                self.addItem(item)
            if is_new or wire.source in changed:
                item.set_label(self._inference.shapes.get(wire.source))
        self._lead_wires()

    def _show_ghosts(self, graph: Graph, known: Graph) -> None:
        if known is graph and not self._has_ghosts:
            return
        self._has_ghosts = known is not graph
        for block_id, block in self._blocks.items():
            same = block_id in known.by_id and known[block_id].layer == graph[block_id].layer
            block.set_ghost(not same)
        wires = set(known.wires)
        for wire, item in self._wires.items():
            item.set_ghost(wire not in wires)

    def _lead_wires(self) -> None:
        if self._wiring.update(self._wires):
            self._overview = None
            for item in self._wires.values():
                item.forget_surroundings()


def _worst_problems(inference: Inference) -> dict[str, Problem]:
    """The problem that each block shows: its first error, else its first warning."""
    worst: dict[str, Problem] = {}
    for problem in inference.problems:
        if problem.block is not None:
            known = worst.setdefault(problem.block, problem)
            if known.severity == "warning" and problem.severity == "error":
                worst[problem.block] = problem
    return worst
