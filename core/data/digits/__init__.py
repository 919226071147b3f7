"""Hand-drawn-like digits made by the program itself, so that it has data on its first day and offline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.digits.raster import rasterise
from core.data.digits.skeletons import variants
from core.data.digits.strokes import write
from core.data.digits.style import STYLES
from core.errors import UsageError

__all__ = ["STYLES", "generate"]


def generate(
    count: int, *, style: str = "tidy", seed: int = 0, size: int = 28
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """`count` images (N, size, size), 0 paper and 255 ink, and their labels (N,), 0 to 9, in random order.

    style: "tidy", neat hands, or "wide", as varied as a crowd's writing.
    The same arguments give the same digits on the same machine; every digit is equally frequent, to within
    one. A larger `count` doesn't begin with the images of a smaller one.

    Raises UsageError for an unknown style.
    """
    if style not in STYLES:
        known = " or ".join(f"'{name}'" for name in STYLES)
        raise UsageError(f"There is no style of digits '{style}'.", f"Use {known}.", parameter="style")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 10).astype(np.uint8)
    images = np.empty((count, size, size), np.uint8)
    for digit in range(10):
        weights = np.array([variant.weight for variant in variants(digit)])
        where = np.flatnonzero(labels == digit)
        which = rng.choice(len(weights), len(where), p=weights / weights.sum())
        for i, variant in enumerate(variants(digit)):
            place = where[which == i]
            strokes = write(variant, len(place), STYLES[style], rng, size)
            images[place] = rasterise(strokes, size)
    return images, labels
