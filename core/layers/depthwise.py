"""Depthwise convolution: every channel has filters of its own."""

from __future__ import annotations

from typing import Any

from core.layers import settings
from core.layers.base import Layer, Mode, layer
from core.layers.convolution import Conv2D
from core.layers.lowering import Lowering, Value
from core.layers.sight import Windows
from core.layers.windows import need_image
from core.maths.arrays import Array, Parameter, Params, Shape
from core.schema.param import Padding, param


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
        return Conv2D(
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
        text = f"{self.kernel[0]} × {self.kernel[1]}"
        return text if self.stride == (1, 1) else f"{text}, stride {self.stride[0]}"
