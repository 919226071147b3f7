"""A network as a table of its blocks."""

from __future__ import annotations

import html
from collections.abc import Iterable

from cnngui.cli.tables import aligned
from core.design.graph import Block, Graph
from core.design.infer import Inference, cost, infer
from core.errors import DesignError
from core.layers.unknown import Unknown
from core.schema.written import count_text, shape_text

Lines = list[tuple[str, ...]]


def lines(graph: Graph) -> Lines:
    """A line a block, below the titles: name, layer, settings, output's shape, parameters.

    Where the network is no chain, the blocks that each one follows, too.
    """
    shapes = infer(graph).shapes
    chain = all(
        len(graph.outgoing(block.id)) < 2 and len(graph.incoming(block.id)) < 2 for block in graph.blocks
    )
    found = [("Block", "Layer", "Settings", *(() if chain else ("After",)), "Output", "Parameters")]
    for block in _ordered(graph):
        price = cost(graph, block.id, shapes)
        after = ", ".join(graph[wire.source].name for wire in graph.incoming(block.id))
        found.append(
            (
                block.name,
                _layer(block),
                block.layer.caption(),
                *(() if chain else (after,)),
                shape_text(shapes[block.id]) if block.id in shapes else "?",
                "?" if price is None else count_text(price.parameters),
            )
        )
    return found


def parameters(graph: Graph) -> int:
    """All learned numbers of the blocks whose shape is known."""
    shapes = infer(graph).shapes
    prices = (cost(graph, block.id, shapes) for block in graph.blocks)
    return sum(price.parameters for price in prices if price)


def problems(found: Inference) -> list[str]:
    """What keeps the network from being trained, and what is hardly meant, a sentence each."""
    return [*map(str, found.errors), *doubts(found)]


def doubts(found: Inference) -> list[str]:
    """What is hardly meant, a sentence each; not that the network isn't complete yet."""
    return [str(p) for p in found.problems if p.severity == "warning" and not p.unfinished]


def as_text(table: Lines) -> list[str]:
    """The lines, their columns aligned."""
    return aligned(table, left=len(table[0]) - 1)


def as_html(table: Lines) -> str:
    """The table for a notebook."""

    def row(cells: tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(row(line, "td") for line in table[1:])
    return f"<table><thead>{row(table[0], 'th')}</thead><tbody>{body}</tbody></table>"


def _ordered(graph: Graph) -> Iterable[Block]:
    """Along the data's way, where there is one."""
    try:
        return map(graph.__getitem__, graph.order)
    except DesignError:  # a cycle
        return graph.blocks


def _layer(block: Block) -> str:
    """As it is written in a script."""
    return block.layer.kind if isinstance(block.layer, Unknown) else type(block.layer).__name__
