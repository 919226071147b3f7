"""What kind of input a layer needs."""

from __future__ import annotations

from core.errors import ShapeError
from core.maths.arrays import Shape
from core.schema.written import shape_text


def need_image(shape: Shape) -> tuple[int, int, int]:
    """The shape as (C, H, W). Raises ShapeError for a vector."""
    if len(shape) != 3:
        raise ShapeError(
            f"expected an image (channels × height × width), got a vector of {shape[0]}.",
            "Move the block before Flatten or Dense, or put Reshape before it.",
        )
    return shape[0], shape[1], shape[2]


def need_vector(x: Shape, who: str) -> int:
    """The length of a vector. Raises ShapeError for an image."""
    if len(x) != 1:
        raise ShapeError(
            f"{who} needs a vector, got an image of {shape_text(x)}.",
            "Put Flatten or Global Average Pool before it.",
        )
    return x[0]
