"""`raster.rasterise_numpy`, compiled. Imported only when digits are made: Numba takes long to import."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.data.digits.strokes import OUTSIDE, Strokes
from core.native.compiled import compiled

# All numbers are float32, so that the result is that of NumPy.
ZERO, HALF, ONE, INK = np.float32(0), np.float32(0.5), np.float32(1), np.float32(255)
TINY = np.float32(1e-9)


@compiled
def rasterise(strokes: Strokes, images: NDArray[np.uint8]) -> None:
    """Fills `images` (N, size, size)."""
    size = images.shape[1]
    deepest = np.empty((size, size), np.float32)
    for n in range(len(images)):
        points, half_widths, softness = strokes.points[n], strokes.half_widths[n], strokes.softness[n]
        deepest[:] = OUTSIDE
        for s in range(1, len(points)):
            if not strokes.pen_down[s]:
                continue
            x0, y0 = points[s - 1]
            dx, dy = points[s, 0] - x0, points[s, 1] - y0
            squared = max(dx * dx + dy * dy, TINY)
            radius = half_widths[s - 1]
            widening = half_widths[s] - radius
            # Only the pixels near this piece can get ink from it.
            reach = max(radius, half_widths[s]) + HALF * softness
            left = max(0, math.floor(min(x0, points[s, 0]) - reach))
            right = min(size, math.ceil(max(x0, points[s, 0]) + reach))
            top = max(0, math.floor(min(y0, points[s, 1]) - reach))
            bottom = min(size, math.ceil(max(y0, points[s, 1]) + reach))
            for row in range(top, bottom):
                y = np.float32(row) + HALF - y0
                for column in range(left, right):
                    x = np.float32(column) + HALF - x0
                    t = min(max((x * dx + y * dy) / squared, ZERO), ONE)
                    distance = math.sqrt((x - t * dx) ** 2 + (y - t * dy) ** 2)
                    depth = radius + t * widening - distance
                    deepest[row, column] = max(deepest[row, column], depth)
        for row in range(size):
            for column in range(size):
                grey = min(max(deepest[row, column] / softness + HALF, ZERO), ONE)
                images[n, row, column] = np.uint8(INK * strokes.darkness[n] * grey + HALF)
