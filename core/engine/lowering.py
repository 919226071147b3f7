"""What layers lower to: each method makes the nodes of one layer and gives its output.

A layer's `lower` calls one of these methods and knows nothing of rows, fusion or memory. The fusions
(ReLU into the convolution, dense layer, normalisation or sum before it; a sum into the normalisation
before it) happen here, and only where nobody asked for the value in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from core.engine import activation
from core.engine.activation import Activation, Add
from core.engine.batch import Flatten
from core.engine.convolution import Size, Window
from core.engine.convolution_node import Convolution
from core.engine.dense import Dense
from core.engine.merge import Concatenate
from core.engine.normalisation import BatchNorm
from core.engine.plan import Node, Parameter, Plan, Value
from core.engine.pooling import MAX_TAPS, Pool
from core.engine.random import Dropout
from core.engine.softmax import Softmax

Pair = tuple[int, int]
_CURVES = {"leaky_relu": activation.LEAKY, "sigmoid": activation.SIGMOID, "tanh": activation.TANH}


class NotLoweredError(Exception):
    """The network has a layer, or a setting of one, that the engine has no operation for."""


@dataclass(frozen=True)
class Loss:
    """The loss at the network's end: "cross entropy" or "distance" (with Huber's delta, or 0 for the
    square)."""

    kind: str
    delta: float = 0.0


@dataclass
class Setting:
    """The block whose layer is being lowered, as far as nodes need to know it."""

    name: str
    size: Size
    arrays: dict[str, Parameter]


class Lowering:
    """Collects the nodes of a network; core/engine/network.py goes through its blocks.

    `is_private` tells whether the current block alone needs a value; `key` gives the key of a block's random
    numbers in a step.
    """

    def __init__(
        self, plan: Plan, is_private: Callable[[Value], bool], key: Callable[[int, str], int]
    ) -> None:
        self.plan = plan
        self.nodes: list[Node] = []
        self.loss: Loss | None = None
        self.block = Setting("", (0, 0, 0), {})
        self._is_private, self._key = is_private, key

    # --- what layers call ---

    def enter(self) -> Value:
        """The batch."""
        value = self._new()
        value.trained = False
        return value

    def pass_on(self, x: Value) -> Value:
        """The output is the input."""
        return x

    def convolution(
        self, x: Value, kernel: Pair, stride: Pair, pads: Pair, dilation: Pair, groups: int, bias: bool
    ) -> Value:
        """A convolution; `pads` are the zeros before the first row and column."""
        window = Window(kernel, stride, pads, dilation)
        return self._add(Convolution(x, self._new(), *self._weights(bias), window, groups))

    def dense(self, x: Value, bias: bool) -> Value:
        """A fully connected layer."""
        return self._add(Dense(x, self._new(), *self._weights(bias)))

    def pool(self, x: Value, kernel: Pair, stride: Pair, pads: Pair, average: bool) -> Value:
        """The maximum or the mean of each window."""
        if not average and prod(kernel) > MAX_TAPS:
            raise NotLoweredError(f"a max pool of {prod(kernel)} pixels is too large for the engine")
        return self._add(Pool(x, self._new(), Window(kernel, stride, pads, (1, 1)), average))

    def global_average(self, x: Value) -> Value:
        """The mean of each channel."""
        kernel = x.size[1:]
        return self.pool(x, kernel, kernel, (0, 0), average=True)

    def batch_norm(self, x: Value, momentum: float, epsilon: float) -> Value:
        """Batch normalisation."""
        names = ("gamma", "beta", "running_mean", "running_variance")
        return self._add(
            BatchNorm(x, self._new(), {n: self.block.arrays[n] for n in names}, momentum, epsilon)
        )

    def relu(self, x: Value) -> Value:
        """max(x, 0), as part of what computes x if nobody else needs x."""
        producer = self._producer(x)
        if (
            isinstance(producer, Convolution | Dense | BatchNorm)
            and not producer.relu
            and self._is_private(x)
        ):
            producer.relu = True
            return x
        return self._add(Activation(x, self._new(), activation.RELU))

    def curve(self, x: Value, name: str, slope: float = 0.0) -> Value:
        """Another activation: "leaky_relu", "sigmoid" or "tanh"."""
        return self._add(Activation(x, self._new(), _CURVES[name], slope))

    def softmax(self, x: Value) -> Value:
        """Softmax over the channels."""
        return self._add(Softmax(x, self._new()))

    def add(self, *inputs: Value) -> Value:
        """The sum, as part of a normalisation that ends one of two branches."""
        if len(inputs) == 2 and inputs[0] is not inputs[1]:
            for x, other in (inputs, inputs[::-1]):
                node = self._producer(x)
                if (
                    isinstance(node, BatchNorm)
                    and not node.relu
                    and node.residual is None
                    and self._is_private(x)
                ):
                    node.fuse_add(other, self._new())
                    self.nodes.remove(node)  # the other branch has to come first
                    return self._add(node)
        return self._add(Add(inputs, self._new()))

    def concatenate(self, *inputs: Value) -> Value:
        """Channels one behind the other."""
        return self._add(Concatenate(inputs, self._new()))

    def flatten(self, x: Value) -> Value:
        """An image as a vector."""
        return x if x.size[1:] == (1, 1) else self._add(Flatten(x, self._new()))

    def dropout(self, x: Value, share: float) -> Value:
        """Sets a share of the values to 0 while training."""
        if not self.plan.training or share == 0:
            return x
        name = self.block.name
        return self._add(Dropout(x, self._new(), share, lambda step: self._key(step, name)))

    def cross_entropy(self, x: Value) -> Value:
        """The end of a classifier."""
        self.loss = Loss("cross entropy")
        return x

    def distance(self, x: Value, delta: float = 0.0) -> Value:
        """The end of a regression: squared distance, or Huber's with a delta."""
        self.loss = Loss("distance", delta)
        return x

    # --- for itself ---

    def _new(self) -> Value:
        return self.plan.value(self.block.size)

    def _add(self, node: Node) -> Value:
        node.output.trained = any(x.trained for x in node.inputs) or node.learns
        self.nodes.append(node)
        return node.output

    def _weights(self, bias: bool) -> tuple[Parameter, Parameter | None]:
        return self.block.arrays["weight"], self.block.arrays["bias"] if bias else None

    def _producer(self, x: Value) -> Node | None:
        return next((node for node in self.nodes if node.output is x), None)
