"""What all speak of: shapes, arrays of numbers, and the learned ones among them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Shape: TypeAlias = tuple[int, ...]
"""The shape of one sample: (C, H, W) for feature maps, (F,) for a vector; never the batch dimension."""

Array: TypeAlias = NDArray[np.floating[Any]]
Params: TypeAlias = Mapping[str, Array]
"""The learned arrays of a layer, by name."""


@dataclass(frozen=True)
class Parameter:
    """A learned array (or, with `trainable=False`, a running statistic) and how it starts.

    `initialiser` is a name of `core.maths.initialisers`; `fan_in` and `fan_out` are what that formula needs.
    """

    shape: Shape
    initialiser: str
    fan_in: int = 1
    fan_out: int = 1
    trainable: bool = True

    @property
    def size(self) -> int:
        return math.prod(self.shape)


def bias_start(initialiser: str) -> str:
    """How a bias beside weights with `initialiser` starts: drawn as PyTorch does, or at 0."""
    return initialiser if initialiser == "pytorch" else "zeros"
