"""Which part of its input an output of a layer depends on: the geometry of receptive fields."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction
Span: TypeAlias = tuple[int, int]
"""The first and the last pixel along one axis; those outside the image are padding."""


@dataclass(frozen=True)
class Window:
    """Along one axis, output i depends on the inputs between i·stride + start and that + size - 1.

    Layers that enlarge the image have a stride below 1; the bounds of an output are then rounded inwards.
    """

    size: Number = 1
    stride: Number = 1
    start: Number = 0

    def span(self, first: int, last: int) -> Span:
        """The inputs that the outputs `first` … `last` depend on."""
        low = first * self.stride + self.start
        high = last * self.stride + self.start + self.size - 1
        return math.ceil(low), math.floor(high)


Windows: TypeAlias = tuple[Window, Window]
"""Of rows and of columns."""

SAME: Windows = (Window(), Window())
"""Each output depends on the input at its own place."""
