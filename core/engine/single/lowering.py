"""What layers lower to for one image in evaluation mode; each method as in `BatchLowering`.

Normalisation, ReLU and the sum of a residual block become part of the convolution or dense layer before
them, where nobody asked for the value in between.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from core.engine.lowering import CURVES, BatchLowering
from core.engine.operations import activation
from core.engine.operations import depthwise as batch_depthwise
from core.engine.operations.convolution import Geometry
from core.engine.single import winograd
from core.engine.single.convolution import Convolution, Weighted
from core.engine.single.dense import Dense
from core.engine.single.depthwise import Depthwise
from core.engine.single.moving import Concatenate, Flatten, Resample, Shift, Unflatten
from core.engine.single.pixels import Pixels, pixels
from core.engine.single.pointwise import Activation, BatchNorm, Combine, Softmax
from core.engine.single.pooling import MaxPool
from core.engine.single.sample_norm import SampleNorm
from core.engine.single.transposed import TransposedConvolution
from core.engine.single.weights import Norm
from core.engine.single.winograd import Winograd
from core.engine.tape import Node, Value
from core.layers.lowering import Curve, NotLoweredError
from core.layers.windows import Pair


class SingleLowering(BatchLowering):
    """Collects the nodes of a network for one image."""

    def enter(self) -> Value:
        return self._new()

    def convolution(
        self, x: Value, kernel: Pair, stride: Pair, pads: Pair, dilation: Pair, groups: int, bias: bool
    ) -> Value:
        y, window, weights = self._new(), Geometry(kernel, stride, pads, dilation), self._weights(bias)
        source = pixels(x)
        if batch_depthwise.suits(x.size, y.size, groups):
            return self._add(Depthwise(source, y, *weights, window))
        if winograd.suits(source, y, window, groups):
            return self._add(Winograd(source, y, *weights, pads))
        return self._add(Convolution(source, y, *weights, window, groups))

    def dense(self, x: Value, bias: bool) -> Value:
        return self._add(Dense(pixels(x), self._new(), *self._weights(bias)))

    def max_pool(self, x: Value, kernel: Pair, stride: Pair, pads: Pair) -> Value:
        return self._add(MaxPool(pixels(x), self._new(), Geometry(kernel, stride, pads, (1, 1))))

    def batch_norm(self, x: Value, momentum: float, epsilon: float) -> Value:
        norm, node = Norm(self.block.arrays, float(epsilon)), self._producer(x)
        if (
            isinstance(node, Weighted)
            and not (node.norm or node.residual or node.relu)
            and self._is_private(x)
        ):
            node.norm = norm
            return x
        return self._add(BatchNorm(pixels(x), self._new(), norm))

    def relu(self, x: Value) -> Value:
        node = self._producer(x)
        if isinstance(node, Weighted | Combine) and not node.relu and self._is_private(x):
            node.relu = True
            return x
        return self._add(Activation(pixels(x), self._new(), activation.RELU))

    def curve(self, x: Value, name: Curve, slope: float = 0.0) -> Value:
        return self._add(Activation(pixels(x), self._new(), CURVES[name], slope))

    def softmax(self, x: Value) -> Value:
        return self._add(Softmax(pixels(x), self._new()))

    def add(self, *inputs: Value) -> Value:
        if len(inputs) == 2 and inputs[0] is not inputs[1] and inputs[0].size == inputs[1].size:
            for x, other in (inputs, inputs[::-1]):
                node = self._producer(x)
                if isinstance(node, Weighted) and not (node.residual or node.relu) and self._is_private(x):
                    node.residual = pixels(other)
                    self.nodes.remove(node)  # the other branch has to come first
                    return self._add(node)
        return self._add(Combine(_all_pixels(inputs), self._new(), product=False))

    def multiply(self, *inputs: Value) -> Value:
        return self._add(Combine(_all_pixels(inputs), self._new(), product=True))

    def concatenate(self, *inputs: Value) -> Value:
        return self._add(Concatenate(_all_pixels(inputs), self._new()))

    def flatten(self, x: Value) -> Value:
        return x if x.size[1:] == (1, 1) else self._add(Flatten(pixels(x), self._new()))

    def reshape(self, x: Value) -> Value:
        if x.size == self.block.size:
            return x
        vector = x
        if x.size[1:] != (1, 1):
            vector = self._add(Flatten(pixels(x), Pixels((prod(x.size), 1, 1))))
        if self.block.size[1:] == (1, 1):
            return vector
        return self._add(Unflatten(pixels(vector), self._new()))

    def border(self, x: Value, top: int, left: int) -> Value:
        return self._add(Shift(pixels(x), self._new(), top, left))

    def resample(self, x: Value, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> Value:
        return self._add(Resample(pixels(x), self._new(), rows, columns))

    def sample_norm(self, x: Value, groups: int, each: bool, epsilon: float) -> Value:
        arrays = self.block.arrays
        node = SampleNorm(pixels(x), self._new(), arrays["gamma"], arrays["beta"], groups, each, epsilon)
        return self._add(node)

    def transposed_convolution(
        self, x: Value, kernel: Pair, stride: Pair, cut: Pair, dilation: Pair, groups: int, bias: bool
    ) -> Value:
        window, weights = Geometry(kernel, stride, cut, dilation), self._weights(bias)
        return self._add(TransposedConvolution(pixels(x), self._new(), *weights, window, groups))

    def reference(self, node: Node) -> Value:
        raise NotLoweredError("the reference takes batches")

    def _new(self) -> Pixels:
        return Pixels(self.block.size)


def _all_pixels(values: tuple[Value, ...]) -> tuple[Pixels, ...]:
    return tuple(pixels(x) for x in values)
