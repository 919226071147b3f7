"""Blocks that bring branches together."""

from __future__ import annotations

from functools import reduce

import numpy as np

from core.errors import ShapeError
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.sight import SAME, Window, Windows
from core.maths.arrays import Array, Params, Shape


def _written(shapes: tuple[Shape, ...]) -> str:
    return " and ".join(" × ".join(map(str, s)) for s in shapes)


class Elementwise(Layer):
    """What Add and Multiply share: inputs of one shape, or some that are spread over the others.

    A size of 1 is repeated, as ONNX and NumPy do; a vector with one number a channel covers the whole image.
    """

    inputs = None

    def infer(self, *inputs: Shape) -> Shape:
        try:
            return np.broadcast_shapes(*(_as_image(shape, inputs) for shape in inputs))
        except ValueError:
            raise ShapeError(
                f"{self.title} needs inputs of one shape, got {_written(inputs)}.",
                "Put a 1 × 1 convolution into one branch that gives the other's shape.",
            ) from None

    def windows(self, *inputs: Shape) -> tuple[Windows, ...]:
        whole = self.infer(*inputs)
        return tuple(_repeated(_as_image(x, inputs), whole) if x != whole else SAME for x in inputs)

    def _spread(self, inputs: tuple[Array, ...]) -> list[Array]:
        """The inputs with as many dimensions as the largest one."""
        shapes = tuple(x.shape[1:] for x in inputs)
        return [x.reshape(len(x), *_as_image(x.shape[1:], shapes)) for x in inputs]


def _repeated(shape: Shape, whole: Shape) -> Windows:
    """An input of one row or column is the same for all outputs."""
    rows, columns = (Window(stride=int(a == b)) for a, b in zip(shape[1:], whole[1:], strict=True))
    return rows, columns


def _as_image(shape: Shape, others: tuple[Shape, ...]) -> Shape:
    """A vector beside images counts as an image of 1 × 1 pixels."""
    return (*shape, 1, 1) if len(shape) < max(map(len, others)) else shape


def _collect(grad: Array, shape: tuple[int, ...], spread: tuple[int, ...]) -> Array:
    """The transpose of spreading: sums over every axis along which an input was repeated."""
    axes = tuple(i for i, (have, had) in enumerate(zip(grad.shape, spread, strict=True)) if have != had)
    return (grad.sum(axis=axes, keepdims=True) if axes else grad).reshape(shape)


@layer("add", group="Merge", title="Add")
class Add(Elementwise):
    """The sum of its inputs: the join of a residual connection (He et al. 2016, arXiv:1512.03385)."""

    def forward(self, params: Params, mode: Mode, *inputs: Array) -> tuple[Array, list[tuple[int, ...]]]:
        return reduce(np.add, self._spread(inputs)), [x.shape for x in inputs]

    def backward(
        self, params: Params, saved: list[tuple[int, ...]], grad: Array
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        sizes = [shape[1:] for shape in saved]
        spread = [(shape[0], *_as_image(shape[1:], tuple(sizes))) for shape in saved]
        return tuple(_collect(grad, *pair) for pair in zip(saved, spread, strict=True)), {}

    def lower(self, engine: Lowering[Value], *inputs: Value) -> Value:
        return engine.add(*inputs)


@layer("multiply", group="Merge", title="Multiply")
class Multiply(Elementwise):
    """The product of its inputs: a gate, as in squeeze-and-excitation (Hu et al. 2018, arXiv:1709.01507)."""

    def forward(self, params: Params, mode: Mode, *inputs: Array) -> tuple[Array, tuple[Array, ...]]:
        return reduce(np.multiply, self._spread(inputs)), inputs

    def backward(
        self, params: Params, saved: tuple[Array, ...], grad: Array
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        spread = self._spread(saved)
        grads = []
        for number, (x, same) in enumerate(zip(saved, spread, strict=True)):
            others = spread[:number] + spread[number + 1 :]
            grads.append(_collect(grad * reduce(np.multiply, others), x.shape, same.shape))
        return tuple(grads), {}

    def lower(self, engine: Lowering[Value], *inputs: Value) -> Value:
        return engine.multiply(*inputs)


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

    def lower(self, engine: Lowering[Value], *inputs: Value) -> Value:
        return engine.concatenate(*inputs)
