"""The blocks that end a network: what the prediction is compared with, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from numpy.typing import NDArray

from core import losses, metrics
from core.layers.base import Array, Output, Shape, Target, layer
from core.layers.dense import need_vector
from core.schema import param

if TYPE_CHECKING:
    from core.engine.lowering import Lowering
    from core.engine.plan import Value

_SHORT = {"mean squared error": "MSE", "mean absolute error": "MAE", "huber": "Huber"}


@layer("classification", group="Output", title="Classification")
class Classification(Output):
    """One of several classes: softmax, and cross-entropy as the loss. Needs one number a class."""

    metrics = ("accuracy", "top5")
    target = "class"

    label_smoothing: float = param(
        0.0, min=0.0, max=0.9, help="Share of the target that is spread over all classes: less certainty."
    )

    def infer(self, x: Shape) -> Shape:
        return (need_vector(x, self.title),)

    def predict(self, x: Array) -> Array:
        return losses.softmax(x)

    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        return losses.softmax_cross_entropy(x, target, self.label_smoothing)

    def measure(self, x: Array, target: NDArray[Any]) -> dict[str, float]:
        return {"accuracy": metrics.accuracy(x, target), "top5": metrics.top_k(x, target)}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.cross_entropy(x, self.label_smoothing)

    def summary(self) -> str:
        return f"smoothing {self.label_smoothing:g}" if self.label_smoothing else ""


@layer("regression", group="Output", title="Regression")
class Regression(Output):
    """Numbers instead of classes: the loss is the squared or absolute distance, or Huber's mixture."""

    metrics = ("mean_absolute_error",)
    target: ClassVar[Target] = "value"

    loss_function: str = param(
        "mean squared error", choices=tuple(_SHORT), label="Loss", help="How errors count."
    )
    delta: float = param(
        1.0,
        min=1e-6,
        max=1e6,
        help="Errors beyond this count linearly, not squared.",
        when=("loss_function", "huber"),
    )

    def infer(self, x: Shape) -> Shape:
        return (need_vector(x, self.title),)

    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        values = target.reshape(x.shape).astype(x.dtype, copy=False)
        if self.loss_function == "huber":
            return losses.huber(x, values, self.delta)
        if self.loss_function == "mean absolute error":
            return losses.mean_absolute_error(x, values)
        return losses.mean_squared_error(x, values)

    def measure(self, x: Array, target: NDArray[Any]) -> dict[str, float]:
        return {"mean_absolute_error": metrics.mean_absolute_error(x, target.reshape(x.shape))}

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.distance(x, self.loss_function, self.delta)

    def summary(self) -> str:
        short = _SHORT[self.loss_function]
        return f"{short} {self.delta:g}" if self.loss_function == "huber" else short
