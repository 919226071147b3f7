"""Another height and width: each output row and column is a weighted mean of input rows and columns.

Such a layer is two matrices, y = A_h · x · A_wᵀ, and its backward pass their transposes.
"""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ShapeError
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.shapes import need_image
from core.layers.sight import Window, Windows
from core.layers.windows import means
from core.maths.arrays import Array, Params, Shape
from core.schema.param import param
from core.schema.written import shape_text

Matrix = NDArray[np.float64]


class Resampling(Layer):
    """A subclass says what the output's size is, and how it weighs the inputs along one axis."""

    @abstractmethod
    def _size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of the output."""

    @abstractmethod
    def _weights(self, inputs: int, outputs: int) -> Matrix:
        """(outputs, inputs); each row adds up to 1."""

    def keeps_of(self, x: Shape) -> bool:
        return self.keeps or x[1:] == (1, 1)

    def infer(self, x: Shape) -> Shape:
        c, h, w = need_image(x)
        return c, *self._size(h, w)

    def windows(self, x: Shape) -> tuple[Windows]:
        rows, columns = (self._window(*axis) for axis in zip(x[1:], self._size(*x[1:]), strict=True))
        return ((rows, columns),)

    @abstractmethod
    def _window(self, inputs: int, outputs: int) -> Window:
        """The inputs along one axis with a weight above 0."""

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[Array, Array]]:
        h, w = x.shape[2:]
        oh, ow = self._size(h, w)
        rows: Array = self._weights(h, oh).astype(x.dtype)
        columns: Array = self._weights(w, ow).astype(x.dtype)
        return rows @ x @ columns.T, (rows, columns)

    def backward(
        self, params: Params, saved: tuple[Array, Array], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        rows, columns = saved
        return (rows.T @ grad @ columns,), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        _, h, w = x.size
        oh, ow = self._size(h, w)
        return engine.resample(x, self._weights(h, oh), self._weights(w, ow))


@layer("adaptive_average_pool", group="Pooling", title="Adaptive Average Pool")
class AdaptiveAveragePool(Resampling):
    """Means over windows chosen so that the output has a given size, whatever the input's."""

    pools = True

    size: tuple[int, int] = param((4, 4), min=1, max=256, help="Height and width of the output, in pixels.")

    def keeps_of(self, x: Shape) -> bool:
        return self.size == x[1:]

    def _size(self, height: int, width: int) -> tuple[int, int]:
        if self.size[0] > height or self.size[1] > width:
            raise ShapeError(
                f"{shape_text(self.size)} is larger than the input of {shape_text((height, width))}.",
                "Choose a smaller size, or Upsample.",
                parameter="size",
            )
        return self.size

    def _weights(self, inputs: int, outputs: int) -> Matrix:
        """Window i goes from ⌊i · inputs / outputs⌋ up to ⌈(i + 1) · inputs / outputs⌉, as in PyTorch."""
        starts = [i * inputs // outputs for i in range(outputs)]
        return means(inputs, starts, [-(-(i + 1) * inputs // outputs) for i in range(outputs)])

    def _window(self, inputs: int, outputs: int) -> Window:
        step = Fraction(inputs, outputs)
        slack = 1 - Fraction(1, step.denominator)  # by how much an edge is rounded outwards at most
        return Window(step + 2 * slack, step, -slack)

    def summary(self) -> str:
        return f"to {shape_text(self.size)}"


@layer("upsample", group="Shape", title="Upsample")
class Upsample(Resampling):
    """Makes the image larger by a whole factor: repeats pixels, or blends the nearest ones.

    As torch.nn.Upsample with align_corners=False: output pixel i looks at input (i + ½) / factor - ½.
    """

    factor: tuple[int, int] = param((2, 2), min=1, max=16, help="How often height and width are multiplied.")
    mode: str = param("nearest", choices=("nearest", "bilinear"), help="Repeat pixels, or blend them.")

    @property
    def keeps(self) -> bool:
        return self.mode == "nearest" or self.factor == (1, 1)

    def _size(self, height: int, width: int) -> tuple[int, int]:
        return height * self.factor[0], width * self.factor[1]

    def _weights(self, inputs: int, outputs: int) -> Matrix:
        place: NDArray[Any] = (np.arange(outputs) + 0.5) * inputs / outputs - 0.5
        place = np.clip(np.round(place) if self.mode == "nearest" else place, 0, inputs - 1)
        distance = np.abs(place[:, None] - np.arange(inputs))
        weights: Matrix = np.maximum(1 - distance, 0)
        return weights

    def _window(self, inputs: int, outputs: int) -> Window:
        step = Fraction(inputs, outputs)
        if self.mode == "nearest" or step == 1:
            return Window(2 - step, step, step - 1)
        reach = 1 - step / 2  # an input as far as 1 from the place between the pixels has no weight
        return Window(2 * reach + 1, step, step / 2 - Fraction(1, 2) - reach)

    def summary(self) -> str:
        return f"× {self.factor[0]}" + (", bilinear" if self.mode == "bilinear" else "")
