"""Pooling: the largest or the mean value of each window."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ShapeError
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.shapes import need_image
from core.layers.sight import Windows
from core.layers.windows import Pair, Sides, crop, means, output_size, pad, scatter, seen, sides, sliding
from core.maths.arrays import Array, Params, Shape
from core.schema.param import Padding, param
from core.schema.written import shape_text

_NO_DILATION: Pair = (1, 1)


@dataclass(frozen=True)
class Pooling(Layer):
    """What max and average pooling share."""

    pools = True

    kernel: tuple[int, int] = param((2, 2), min=1, max=31, help="Height and width of the window, in pixels.")
    stride: tuple[int, int] = param((2, 2), min=1, max=31, help="Step between two windows, in pixels.")
    padding: Padding = param("valid", min=0, max=15, help="Border around the image, in pixels.")  # noqa: RUF009

    @property
    def keeps(self) -> bool:
        return self.kernel == (1, 1)

    def keeps_of(self, x: Shape) -> bool:
        return self.keeps or x[1:] == (1, 1)

    def _pads(self, height: int, width: int) -> Sides:
        return sides(self.padding, (height, width), self.kernel, self.stride)

    def infer(self, x: Shape) -> Shape:
        c, h, w = need_image(x)
        pads = self._pads(h, w)
        if any(side >= self.kernel[place % 2] for place, side in enumerate(pads)):
            raise ShapeError(
                f"padding {', '.join(map(str, pads))} reaches the window of "
                f"{shape_text(self.kernel)}: some windows would see no pixel.",
                "Choose a padding smaller than the window on each side, such as same.",
                parameter="padding",
            )
        return c, *output_size((h, w), self.kernel, self.stride, pads)

    def windows(self, x: Shape) -> tuple[Windows]:
        return (seen(self.kernel, self.stride, self._pads(*x[1:])),)

    def summary(self) -> str:
        text = shape_text(self.kernel)
        return text if self.stride == self.kernel else f"{text}, stride {self.stride[0]}"


@layer("max_pool", group="Pooling", title="Max Pool")
class MaxPool(Pooling):
    """Keeps the largest value of each window; of equal ones the first. Padding never wins."""

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[NDArray[Any], Any]]:
        padded = pad(x, self._pads(x.shape[2], x.shape[3]), -np.inf)
        windows = sliding(padded, self.kernel, self.stride, _NO_DILATION)
        best: Array = windows[..., 0, 0].copy()
        winner = np.zeros(best.shape, np.int16)
        for tap in range(1, prod(self.kernel)):
            value = windows[..., tap // self.kernel[1], tap % self.kernel[1]]
            winner[value > best] = tap
            np.maximum(best, value, out=best)
        return best, (winner, x.shape)

    def backward(
        self, params: Params, saved: tuple[NDArray[Any], Any], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        winner, (n, c, h, w) = saved
        pads = self._pads(h, w)
        taps = np.arange(prod(self.kernel), dtype=np.int16).reshape(self.kernel)
        windows = np.where(winner[..., None, None] == taps, grad[..., None, None], grad.dtype.type(0))
        shape = (n, c, h + pads[0] + pads[2], w + pads[1] + pads[3])
        return (crop(scatter(windows, shape, self.stride, _NO_DILATION), pads),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.max_pool(x, self.kernel, self.stride, self._pads(*x.size[1:])[:2])


@layer("average_pool", group="Pooling", title="Average Pool")
class AveragePool(Pooling):
    """The mean of each window; pixels of padding don't count (ONNX count_include_pad = 0)."""

    def _counts(self, height: int, width: int, dtype: Any) -> Array:
        """How many real pixels each window covers, at least one: (1, 1, OH, OW)."""
        inside = pad(np.ones((1, 1, height, width), dtype), self._pads(height, width))
        covered: Array = sliding(inside, self.kernel, self.stride, _NO_DILATION).sum(axis=(4, 5))
        return covered

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[int, ...]]:
        padded = pad(x, self._pads(x.shape[2], x.shape[3]))
        total = sliding(padded, self.kernel, self.stride, _NO_DILATION).sum(axis=(4, 5))
        return total / self._counts(x.shape[2], x.shape[3], x.dtype), x.shape

    def backward(
        self, params: Params, saved: tuple[int, ...], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        n, c, h, w = saved
        pads = self._pads(h, w)
        share = (grad / self._counts(h, w, grad.dtype))[..., None, None]
        windows = np.broadcast_to(share, (*grad.shape, *self.kernel))
        shape = (n, c, h + pads[0] + pads[2], w + pads[1] + pads[3])
        return (crop(scatter(windows, shape, self.stride, _NO_DILATION), pads),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        pads, matrices = self._pads(*x.size[1:]), []
        for axis, outputs in enumerate(self.infer(x.size)[1:]):
            starts = [i * self.stride[axis] - pads[axis] for i in range(outputs)]
            matrices.append(means(x.size[1 + axis], starts, [start + self.kernel[axis] for start in starts]))
        return engine.resample(x, *matrices)


@layer("global_average_pool", group="Pooling", title="Global Average Pool")
class GlobalAveragePool(Layer):
    """The mean of each feature map: an image becomes a vector with one number a channel (arXiv:1312.4400)."""

    pools = True

    def keeps_of(self, x: Shape) -> bool:
        return x[1:] == (1, 1)

    def infer(self, x: Shape) -> Shape:
        return (need_image(x)[0],)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[int, ...]]:
        mean: Array = x.mean(axis=(2, 3))
        return mean, x.shape

    def backward(
        self, params: Params, saved: tuple[int, ...], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        share = grad / grad.dtype.type(saved[2] * saved[3])
        return (np.broadcast_to(share[:, :, None, None], saved),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        _, h, w = x.size
        return engine.resample(x, means(h, [0], [h]), means(w, [0], [w]))
