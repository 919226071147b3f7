"""The scene draws a graph: shown another one, it changes the items that differ and leaves the rest alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from itertools import chain
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem

from cnngui.canvas.drawing.blocks.block_item import AnyFace, BlockItem, Mark, Outline
from cnngui.canvas.drawing.blocks.captions import Captions
from cnngui.canvas.drawing.blocks.face import Face
from cnngui.canvas.drawing.blocks.faces import Faces
from cnngui.canvas.drawing.blocks.group_face import GroupFace
from cnngui.canvas.drawing.change_marks import ChangeMarks
from cnngui.canvas.drawing.found_marks import FoundMarks
from cnngui.canvas.drawing.gesture_marks import GestureMarks
from cnngui.canvas.drawing.groups.open_group import GroupArea
from cnngui.canvas.drawing.groups.open_groups import OpenGroups
from cnngui.canvas.drawing.notes.layer import NoteItems
from cnngui.canvas.drawing.overview import Overview
from cnngui.canvas.drawing.placing import area_of
from cnngui.canvas.drawing.ports import Port
from cnngui.canvas.drawing.style import OVERVIEW_BELOW, Style
from cnngui.canvas.drawing.wires.wire_item import WireItem
from cnngui.canvas.drawing.wires.wiring import Wiring
from cnngui.theme.theme import BLOCK_HEADER
from core.design.direction import Direction
from core.design.folding import Box, Folding, folding
from core.design.graph import Block, Graph, Wire
from core.design.infer import Inference
from core.drawing import room
from core.drawing.arrange.spacing import GROUP_TITLE
from core.drawing.route import Rect

EXTENT: Final = QRectF(-200_000, -200_000, 400_000, 400_000)
"""The plane that blocks live on. It is fixed: a scene that grows with its content jumps while one drags."""
_LABEL_REACH: Final = 120
"""A label further from a block than this can't touch it."""
_MANY: Final = 50
"""So many changed blocks aren't repainted one by one: most are out of sight."""


Hit = Port | Wire | str | None
"""What lies under a point: a port, a wire, a block or a group (its id) or nothing."""


