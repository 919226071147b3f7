"""Layers that change the shape and compute nothing: flatten, reshape, pad, crop."""

from __future__ import annotations

from math import prod

from core.errors import ShapeError
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.shapes import need_image
from core.layers.sight import Window, Windows
from core.layers.windows import Sides, crop, pad
from core.maths.arrays import Array, Params, Shape
from core.schema.param import param
from core.schema.written import counted_text, shape_text


@layer("flatten", group="Shape", title="Flatten")
class Flatten(Layer):
    """Writes all values of an image one behind the other, channel by channel, row by row."""

    keeps = True

    def infer(self, x: Shape) -> Shape:
        return (prod(x),)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[int, ...]]:
        return x.reshape(len(x), -1), x.shape

    def backward(
        self, params: Params, saved: tuple[int, ...], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        return (grad.reshape(saved),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.flatten(x)


@layer("reshape", group="Shape", title="Reshape")
class Reshape(Layer):
    """Reads the same values, in the same order, as another shape: a vector as an image, for instance."""

    keeps = True

    shape: tuple[int, ...] = param(
        (16, 7, 7), min=1, max=65536, help="Channels, height and width of the output; or one length."
    )

    def infer(self, x: Shape) -> Shape:
        if prod(self.shape) != prod(x) or len(self.shape) not in (1, 3):
            raise ShapeError(
                f"{counted_text(prod(x), 'value')} can't be read as {shape_text(self.shape)}.",
                "Choose channels × height × width, or one length, with the same product.",
                parameter="shape",
            )
        return self.shape

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[int, ...]]:
        return x.reshape(len(x), *self.shape), x.shape

    def backward(
        self, params: Params, saved: tuple[int, ...], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        return (grad.reshape(saved),), {}

    def windows(self, x: Shape) -> tuple[None]:
        return (None,)  # pixels don't keep their places

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.reshape(x)

    def summary(self) -> str:
        return shape_text(self.shape)


def _four(numbers: tuple[int, ...], parameter: str) -> Sides:
    if len(numbers) != 4:
        raise ShapeError(
            f"expected four numbers (top, left, bottom, right), got {len(numbers)}.",
            "Use for example 1 × 1 × 1 × 1.",
            parameter=parameter,
        )
    return numbers[0], numbers[1], numbers[2], numbers[3]


@layer("zero_pad", group="Shape", title="Zero Pad")
class ZeroPad(Layer):
    """Puts a border of zeros around the image."""

    keeps = True

    border: tuple[int, ...] = param((1, 1, 1, 1), min=0, max=256, help="Pixels at top, left, bottom, right.")

    def infer(self, x: Shape) -> Shape:
        c, h, w = need_image(x)
        top, left, bottom, right = _four(self.border, "border")
        return c, h + top + bottom, w + left + right

    def windows(self, x: Shape) -> tuple[Windows]:
        return ((Window(start=-self.border[0]), Window(start=-self.border[1])),)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, None]:
        return pad(x, _four(self.border, "border")), None

    def backward(self, params: Params, saved: None, grad: Array) -> tuple[tuple[Array], dict[str, Array]]:
        return (crop(grad, _four(self.border, "border")),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.border(x, self.border[0], self.border[1])

    def summary(self) -> str:
        return ", ".join(map(str, self.border))


@layer("crop", group="Shape", title="Crop")
class Crop(Layer):
    """Cuts a border off the image."""

    keeps = True

    border: tuple[int, ...] = param((1, 1, 1, 1), min=0, max=256, help="Pixels at top, left, bottom, right.")

    def infer(self, x: Shape) -> Shape:
        c, h, w = need_image(x)
        top, left, bottom, right = _four(self.border, "border")
        if top + bottom >= h or left + right >= w:
            raise ShapeError(
                f"nothing is left of {shape_text((h, w))} pixels.", "Cut less off.", parameter="border"
            )
        return c, h - top - bottom, w - left - right

    def windows(self, x: Shape) -> tuple[Windows]:
        return ((Window(start=self.border[0]), Window(start=self.border[1])),)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, None]:
        return crop(x, _four(self.border, "border")), None

    def backward(self, params: Params, saved: None, grad: Array) -> tuple[tuple[Array], dict[str, Array]]:
        return (pad(grad, _four(self.border, "border")),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.border(x, -self.border[0], -self.border[1])

    def summary(self) -> str:
        return ", ".join(map(str, self.border))
