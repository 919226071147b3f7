"""How freely the digits are written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """Parameters of the generator. Where nothing else is said, a field is the largest deviation to either
    side, and all deviations up to it are equally likely: a bell curve's rare extremes are illegible.

    Lengths are in digit heights, or in pixels of a 28 × 28 image where so said.
    """

    blend: float
    """Concentration of the Dirichlet weights that mix a variant's poses: small keeps to one of them."""
    tremor: float
    """Of each control point."""
    elastic: float
    """Of the amplitudes of the smooth field that bends the whole digit."""
    taper: float
    """Of the difference in size between top and bottom, and between left and right."""
    aspect: float
    """Of the logarithm of width over height."""
    slant_mean: float
    """The usual shear to the right."""
    slant: float
    """Of the shear."""
    rotation: float
    """Of the angle, radians."""
    pen_width: float
    """The usual width of the pen, pixels."""
    pen_spread: float
    """Of the logarithm of the pen's width, from digit to digit."""
    pressure: float
    """Of the pen's width along the strokes, in slow waves, relative."""
    roughness: float
    """Of the pen's width from point to point, relative: a ragged edge."""
    scale: float
    """Of the longer side of the ink's box, pixels."""
    shift: float
    """Of the position, pixels."""
    softness: tuple[float, float]
    """The narrowest and the widest soft edge between ink and paper, pixels."""
    faintest: float
    """The darkness of the palest ink; black is 1."""


TIDY = Style(
    blend=0.7,
    tremor=0.03,
    elastic=0.065,
    taper=0.12,
    aspect=0.42,
    slant_mean=0.12,
    slant=0.45,
    rotation=0.16,
    pen_width=2.55,
    pen_spread=0.55,
    pressure=0.25,
    roughness=0.08,
    scale=0.5,
    shift=1.8,
    softness=(0.9, 1.3),
    faintest=0.95,
)
"""Careful hands on a good day: as unlike each other as people are, but steady."""

WIDE = Style(
    blend=0.4,
    tremor=0.073,
    elastic=0.104,
    taper=0.173,
    aspect=0.45,
    slant_mean=0.12,
    slant=0.47,
    rotation=0.21,
    pen_width=2.55,
    pen_spread=0.55,
    pressure=0.43,
    roughness=0.17,
    scale=0.5,
    shift=1.8,
    softness=(0.8, 1.3),
    faintest=0.92,
)
"""A crowd of strangers in a hurry: what a network should learn from that is to read real handwriting."""

STYLES = {"tidy": TIDY, "wide": WIDE}
