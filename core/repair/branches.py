"""Remedies for branches that are brought together and differ in height, width, channels or values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import takewhile
from math import prod

from core.design.before import before, size_setting
from core.design.graph import Block, Graph, Wire
from core.layers.merge import Concatenate
from core.maths.arrays import Shape
from core.repair.fix import DesignEdit
from core.repair.tools import give, insert_all, set_value
from core.repair.ways import KINDS, Way, first_way, words


def proposals(graph: Graph, block: Block, shapes: Mapping[str, Shape]) -> Iterator[DesignEdit]:
    """Settings in the branches, then blocks at their ends that give them the shape of one of them."""
    wires = graph.incoming(block.id)
    entering = [shapes[wire.source] for wire in wires if wire.source in shapes]
    if len(wires) < 2 or len(entering) < len(wires):
        return
    branches = [_own(graph, wire) for wire in wires]
    yield from _settings(branches)
    sizes = list(_sizes(branches, entering))
    yield from (edit for edit, larger in sizes if larger)
    wanted = sorted(set(entering), key=lambda shape: (len(shape), shape[1:], shape), reverse=True)
    for kind in (*KINDS, first_way):
        for shape in wanted:
            needed = {
                wire: (have, needs)
                for wire, have in zip(wires, entering, strict=True)
                if have != (needs := target(block, have, shape))
            }
            ways = {wire: way for wire, pair in needed.items() if (way := kind(*pair))}
            if len(ways) == len(needed) > 0:
                yield DesignEdit(_title(graph, ways), partial(_insert, ways=ways))
    yield from (edit for edit, larger in sizes if not larger)


def target(block: Block, have: Shape, wanted: Shape) -> Shape:
    """What a branch has to give; before Concatenate, it keeps its channels."""
    if not isinstance(block.layer, Concatenate):
        return wanted
    if len(wanted) == 1:
        return (prod(have),)
    return (have[0] if len(have) == 3 else 1, *wanted[1:])


def _title(graph: Graph, ways: Mapping[Wire, Way]) -> str:
    names: dict[str, list[str]] = {}
    for wire, way in ways.items():
        names.setdefault(words(way), []).append(graph[wire.source].name)
    return "Insert " + ", and ".join(f"{what} after {' and '.join(after)}" for what, after in names.items())


def _insert(graph: Graph, ways: Mapping[Wire, Way]) -> Graph:
    return reduce(lambda g, pair: insert_all(g, pair[1], pair[0]), ways.items(), graph)


def _settings(branches: Sequence[Sequence[Block]]) -> Iterator[DesignEdit]:
    """Padding and strides of the blocks that belong to one branch alone."""
    for name, value in (("padding", "same"), ("stride", (1, 1))):
        found = [[b for b in branch if getattr(b.layer, name, value) != value] for branch in branches]
        every = [block for branch in found for block in branch]
        for blocks in (every, *found, *([block] for block in every)):
            if blocks:
                yield set_value(blocks, name, value)


def _sizes(
    branches: Sequence[Sequence[Block]], entering: Sequence[Shape]
) -> Iterator[tuple[DesignEdit, bool]]:
    """Another number of channels or values of a branch, and whether it is a larger one."""
    for branch, have in zip(branches, entering, strict=True):
        sized = next(filter(size_setting, branch), None)
        for shape in dict.fromkeys(entering):
            edit = None if sized is None or shape[0] == have[0] else give(sized, shape[0])
            if edit is not None:
                yield edit, shape[0] > have[0]


def _own(graph: Graph, wire: Wire) -> list[Block]:
    """The blocks of a branch, from its end to where it forks from others."""
    chain = (graph[wire.source], *before(graph, graph[wire.source]))
    return list(takewhile(lambda b: len(graph.outgoing(b.id)) == 1 and b.layer.inputs == 1, chain))
