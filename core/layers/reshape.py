"""Layers that change the shape and no value."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from core.layers.base import Array, Layer, Mode, Params, Shape, layer

if TYPE_CHECKING:
    from core.engine.lowering import Lowering
    from core.engine.plan import Value


@layer("flatten", group="Shape", title="Flatten")
class Flatten(Layer):
    """Writes all values of an image one behind the other, channel by channel, row by row."""

    def infer(self, x: Shape) -> Shape:
        return (prod(x),)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[int, ...]]:
        return x.reshape(len(x), -1), x.shape

    def backward(
        self, params: Params, saved: tuple[int, ...], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        return (grad.reshape(saved),), {}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.flatten(x)
