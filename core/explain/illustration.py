"""A picture of what a layer does: the curve of an activation, or digits before and after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import prod

import numpy as np

from core.data.digits.raster import rasterise_numpy
from core.data.digits.skeletons import variants
from core.data.digits.strokes import write
from core.data.digits.style import STYLES
from core.errors import CoreError, ShapeError
from core.layers.base import Layer, Mode, Output
from core.maths.arrays import Array, Shape
from core.maths.initialisers import INITIALISERS

_SIZE = 28
_CHANNELS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""A layer gets the fewest channels that it can work with."""
_NUMBERS = 10
"""The length of a vector, for layers that take no image."""
_BATCH = 8
"""Normalisation over a batch needs one; its first sample is shown."""
_LARGEST = 2_000_000
"""Numbers or products a sample, above which an example would make the user wait."""
_REACH = 4.0
"""A curve is drawn between minus and plus this."""


@dataclass(frozen=True)
class Maps:
    """What goes into a layer and what comes out of it with the weights it starts with.

    Each is (C, H, W) or (F,), float32, without the batch dimension.
    """

    inputs: tuple[Array, ...]
    output: Array


@dataclass(frozen=True)
class Curve:
    """A function of one number: `y[i]` (F,) is what the layer makes of `x[i]`."""

    x: Array
    y: Array


def illustrate(layer: Layer) -> Maps | Curve | None:
    """What this layer does with these settings; None where no small example fits them."""
    if layer.problems():
        return None
    if layer.activates:
        x = np.linspace(-_REACH, _REACH, 161, dtype=np.float32)[:, None]
        y = _run(layer, x)
        if np.ptp(y) > 0:  # softmax of a single number is 1
            return Curve(x[:, 0], y[:, 0])
    for inputs in _examples(layer):
        try:
            output = _run(layer, *inputs)
        except CoreError:
            continue
        return Maps(tuple(x[0] for x in inputs), output[0])
    return None


def _examples(layer: Layer) -> Iterator[tuple[Array, ...]]:
    """Inputs to try, each (N, C, H, W) or (N, F)."""
    if layer.inputs == 0:
        return
    count = layer.inputs or 2
    rng = np.random.default_rng(0)
    numbers = tuple(rng.normal(size=(_BATCH, _NUMBERS)).astype(np.float32) for _ in range(count))
    if isinstance(layer, Output) or layer.activates:
        yield numbers
    for channels in _CHANNELS:
        yield tuple(_images(channels, number) for number in range(count))
    yield numbers


def _run(layer: Layer, *inputs: Array) -> Array:
    """The output (N, …) for these inputs. Raises ShapeError where they don't fit, or are too many."""
    shapes: tuple[Shape, ...] = tuple(x.shape[1:] for x in inputs)
    if max(prod(layer.infer(*shapes)), layer.multiply_adds(*shapes)) > _LARGEST:
        raise ShapeError("The output is too large for a picture.")
    if isinstance(layer, Output):
        return layer.predict(*inputs)
    rng = np.random.default_rng(0)
    params = {
        name: INITIALISERS[spec.initialiser](spec, rng).astype(np.float32)
        for name, spec in layer.parameters(*shapes).items()
    }
    y: Array = layer.forward(params, Mode(training=True), *inputs)[0]
    return y


def _images(channels: int, number: int) -> Array:
    """A batch (N, C, H, W) of digits around 0; another `number` gives others."""
    digits = _digits()
    first = 3 + number
    return np.stack([np.roll(digits, -first - n, axis=0)[np.arange(channels) % 10] for n in range(_BATCH)])


@cache
def _digits() -> Array:
    """One of each digit (10, H, W), with mean 0 and deviation 1."""
    rng = np.random.default_rng(0)
    strokes = [write(variants(digit)[0], 1, STYLES["tidy"], rng, _SIZE) for digit in range(10)]
    ink = np.concatenate([rasterise_numpy(one, _SIZE) for one in strokes]).astype(np.float32)
    digits: Array = (ink - ink.mean()) / ink.std()
    return digits
