"""The blocks that end a network: what the prediction is compared with, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ShapeError, UsageError
from core.layers.base import Output, layer
from core.layers.distances import DISTANCES, Distance, huber_delta
from core.layers.lowering import Lowering, Value
from core.layers.shapes import need_vector
from core.maths import losses, metrics
from core.maths.arrays import Array, Shape
from core.schema.making import changed
from core.schema.param import param
from core.schema.written import counted_text, short_text


@layer("classification", group="Output", title="Classification")
class Classification(Output):
    """One of several classes: softmax, and cross-entropy as the loss. Needs one number a class.

    Class weights say how much the errors of each class count: with more for rare ones, they are learned too.
    """

    metrics = ("accuracy", "top5")
    shares = True
    target = "class"
    applies = "softmax"

    label_smoothing: float = param(
        0.0, min=0.0, max=0.9, help="Share of the target that is spread over all classes: less certainty."
    )

    balanced: bool = param(
        False,
        label="Balance classes",
        help="Samples of rare classes count more: all samples / (classes · samples of the class). A class "
        "without samples counts nothing.",
    )

    class_weights: tuple[float, ...] = param(
        (),
        min=0.0,
        max=1e6,
        help="How much each class counts, in their order; empty: all alike.",
        when=("balanced", False),
    )

    @property
    def _weights(self) -> tuple[float, ...]:
        """Balanced ones are known only with the training data."""
        return () if self.balanced else self.class_weights

    def fitted(self, counts: Sequence[int]) -> Output:
        if not self.balanced or not any(counts):
            return self
        samples, classes = sum(counts), sum(count > 0 for count in counts)
        # Label smoothing gives every class a share: one without samples would be all that is learned.
        weights = tuple(samples / (classes * count) if count else 0.0 for count in counts)
        return changed(self, balanced=False, class_weights=weights)

    def infer(self, x: Shape) -> Shape:
        values = need_vector(x, self.title)
        if len(self._weights) not in (0, values):
            raise ShapeError(
                f"{counted_text(len(self.class_weights), 'class weight')} for "
                f"{counted_text(values, 'class', 'classes')}.",
                "Give each class its weight, or none.",
                parameter="class_weights",
            )
        if self._weights and not any(self._weights):
            raise ShapeError(
                "No class has a weight above 0: nothing could be learned.",
                "Give a weight above 0 to each class that counts.",
                parameter="class_weights",
            )
        return (values,)

    def predict(self, x: Array) -> Array:
        return losses.softmax(x)

    def decide(self, x: Array) -> NDArray[np.integer[Any]]:
        classes: NDArray[np.integer[Any]] = x.argmax(axis=1)
        return classes

    def measured(self, shape: Shape) -> tuple[str, ...]:
        return self.metrics if shape[0] > metrics.TOP else ("accuracy",)

    def check(self, shape: Shape, target: NDArray[Any]) -> None:
        if not 0 <= target.min() <= target.max() < shape[0]:
            number = int(np.flatnonzero((target < 0) | (target >= shape[0]))[0])
            raise UsageError(
                f"{self.title}: the class of sample {number} of the batch is {target[number]}, which is "
                f"outside 0 … {shape[0] - 1}, what the network gives.",
                "Number the classes from 0, and give the last layer one unit a class.",
            )

    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        return losses.softmax_cross_entropy(x, target, self.label_smoothing, self._weights)

    def weigh(self, target: NDArray[Any]) -> float:
        weights = self._weights
        return float(np.asarray(weights, np.float64)[target].sum()) if weights else super().weigh(target)

    def measure(self, x: Array, target: NDArray[Any]) -> dict[str, float]:
        found = {"accuracy": metrics.accuracy(x, target)}
        return found | {"top5": metrics.top_k(x, target)} if "top5" in self.measured(x.shape[1:]) else found

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.cross_entropy(x, self.label_smoothing, self._weights)

    def summary(self) -> str:
        parts = ["balanced"] if self.balanced else ["weighted"] if self.class_weights else []
        if self.label_smoothing:
            parts.append(f"smoothing {short_text(self.label_smoothing)}")
        return ", ".join(parts)


@layer("binary_classification", group="Output", title="Binary Classification")
class BinaryClassification(Output):
    """Yes or no for each number: sigmoid, and binary cross-entropy as the loss.

    One number tells two classes apart; several, each with a target of 0 or 1, are answers that don't exclude
    one another.
    """

    metrics = ("accuracy",)
    shares = True
    target = "value"
    applies = "sigmoid"
    most_classes = 2

    def infer(self, x: Shape) -> Shape:
        return (need_vector(x, self.title),)

    def predict(self, x: Array) -> Array:
        return losses.sigmoid(x)

    def decide(self, x: Array) -> NDArray[np.integer[Any]] | None:
        return (x[:, 0] > 0).astype(np.int64) if x.shape[1] == 1 else None

    def check(self, shape: Shape, target: NDArray[Any]) -> None:
        if not 0 <= target.min() <= target.max() <= 1:
            raise UsageError(
                f"A target of {self.title} is outside 0 … 1.",
                "End with Regression, or with Classification where the targets are classes.",
            )

    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        return losses.binary_cross_entropy(x, target.reshape(x.shape).astype(x.dtype, copy=False))

    def measure(self, x: Array, target: NDArray[Any]) -> dict[str, float]:
        return {"accuracy": metrics.binary_accuracy(x, target.reshape(x.shape))}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.binary_cross_entropy(x)


@layer("regression", group="Output", title="Regression")
class Regression(Distance):
    """Numbers instead of classes: the loss is the squared or absolute distance, or Huber's mixture."""

    target = "value"

    loss_function: str = param(DISTANCES[0], choices=DISTANCES, label="Loss", help="How errors count.")
    delta: float = huber_delta()

    def infer(self, x: Shape) -> Shape:
        return (need_vector(x, self.title),)
