"""From a skeleton to the strokes of many digits, no two alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.digits.skeletons import Variant
from core.data.digits.style import Style

Floats = NDArray[np.float32]

INK_BOX = (
    20.0 / 28.0
)  # MNIST: the longer side of the ink is 20 of 28 pixels, its centre of mass in the middle
WAVES = 3  # plane waves in each component of the elastic field
WAVE_FREQUENCY = 3.0  # spread of their angular frequency per height: waves of about two heights


class Strokes(NamedTuple):
    """N digits as polylines of S points in pixels; pixel i has its centre at i + 0.5.

    points: (N, S, 2), x to the right and y down; half_widths: (N, S), half the pen's width there.
    pen_down: (S,), whether ink runs from the point before to this one.
    softness: (N,), width of the soft edge; darkness: (N,), of full ink, 0 to 1.
    """

    points: Floats
    half_widths: Floats
    pen_down: NDArray[np.bool_]
    softness: Floats
    darkness: Floats


def write(variant: Variant, count: int, style: Style, rng: np.random.Generator, size: int) -> Strokes:
    """`count` digits of one variant for images of `size` x `size` pixels."""
    pixel = size / 28  # the style's pixels are those of a 28 x 28 image
    points = _deform(_posed(variant, count, style, rng), style, rng)
    half_widths = _pen(count, len(variant.basis), style, rng)
    points = _place(points, half_widths, variant.pen_down, style, rng)
    softness = rng.uniform(*style.softness, count).astype(np.float32)
    darkness = rng.uniform(style.faintest, 1.0, count).astype(np.float32)
    return Strokes(points * pixel, half_widths * pixel, variant.pen_down, softness * pixel, darkness)


def _normal(rng: np.random.Generator, spread: float, *shape: int) -> Floats:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(spread)


def _posed(variant: Variant, count: int, style: Style, rng: np.random.Generator) -> Floats:
    """Points (N, S, 2) along blends of the variant's poses with a trembling hand."""
    poses, controls, _ = variant.poses.shape
    blend = rng.dirichlet(np.full(poses, style.blend), count).astype(np.float32)
    skeleton = np.tensordot(blend, variant.poses, 1)
    skeleton += _normal(rng, style.tremor, count, controls, 2)
    return variant.basis @ skeleton


def _deform(points: Floats, style: Style, rng: np.random.Generator) -> Floats:
    """Bends the digit, then tapers, stretches, slants and rotates it; (N, S, 2) about the origin."""
    count = len(points)
    points = points - points.mean(axis=1, keepdims=True)

    # Not the image but the points are displaced, by a sum of plane waves a * sin(f . x + phase).
    frequency = _normal(rng, WAVE_FREQUENCY, count, 2, 2 * WAVES)
    phase = rng.uniform(0, 2 * np.pi, (count, 1, 2 * WAVES)).astype(np.float32)
    amplitude = _normal(rng, style.elastic, count, 1, 2 * WAVES)
    waves = amplitude * np.sin(points @ frequency + phase)
    points += waves.reshape(*waves.shape[:2], 2, WAVES).sum(axis=3)

    across, down = _normal(rng, style.taper, 2, count, 1)
    x, y = points[..., 0], points[..., 1]
    x, y = x * (1 + 2 * across * y), y + 1.4 * down * y**2
    x = x * np.exp(_normal(rng, style.aspect, count, 1))
    x -= (style.slant_mean + _normal(rng, style.slant, count, 1)) * y
    angle = _normal(rng, style.rotation, count, 1)
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=2)


def _pen(count: int, samples: int, style: Style, rng: np.random.Generator) -> Floats:
    """Half the pen's width (N, S) in pixels of a 28 x 28 image: each digit has its pen, pressed now more, now
    less, with a ragged edge."""
    width = style.pen_width * np.exp(_normal(rng, style.pen_spread, count, 1))
    width = np.clip(width, *style.pen_limits)
    along = np.linspace(0, 1, samples, dtype=np.float32)
    periods = rng.uniform(0.3, 1.5, (count, 1)).astype(np.float32)
    offset = rng.uniform(0, 1, (count, 1)).astype(np.float32)
    pressure = _normal(rng, style.pressure, count, 1) * np.sin(2 * np.pi * (along * periods + offset))
    ragged = 1 + _normal(rng, style.roughness, count, samples)
    half_widths: Floats = np.maximum(width / 2 * (1 + pressure) * ragged, np.float32(0.45))
    return half_widths


def _place(
    points: Floats, half_widths: Floats, pen_down: NDArray[np.bool_], style: Style, rng: np.random.Generator
) -> Floats:
    """Scales the ink's box and centres its mass as MNIST does, in pixels of a 28 x 28 image."""
    count = len(points)
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    longer = np.maximum((high - low).max(axis=2, keepdims=True), np.float32(1e-6))
    box = 20 + np.minimum(_normal(rng, style.scale, count, 1, 1) - 0.3, np.float32(0.4))
    pen = 2 * half_widths.mean(axis=1)[:, None, None]
    points = (points - (low + high) / 2) * ((box - pen) / longer)

    # The centre of mass of the ink: pieces of the line weigh their length times the pen's width.
    pieces = np.diff(points, axis=1)
    mass = np.hypot(pieces[..., 0], pieces[..., 1]) * half_widths[:, 1:] * pen_down[1:]
    middles = (points[:, 1:] + points[:, :-1]) / 2
    centre = (mass[..., None] * middles).sum(axis=1) / mass.sum(axis=1, keepdims=True)
    points += 14 - centre[:, None] + _normal(rng, style.shift, count, 1, 2)
    return points
