"""Transposed convolution: the way back from feature maps to a larger image."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np

from core.errors import ShapeError
from core.layers import settings
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.shapes import need_image
from core.layers.sight import Window, Windows
from core.layers.windows import Sides, crop, extent, need_groups, pad, scatter, sliding
from core.maths.arrays import Array, Parameter, Params, Shape, bias_start
from core.schema.param import Padding, param
from core.schema.written import count_text, shape_text


@layer("transposed_conv2d", group="Convolution", title="Transposed Conv 2D")
class TransposedConv2D(Layer):
    """Spreads each value over a window of the output: the backward pass of a convolution, as a layer.

    Output size = (input - 1) · stride + window - padding, as torch.nn.ConvTranspose2d; `same` gives
    input · stride (Dumoulin and Visin 2016, arXiv:1603.07285, chapter 4).
    """

    filters: int = param(16, min=1, max=4096, help="Number of channels of the output.")
    kernel: tuple[int, int] = settings.kernel()
    stride: tuple[int, int] = param((2, 2), min=1, max=16, help="How much larger the output is.")
    padding: Padding = param(
        "same",
        min=0,
        max=31,
        help="Pixels cut off the output: none, as many as give input · stride, or explicit.",
    )
    dilation: tuple[int, int] = settings.dilation()
    groups: int = settings.groups()
    bias: bool = settings.bias()
    initialiser: str = settings.initialiser()

    def _full(self, height: int, width: int) -> tuple[int, int]:
        """The output's size before anything is cut off."""
        window = extent(self.kernel, self.dilation)
        return (height - 1) * self.stride[0] + window[0], (width - 1) * self.stride[1] + window[1]

    def _cut(self, height: int, width: int) -> Sides:
        """What is cut off the full output; negative where `same` has to add."""
        if self.padding == "valid":
            return 0, 0, 0, 0
        if self.padding == "same":
            full = self._full(height, width)
            surplus = full[0] - height * self.stride[0], full[1] - width * self.stride[1]
            top, left = max(surplus[0], 0) // 2, max(surplus[1], 0) // 2
            return top, left, surplus[0] - top, surplus[1] - left
        return self.padding

    def infer(self, x: Shape) -> Shape:
        c, h, w = need_image(x)
        need_groups(self.groups, c, self.filters)
        full, (top, left, bottom, right) = self._full(h, w), self._cut(h, w)
        size = full[0] - top - bottom, full[1] - left - right
        if min(size) < 1:
            raise ShapeError(
                f"the padding leaves nothing of {shape_text(full)} pixels.",
                "Use less.",
                parameter="padding",
            )
        return self.filters, *size

    def parameters(self, x: Shape) -> dict[str, Parameter]:
        taps = prod(self.kernel)
        own = self.filters // self.groups
        fan_in, fan_out = own * taps, x[0] // self.groups * taps  # PyTorch counts the other way round here
        found = {"weight": Parameter((x[0], own, *self.kernel), self.initialiser, fan_in, fan_out)}
        if self.bias:
            found["bias"] = Parameter((self.filters,), bias_start(self.initialiser), fan_in)
        return found

    def multiply_adds(self, x: Shape) -> int:
        return prod(x) * self.filters // self.groups * prod(self.kernel)

    def windows(self, x: Shape) -> tuple[Windows]:
        window, cut = extent(self.kernel, self.dilation), self._cut(*x[1:])
        rows, columns = (
            Window(Fraction(w - 1, s) + 1, Fraction(1, s), Fraction(c - w + 1, s))
            for w, s, c in zip(window, self.stride, cut[:2], strict=True)
        )
        return ((rows, columns),)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        n, c, h, w = x.shape
        rows = x.transpose(1, 0, 2, 3).reshape(self.groups, c // self.groups, -1)
        taps = (self._matrix(params).mT @ rows).reshape(self.filters, *self.kernel, n, h, w)
        full = (n, self.filters, *self._full(h, w))
        y = scatter(taps.transpose(3, 0, 4, 5, 1, 2), full, self.stride, self.dilation)
        y = self._fit(y, self._cut(h, w))
        if self.bias:
            y = y + params["bias"][:, None, None]
        return y, x

    def backward(self, params: Params, saved: Array, grad: Array) -> tuple[tuple[Array], dict[str, Array]]:
        x = saved
        n, c, h, w = x.shape
        top, left, bottom, right = self._cut(h, w)
        full = self._fit(grad, (-top, -left, -bottom, -right))
        windows = sliding(np.ascontiguousarray(full), self.kernel, self.stride, self.dilation)
        columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(self.groups, -1, n * h * w)
        rows = x.transpose(1, 0, 2, 3).reshape(self.groups, c // self.groups, -1)
        grads: dict[str, Array] = {"weight": (rows @ columns.mT).reshape(params["weight"].shape)}
        if self.bias:
            grads["bias"] = grad.sum(axis=(0, 2, 3))
        dx: Array = (self._matrix(params) @ columns).reshape(c, n, h, w)
        return (np.ascontiguousarray(dx.transpose(1, 0, 2, 3)),), grads

    def _matrix(self, params: Params) -> Array:
        """The weights as rows: (groups, C/groups, F/groups·KH·KW)."""
        weight = params["weight"]
        return weight.reshape(self.groups, weight.shape[0] // self.groups, -1)

    def _fit(self, x: Array, cut: Sides) -> Array:
        """Cuts each side by its number; a negative one adds zeros."""
        less, more = tuple(max(s, 0) for s in cut), tuple(max(-s, 0) for s in cut)
        return crop(pad(x, (more[0], more[1], more[2], more[3])), (less[0], less[1], less[2], less[3]))

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        cut = self._cut(*x.size[1:])[:2]
        window = (self.kernel, self.stride, cut, self.dilation)
        return engine.transposed_convolution(x, *window, self.groups, self.bias)

    def summary(self) -> str:
        text = f"{count_text(self.filters)}, {shape_text(self.kernel)}, stride {self.stride[0]}"
        return f"{text}, groups {count_text(self.groups)}" if self.groups > 1 else text
