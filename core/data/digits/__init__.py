"""Hand-drawn-like digits made by the program itself, so that it has data on its first day and offline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.digits.raster import rasterise
from core.data.digits.skeletons import variants
from core.data.digits.strokes import write
from core.data.digits.style import PRESETS
from core.errors import UsageError


def generate(
    count: int, *, style: str = "tidy", seed: int = 0, size: int = 28
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """`count` images (N, size, size), 0 paper and 255 ink, and their labels (N,), 0 to 9, in random order.

    style: "tidy", neat hands, or "wide", as varied as a crowd's writing.
    The same arguments give the same digits on the same machine; every digit is equally frequent, to within
    one. A larger `count` doesn't begin with the images of a smaller one.

    Raises UsageError for an unknown style.
    """
    if style not in PRESETS:
        known = " or ".join(f"'{name}'" for name in PRESETS)
        raise UsageError(f"There is no style of digits '{style}'.", f"Use {known}.", parameter="style")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 10).astype(np.uint8)
    images = np.empty((count, size, size), np.uint8)
    for digit in range(10):
        chosen = [variant for variant in variants() if variant.digit == digit]
        weights = np.array([variant.weight for variant in chosen])
        where = np.flatnonzero(labels == digit)
        which = rng.choice(len(chosen), len(where), p=weights / weights.sum())
        for i, variant in enumerate(chosen):
            place = where[which == i]
            strokes = write(variant, len(place), PRESETS[style], rng, size)
            images[place] = rasterise(strokes, size)
    return images, labels
