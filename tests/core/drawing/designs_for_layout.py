"""Networks with the structures that a layout has to show, and the pictures of their blocks."""

from __future__ import annotations

from core.design.graph import Graph
from core.drawing.route import Rect
from core.layers import Layer
from core.layers.activation import ReLU, Sigmoid
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.merge import Add, Concatenate
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.pooling import GlobalAveragePool, MaxPool
from core.layers.reshape import Flatten
from tests.core.designs import Builder

WIDTH = 168.0


def sizes(graph: Graph) -> dict[str, tuple[float, float]]:
    """As large as the canvas draws the blocks: a line for settings, a free port on what merges."""
    found = {}
    for block in graph.blocks:
        text = 60.0 + 16.0 * bool(block.layer.summary())
        needed = graph.direction.room_for_ports(_inputs(graph, block.id)) + 8.0
        found[block.id] = WIDTH, max(text, needed)
    return found


def ports(graph: Graph, block: str, body: Rect) -> tuple[list[float], float]:
    """How far across from its corner a block has its inputs and its output; `body` is along and across."""
    count, breadth = _inputs(graph, block), body.bottom - body.top
    inputs = [graph.direction.port(number, count, breadth) for number in range(count)]
    return inputs, graph.direction.port(0, 1, breadth)


def _inputs(graph: Graph, block: str) -> int:
    return len(graph.incoming(block)) + 1 if graph[block].layer.inputs is None else 1


class _Blocks(Builder):
    """Builds the usual modules; each takes the block before it and gives its own last one."""

    def path(self, last: str, *layers: Layer) -> str:
        for layer in layers:
            last = self(layer, last)
        return last

    def conv(self, last: str, filters: int, kernel: int = 3, stride: int = 1) -> str:
        layer = Conv2D(filters=filters, kernel=(kernel, kernel), stride=(stride, stride), padding="same")
        return self(layer, last)

    def conv_norm(self, last: str, filters: int, kernel: int = 3, stride: int = 1) -> str:
        return self(BatchNorm(), self.conv(last, filters, kernel, stride))

    def residual(self, last: str, filters: int, stride: int = 1, *, skip_first: bool = False) -> str:
        main = self(ReLU(), self.conv_norm(last, filters, stride=stride))
        main = self.conv_norm(main, filters)
        skip = last if stride == 1 else self.conv_norm(last, filters, 1, stride)
        ends = (skip, main) if skip_first else (main, skip)
        return self(ReLU(), self(Add(), *ends))

    def inception(self, last: str) -> str:
        branches = (
            self.conv(last, 16, 1),
            self.conv(self.conv(last, 12, 1), 16),
            self.conv(self.conv(self.conv(last, 4, 1), 8), 8),
            self.conv(self(MaxPool(kernel=(3, 3), stride=(1, 1), padding="same"), last), 8, 1),
        )
        return self(Concatenate(), *branches)

    def squeeze_excite(self, last: str, channels: int) -> str:
        squeeze = self(ReLU(), self.conv(last, 4, 1))
        return self(Add(), last, self(Sigmoid(), self.conv(squeeze, channels, 1)))

    def head(self, last: str) -> Graph:
        self.path(last, GlobalAveragePool(), Dense(units=10), Classification())
        return self.graph


def resnet(blocks: int = 3, *, skip_first: bool = False) -> Graph:
    """ResNet-20 with three residual blocks in each of its three stages (He et al. 2016)."""
    build = _Blocks((3, 32, 32))
    last = build(ReLU(), build.conv_norm(build.input, 16))
    for filters in (16, 32, 64):
        for number in range(blocks):
            stride = 2 if number == 0 and filters > 16 else 1
            last = build.residual(last, filters, stride, skip_first=skip_first)
    return build.head(last)


def inception(modules: int = 2) -> Graph:
    """Modules of four branches (Szegedy et al. 2015)."""
    build = _Blocks((3, 32, 32))
    last = build.conv(build.input, 16)
    for _ in range(modules):
        last = build.inception(last)
    return build.head(last)


def vgg() -> Graph:
    """A plain chain."""
    build = _Blocks((3, 32, 32))
    last = build.input
    for filters in (32, 64, 128):
        for _ in range(2):
            last = build(ReLU(), build.conv(last, filters))
        last = build(MaxPool(), last)
    last = build(ReLU(), build(Dense(units=256), build(Flatten(), last)))
    build.path(last, Dense(units=10), Classification())
    return build.graph


def squeeze_excite() -> Graph:
    """Residual blocks, each with a gate (Hu et al. 2018); convolutions and a sum stand for its parts."""
    build = _Blocks((3, 32, 32))
    last = build.conv(build.input, 16)
    for _ in range(2):
        gated = build.squeeze_excite(build.conv_norm(last, 16), 16)
        last = build(ReLU(), build(Add(), last, gated))
    return build.head(last)


def autoencoder(depth: int = 3) -> Graph:
    """Ever deeper levels with skip connections from each to the one opposite (Ronneberger et al. 2015)."""
    build = _Blocks((3, 32, 32))
    last = build.input
    skips = []
    for level in range(depth):
        last = build(ReLU(), build.conv(last, 8 << level))
        skips.append(last)
    last = build(ReLU(), build.conv(last, 8 << depth))
    for level in reversed(range(depth)):
        joined = build(Concatenate(), skips[level], build.conv(last, 8 << level))
        last = build(ReLU(), build.conv(joined, 8 << level))
    return build.head(last)


def dense_block(layers: int = 4) -> Graph:
    """Every layer sees the outputs of all before it (Huang et al. 2017)."""
    build = _Blocks((3, 32, 32))
    outputs = [build.conv(build.input, 8)]
    for _ in range(layers):
        joined = build(Concatenate(), *outputs) if len(outputs) > 1 else outputs[0]
        outputs.append(build.conv(joined, 8))
    return build.head(build(Concatenate(), *outputs))
