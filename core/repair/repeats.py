"""Remedies for groups that can't be repeated, or whose copies don't fit one behind the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.design.graph import Block, Graph
from core.design.groups import set_repeat
from core.repair.fix import DesignEdit


def proposals(graph: Graph, block: Block) -> Iterator[DesignEdit]:
    """A group around the block runs once; the innermost first."""
    for group in map(graph.group, graph.ancestors(block.id)):
        if group.repeat > 1:
            yield DesignEdit(f"Let {group.name} run once", partial(set_repeat, group_id=group.id, repeat=1))
