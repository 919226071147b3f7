"""Layers that change the shape and no value."""

from __future__ import annotations

from math import prod

from core.layers.base import Array, Layer, Mode, Params, Shape, layer


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
