"""Blocks by the names that people know them by, and new ones behind them."""

from __future__ import annotations

from collections.abc import Sequence

from cnngui.scripting.given import block_name, wanted_block
from core.design import edits
from core.design.graph import Block, Graph
from core.design.infer import infer
from core.errors import DesignError, UsageError
from core.layers import Layer
from core.schema.near import near
from core.schema.written import counted_text
from core.templates.builder import SPACE, WIDTH, Builder


def find(graph: Graph, name: str) -> Block:
    """The block of this name, or else of this id.

    Raises UsageError, with the nearest names, where there is no such one.
    """
    name = wanted_block(name)
    found = [block for block in graph.blocks if block.name == name]
    if len(found) == 1:
        return found[0]
    if name in graph.by_id:
        return graph[name]
    if found:
        ids = ", ".join(repr(block.id) for block in found)
        raise UsageError(
            f"{counted_text(len(found), 'block')} are called {name!r}.", f"Use one of their ids: {ids}."
        )
    names = [block.name for block in graph.blocks]
    raise UsageError(f"There is no block {name!r}.", near(name, [*names, *graph.by_id], names))


def attach(graph: Graph, layer: Layer, sources: Sequence[str], name: str | None) -> tuple[Graph, str]:
    """The design with one block more, wired to the sources (ids) in their order, and its id.

    Raises UsageError for a name that is taken, and DesignError where the block can't stand there.
    """
    _check(layer, sources)
    name = None if name is None else block_name(name)
    if name is not None and any(block.name == name for block in graph.blocks):
        raise UsageError(f"There is a block {name!r} already.", "Give each block a name of its own.")
    builder = Builder(graph)
    block_id = builder.add(layer, *sources)
    made = edits.rename(builder.graph, block_id, name or _free_name(builder.graph, block_id))
    wrong = infer(made).problem(block_id)
    if wrong is not None and wrong.severity == "error":
        raise DesignError(wrong.message, wrong.hint, block=block_id, parameter=wrong.parameter)
    return edits.move(made, {block_id: _beyond(made, sources)}), block_id


def _check(layer: Layer, sources: Sequence[str]) -> None:
    count = len(sources)
    if layer.inputs is None and count < 2:
        hint = 'Name the blocks that it joins: after=["…", "…"].'
        raise UsageError(f"{layer.title} joins at least two blocks, got {count}.", hint)
    if layer.inputs == 1 and count == 0:
        raise UsageError(
            f"{layer.title} has no block before it.", "Begin the network with the shape of its Input."
        )
    if layer.inputs is not None and count > layer.inputs:
        takes = "no input" if layer.inputs == 0 else "one input"
        raise UsageError(f"{layer.title} takes {takes}, got {count}.", "Join the blocks before it first.")


def _free_name(graph: Graph, block_id: str) -> str:
    """The block's name, with the next number that makes it the only one of this name."""
    taken = {block.name for block in graph.blocks if block.id != block_id}
    begin, _, number = graph[block_id].name.rpartition(" ")
    names = (f"{begin} {n}" for n in range(int(number), len(taken) + int(number) + 1))
    return next(name for name in names if name not in taken)


def _beyond(graph: Graph, sources: Sequence[str]) -> tuple[float, float]:
    """Behind the first source, the way the design runs: from there it is arranged."""
    if not sources:
        return (0.0, 0.0)
    turn = graph.direction.turn
    along, across = turn(graph[sources[0]].position)
    return turn((along + WIDTH + SPACE, across))
