"""From a skeleton to the strokes of many digits, no two alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.digits.skeletons import Variant
from core.data.digits.style import Style

Floats = NDArray[np.float32]

BOX = 20.0  # MNIST scales the longer side of the ink to 20 of 28 pixels, and puts its centre of mass ...
CENTRE = (
    14.0  # ... in the middle (LeCun et al. 1998, "Gradient-based learning applied to document recognition")
)
WAVES = 3  # plane waves in each component of the elastic field
WAVE_FREQUENCY = 3.0  # standard deviation of their angular frequency: waves of about two digit heights
MARGIN = np.float32(1.7)  # paper around the ink: the outermost pixels and half of the softest edge
THINNEST = np.float32(0.45)  # half of a pen's width that still leaves a line, pixels
OUTSIDE = np.float32(-1e3)  # the depth in the ink of a pixel that no stroke comes near


class Strokes(NamedTuple):
    """N digits as polylines of S points in pixels; pixel i has its centre at i + 0.5.

    points: (N, S, 2), x to the right and y down. half_widths: (N, S), half of the pen's width there.
    pen_down: (S,), whether ink runs from the point before to this one.
    softness: (N,), width of the soft edge. darkness: (N,), that of full ink, 0 to 1.
    """

    points: Floats
    half_widths: Floats
    pen_down: NDArray[np.bool_]
    softness: Floats
    darkness: Floats


def write(variant: Variant, count: int, style: Style, rng: np.random.Generator, size: int) -> Strokes:
    """`count` digits of one variant for images of `size` × `size` pixels."""
    pixel = np.float32(size / 28)  # the style's pixels are those of a 28 × 28 image
    points = _deform(_pose(variant, count, style, rng), style, rng)
    half_widths = _pen(count, len(variant.basis), style, rng)
    points = _place(points, half_widths, variant.pen_down, style, rng)
    softness = rng.uniform(*style.softness, count).astype(np.float32)
    darkness = rng.uniform(style.faintest, 1.0, count).astype(np.float32)
    return Strokes(points * pixel, half_widths * pixel, variant.pen_down, softness * pixel, darkness)


def _even(rng: np.random.Generator, limit: float, *shape: int) -> Floats:
    """Numbers evenly from ±limit."""
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def _stratified(rng: np.random.Generator, limit: float, count: int) -> Floats:
    """Numbers (N, 1) evenly from ±limit, one from each of N equal parts of that range, so that few digits
    already show all that a style allows. Latin hypercube sampling: McKay, Beckman and Conover 1979."""
    parts = rng.permutation(count) + rng.uniform(0, 1, count)
    return (limit * (2 * parts[:, None] / count - 1)).astype(np.float32)


def _pose(variant: Variant, count: int, style: Style, rng: np.random.Generator) -> Floats:
    """Points (N, S, 2) along blends of the variant's poses, written by a trembling hand."""
    poses, controls, _ = variant.poses.shape
    blend = rng.dirichlet(np.full(poses, style.blend), count).astype(np.float32)
    skeleton = np.tensordot(blend, variant.poses, 1) + _even(rng, style.tremor, count, controls, 2)
    return variant.basis @ skeleton


def _deform(points: Floats, style: Style, rng: np.random.Generator) -> Floats:
    """Bends digits (N, S, 2), then tapers, stretches, slants and rotates them about the origin.

    Deforming the points and not the image keeps the lines sharp.
    """
    count = len(points)
    points = points - points.mean(axis=1, keepdims=True)

    # Each component of the displacement is a sum of plane waves a · sin(f · x + phase).
    frequency = rng.normal(0, WAVE_FREQUENCY, (count, 2, 2 * WAVES)).astype(np.float32)
    phase = _even(rng, np.pi, count, 1, 2 * WAVES)
    waves = _even(rng, style.elastic, count, 1, 2 * WAVES) * np.sin(points @ frequency + phase)
    points += waves.reshape(*waves.shape[:2], 2, WAVES).sum(axis=3)

    x, y = points[..., 0], points[..., 1]
    x = x * (1 + 2 * _stratified(rng, style.taper, count) * y)
    y = y + 1.4 * _stratified(rng, style.taper, count) * y**2
    x = x * np.exp(_stratified(rng, style.aspect, count))
    x -= (style.slant_mean + _stratified(rng, style.slant, count)) * y
    angle = _stratified(rng, style.rotation, count)
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=2)


def _pen(count: int, samples: int, style: Style, rng: np.random.Generator) -> Floats:
    """Half of the pen's width (N, S) in pixels of a 28 × 28 image: each digit has its pen, pressed now more,
    now less, with a ragged edge."""
    width = style.pen_width * np.exp(_stratified(rng, style.pen_spread, count))
    periods = rng.uniform(0.3, 1.5, (count, 1)).astype(np.float32)
    waves = np.sin(
        2 * np.pi * np.linspace(0, 1, samples, dtype=np.float32) * periods + _even(rng, np.pi, count, 1)
    )
    pressure = 1 + _stratified(rng, style.pressure, count) * waves
    ragged = 1 + _even(rng, style.roughness, count, samples)
    half_widths: Floats = np.maximum(width / 2 * pressure * ragged, THINNEST)
    return half_widths


def _place(
    points: Floats, half_widths: Floats, pen_down: NDArray[np.bool_], style: Style, rng: np.random.Generator
) -> Floats:
    """Scales and centres the ink as MNIST does, in pixels of a 28 × 28 image, but for `scale` and `shift`."""
    count = len(points)
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    longer = np.maximum((high - low).max(axis=2, keepdims=True), np.float32(1e-6))
    box = BOX + _even(rng, style.scale, count, 1, 1)
    pen = 2 * half_widths.mean(axis=1)[:, None, None]
    points = (points - (low + high) / 2) * ((box - pen) / longer)

    # Each piece of a line weighs its length times the pen's width.
    pieces = np.diff(points, axis=1)
    mass = np.hypot(pieces[..., 0], pieces[..., 1]) * half_widths[:, 1:] * pen_down[1:]
    middles = (points[:, 1:] + points[:, :-1]) / 2
    centre = (mass[..., None] * middles).sum(axis=1) / mass.sum(axis=1, keepdims=True)
    points += CENTRE - centre[:, None] + _even(rng, style.shift, count, 1, 2)

    # Where that would cut off ink, the digit moves back into the image.
    reach = half_widths.max(axis=1)[:, None, None] + MARGIN
    low, high = points.min(axis=1, keepdims=True) - reach, points.max(axis=1, keepdims=True) + reach
    points += np.maximum(-low, 0) + np.minimum(28 - high, 0)
    return points
