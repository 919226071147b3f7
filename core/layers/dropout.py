"""Dropout: noise against learning by heart."""

from __future__ import annotations

from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.maths.arrays import Array, Params
from core.maths.random import uniform
from core.schema.param import param


@layer("dropout", group="Normalisation", title="Dropout")
class Dropout(Layer):
    """While training, sets a share of the values to 0; passes everything on otherwise.

    The rest is scaled by 1 / (1 - share), so that the mean stays (Srivastava et al. 2014).
    """

    keeps = True

    share: float = param(0.5, min=0.0, max=0.99, help="Share of the values that are set to 0.")

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Array | None]:
        if not mode.training:
            return x, None
        keep = (uniform(mode.key, x.shape) >= self.share) * x.dtype.type(1 / (1 - self.share))
        scale: Array = keep.astype(x.dtype, copy=False)
        return x * scale, scale

    def backward(
        self, params: Params, saved: Array | None, grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        return (grad if saved is None else grad * saved,), {}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.dropout(x, self.share)

    def summary(self) -> str:
        return f"{self.share:.0%}"
