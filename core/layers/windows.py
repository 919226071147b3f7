"""The geometry that convolution and pooling share: padding, output sizes, sliding windows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from core.errors import ShapeError
from core.layers.sight import Window, Windows
from core.maths.arrays import Array
from core.schema.param import Padding
from core.schema.written import counted_text, shape_text

Pair = tuple[int, int]
Sides = tuple[int, int, int, int]


def extent(kernel: Pair, dilation: Pair) -> Pair:
    """Height and width in pixels that a dilated kernel covers."""
    return (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1


def sides(padding: Padding, size: Pair, window: Pair, stride: Pair) -> Sides:
    """Pixels of padding at (top, left, bottom, right).

    `same` gives output = ceil(input / stride) with the odd pixel at the end (ONNX SAME_UPPER).
    """
    if padding == "valid":
        return 0, 0, 0, 0
    if padding == "same":
        total = [max((-(-n // s) - 1) * s + w - n, 0) for n, w, s in zip(size, window, stride, strict=True)]
        top, left = total[0] // 2, total[1] // 2
        return top, left, total[0] - top, total[1] - left
    return padding


def need_groups(groups: int, channels: int, filters: int) -> None:
    """Raises ShapeError where the groups don't divide the channels or the filters."""
    for count, what in ((channels, "input channel"), (filters, "filter")):
        if count % groups:
            raise ShapeError(
                f"{counted_text(groups, 'group')} don't divide {counted_text(count, what)}.",
                "Choose groups that divide both the input channels and the filters, such as 1.",
                parameter="groups",
            )


def output_size(size: Pair, window: Pair, stride: Pair, pads: Sides) -> Pair:
    """floor((input + padding - window) / stride) + 1. Raises ShapeError where the window doesn't fit."""
    height, width = size[0] + pads[0] + pads[2], size[1] + pads[1] + pads[3]
    if window[0] > height or window[1] > width:
        raise ShapeError(
            f"the window of {shape_text(window)} is larger than the padded input of "
            f"{shape_text((height, width))}.",
            "Use padding same, or a smaller window.",
            parameter="kernel",
        )
    return (height - window[0]) // stride[0] + 1, (width - window[1]) // stride[1] + 1


def seen(window: Pair, stride: Pair, pads: Sides) -> Windows:
    """What an output of a sliding window sees of its input."""
    return Window(window[0], stride[0], -pads[0]), Window(window[1], stride[1], -pads[1])


def means(inputs: int, starts: list[int], ends: list[int]) -> NDArray[np.float64]:
    """The matrix (outputs, inputs) that takes means along one axis, each over the inputs from start to end
    that exist."""
    weights = np.zeros((len(starts), inputs))
    for row, start, end in zip(weights, starts, ends, strict=True):
        inside = slice(max(0, start), min(inputs, end))
        row[inside] = 1 / (inside.stop - inside.start)
    return weights


def pad(x: Array, pads: Sides, value: float = 0.0) -> Array:
    """`x` (N, C, H, W) with a border of `value`; `x` itself where there is no border."""
    if not any(pads):
        return x
    n, c, h, w = x.shape
    top, left, bottom, right = pads
    padded = np.full((n, c, h + top + bottom, w + left + right), value, x.dtype)
    padded[:, :, top : top + h, left : left + w] = x
    return padded


def crop(x: Array, pads: Sides) -> Array:
    """The inverse of `pad`."""
    top, left, bottom, right = pads
    return x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]


def sliding(x: Array, kernel: Pair, stride: Pair, dilation: Pair) -> Array:
    """All windows of `x` (N, C, H, W) as a read-only view (N, C, OH, OW, KH, KW)."""
    n, c, h, w = x.shape
    window = extent(kernel, dilation)
    oh, ow = (h - window[0]) // stride[0] + 1, (w - window[1]) // stride[1] + 1
    sn, sc, sh, sw = x.strides
    shape = (n, c, oh, ow, *kernel)
    strides = (sn, sc, sh * stride[0], sw * stride[1], sh * dilation[0], sw * dilation[1])
    return as_strided(x, shape, strides, writeable=False)


def scatter(windows: Array, shape: tuple[int, ...], stride: Pair, dilation: Pair) -> Array:
    """The transpose of `sliding`: adds windows (N, C, OH, OW, KH, KW) into zeros of `shape` (N, C, H, W)."""
    oh, ow, kh, kw = windows.shape[2:]
    out: NDArray[Any] = np.zeros(shape, windows.dtype)
    for i in range(kh):
        for j in range(kw):
            top, left = i * dilation[0], j * dilation[1]
            rows = slice(top, top + stride[0] * (oh - 1) + 1, stride[0])
            columns = slice(left, left + stride[1] * (ow - 1) + 1, stride[1])
            out[:, :, rows, columns] += windows[..., i, j]
    return out
