"""What there is to see of a design: a folded group as one block, whose ports follow from the wires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.design.graph import Block, Graph, Group, Place, Wire

End = tuple[str, int]
"""A block's id and the number of one of its inputs."""


@dataclass(frozen=True)
class Box:
    """A folded group as it is drawn.

    An input port stands for the inputs of all blocks inside that one block outside feeds, or for one that
    nothing feeds yet. An output port stands for a block that feeds others outside, or none at all.
    """

    group: Group
    position: Place
    blocks: tuple[str, ...]
    inputs: tuple[tuple[End, ...], ...]
    linked: frozenset[int]
    """The numbers of the input ports that are fed."""
    outputs: tuple[str, ...]
    feeding: frozenset[int]
    """The numbers of the output ports that feed others."""

    @cached_property
    def input_numbers(self) -> dict[End, int]:
        return {end: number for number, ends in enumerate(self.inputs) for end in ends}


@dataclass(frozen=True)
class Folding:
    """`boxes` by the ids of their groups. `wires` are the ones to draw: none within a box, and of those that
    would lie on one another the first; `bundles` gives all that a drawn one stands for.
    """

    hidden: dict[str, str]
    boxes: dict[str, Box]
    wires: tuple[Wire, ...]
    bundles: dict[Wire, tuple[Wire, ...]] = field(default_factory=dict)

    def shown(self, member: str) -> str:
        """What stands for a block or a group: itself, or the folded group that hides it."""
        return self.hidden.get(member, member)

    def corners(self, graph: Graph) -> dict[str, Place]:
        """Where everything is that is drawn as a block: blocks and folded groups, by their ids."""
        found = {block.id: block.position for block in graph.blocks if block.id not in self.hidden}
        return found | {group: box.position for group, box in self.boxes.items()}

    def bundle(self, wire: Wire) -> tuple[Wire, ...]:
        """All wires that a drawn one stands for."""
        return self.bundles.get(wire, (wire,))

    def output_number(self, block_id: str) -> tuple[str, int]:
        """What is drawn for a block, and which of its output ports is the block's."""
        shown = self.hidden.get(block_id, block_id)
        box = self.boxes.get(shown)
        return shown, 0 if box is None or block_id not in box.outputs else box.outputs.index(block_id)

    def input_number(self, block_id: str, number: int) -> tuple[str, int]:
        """What is drawn for a block, and which of its input ports is this input."""
        shown = self.hidden.get(block_id, block_id)
        box = self.boxes.get(shown)
        return shown, number if box is None else box.input_numbers.get((block_id, number), 0)

    def moved(self, graph: Graph) -> Folding:
        """The same for a design in which only places are others: quicker, for each step of a drag."""
        corners = {group: _corner(graph[block] for block in box.blocks) for group, box in self.boxes.items()}
        boxes = {
            group: box if box.position == corners[group] else replace(box, position=corners[group])
            for group, box in self.boxes.items()
        }
        return replace(self, boxes=boxes)

    def together(self, block_id: str, number: int) -> tuple[End, ...]:
        """All inputs that share the port of this one."""
        box = self.boxes.get(self.hidden.get(block_id, ""))
        if box is None:
            return ((block_id, number),)
        port = box.input_numbers.get((block_id, number))
        return ((block_id, number),) if port is None else box.inputs[port]


def folding(graph: Graph) -> Folding:
    """How the folded groups of a design are drawn."""
    hidden = graph.hidden
    if not any(group.folded for group in graph.groups):
        return Folding({}, {}, graph.wires)
    boxes = {g.id: box(graph, g) for g in graph.groups if g.folded and g.id not in hidden}
    first: dict[tuple[str, str, int], Wire] = {}
    bundles: dict[Wire, list[Wire]] = defaultdict(list)
    for wire in graph.wires:
        source, target = hidden.get(wire.source, wire.source), hidden.get(wire.target, wire.target)
        if source == target and source in boxes:
            continue
        around = boxes.get(target)
        number = wire.input if around is None else around.input_numbers[wire.target, wire.input]
        bundles[first.setdefault((wire.source, target, number), wire)].append(wire)
    return Folding(hidden, boxes, tuple(bundles), {w: tuple(ws) for w, ws in bundles.items() if len(ws) > 1})


def box(graph: Graph, group: Group) -> Box:
    """How a group is drawn when it is folded, whether it is or not."""
    chosen = set(graph.inside(group.id))
    blocks = tuple(block for block in graph.blocks if block.id in chosen)
    fed: dict[str, list[End]] = defaultdict(list)
    open_ends: list[tuple[End, ...]] = []
    outputs: list[str] = []
    feeding: set[int] = set()
    for block in blocks:
        incoming, outgoing = graph.incoming(block.id), graph.outgoing(block.id)
        for wire in incoming:
            if wire.source not in chosen:
                fed[wire.source].append((block.id, wire.input))
        taken = {wire.input for wire in incoming}
        wanted = 2 if block.layer.inputs is None else block.layer.inputs
        open_ends += [((block.id, number),) for number in range(wanted) if number not in taken]
        leaves = any(wire.target not in chosen for wire in outgoing)
        if leaves:
            feeding.add(len(outputs))
        if leaves or (block.layer.has_output and not outgoing):
            outputs.append(block.id)
    inputs = (*(tuple(ends) for ends in fed.values()), *open_ends)
    ids = tuple(block.id for block in blocks)
    return Box(
        group, _corner(blocks), ids, inputs, frozenset(range(len(fed))), tuple(outputs), frozenset(feeding)
    )


def _corner(blocks: Iterable[Block]) -> Place:
    places = [block.position for block in blocks]
    return min(x for x, _ in places), min(y for _, y in places)
