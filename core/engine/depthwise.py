"""Depthwise convolution: each channel with one filter of its own, forward and backward to the data.

With one product a tap there is nothing for the micro-kernel to share; four neighbouring outputs share
each weight. The backward pass is the same operation with the filter read backwards, residue by residue as
in convolution.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from core.engine.arena import Operand
from core.engine.convolution import Residue, Size, Window, residue
from core.engine.helpers import ceil_div, pieces
from core.engine.microkernel import ACCUMULATE, BIAS, RELU
from core.engine.operation import Task, blockwise, helper, read
from core.engine.plan import Parameter, Plan
from core.engine.vectors import VECTOR_BYTES, fma, load, load_float, maximum, splat, store, zeros


class DepthwiseRow(NamedTuple):
    """Tap (u, v) of channel c is weights[c · filter_size + first + u · tap_h_stride + v · tap_w_stride]."""

    x: Operand
    weights: Operand
    bias: Operand | int
    y: Operand
    channels: int
    height: int
    width: int
    y_height: int
    y_width: int
    out_height: int
    out_width: int
    y_top: int
    y_left: int
    y_step_h: int
    y_step_w: int
    taps_h: int
    taps_w: int
    stride_h: int
    stride_w: int
    pad_top: int
    pad_left: int
    dilation_h: int
    dilation_w: int
    filter_size: int
    first: int
    tap_h_stride: int
    tap_w_stride: int
    mode: int


@helper
def _finish(place: int, value: Any, bias: Any, mode: int) -> None:
    """Stores a result with what `mode` asks for."""
    if mode & ACCUMULATE:
        value = value + load(place)
    if mode & BIAS:
        value = value + bias
    if mode & RELU:
        value = maximum(value, zeros())
    store(place, value)


@blockwise
def depthwise(row: int, task: int) -> None:
    """y (+)= x ⋆ weights (+ bias) (then ReLU), channel by channel."""
    f, t = read(DepthwiseRow, row), read(Task, task)
    line_step, pixel = f.channels * f.width * VECTOR_BYTES, f.stride_w * VECTOR_BYTES
    tap_row, tap_column = f.dilation_h * line_step, f.dilation_w * VECTOR_BYTES
    y_pixel = f.y_step_w * VECTOR_BYTES
    inner = min(max(0, ceil_div(f.pad_left, f.stride_w)), f.out_width)
    reach = f.width - 1 - (f.taps_w - 1) * f.dilation_w + f.pad_left
    inner_end = max(inner, min(reach // f.stride_w + 1, f.out_width))
    begin, end = pieces(f.out_height * f.channels, t)
    for piece in range(begin, end):
        line, c = piece // f.channels, piece % f.channels
        block, i = line // f.out_height, line % f.out_height
        top = i * f.stride_h - f.pad_top
        u0, u1 = max(0, ceil_div(-top, f.dilation_h)), min(f.taps_h, ceil_div(f.height - top, f.dilation_h))
        x = f.x + (((block * f.height + top) * f.channels + c) * f.width - f.pad_left) * VECTOR_BYTES
        y_line = (block * f.y_height + f.y_top + i * f.y_step_h) * f.channels + c
        y = f.y + (y_line * f.y_width + f.y_left) * VECTOR_BYTES
        weights = f.weights + 4 * (c * f.filter_size + f.first)
        bias = splat(load_float(f.bias + 4 * c)) if f.mode & BIAS else zeros()
        j = 0
        while j < f.out_width:
            if inner <= j and j + 4 <= inner_end:
                p, q, r, s = zeros(), zeros(), zeros(), zeros()
                for u in range(u0, u1):
                    place = x + j * pixel + u * tap_row
                    weight = weights + 4 * u * f.tap_h_stride
                    for _ in range(f.taps_w):
                        w = splat(load_float(weight))
                        p = fma(w, load(place), p)
                        q = fma(w, load(place + pixel), q)
                        r = fma(w, load(place + 2 * pixel), r)
                        s = fma(w, load(place + 3 * pixel), s)
                        place += tap_column
                        weight += 4 * f.tap_w_stride
                _finish(y + j * y_pixel, p, bias, f.mode)
                _finish(y + (j + 1) * y_pixel, q, bias, f.mode)
                _finish(y + (j + 2) * y_pixel, r, bias, f.mode)
                _finish(y + (j + 3) * y_pixel, s, bias, f.mode)
                j += 4
                continue
            left = j * f.stride_w - f.pad_left
            v0, v1 = (
                max(0, ceil_div(-left, f.dilation_w)),
                min(f.taps_w, ceil_div(f.width - left, f.dilation_w)),
            )
            one = zeros()
            for u in range(u0, u1):
                for v in range(v0, v1):
                    w = splat(load_float(weights + 4 * (u * f.tap_h_stride + v * f.tap_w_stride)))
                    one = fma(w, load(x + j * pixel + u * tap_row + v * tap_column), one)
            _finish(y + j * y_pixel, one, bias, f.mode)
            j += 1


def suits(x_size: Size, y_size: Size, groups: int) -> bool:
    """Whether a convolution is depthwise."""
    return groups == x_size[0] == y_size[0] > 1


def emit_forward(
    plan: Plan, x: Operand, x_size: Size, y: Operand, y_size: Size, weight: Parameter, bias: Parameter | None,
    window: Window, relu: bool,
) -> None:  # fmt: skip
    """Rows for y = x ⋆ weight + bias (then ReLU); weight is (channels, 1, height, width)."""
    kh, kw = window.kernel
    mode = (BIAS if bias else 0) | (RELU if relu else 0)
    plan.emit(
        depthwise,
        DepthwiseRow(
            x, weight.values, bias.values if bias else 0, y, *x_size, *y_size[1:], *y_size[1:], 0, 0, 1, 1,
            kh, kw, *window.stride, *window.pads, *window.dilation, kh * kw, 0, kw, 1, mode,
        ),
    )  # fmt: skip


def emit_backward_data(
    plan: Plan, dy: Operand, y_size: Size, dx: Operand, x_size: Size, weight: Parameter, window: Window,
    accumulate: bool,
) -> None:  # fmt: skip
    """Rows for dx (+)= the gradient of `emit_forward` with respect to its input."""
    kh, kw = window.kernel

    def emit(rows: Residue, columns: Residue, top: int, left: int) -> None:
        plan.emit(
            depthwise,
            DepthwiseRow(
                dy, weight.values, 0, dx, *y_size, *x_size[1:], rows.pixels, columns.pixels, top, left,
                *window.stride, rows.taps, columns.taps, 1, 1, rows.pad, columns.pad, rows.dilation,
                columns.dilation, kh * kw, rows.first * kw + columns.first, rows.step * kw, columns.step,
                ACCUMULATE if accumulate else 0,
            ),
        )  # fmt: skip

    for top in range(window.stride[0]):
        rows = residue(top, x_size[1], kh, window.stride[0], window.pads[0], window.dilation[0])
        for left in range(window.stride[1]):
            columns = residue(left, x_size[2], kw, window.stride[1], window.pads[1], window.dilation[1])
            if rows.pixels and columns.pixels:
                emit(rows, columns, top, left)
