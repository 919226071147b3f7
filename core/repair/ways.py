"""Layers that make of one shape another: what branches, inputs and outputs that don't fit are mended with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isqrt, prod
from typing import Final

from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.pooling import GlobalAveragePool, MaxPool
from core.layers.resampling import AdaptiveAveragePool, Upsample
from core.layers.reshape import Crop, Flatten, Reshape, ZeroPad
from core.maths.arrays import Shape
from core.repair.tools import allowed
from core.schema.written import shape_text

Way = tuple[Layer, ...]


def ways(have: Shape, wanted: Shape) -> Iterator[Way]:
    """What may stand between the two, the most natural first; nothing where they are equal."""
    same_values = _reshape(have, wanted)
    if same_values:
        yield same_values
        return
    for kind in KINDS:
        way = kind(have, wanted)
        if way:
            yield way


def first_way(have: Shape, wanted: Shape) -> Way | None:
    """The most natural one."""
    return next(ways(have, wanted), None)


def end_ways(have: Shape, wanted: Shape) -> list[Way]:
    """What may stand before an output, best first: behind Flatten it knows where in an image something is.

    The mean of each channel doesn't tell that: after five epochs of digits, two convolutions before it know
    half of them, before Flatten 96 %.
    """
    return sorted(ways(have, wanted), key=lambda way: isinstance(way[0], GlobalAveragePool))


def image_shapes(values: int) -> Iterator[Shape]:
    """The images that a vector of so many values may be: square ones of one channel, of three, of more."""
    side = isqrt(values)
    sides = [s for s in range(side, 1, -1) if values % (s * s) == 0]
    likely = [s for s in sides if values // (s * s) in (1, 3)]
    for s in dict.fromkeys((*likely, *sides[:3])):
        yield values // (s * s), s, s
    yield values, 1, 1


def words(way: Way) -> str:
    """`Upsample, Crop and a 1 × 1 convolution`, for a title."""
    *first, last = map(_word, way)
    return f"{', '.join(first)} and {last}" if first else last


def _word(layer: Layer) -> str:
    if isinstance(layer, Conv2D) and layer.kernel == (1, 1):
        return "a 1 × 1 convolution"
    if isinstance(layer, Reshape):
        return f"Reshape to {shape_text(layer.shape)}"
    return layer.title


def _reshape(have: Shape, wanted: Shape) -> Way | None:
    """The same values in another order of axes."""
    if have == wanted or prod(have) != prod(wanted) or (len(have) == len(wanted) == 3):
        return None
    return (Flatten(),) if len(wanted) == 1 else together(allowed(Reshape, shape=wanted))


def _learn(have: Shape, wanted: Shape) -> Way | None:
    """A Dense layer, where one of the two is a vector."""
    if len(have) == len(wanted) == 3 or have == wanted:
        return None
    flat = (Flatten(),) if len(have) == 3 else ()
    image = (allowed(Reshape, shape=wanted),) if len(wanted) == 3 else ()
    return together(*flat, allowed(Dense, units=prod(wanted)), *image)


def _average(have: Shape, wanted: Shape) -> Way | None:
    """Of an image one number a channel."""
    if len(have) != 3 or len(wanted) != 1:
        return None
    dense = () if have[0] == wanted[0] else (allowed(Dense, units=wanted[0]),)
    return together(GlobalAveragePool(), *dense)


def _convolve(have: Shape, wanted: Shape) -> Way | None:
    """A 1 × 1 convolution, with a stride where the sizes differ."""
    if not len(have) == len(wanted) == 3 or have == wanted:
        return None
    strides = _shrinking(have, wanted)
    return strides and together(allowed(Conv2D, filters=wanted[0], kernel=(1, 1), stride=strides))


def border(have: Shape, wanted: Shape) -> Way | None:
    """Zeros around what is too small, and the edge off what is too large: neither more than half of it."""
    if not len(have) == len(wanted) == 3:
        return None
    missing = [w - h for h, w in zip(have[1:], wanted[1:], strict=True)]
    if not any(missing) or any(
        2 * abs(m) > max(h, w) for m, h, w in zip(missing, have[1:], wanted[1:], strict=True)
    ):
        return None
    pad, cut = _around([max(0, m) for m in missing]), _around([max(0, -m) for m in missing])
    pads = (allowed(ZeroPad, border=pad),) if any(pad) else ()
    cuts = (allowed(Crop, border=cut),) if any(cut) else ()
    return together(*pads, *cuts, *_colors(have, wanted))


def _pool(have: Shape, wanted: Shape) -> Way | None:
    """Max Pool, where its stride gives the size."""
    strides = _shrinking(have, wanted) if len(have) == len(wanted) == 3 else None
    if strides is None or strides == (1, 1):
        return None
    padding = (
        "valid" if tuple(h // s for h, s in zip(have[1:], strides, strict=True)) == wanted[1:] else "same"
    )
    return together(allowed(MaxPool, kernel=strides, stride=strides, padding=padding), *_colors(have, wanted))


def _enlarge(have: Shape, wanted: Shape) -> Way | None:
    """Upsample by the nearest whole factor, and the rest at the border."""
    if not len(have) == len(wanted) == 3:
        return None
    rows, columns = (max(1, round(w / h)) for h, w in zip(have[1:], wanted[1:], strict=True))
    if (rows, columns) == (1, 1):
        return None
    larger = have[0], have[1] * rows, have[2] * columns
    rest = _colors(have, wanted) if larger[1:] == wanted[1:] else border(larger, wanted) or (None,)
    return together(allowed(Upsample, factor=(rows, columns)), *rest)


def _adapt(have: Shape, wanted: Shape) -> Way | None:
    """Means over as many windows as there are to be pixels."""
    if not len(have) == len(wanted) == 3 or have[1:] == wanted[1:]:
        return None
    if any(h < w for h, w in zip(have[1:], wanted[1:], strict=True)):
        return None
    return together(allowed(AdaptiveAveragePool, size=wanted[1:]), *_colors(have, wanted))


KINDS: Final[tuple[Callable[[Shape, Shape], Way | None], ...]] = (
    _reshape,
    _convolve,
    border,
    _pool,
    _enlarge,
    _adapt,
    _average,
    _learn,
)
"""Each makes of one shape another in its own way, or gives None where it can't."""


def together(*layers: Layer | None) -> Way | None:
    """The layers, if each of them is allowed."""
    made = tuple(layer for layer in layers if layer is not None)
    return made if len(made) == len(layers) else None


def _colors(have: Shape, wanted: Shape) -> Sequence[Layer | None]:
    """What gives the right number of channels."""
    return () if have[0] == wanted[0] else (allowed(Conv2D, filters=wanted[0], kernel=(1, 1)),)


def _shrinking(have: Shape, wanted: Shape) -> tuple[int, int] | None:
    """The strides that lead from one size to the other, rounded up; None where there are none."""
    pairs = list(zip(have[1:], wanted[1:], strict=True))
    rows, columns = (round(h / w) for h, w in pairs)
    fits = all(s >= 1 and -(-h // s) == w for s, (h, w) in zip((rows, columns), pairs, strict=True))
    return (rows, columns) if fits else None


def _around(pixels: Sequence[int]) -> tuple[int, int, int, int]:
    """Rows and columns spread over top, left, bottom and right; the odd one at the end."""
    rows, columns = pixels
    return rows // 2, columns // 2, rows - rows // 2, columns - columns // 2
