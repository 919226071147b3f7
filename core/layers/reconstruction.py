"""The end of an autoencoder: the image that came in is what has to come out."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from core.errors import UsageError
from core.layers.base import layer
from core.layers.distances import DISTANCES, Distance, huber_delta
from core.layers.lowering import Lowering, Value
from core.maths import losses, metrics
from core.maths.arrays import Array, Shape
from core.schema.param import param
from core.schema.written import short_text

_CROSS_ENTROPY: Final = "binary cross-entropy"


@layer("reconstruction", group="Output", title="Reconstruction")
class Reconstruction(Distance):
    """The network has to give back its own input: the loss is the distance between the two, pixel by pixel.

    It needs the shape of the input. The targets of the data play no part (Hinton and Salakhutdinov 2006,
    doi:10.1126/science.1127647). Binary cross-entropy takes each pixel, from 0 to 1, as a probability, and
    applies the sigmoid itself: the network gives logits.
    """

    target = "image"

    loss_function: str = param(
        DISTANCES[0], choices=(*DISTANCES, _CROSS_ENTROPY), label="Loss", help="How errors of pixels count."
    )
    delta: float = huber_delta()

    @property
    def applies(self) -> str | None:
        return "sigmoid" if self._gives_logits else None

    @property
    def _gives_logits(self) -> bool:
        return self.loss_function == _CROSS_ENTROPY

    def infer(self, x: Shape) -> Shape:
        return x

    def predict(self, x: Array) -> Array:
        return losses.sigmoid(x) if self._gives_logits else x

    def check(self, shape: Shape, target: NDArray[Any]) -> None:
        if self._gives_logits and (target.min() < 0 or target.max() > 1):  # NaN is found as what it is
            raise UsageError(
                f"{self.title}: with binary cross-entropy, pixels have to be from 0 to 1; the data has "
                f"{short_text(target.min(), 3)} to {short_text(target.max(), 3)}.",
                f"Set the loss to {DISTANCES[0]}.",
                parameter="loss_function",
            )

    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        if self._gives_logits:
            return losses.binary_cross_entropy(x, target.reshape(x.shape).astype(x.dtype, copy=False))
        return super().loss(x, target)

    def measure(self, x: Array, target: NDArray[Any]) -> dict[str, float]:
        """The error of the pixels that are shown."""
        return {"mean_absolute_error": metrics.mean_absolute_error(self.predict(x), target.reshape(x.shape))}

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.binary_cross_entropy(x) if self._gives_logits else super().lower(engine, x)

    def summary(self) -> str:
        return "BCE" if self._gives_logits else super().summary()
