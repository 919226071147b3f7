"""Ink on paper: each pixel's grey is a function of its distance to the strokes.

A piece of a stroke is a capsule whose radius changes linearly from end to end. The depth of a pixel is
radius minus distance, taken at the nearest point of the piece's axis; the deepest piece counts. Depth 0
is the edge, and the grey rises linearly over the softness around it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.digits.strokes import OUTSIDE, Strokes


def rasterise(strokes: Strokes, size: int) -> NDArray[np.uint8]:
    """Images (N, size, size), 0 paper and 255 ink; without Numba it takes some ten times longer."""
    try:
        from core.data.digits.kernel import rasterise as compiled  # noqa: PLC0415 - Numba takes long to import
    except ImportError:  # no Numba
        return rasterise_numpy(strokes, size)
    images = np.empty((len(strokes.points), size, size), np.uint8)
    compiled(strokes, images)
    return images


def rasterise_numpy(strokes: Strokes, size: int, chunk: int = 64) -> NDArray[np.uint8]:
    """What `rasterise` is defined by: the same images, `chunk` at once so that they fit the cache."""
    images = np.empty((len(strokes.points), size, size), np.uint8)
    centres = np.arange(size, dtype=np.float32) + np.float32(0.5)
    for begin in range(0, len(images), chunk):
        part = slice(begin, begin + chunk)
        depth = _depth(strokes.points[part], strokes.half_widths[part], strokes.pen_down, centres)
        grey = np.clip(depth / strokes.softness[part, None, None] + np.float32(0.5), 0, 1)
        # Adding a half and cutting off the rest rounds to the nearest grey.
        images[part] = np.float32(255) * strokes.darkness[part, None, None] * grey + np.float32(0.5)
    return images


def _depth(
    points: NDArray[np.float32],
    half_widths: NDArray[np.float32],
    pen_down: NDArray[np.bool_],
    centres: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Depth (N, H, W) of the pixels below the ink's edge, in pixels."""
    deepest = np.full((len(points), len(centres), len(centres)), OUTSIDE)
    for s in np.flatnonzero(pen_down):
        start, end = points[:, s - 1, :, None, None], points[:, s, :, None, None]
        dx, dy = end[:, 0] - start[:, 0], end[:, 1] - start[:, 1]
        x, y = centres[None, None, :] - start[:, 0], centres[None, :, None] - start[:, 1]
        t = np.clip((x * dx + y * dy) / np.maximum(dx * dx + dy * dy, np.float32(1e-9)), 0, 1)
        radius, next_radius = half_widths[:, s - 1, None, None], half_widths[:, s, None, None]
        distance = np.sqrt((x - t * dx) ** 2 + (y - t * dy) ** 2)
        np.maximum(deepest, radius + t * (next_radius - radius) - distance, out=deepest)
    return deepest
