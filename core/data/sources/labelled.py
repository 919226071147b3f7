"""Images with class numbers, as data sets."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset, class_numbers

Arrays: TypeAlias = tuple[NDArray[Any], NDArray[Any]]
"""Images (N, H, W) or (N, C, H, W), and labels (N,), as they were read."""


def datasets(parts: list[Arrays]) -> list[Dataset]:
    """Data sets that share their classes: a small test part may lack one."""
    classes = class_numbers([labels for _, labels in parts])
    return [
        Dataset(_pixels(images), labels.astype(np.int64, copy=False), classes) for images, labels in parts
    ]


def _pixels(images: NDArray[Any]) -> NDArray[Any]:
    pixels = images[:, None] if images.ndim == 3 else images
    return pixels if pixels.dtype == np.uint8 else pixels.astype(np.float32, copy=False)
