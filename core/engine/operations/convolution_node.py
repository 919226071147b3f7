"""A convolution of the network: which algorithm runs each of its three passes."""

from __future__ import annotations

from math import prod

from core.engine.machine.winograd_transforms import POSITIONS
from core.engine.operations import (
    convolution,
    convolution_gradient,
    depthwise,
    winograd,
    winograd_gradient,
    winograd_transposed,
)
from core.engine.operations.activation import emit_output_gradient
from core.engine.operations.convolution import Geometry
from core.engine.tape import Learned, Node, Tape, Value

_FORWARD, _GRADIENT = {3: 180, 5: 130}, {3: 250, 5: 170}
"""What Winograd's transforms cost for each channel and filter of a tile, by the size of the kernel: in
multiply-adds of the direct algorithm, measured."""


def winograd_pays(x: Value, y: Value, tiled: Value, window: Geometry, cost: dict[int, int]) -> bool:
    """Whether the tiles of `tiled` take less than a direct convolution from x to y."""
    (channels, *x_size), (filters, *y_size) = x.size, y.size
    direct = min(prod(x_size), prod(y_size)) * prod(window.kernel) * channels * filters
    tile = POSITIONS * channels * filters + cost[window.kernel[0]] * (channels + filters)
    return direct > 1.1 * tile * _tiles(tiled, window)


def _tiles(value: Value, window: Geometry) -> int:
    size = winograd.tile_size(window.kernel[0])
    return -(-value.size[1] // size) * -(-value.size[2] // size)


class Convolution(Node):
    """A convolution with an optional fused ReLU; weight is (filters, channels / groups, height, width)."""

    learns = True

    def __init__(
        self, x: Value, y: Value, weight: Learned, bias: Learned | None, window: Geometry, groups: int
    ) -> None:
        self.inputs, self.output = (x,), y
        self.weight, self.bias, self.window, self.groups = weight, bias, window, groups
        self.relu = False
        self._depthwise = depthwise.suits(x.size, y.size, groups)
        self._winograd = winograd.suits(x.size, y.size, window, groups)

    def forward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        ends = (x.buffer, x.size, y.buffer, y.size, self.weight, self.bias, self.window)
        if self._winograd and winograd_pays(x, y, y, self.window, _FORWARD):
            winograd.emit_forward(tape, *ends, self.relu)
        elif self._depthwise:
            depthwise.emit_forward(tape, *ends, self.relu)
        else:
            convolution.emit_forward(tape, *ends, self.groups, self.relu)

    def backward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        emit_output_gradient(tape, y, self.bias, self.relu)
        dy = tape.gradient_of(y)
        forward = (tape.recall(x), x.size, dy, y.size, self.weight, self.window)
        if self._winograd and winograd_pays(x, y, y, self.window, _GRADIENT):
            winograd_gradient.emit_weight_gradient(tape, *forward)
        elif self._depthwise:
            depthwise.emit_weight_gradient(tape, *forward)
        else:
            convolution_gradient.emit_weight_gradient(tape, *forward, self.groups)
        if not x.trained:
            return
        dx, add = tape.contribute(x)
        back = (dy, y.size, dx, x.size, self.weight, self.window)
        # The output's tiles may be fewer, but overlap in dx, where each thread then needs whole blocks.
        fewer = self._winograd and _tiles(y, self.window) < _tiles(x, self.window)
        tiled = y if fewer and tape.blocks >= tape.threads else x
        if self._winograd and winograd_pays(x, y, tiled, self.window, _FORWARD):
            algorithm = winograd_transposed if tiled is y else winograd
            algorithm.emit_backward_data(tape, *back, add)
        elif self._depthwise:
            depthwise.emit_backward_data(tape, *back, add)
        else:
            convolution.emit_backward_data(tape, *back, self.groups, add)