class Scene(QGraphicsScene):
    """Items for the blocks, groups and wires of `graph`, and marks of what the user is doing with them."""

    drawn = Signal()
    """Another graph is drawn, or the same one with other shapes or problems, or larger or smaller blocks."""
    marked = Signal()
    """Other parts are marked as selected."""

    def __init__(self, style: Style, parent: QObject | None = None) -> None:
        super().__init__(EXTENT, parent)
        self._style = style
        self._graph = Graph()
        self._inference = Inference({}, ())
        self._folding = folding(self._graph)
        self._faces = Faces(self._graph, self._inference)
        self._blocks: dict[str, BlockItem] = {}
        self.open_groups = OpenGroups(self, style)
        self._wires: dict[Wire, WireItem] = {}
        self.notes = NoteItems(self, style)
        self._has_ghosts = False
        self._wiring = Wiring(self._graph.direction)
        self._thumbnails: Mapping[str, QImage] = {}
        self._marks: dict[str, Mark] = {}
        self._selected_wires: frozenset[Wire] = frozenset()
        self._hovered: Hit = None
        self.gesture = GestureMarks(self, style)
        self.found = FoundMarks(self, style, self._bodies_drawn)
        self.changes = ChangeMarks(self, style, self)
        self._captions: Captions | None = None
        self._overview = Overview(style, self._wires)
        self._shows_details = False
        """Whether any view is so near that it shows more than the overview."""

    @property
    def graph(self) -> Graph:
        """What is drawn: the document's graph, or the one that a running gesture would make."""
        return self._graph

    def show(
        self,
        graph: Graph,
        inference: Inference,
        *,
        proposal_for: Graph | None = None,
        passing: bool = False,
    ) -> None:
        """Draws this graph with these shapes and problems.

        Where it is a proposal for another graph, what is new in it is drawn as a ghost. Steps of a drag are
        `passing`: wires that lead back wait for its end (`Wiring.update`).
        """
        before, self._graph = self._graph, graph
        self._captions = None
        same_wires = graph.wires is before.wires and graph.groups is before.groups
        only_moved = same_wires and inference is self._inference
        if only_moved:
            self._folding = self._folding.moved(graph)
        elif not same_wires or self._folding.boxes:  # a folded group's ports follow from the layers in it
            self._folding = folding(graph) if graph.groups else Folding({}, {}, graph.wires)
        self._shows_details = any(view.transform().m11() >= OVERVIEW_BELOW for view in self.views())
        self._inference = inference
        if graph.direction is not before.direction:
            self._turn(graph.direction)
        self._remove_gone(graph, same_wires=same_wires)
        changed = self._show_blocks(graph, only_moved=only_moved)
        if not same_wires:
            self._add_wires()
        if changed or (self._folding.hidden and not only_moved):
            self._show_texts(changed)
        if self._wiring.has_changed or not same_wires:
            self._show_open_groups()
            self._lead_wires(passing=passing)
        self._show_ghosts(graph, graph if proposal_for is None else proposal_for)
        self.notes.show(graph)
        self._hold_frames()
        self._follow_marks(passing=passing)
        self.drawn.emit()

    def set_style(self, style: Style) -> None:
        self._style, self._captions = style, None
        self._overview = Overview(style, self._wires)
        for block in self._blocks.values():
            before = block.outline
            block.set_style(style)
            self._follow_body(block, before)
        for wire in self._wires.values():
            wire.set_style(style)
        self.notes.set_style(style)
        self.gesture.set_style(style)
        self.found.set_style(style)
        self.changes.set_style(style)
        self.open_groups.set_style(style)
        self._show_open_groups()
        self._lead_wires()
        self.update()
        self.drawn.emit()

    def set_thumbnails(self, images: Mapping[str, QImage]) -> None:
        """Live pictures by block id; a block that isn't named has none."""
        self._thumbnails, self._captions = images, None
        resized = False
        for block_id, item in self._blocks.items():
            before = item.outline
            item.set_thumbnail(images.get(self._pictured(block_id)))
            if item.body is not before.body:
                self._follow_body(item, before)
                resized = True
        self._show_open_groups()
        self._hold_frames()
        self._lead_wires()
        self._follow_marks()
        if resized:
            self.drawn.emit()

    def mark(
        self, blocks: Collection[str], current: str | None, wires: Collection[Wire], group: str | None = None
    ) -> None:
        """Shows what is selected; `current` gets the focus ring, `group` is selected as a whole."""
        before = self._marks
        self._marks = {self._folding.shown(block_id): "selected" for block_id in blocks}
        if current is not None:
            self._marks[self._folding.shown(current)] = "current"
        for block_id in (before.keys() | self._marks.keys()) & self._blocks.keys():
            if self._blocks[block_id].set_mark(self._marks.get(block_id, "")):
                self._overview.show(self._blocks[block_id])
        self.open_groups.mark(group)
        for wire in self._selected_wires.symmetric_difference(wires):
            if wire in self._wires:
                self._wires[wire].set_selected(wire in wires)
        self._selected_wires = frozenset(wires)
        self.marked.emit()

    def dim(self, blocks: Collection[str]) -> None:
        """Pales these blocks and no others; a folded group, where it has none but these."""
        pale = set(blocks)
        for block_id, item in self._blocks.items():
            box = self._folding.boxes.get(block_id)
            item.set_dimmed(block_id in pale if box is None else pale.issuperset(box.blocks))

    def mark_taker(self, group: str | None) -> None:
        """Shows which open group takes what is being dragged."""
        self.open_groups.mark_taker(group)

    def hover(self, hit: Hit) -> None:
        """Lights up the port or wire under the cursor."""
        if hit == self._hovered:
            return
        self._set_hovered(self._hovered, on=False)
        self._set_hovered(hit, on=True)
        self._hovered = hit

    def clear_gesture(self) -> None:
        """Removes what only a running gesture shows."""
        self.gesture.clear()
        self.dim(())
        self.mark_taker(None)

    def shown(self, part_id: str) -> str:
        """What is drawn for a block or a group: itself, or the folded group that hides it."""
        return self._folding.shown(part_id)

    def block_item(self, block_id: str) -> BlockItem:
        """What is drawn for a block or a folded group: the group that hides it, where one does."""
        return self._blocks[self._folding.shown(block_id)]

    def draws(self, part_id: str) -> bool:
        """Whether anything is drawn for a part: a remedy that is previewed may take it away."""
        shown = self._folding.shown(part_id)
        return part_id in self.notes or shown in self.open_groups or shown in self._blocks

    def body(self, part_id: str) -> QRectF:
        """The area of a block or a group, whatever is drawn for it; or of a frame or a comment."""
        if part_id in self.notes:
            return self.notes.body(part_id)
        shown = self._folding.shown(part_id)
        return self.open_groups[shown].body if shown in self.open_groups else self._blocks[shown].body

    def title(self, part_id: str) -> QRectF:
        """Where the name of a block or a group is written, right of its icon or button."""
        shown, body = self._folding.shown(part_id), self.body(part_id)
        high = GROUP_TITLE if shown in self.open_groups else BLOCK_HEADER
        return QRectF(body.left() + high, body.top(), body.width() - high, high)

    def room(self, block_id: str) -> QRectF:
        """The area of a block, or of the folded group that hides it, with room for its live picture."""
        item = self.block_item(block_id)
        return QRectF(item.body.topLeft(), QSizeF(*item.layout.room))

    def bare(self, block_id: str) -> QRectF:
        """The same without its live picture, whether one is shown or not."""
        item = self.block_item(block_id)
        return QRectF(item.body.topLeft(), QSizeF(*item.layout.bare))

    def length(self, part_id: str) -> float:
        """How long a block is, the way that the design runs, with room for its live picture."""
        return self._graph.direction.turn(self.block_item(part_id).layout.room)[0]

    def describe(self, part_id: str) -> str:
        """What is drawn for a block or a group, in words."""
        shown = self._folding.shown(part_id)
        drawn = self.open_groups[shown] if shown in self.open_groups else self._blocks[shown].face
        return "\n".join(filter(None, (drawn.description, self.changes.words(part_id))))

    def _bodies_drawn(self, parts: Collection[str]) -> list[QRectF]:
        """One area for all that a folded group hides."""
        return list(map(self.body, dict.fromkeys(self._folding.shown(p) for p in parts if self.draws(p))))

    def bodies(self) -> dict[str, QRectF]:
        """The areas of all that is drawn as a block, by id."""
        return {block_id: item.body for block_id, item in self._blocks.items()}

    def patches(self) -> list[tuple[str, QRectF]]:
        """The same, with the category that gives each its colour."""
        return [(item.category, item.body) for item in self._blocks.values()]

    def open_areas(self) -> list[GroupArea]:
        """The open groups as they are drawn."""
        return self.open_groups.areas()

    def boxes(self) -> Mapping[str, Box]:
        """The folded groups that are drawn."""
        return self._folding.boxes

    def bundle(self, wire: Wire) -> tuple[Wire, ...]:
        """All wires that a drawn one stands for: several, where they lead into one port of a folded group."""
        return self._folding.bundle(wire)

    def sharing(self, port: Port) -> tuple[Port, ...]:
        """All inputs that are drawn as one port."""
        if port.is_output:
            return (port,)
        return tuple(
            Port(block, False, number) for block, number in self._folding.together(port.block, port.number)
        )

    def wire_items(self) -> Mapping[Wire, WireItem]:
        """What is drawn for the wires; one item for all that lead into one port of a folded group."""
        return self._wires

    def port_point(self, port: Port) -> QPointF:
        """The middle of a port."""
        if port.is_output:
            shown, number = self._folding.output_number(port.block)
            return self._blocks[shown].output_point(number)
        shown, number = self._folding.input_number(port.block, port.number)
        return self._blocks[shown].input_point(number)

    def content_rect(self, parts: Iterable[str] | None = None) -> QRectF:
        """The area that these parts of the design take up, or all of them; empty where there are none."""
        if parts is None:
            groups = (area.body for area in self.open_groups.areas())
            bodies = chain((item.body for item in self._blocks.values()), groups)
            return reduce(QRectF.united, bodies, self.notes.area())
        return reduce(QRectF.united, map(self.body, parts), QRectF())

    def whole(self) -> QRectF:
        """The area of the whole design, with the wires that lead around it."""
        courses = (item.outline.boundingRect() for item in self._wires.values())
        return reduce(QRectF.united, courses, self.content_rect().united(self.changes.area()))

    def snapshot(self) -> dict[str | Wire, tuple[object, ...]]:
        """All that is drawn of the design, as a value: what tests compare."""
        found: dict[str | Wire, tuple[object, ...]] = {}
        found.update((block_id, item.snapshot()) for block_id, item in self._blocks.items())
        found.update(self.open_groups.snapshot())
        found.update((wire, item.snapshot()) for wire, item in self._wires.items())
        found.update(self.notes.snapshot())
        return found

    def paint_overview(self, painter: QPainter) -> None:
        """All that is seen from far away. Asking two thousand items to paint themselves takes much longer."""
        behind = (*self.notes.items(), *self.open_groups.items())
        for item in sorted(behind, key=QGraphicsItem.zValue):
            item.paint(painter, QStyleOptionGraphicsItem())
        self.changes.paint_behind(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._overview.paint(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._captions is None:
            folded = (self._blocks[group_id].caption for group_id in self._folding.boxes)
            shown = (*self.notes.captions(), *self.open_groups.captions(), *folded)
            self._captions = Captions(shown, self._style, self._wiring.is_free)
        self._captions.paint(painter)
        self.found.paint(painter)
        self.changes.paint_above(painter)
        self.gesture.paint(painter)

    def _follow_marks(self, *, passing: bool = False) -> None:
        self.found.follow()
        self.changes.follow(self._graph.direction, passing=passing)

    def _set_hovered(self, hit: Hit, *, on: bool) -> None:
        if isinstance(hit, Port) and self._folding.shown(hit.block) in self._blocks:
            item = self.block_item(hit.block)
            item.set_hovered_port(self.port_point(hit) - item.pos() if on else None)
        elif isinstance(hit, Wire) and hit in self._wires:
            self._wires[hit].set_hovered(on)

    def _remove_gone(self, graph: Graph, *, same_wires: bool) -> None:
        found = self._folding
        kept = (self._blocks.keys() & graph.by_id.keys()) - found.hidden.keys() | found.boxes.keys()
        gone = self._blocks.keys() - kept
        for block_id in gone:
            self.removeItem(self._blocks.pop(block_id))
            self._overview.forget(block_id)
            self._wiring.remove(block_id)
        if not same_wires:
            for wire in self._wires.keys() - set(found.wires):
                self.removeItem(self._wires.pop(wire))

    def _show_blocks(self, graph: Graph, *, only_moved: bool) -> set[str]:
        """Gives every block and folded group its face; returns the ids of those that changed."""
        before, self._faces = self._faces, Faces(graph, self._inference)
        same, reworded = self._faces.compared(before)
        changed = reworded & self._blocks.keys()
        for block_id in changed:
            self._blocks[block_id].reword(self._faces)
        done = changed | (same & self._blocks.keys()) | self._folding.hidden.keys()
        for block in graph.blocks:
            if block.id not in done and self._give(block.id, self._face_of(block, only_moved=only_moved)):
                changed.add(block.id)
        for group_id, box in self._folding.boxes.items():
            known = self._blocks[group_id].face if only_moved and group_id in self._blocks else None
            moved = known._replace(box=box) if isinstance(known, GroupFace) else self._faces.of_box(box)
            if self._give(group_id, moved):
                changed.add(group_id)
        return changed

    def _face_of(self, block: Block, *, only_moved: bool) -> Face:
        """Where blocks have only moved, what is around them is the same and needn't be looked at."""
        known = self._blocks[block.id].face if only_moved and block.id in self._blocks else None
        return known._replace(block=block) if isinstance(known, Face) else self._faces.of_block(block)

    def _give(self, shown: str, face: AnyFace) -> bool:
        """Shows a face; gives whether it is another one."""
        item = self._blocks.get(shown)
        if item is None:
            self._add_block(face)
        elif face == item.face:
            return False
        else:
            before = item.outline
            item.set_face(face)
            self._follow_body(item, before)
        return True

    def _add_block(self, face: AnyFace) -> None:
        item = BlockItem(face, self._style, self._graph.direction)
        item.set_thumbnail(self._thumbnails.get(self._pictured(face.id)))
        self._blocks[face.id] = item
        self.addItem(item)
        self._follow_body(item, None)

    def _follow_body(self, item: BlockItem, before: Outline | None) -> None:
        """Where a block has come or moved wires go another way, and labels lose or get their room."""
        self._overview.show(item)
        if item.outline != before:
            area = item.body if before is None else before.body.united(item.body)
            self.update(area.adjusted(-_LABEL_REACH, -_LABEL_REACH, _LABEL_REACH, _LABEL_REACH))
            self._wiring.place(item.id, item.outline)

    def _turn(self, direction: Direction) -> None:
        """Moves the ports of all blocks to other sides, and leads all wires anew."""
        self.hover(None)
        self._wiring = Wiring(direction)
        for item in self._blocks.values():
            item.set_direction(direction)
            self._follow_body(item, None)

    def _pictured(self, shown: str) -> str:
        """The block whose live picture is shown: of a group with one output, the block that gives it."""
        box = self._folding.boxes.get(shown)
        return box.outputs[0] if box is not None and len(box.outputs) == 1 else shown

    def _show_open_groups(self) -> None:
        if self._graph.groups or self.open_groups.areas():
            self.open_groups.show(self._graph, self.body)
            self._wiring.place_groups({area.group.id: area.body for area in self.open_groups.areas()})

    def _hold_frames(self) -> None:
        """Lets frames grow with the live pictures in them, and shrink when these go."""
        if not self._graph.frames:
            return
        grown: dict[str, Rect] = {}
        if self._thumbnails:
            bodies = {shown: item.body for shown, item in self._blocks.items()}
            now = {shown: (body.width(), body.height()) for shown, body in bodies.items()}
            bare = {shown: item.layout.bare for shown, item in self._blocks.items()}
            areas = room.areas(self._graph, bare), room.areas(self._graph, now)
            grown = room.holding(self._graph.frames, *areas)
        self.notes.hold({frame: area_of(area) for frame, area in grown.items()})

    def _add_wires(self) -> None:
        for wire in self._folding.wires:
            if wire not in self._wires:
                item = self._wires[wire] = WireItem(self._style)
                item.set_label(self._inference.shapes.get(wire.source))
                self.addItem(item)

    def _show_texts(self, changed: set[str]) -> None:
        """Gives the wires out of changed blocks their labels, and repaints what can be read.

        A folded group that feeds several doesn't show their shapes, so it looks the same with others.
        """
        shapes, hidden = self._inference.shapes, self._folding.hidden
        leaving = []
        for wire, item in self._wires.items():
            if wire.source in changed or wire.source in hidden:
                item.set_label(shapes.get(wire.source))
                leaving.append(item)
        if not self._shows_details:
            return
        if len(changed) > _MANY:
            self.update()
        else:
            for wire_item in leaving:
                wire_item.update()
            for shown in changed:
                self._blocks[shown].update()

    def _show_ghosts(self, graph: Graph, known: Graph) -> None:
        if known is graph and not self._has_ghosts:
            return
        self._has_ghosts = known is not graph
        for block_id, item in self._blocks.items():
            box = self._folding.boxes.get(block_id)
            blocks = (block_id,) if box is None else box.blocks
            same = all(i in known.by_id and known[i].layer == graph[i].layer for i in blocks)
            item.set_ghost(not same)
        wires = set(known.wires)
        for wire, drawn in self._wires.items():
            drawn.set_ghost(wire not in wires)

    def _lead_wires(self, *, passing: bool = False) -> None:
        self._overview.forget_wires()
        self._wiring.update(self._wires, self._folding, passing=passing)
        for item in self._wires.values():
            item.forget_surroundings()
