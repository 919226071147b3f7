"""An example for the data that there are, where its file has been made for others."""

from __future__ import annotations

from dataclasses import replace

from core.design.edits import move
from core.design.graph import Graph
from core.design.spec import DataSpec
from core.drawing.arrange import arrange
from core.templates.builder import sizes
from core.templates.networks import TEMPLATES


def fit_example(name: str, file: Graph, data: DataSpec) -> Graph:
    """The example, laid out as in its file, for samples of this shape and their classes or values.

    All examples take images: for vectors it stays as it is.
    """
    if len(data.shape) != 3:
        return file
    made = next(template for template in TEMPLATES if template.name == name).build(data)
    if made.by_id.keys() != file.by_id.keys():  # another end, or a block more
        return laid_out(made)
    blocks = tuple(replace(block, layer=made[block.id].layer) for block in file.blocks)
    return replace(file, blocks=blocks)


def laid_out(graph: Graph) -> Graph:
    """The design arranged, and what is in its folded groups as well."""
    graph = with_folded_laid_out(graph)
    return move(graph, arrange(graph, sizes(graph)))


def with_folded_laid_out(graph: Graph) -> Graph:
    """The design with the insides of its folded groups arranged: opened, each is in order.

    Groups are folded from the innermost outwards. Where they stand is left to be arranged.
    """
    depth = {group.id: len(graph.ancestors(group.id)) for group in graph.groups}
    innermost = max((depth[group.id] for group in graph.groups if group.folded), default=-1)
    arranged = graph
    for level in range(innermost + 1, 0, -1):
        groups = tuple(
            replace(group, folded=group.folded and depth[group.id] >= level) for group in graph.groups
        )
        arranged = replace(arranged, groups=groups)
        arranged = move(arranged, arrange(arranged, sizes(arranged)))
    return replace(arranged, groups=graph.groups)
