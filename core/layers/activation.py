"""Activations: a curve applied to every value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.layers.base import Array, Layer, Mode, Params, Shape, layer
from core.losses import softmax
from core.schema import param

if TYPE_CHECKING:
    from core.engine.lowering import Lowering
    from core.engine.plan import Value

Gradients = tuple[tuple[Array], dict[str, Array]]


@layer("relu", group="Activation", title="ReLU")
class ReLU(Layer):
    """y = max(x, 0). The gradient passes where x > 0."""

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        y: Array = np.maximum(x, 0)
        return y, y

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * (saved > 0),), {}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.relu(x)


@layer("leaky_relu", group="Activation", title="Leaky ReLU")
class LeakyReLU(Layer):
    """y = x where x > 0, else slope · x: no unit can die."""

    slope: float = param(0.01, min=0.0, max=1.0, help="Slope for negative values.")

    def _slopes(self, x: Array) -> Array:
        return np.where(x > 0, x.dtype.type(1), x.dtype.type(self.slope))

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        return x * self._slopes(x), x

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * self._slopes(saved),), {}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.curve(x, "leaky_relu", self.slope)

    def summary(self) -> str:
        return f"slope {self.slope:g}"


@layer("sigmoid", group="Activation", title="Sigmoid")
class Sigmoid(Layer):
    """y = 1 / (1 + e⁻ˣ), computed as (1 + tanh(x/2)) / 2, which never overflows."""

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        half = x.dtype.type(0.5)
        y: Array = half * (np.tanh(half * x) + 1)
        return y, y

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * saved * (1 - saved),), {}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.curve(x, "sigmoid")


@layer("tanh", group="Activation", title="Tanh")
class Tanh(Layer):
    """y = tanh(x)."""

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        y: Array = np.tanh(x)
        return y, y

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * (1 - saved * saved),), {}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.curve(x, "tanh")


@layer("softmax", group="Activation", title="Softmax")
class Softmax(Layer):
    """y_k = eˣᵏ / Σ_j eˣʲ over the channels. Classification has its own: don't put one before it."""

    def infer(self, x: Shape) -> Shape:
        return x

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        y = softmax(x)
        return y, y

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (saved * (grad - (grad * saved).sum(axis=1, keepdims=True)),), {}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.softmax(x)
