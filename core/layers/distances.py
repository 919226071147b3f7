"""The end of a network whose outputs may be any numbers: their distance from the targets."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from core.layers.base import Output
from core.layers.lowering import Lowering, Value
from core.maths import losses, metrics
from core.maths.arrays import Array
from core.schema.param import param
from core.schema.written import short_text

_SHORT = {"mean squared error": "MSE", "mean absolute error": "MAE", "huber": "Huber"}
DISTANCES: Final = tuple(_SHORT)
"""The losses of values that may be any numbers."""


def huber_delta() -> Any:
    return param(
        1.0,
        min=1e-6,
        max=1e6,
        help="Errors beyond this count linearly, not squared.",
        when=("loss_function", "huber"),
    )


class Distance(Output):
    """A subclass declares `loss_function`, one of DISTANCES, and `delta`, and says what its `target` is."""

    metrics = ("mean_absolute_error",)
    loss_function: str
    delta: float

    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        values = target.reshape(x.shape).astype(x.dtype, copy=False)
        if self.loss_function == "huber":
            return losses.huber(x, values, self.delta)
        if self.loss_function == "mean absolute error":
            return losses.mean_absolute_error(x, values)
        return losses.mean_squared_error(x, values)

    def measure(self, x: Array, target: NDArray[Any]) -> dict[str, float]:
        return {"mean_absolute_error": metrics.mean_absolute_error(x, target.reshape(x.shape))}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.distance(x, self.loss_function, self.delta)

    def summary(self) -> str:
        short = _SHORT[self.loss_function]
        return f"{short} {short_text(self.delta)}" if self.loss_function == "huber" else short
