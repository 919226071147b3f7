"""What stands in for a block of a kind that this version doesn't know, so that nothing of a file is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.errors import ShapeError
from core.layers.base import Layer, Mode
from core.maths.arrays import Array, Params, Shape


@dataclass(frozen=True)
class Unknown(Layer):
    """Keeps the kind and the settings of the file unchanged, to be saved back; it can't be trained."""

    title = "Unknown"
    group = "Unknown"

    kind: str  # type: ignore[misc]  # here a kind belongs to the block, not to the class
    settings: dict[str, Any] = field(default_factory=dict, hash=False)

    def infer(self, *inputs: Shape) -> Shape:
        raise self._refusal()

    def forward(self, params: Params, mode: Mode, *inputs: Any, **_: Any) -> tuple[Array, Any]:
        raise self._refusal()

    def backward(self, params: Params, saved: Any, grad: Array) -> tuple[tuple[Array, ...], dict[str, Array]]:
        raise self._refusal()

    def _refusal(self) -> ShapeError:
        return ShapeError(
            f"this version of cnngui doesn't know the layer {self.kind!r}.",
            "Open the design with a newer version, or replace the block; it is kept as it is.",
        )

    def summary(self) -> str:
        return self.kind
