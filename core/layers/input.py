"""Where the images enter."""

from __future__ import annotations

from core.errors import ShapeError
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.maths.arrays import Array, Params, Shape
from core.schema.param import param
from core.schema.written import counted_text, shape_text


@layer("input", group="Input", title="Input")
class Input(Layer):
    """Where the data enters: images of a fixed number of channels, height and width."""

    inputs = 0

    shape: tuple[int, ...] = param(
        (1, 28, 28),
        min=1,
        max=1_000_000,
        help="Channels, height and width of an image; or the length of a vector.",
    )

    def infer(self) -> Shape:
        if len(self.shape) not in (1, 3):
            raise ShapeError(
                "expected channels × height × width or one length, "
                f"got {counted_text(len(self.shape), 'number')}.",
                "Use for example 1 × 28 × 28.",
                parameter="shape",
            )
        return self.shape

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, None]:
        return x, None

    def backward(self, params: Params, saved: None, grad: Array) -> tuple[tuple[Array], dict[str, Array]]:
        return (grad,), {}

    def lower(self, engine: Lowering[Value]) -> Value:
        return engine.enter()

    def summary(self) -> str:
        return shape_text(self.shape)
