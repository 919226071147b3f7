"""The faces of the blocks and folded groups of a design, from its graph and what inference found."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

from cnngui.canvas.drawing.blocks.face import Face
from cnngui.canvas.drawing.blocks.group_face import GroupFace
from core.design.expand import expand
from core.design.folding import Box
from core.design.graph import Block, Graph
from core.design.infer import Inference, input_shapes
from core.errors import Problem
from core.layers import Layer
from core.maths.arrays import Shape
from core.schema.written import shape_text

Costing = tuple[Layer, tuple[Shape, ...]]
_text = lru_cache(maxsize=4096)(shape_text)


class Faces:
    """Makes them for one state of the design."""

    def __init__(self, graph: Graph, inference: Inference) -> None:
        self._graph = graph
        self._shapes = inference.shapes
        self._inference = inference

    def compared(self, before: Faces) -> tuple[set[str], set[str]]:
        """The blocks that look as they did before, and those that have the same lines with other texts.

        No face is made for that: an edit may change a thousand shapes, most of them out of sight. What isn't
        in either of the two has to be looked at.
        """
        same: set[str] = set()
        reworded: set[str] = set()
        graph, known = self._graph, before._graph
        if graph.wires is not known.wires or expand(graph).copies or expand(known).copies:
            return same, reworded
        shapes, shapes_before = self._shapes, before._shapes
        ids = self._worst.keys() | before._worst.keys()
        judged = {block_id for block_id in ids if self._worst.get(block_id) != before._worst.get(block_id)}
        new = {i for i, shape in shapes.items() if shapes_before.get(i) != shape}
        new |= shapes_before.keys() - shapes.keys()
        for block in graph.blocks:
            block_id = block.id
            if known.by_id.get(block_id) is not block or block_id in judged:
                continue
            if block_id in new:
                if block_id in shapes and block_id in shapes_before:
                    said = block.layer.caption()
                    if not said or (said == _text(shapes[block_id])) == (
                        said == _text(shapes_before[block_id])
                    ):
                        reworded.add(block_id)
            elif new and any(wire.source in new for wire in graph.incoming(block_id)):
                reworded.add(block_id)  # it costs more or less
            else:
                same.add(block_id)
        return same, reworded

    @cached_property
    def _worst(self) -> dict[str, Problem]:
        return _worst_problems(self._inference)

    def of_block(self, block: Block) -> Face:
        graph, block_id = self._graph, block.id
        incoming, feeds = graph.incoming(block_id), bool(graph.outgoing(block_id))
        shape = self._shapes.get(block_id)
        entering = () if shape is None else self._entering(block_id)
        return Face(block, shape, self._worst.get(block_id), incoming, feeds, entering)

    def of_box(self, box: Box) -> GroupFace:
        problems = [self._worst[block] for block in box.blocks if block in self._worst]
        worst = min(problems, key=lambda problem: problem.severity, default=None)
        shape = self._shapes.get(box.outputs[0]) if len(box.outputs) == 1 else None
        return GroupFace(box, shape, worst, tuple(self._costing(box.blocks)))

    def _costing(self, blocks: Iterable[str]) -> list[Costing]:
        """The layers with the shapes that they work on; nothing where one isn't known."""
        found: list[Costing] = []
        for block_id in blocks:
            if block_id not in self._shapes:
                return []
            layer = self._graph[block_id].layer
            if layer.has_cost():
                found += [(layer, shapes) for shapes in self._entering(block_id)]
        return found

    def _entering(self, block_id: str) -> tuple[tuple[Shape, ...], ...]:
        expansion = expand(self._graph)
        if block_id not in expansion.copies:
            shapes = input_shapes(self._graph, block_id, self._shapes)
            return () if shapes is None else (tuple(shapes),)
        found = [input_shapes(expansion.network, copy, self._shapes) for copy in expansion.copies[block_id]]
        known = [tuple(shapes) for shapes in found if shapes is not None]
        return tuple(known) if len(known) == len(found) else ()


def _worst_problems(inference: Inference) -> dict[str, Problem]:
    """The problem that each block shows: its first error, else its first warning."""
    worst: dict[str, Problem] = {}
    for problem in inference.problems:
        if problem.block is not None:
            known = worst.setdefault(problem.block, problem)
            if known.severity == "warning" and problem.severity == "error":
                worst[problem.block] = problem
    return worst
