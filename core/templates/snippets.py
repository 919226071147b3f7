"""Parts of networks to put behind a block of a design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core import edits
from core.errors import DesignError
from core.graph import Graph
from core.infer import infer
from core.templates.builder import SPACE, WIDTH, Builder, sizes
from core.templates.parts import conv_norm_relu, depthwise_separable, inception_module, residual_block

LEAST_FILTERS = 16


@dataclass(frozen=True)
class Snippet:
    """`build` puts the blocks behind one that gives so many channels, and gives the id of its last one."""

    name: str
    title: str
    help: str
    build: Callable[[Builder, str, int], str]


def _conv_norm_relu(build: Builder, last: str, channels: int) -> str:
    return conv_norm_relu(build, last, max(channels, LEAST_FILTERS))


def _inception(build: Builder, last: str, channels: int) -> str:
    quarter = max(channels // 4, LEAST_FILTERS // 4)
    half = quarter // 2
    return inception_module(build, last, (quarter, half, 2 * quarter, half, half, half))


def _separable(build: Builder, last: str, channels: int) -> str:
    return depthwise_separable(build, last, max(channels, LEAST_FILTERS))


SNIPPETS = (
    Snippet(
        "conv_norm_relu",
        "Conv + Norm + ReLU",
        "A convolution, batch normalisation and an activation.",
        _conv_norm_relu,
    ),
    Snippet("residual", "Residual block", "Two convolutions with a shortcut around them.", residual_block),
    Snippet("inception", "Inception module", "Filters of several sizes side by side.", _inception),
    Snippet(
        "separable",
        "Depthwise separable",
        "A depthwise convolution and a 1 × 1 one: a convolution for less work.",
        _separable,
    ),
)


def insert_snippet(graph: Graph, snippet: Snippet, after: str | None) -> tuple[Graph, tuple[str, ...]]:
    """The design with a snippet behind a block, and the ids of the new blocks.

    What the block fed is fed by the snippet. Without `after`, it goes behind the last block that feeds none.
    Raises DesignError where there is no such block, or where it gives no image.
    """
    from core.arrange import arrange  # noqa: PLC0415  # the list of snippets is shown without it

    source = after if after is not None else _open_end(graph)
    shape = infer(graph).shapes.get(source)
    if shape is None or len(shape) != 3:
        raise DesignError(
            f"{snippet.title} needs an image, which {graph[source].name} doesn't give.",
            "Select a block before Flatten or Dense, whose shape is known.",
            block=source,
        )
    build = Builder(graph)
    last = snippet.build(build, source, shape[0])
    new = tuple(block.id for block in build.graph.blocks if block.id not in graph.by_id)
    fed = {wire: replace(wire, source=last) for wire in graph.outgoing(source)}
    made = replace(build.graph, wires=tuple(fed.get(wire, wire) for wire in build.graph.wires))
    x, y = graph[source].position
    made = edits.move(made, dict.fromkeys(new, (x + WIDTH + SPACE, y)))
    return edits.move(made, arrange(made, sizes(made), blocks=new)), new


def _open_end(graph: Graph) -> str:
    ends = [i for i in graph.order if graph[i].layer.has_output and not graph.outgoing(i)]
    if not ends:
        raise DesignError("There is no block to put it behind.", "Select one.")
    return ends[-1]
