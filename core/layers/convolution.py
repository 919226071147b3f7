"""Convolution: filters that slide over the image, on all channels or on each alone."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from core.layers import settings
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.shapes import need_image
from core.layers.sight import Windows
from core.layers.windows import (
    Sides,
    crop,
    extent,
    need_groups,
    output_size,
    pad,
    scatter,
    seen,
    sides,
    sliding,
)
from core.maths.arrays import Array, Parameter, Params, Shape, bias_start
from core.schema.making import unchecked
from core.schema.param import Padding, param
from core.schema.written import count_text, shape_text


@layer("conv2d", group="Convolution", title="Conv 2D")
class Conv2D(Layer):
    """Slides learned filters over the image; each filter makes one feature map.

    y[n, f, i, j] = b[f] + Σ_c Σ_u Σ_v w[f, c, u, v] · x[n, c, i·stride + u·dilation, j·stride + v·dilation]
    (a cross-correlation, as in every deep-learning library; Dumoulin and Visin 2016, arXiv:1603.07285).
    """

    filters: int = param(16, min=1, max=4096, help="Number of filters: the channels of the output.")
    kernel: tuple[int, int] = settings.kernel()
    stride: tuple[int, int] = settings.stride()
    padding: Padding = settings.padding("valid")
    dilation: tuple[int, int] = settings.dilation()
    groups: int = settings.groups()
    bias: bool = settings.bias()
    initialiser: str = settings.initialiser()

    def _pads(self, height: int, width: int) -> Sides:
        return sides(self.padding, (height, width), extent(self.kernel, self.dilation), self.stride)

    def infer(self, x: Shape) -> Shape:
        c, h, w = need_image(x)
        need_groups(self.groups, c, self.filters)
        size = output_size((h, w), extent(self.kernel, self.dilation), self.stride, self._pads(h, w))
        return self.filters, *size

    def parameters(self, x: Shape) -> dict[str, Parameter]:
        taps = prod(self.kernel)
        fan_in, fan_out = x[0] // self.groups * taps, self.filters // self.groups * taps
        shape = (self.filters, x[0] // self.groups, *self.kernel)
        found = {"weight": Parameter(shape, self.initialiser, fan_in, fan_out)}
        if self.bias:
            found["bias"] = Parameter((self.filters,), bias_start(self.initialiser), fan_in)
        return found

    def multiply_adds(self, x: Shape) -> int:
        return prod(self.infer(x)) * x[0] // self.groups * prod(self.kernel)

    def windows(self, x: Shape) -> tuple[Windows]:
        return (seen(extent(self.kernel, self.dilation), self.stride, self._pads(*x[1:])),)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[Array, Array]]:
        padded = pad(x, self._pads(x.shape[2], x.shape[3]))
        windows = sliding(padded, self.kernel, self.stride, self.dilation)
        n, _, oh, ow = windows.shape[:4]
        # every tap's pixels in one row: (groups, C/groups·KH·KW, N·OH·OW)
        columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(self.groups, -1, n * oh * ow)
        y: Array = self._matrix(params) @ columns
        y = np.ascontiguousarray(y.reshape(self.filters, n, oh, ow).transpose(1, 0, 2, 3))
        if self.bias:
            y += params["bias"][:, None, None]
        return y, (x, columns)

    def backward(
        self, params: Params, saved: tuple[Array, Array], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        x, columns = saved
        n, _, oh, ow = grad.shape
        rows = grad.transpose(1, 0, 2, 3).reshape(self.groups, -1, n * oh * ow)
        grads: dict[str, Array] = {"weight": (rows @ columns.mT).reshape(params["weight"].shape)}
        if self.bias:
            grads["bias"] = grad.sum(axis=(0, 2, 3))
        taps = (self._matrix(params).mT @ rows).reshape(x.shape[1], *self.kernel, n, oh, ow)
        top, left, bottom, right = pads = self._pads(x.shape[2], x.shape[3])
        padded = (n, x.shape[1], x.shape[2] + top + bottom, x.shape[3] + left + right)
        dx = scatter(taps.transpose(3, 0, 4, 5, 1, 2), padded, self.stride, self.dilation)
        return (crop(dx, pads),), grads

    def _matrix(self, params: Params) -> Array:
        """The filters as rows: (groups, F/groups, C/groups·KH·KW)."""
        return params["weight"].reshape(self.groups, self.filters // self.groups, -1)

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        pads = self._pads(*x.size[1:])[:2]
        return engine.convolution(x, self.kernel, self.stride, pads, self.dilation, self.groups, self.bias)

    def summary(self) -> str:
        parts = [count_text(self.filters), shape_text(self.kernel)]
        if self.stride != (1, 1):
            parts.append(f"stride {self.stride[0]}")
        if self.groups > 1:
            parts.append(f"groups {count_text(self.groups)}")
        return ", ".join(parts)


@layer("depthwise_conv2d", group="Convolution", title="Depthwise Conv 2D")
class DepthwiseConv2D(Layer):
    """A convolution with one group a channel: looks at each channel alone.

    With a 1 × 1 convolution behind it, it does the work of a full one for a fraction of the cost
    (Howard et al. 2017, arXiv:1704.04861).
    """

    kernel: tuple[int, int] = settings.kernel()
    stride: tuple[int, int] = settings.stride()
    padding: Padding = settings.padding("same")
    dilation: tuple[int, int] = settings.dilation()
    multiplier: int = param(1, min=1, max=64, help="Filters for each channel.")
    bias: bool = settings.bias()
    initialiser: str = settings.initialiser()

    def _convolution(self, channels: int) -> Conv2D:
        """The same layer as a convolution with as many groups as channels."""
        return unchecked(
            Conv2D,
            filters=channels * self.multiplier,
            kernel=self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=channels,
            bias=self.bias,
            initialiser=self.initialiser,
        )

    def infer(self, x: Shape) -> Shape:
        return self._convolution(need_image(x)[0]).infer(x)

    def parameters(self, x: Shape) -> dict[str, Parameter]:
        return self._convolution(x[0]).parameters(x)

    def multiply_adds(self, x: Shape) -> int:
        return self._convolution(x[0]).multiply_adds(x)

    def windows(self, x: Shape) -> tuple[Windows]:
        return self._convolution(x[0]).windows(x)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Any]:
        return self._convolution(x.shape[1]).forward(params, mode, x)

    def backward(self, params: Params, saved: Any, grad: Array) -> tuple[tuple[Array], dict[str, Array]]:
        return self._convolution(grad.shape[1] // self.multiplier).backward(params, saved, grad)

    def lower(self, engine: Lowering[Value], x: Value) -> Value | None:
        return self._convolution(x.size[0]).lower(engine, x)

    def summary(self) -> str:
        text = shape_text(self.kernel)
        return text if self.stride == (1, 1) else f"{text}, stride {self.stride[0]}"
