"""Catmull-Rom splines as matrices: the sampled curve is a linear map of its control points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def catmull_rom_basis(points: Matrix, corners: NDArray[np.bool_], steps: int) -> Matrix:
    """The matrix B of shape (S, K) for which `B @ points` runs along the curve through `points`.

    points: (K, 2), K >= 2, in drawing order; only the distances between neighbours matter, so one
    matrix serves every slightly different curve with the same number of points.
    corners: (K,), True where the curve may break its tangent; the two ends always may.
    steps: samples on each of the K - 1 segments, so S = (K - 1) * steps + 1.

    The knots are centripetal: neighbours are the square root of their distance apart. Non-uniform
    Catmull-Rom splines: Barry and Goldman, "A recursive evaluation algorithm for a class of
    Catmull-Rom splines", SIGGRAPH 1988; here in the equivalent Hermite form.
    """
    count = len(points)
    unit = np.eye(count)  # row i selects control point i
    knots = np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)) + 1e-3
    t = np.arange(1, steps + 1)[:, None] / steps
    rows = [unit[:1]]
    breaks = [0, *(int(i) for i in np.flatnonzero(corners[1:-1]) + 1), count - 1]
    for first, last in pairwise(breaks):
        span = knots[first:last]
        tangents = _tangents(unit[first : last + 1], span)
        for i, width in enumerate(span):
            rows.append(
                (2 * t**3 - 3 * t**2 + 1) * unit[first + i]
                + (t**3 - 2 * t**2 + t) * width * tangents[i]
                + (3 * t**2 - 2 * t**3) * unit[first + i + 1]
                + (t**3 - t**2) * width * tangents[i + 1]
            )
    return np.concatenate(rows)


def _tangents(points: Matrix, knots: Matrix) -> Matrix:
    """Derivatives (m, K) at `points` (m, K) that lie `knots` (m - 1,) apart, without a corner between.

    Inside, the derivative of the parabola through a point and its neighbours; at the ends, that of a
    curve without curvature there.
    """
    secants = np.diff(points, axis=0) / knots[:, None]
    if len(secants) == 1:
        return np.repeat(secants, 2, axis=0)
    before, after = knots[:-1, None], knots[1:, None]
    inner = (secants[:-1] * after + secants[1:] * before) / (before + after)
    start = 1.5 * secants[:1] - 0.5 * inner[:1]
    end = 1.5 * secants[-1:] - 0.5 * inner[-1:]
    return np.concatenate([start, inner, end])
