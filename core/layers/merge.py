"""Blocks that bring branches together."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from core.errors import ShapeError
from core.layers.base import Array, Layer, Mode, Params, Shape, layer

if TYPE_CHECKING:
    from core.engine.lowering import Lowering
    from core.engine.plan import Value


def _written(shapes: tuple[Shape, ...]) -> str:
    return " and ".join(" × ".join(map(str, s)) for s in shapes)


@layer("add", group="Merge", title="Add")
class Add(Layer):
    """The sum of its inputs, all of one shape: the join of a residual connection (He et al. 2016)."""

    inputs = None

    def infer(self, *inputs: Shape) -> Shape:
        if len(set(inputs)) > 1:
            raise ShapeError(
                f"Add needs inputs of one shape, got {_written(inputs)}.",
                "Put a 1 × 1 convolution into one branch that gives the other's shape.",
            )
        return inputs[0]

    def forward(self, params: Params, mode: Mode, *inputs: Array) -> tuple[Array, int]:
        return reduce(np.add, inputs), len(inputs)

    def backward(self, params: Params, saved: int, grad: Array) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (grad,) * saved, {}

    def lower(self, engine: Lowering, *inputs: Value) -> Value:
        return engine.add(*inputs)


@layer("concatenate", group="Merge", title="Concatenate")
class Concatenate(Layer):
    """Puts the channels of its inputs one behind the other; heights and widths have to be equal."""

    inputs = None

    def infer(self, *inputs: Shape) -> Shape:
        if len({shape[1:] for shape in inputs}) > 1:
            raise ShapeError(
                f"Concatenate needs images of one height and width, got {_written(inputs)}.",
                "Give the branches the same strides, and padding same.",
            )
        return sum(shape[0] for shape in inputs), *inputs[0][1:]

    def forward(self, params: Params, mode: Mode, *inputs: Array) -> tuple[Array, list[int]]:
        ends = np.cumsum([x.shape[1] for x in inputs])
        return np.concatenate(inputs, axis=1), [int(end) for end in ends[:-1]]

    def backward(
        self, params: Params, saved: list[int], grad: Array
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return tuple(np.split(grad, saved, axis=1)), {}

    def lower(self, engine: Lowering, *inputs: Value) -> Value:
        return engine.concatenate(*inputs)
