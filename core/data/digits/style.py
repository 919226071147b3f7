"""How freely the digits are written."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Style:
    """Parameters of the generator; `spread` fields are standard deviations.

    Lengths are fractions of the digit's height, or pixels of a 28 x 28 image where said so.
    """

    blend: float = 0.7
    """Concentration of the Dirichlet weights that mix a variant's poses: small keeps to one."""
    tremor: float = 0.042
    """Spread of each control point."""
    elastic: float = 0.06
    """Spread of the amplitudes of the smooth field that bends the whole digit."""
    taper: float = 0.10
    """Spread of the difference in size between top and bottom and between left and right."""
    aspect: float = 0.26
    """Spread of the logarithm of width over height."""
    slant_mean: float = 0.12
    """Shear to the right; most people's digits lean."""
    slant: float = 0.27
    """Spread of the shear."""
    rotation: float = 0.12
    """Spread of the rotation, radians."""
    pen_width: float = 2.55
    """Median width of the pen, pixels."""
    pen_spread: float = 0.32
    """Spread of the logarithm of the pen's width from digit to digit."""
    pen_limits: tuple[float, float] = (1.3, 4.6)
    """Thinnest and thickest pen, pixels."""
    pressure: float = 0.25
    """Spread of the slow change of the pen's width along the stroke, relative."""
    roughness: float = 0.10
    """Spread of its fast change, relative: a ragged edge."""
    scale: float = 0.35
    """Spread of the longer side of the ink's box, pixels; its middle is that of MNIST, 20."""
    shift: float = 1.05
    """Spread of the position, pixels."""
    softness: tuple[float, float] = (0.9, 1.6)
    """Narrowest and widest soft edge between ink and paper, pixels."""
    faintest: float = 0.92
    """Darkness of the palest ink, 1 is black."""


WIDE = Style()
"""As varied as a crowd of strangers in a hurry: what a network should learn that is to read real digits."""

TIDY = replace(WIDE, tremor=0.02, elastic=0.02)
"""One careful hand on a good day."""

PRESETS = {"tidy": TIDY, "wide": WIDE}
