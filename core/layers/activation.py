"""Activations: a curve applied to every value."""

from __future__ import annotations

from math import inf

import numpy as np

from core.errors import Problem
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.maths.arrays import Array, Params, Shape
from core.maths.losses import sigmoid, sigmoid_slope, softmax
from core.schema.param import param
from core.schema.written import short_text

Gradients = tuple[tuple[Array], dict[str, Array]]

_GELU_SCALE = (2 / np.pi) ** 0.5
_GELU_CUBE = 0.044715
_GELU_FAR = 20.0
"""From here on GELU's slope is 0 or 1; its formula would multiply 0 by infinity."""


class Activation(Layer):
    """The base of all of them."""

    activates = True


@layer("relu", group="Activation", title="ReLU")
class ReLU(Activation):
    """y = max(x, 0). The gradient passes where x > 0."""

    limits = (0.0, inf)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        y: Array = np.maximum(x, 0)
        return y, y

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * (saved > 0),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.relu(x)


@layer("leaky_relu", group="Activation", title="Leaky ReLU")
class LeakyReLU(Activation):
    """y = x where x > 0, else slope · x: no unit can die."""

    slope: float = param(0.01, min=0.0, max=1.0, help="Slope for negative values.")

    @property
    def keeps(self) -> bool:
        return self.slope == 1

    @property
    def limits(self) -> tuple[float, float]:
        return (-inf if self.slope > 0 else 0.0), inf

    def _slopes(self, x: Array) -> Array:
        return np.where(x > 0, x.dtype.type(1), x.dtype.type(self.slope))

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        return x * self._slopes(x), x

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * self._slopes(saved),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.curve(x, "leaky_relu", self.slope)

    def summary(self) -> str:
        return f"slope {short_text(self.slope)}"


@layer("sigmoid", group="Activation", title="Sigmoid")
class Sigmoid(Activation):
    """y = 1 / (1 + e⁻ˣ)."""

    limits = (0.0, 1.0)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        return sigmoid(x), x

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * sigmoid_slope(saved),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.curve(x, "sigmoid")


@layer("tanh", group="Activation", title="Tanh")
class Tanh(Activation):
    """y = tanh(x)."""

    limits = (-1.0, 1.0)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        return np.tanh(x), x

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * 4 * sigmoid_slope(2 * saved),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.curve(x, "tanh")


@layer("elu", group="Activation", title="ELU")
class ELU(Activation):
    """y = x where x > 0, else α · (eˣ - 1): smooth, with outputs around zero (arXiv:1511.07289)."""

    alpha: float = param(1.0, min=0.0, max=10.0, help="Depth of the curve for very negative values.")

    @property
    def limits(self) -> tuple[float, float]:
        return -self.alpha, inf

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        y: Array = np.where(x > 0, x, x.dtype.type(self.alpha) * np.expm1(np.minimum(x, 0)))
        return y, x

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        below = grad.dtype.type(self.alpha) * np.exp(np.minimum(saved, 0))
        return (grad * np.where(saved > 0, grad.dtype.type(1), below),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.curve(x, "elu", self.alpha)

    def summary(self) -> str:
        return f"α {short_text(self.alpha)}"


@layer("gelu", group="Activation", title="GELU")
class GELU(Activation):
    """y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))), the "tanh" form (arXiv:1606.08415)."""

    limits = (-0.17, inf)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        return x * sigmoid(self._inner(x)), x

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        x = np.clip(saved, -_GELU_FAR, _GELU_FAR)
        inner = self._inner(x)
        inner_slope = x.dtype.type(2 * _GELU_SCALE) * (1 + 3 * x.dtype.type(_GELU_CUBE) * x * x)
        return (grad * (sigmoid(inner) + x * sigmoid_slope(inner) * inner_slope),), {}

    def _inner(self, x: Array) -> Array:
        """2u, where (1 + tanh(u)) / 2 is sigmoid(2u), which keeps its digits where tanh(u) is near -1."""
        with np.errstate(over="ignore"):  # of x³: the sigmoid of infinity is 1
            inner: Array = x.dtype.type(2 * _GELU_SCALE) * (x + x.dtype.type(_GELU_CUBE) * x * x * x)
        return inner

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.curve(x, "gelu")


@layer("silu", group="Activation", title="SiLU")
class SiLU(Activation):
    """y = x · sigmoid(x), also known as Swish (arXiv:1702.03118)."""

    limits = (-0.28, inf)

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        return x * sigmoid(x), x

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (grad * (sigmoid(saved) + saved * sigmoid_slope(saved)),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.curve(x, "silu")


@layer("softmax", group="Activation", title="Softmax")
class Softmax(Activation):
    """y_k = eˣᵏ / Σ_j eˣʲ over the channels. Classification has its own: don't put one before it."""

    limits = (0.0, 1.0)

    def infer(self, x: Shape) -> Shape:
        return x

    def doubt(self, x: Shape, *, single: bool = False) -> Problem | None:
        if x[0] > 1:
            return None
        return Problem(
            "the softmax of a single value is always 1, whatever the value.",
            "Take Sigmoid, or let the block before it give one value a class.",
            severity="warning",
        )

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        y = softmax(x)
        return y, y

    def backward(self, params: Params, saved: Array, grad: Array) -> Gradients:
        return (saved * (grad - (grad * saved).sum(axis=1, keepdims=True)),), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.softmax(x)
