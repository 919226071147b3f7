"""Blocks that bring branches together."""

from __future__ import annotations

from abc import abstractmethod
from functools import reduce

import numpy as np

from core.errors import Problem, ShapeError
from core.layers.base import Layer, Limits, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.sight import SAME, Window, Windows
from core.maths.arrays import Array, Params, Shape
from core.schema.written import shape_text


def _written(shapes: tuple[Shape, ...]) -> str:
    return " and ".join(map(shape_text, shapes))


def _what_to_do(shapes: tuple[Shape, ...], *, channels: bool) -> str:
    """How branches that differ are brought together; `channels`: the number of channels matters, too."""
    if len({len(shape) for shape in shapes}) > 1:
        return "Put Flatten into the branch with the image, or Reshape into the one with the vector."
    if len(shapes[0]) == 1:
        return "Give the branches the same number of values, for example by Dense."
    sizes = len({shape[1:] for shape in shapes}) > 1
    if not channels or len({shape[0] for shape in shapes}) == 1:
        return "Give the branches the same strides and padding, or put Zero Pad or Crop into one of them."
    if not sizes:
        return "Give the branches the same number of channels, for example by a 1 × 1 convolution."
    return (
        "Give the branches one height and width, by strides, padding, Zero Pad or Crop, and the same number "
        "of channels, by a 1 × 1 convolution."
    )


class Elementwise(Layer):
    """What Add and Multiply share: inputs of one shape, or some that are spread over the others.

    Where inputs differ, a size of 1 is repeated (broadcasting, as in ONNX and NumPy): a vector with one
    number a channel covers the whole image. A warning says so where it is hardly meant.
    """

    inputs = None

    @abstractmethod
    def _is_meant(self, spread: Shape, whole: Shape) -> bool:
        """Whether an input that is repeated to the shape `whole` makes sense."""

    def infer(self, *inputs: Shape) -> Shape:
        try:
            return np.broadcast_shapes(*(_as_image(shape, inputs) for shape in inputs))
        except ValueError:
            raise ShapeError(
                f"{self.title} needs inputs of one shape, or sizes of 1 that it can repeat; "
                f"got {_written(inputs)}.",
                _what_to_do(inputs, channels=True),
            ) from None

    def doubt(self, *inputs: Shape, single: bool = False) -> Problem | None:
        spread, whole = [_as_image(shape, inputs) for shape in inputs], self.infer(*inputs)
        if whole in spread and all(shape == whole or self._is_meant(shape, whole) for shape in spread):
            return None
        return Problem(
            f"{_written(inputs)} differ: sizes of 1 are repeated, which gives {_written((whole,))}.",
            f"Fine if that is meant. If not: {_what_to_do(tuple(spread), channels=True)}",
            severity="warning",
        )

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
    """The sum of its inputs: the join of a residual connection (He et al. 2016, arXiv:1512.03385).

    Inputs of one shape are what it is for. One number a channel is added to all pixels of the channel; any
    other size of 1 that is repeated brings a warning.
    """

    def _is_meant(self, spread: Shape, whole: Shape) -> bool:
        return len(whole) == 3 and spread == (whole[0], 1, 1)

    def limits_of(self, *inputs: Limits) -> Limits:
        return sum(low for low, _ in inputs), sum(high for _, high in inputs)

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
    """The product of its inputs: a gate, as in squeeze-and-excitation (Hu et al. 2018, arXiv:1709.01507).

    A gate has the shape of what it opens and closes, or sizes of 1 that are repeated: one number a channel,
    or one a pixel. Where no input has the shape of the result, a warning says so.
    """

    def _is_meant(self, spread: Shape, whole: Shape) -> bool:
        return True

    def limits_of(self, *inputs: Limits) -> Limits:
        return reduce(_product, inputs)

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


def _product(one: Limits, other: Limits) -> Limits:
    """Between which numbers products lie; 0 of however large a number is 0."""
    ends = [a * b if a and b else 0.0 for a in one for b in other]
    return min(ends), max(ends)


@layer("concatenate", group="Merge", title="Concatenate")
class Concatenate(Layer):
    """Puts the channels of its inputs one behind the other; heights and widths have to be equal."""

    inputs = None

    def infer(self, *inputs: Shape) -> Shape:
        if len({shape[1:] for shape in inputs}) > 1:
            raise ShapeError(
                f"Concatenate needs images of one height and width, got {_written(inputs)}.",
                _what_to_do(inputs, channels=False),
            )
        return sum(shape[0] for shape in inputs), *inputs[0][1:]

    def limits_of(self, *inputs: Limits) -> Limits:
        return min(low for low, _ in inputs), max(high for _, high in inputs)

    def forward(self, params: Params, mode: Mode, *inputs: Array) -> tuple[Array, list[int]]:
        ends = np.cumsum([x.shape[1] for x in inputs])
        return np.concatenate(inputs, axis=1), [int(end) for end in ends[:-1]]

    def backward(
        self, params: Params, saved: list[int], grad: Array
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return tuple(np.split(grad, saved, axis=1)), {}

    def lower(self, engine: Lowering[Value], *inputs: Value) -> Value:
        return engine.concatenate(*inputs)
