"""The fully connected layer."""

from __future__ import annotations

from core.layers import settings
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.layers.shapes import need_vector
from core.maths.arrays import Array, Parameter, Params, Shape, bias_start
from core.schema.param import param
from core.schema.written import count_text


@layer("dense", group="Dense", title="Dense")
class Dense(Layer):
    """Fully connected: every output sees every input, y = x · wᵀ + b."""

    units: int = param(64, min=1, max=65536, help="Number of outputs.")
    bias: bool = settings.bias("Adds a learned number to each output.")
    initialiser: str = settings.initialiser("How the weights start.")

    def infer(self, x: Shape) -> Shape:
        need_vector(x, self.title)
        return (self.units,)

    def parameters(self, x: Shape) -> dict[str, Parameter]:
        found = {"weight": Parameter((self.units, x[0]), self.initialiser, x[0], self.units)}
        if self.bias:
            found["bias"] = Parameter((self.units,), bias_start(self.initialiser), x[0])
        return found

    def multiply_adds(self, x: Shape) -> int:
        return self.units * x[0]

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array]:
        y = x @ params["weight"].T
        return (y + params["bias"] if self.bias else y), x

    def backward(self, params: Params, saved: Array, grad: Array) -> tuple[tuple[Array], dict[str, Array]]:
        grads: dict[str, Array] = {"weight": grad.T @ saved}
        if self.bias:
            grads["bias"] = grad.sum(axis=0)
        return (grad @ params["weight"],), grads

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.dense(x, self.bias)

    def summary(self) -> str:
        return count_text(self.units)
