"""Depthwise convolution: each channel with one filter of its own, forward and backward to the data.

The inner loops are in machine/strips.py. The backward pass is the same operation with the filter read
backwards, residue by residue as in convolution.py.
"""

from __future__ import annotations

from typing import NamedTuple

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import ceil_div, clear, pieces
from core.engine.machine.microkernel import ACCUMULATE, BIAS, RELU
from core.engine.machine.operation import Kernel, Task, blockwise, family, read
from core.engine.machine.strips import STRIP, tap_gradients, window_sums
from core.engine.machine.vectors import VECTOR_BYTES, load_float, splat, store, zeros
from core.engine.operations.convolution import Geometry, Residue, Size, residue
from core.engine.operations.convolution_gradient import CollectRow, collect, first_output, last_output
from core.engine.tape import Learned, Tape


class DepthwiseRow(NamedTuple):
    """Tap (u, v) of channel c is weights[c · filter_size + first + u · tap_h_stride + v · tap_w_stride].

    `nothing` has room for a vector of zeros.
    """

    x: Operand
    nothing: Operand
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
    stride_h: int
    pad_top: int
    pad_left: int
    dilation_h: int
    filter_size: int
    first: int
    tap_h_stride: int
    tap_w_stride: int
    mode: int


@family
def depthwise(taps: int, stride: int, dilation: int) -> Kernel:
    """y (+)= x ⋆ weights (+ bias) (then ReLU), channel by channel, for windows with so many columns.

    As they are known here, neighbouring outputs load what they share only once.
    """

    def kernel(row: int, task: int) -> None:
        f, t = read(DepthwiseRow, row), read(Task, task)
        tap_row, y_pixel = f.dilation_h * f.channels * f.width * VECTOR_BYTES, f.y_step_w * VECTOR_BYTES
        store(f.nothing, zeros())
        piece, end = pieces(f.out_height * f.channels, t)
        while piece < end:
            line, first = piece // f.channels, piece % f.channels
            block, i = line // f.out_height, line % f.out_height
            top = i * f.stride_h - f.pad_top
            u0 = max(0, ceil_div(-top, f.dilation_h))
            u1 = min(f.taps_h, ceil_div(f.height - top, f.dilation_h))
            x_line = (block * f.height + top + u0 * f.dilation_h) * f.channels
            y_line = (block * f.y_height + f.y_top + i * f.y_step_h) * f.channels
            last = min(f.channels, first + end - piece)
            piece += last - first
            for c in range(first, last):
                x = f.x + (x_line + c) * f.width * VECTOR_BYTES
                y = f.y + ((y_line + c) * f.y_width + f.y_left) * VECTOR_BYTES
                weights = f.weights + 4 * (c * f.filter_size + f.first + u0 * f.tap_h_stride)
                bias = splat(load_float(f.bias + 4 * c)) if f.mode & BIAS else zeros()
                for j in range(0, f.out_width, STRIP):
                    column = j * stride - f.pad_left
                    window_sums(taps, stride, dilation, (
                        x + column * VECTOR_BYTES, column, f.width, f.nothing, tap_row,
                        weights, 4 * f.tap_h_stride, 4 * f.tap_w_stride, u1 - u0,
                        y + j * y_pixel, y_pixel, f.out_width - j, bias, f.mode,
                    ))  # fmt: skip

    return blockwise(kernel)


def suits(x_size: Size, y_size: Size, groups: int) -> bool:
    """Whether a convolution is depthwise."""
    return groups == x_size[0] == y_size[0] > 1


def emit_forward(
    tape: Tape, x: Operand, x_size: Size, y: Operand, y_size: Size, weight: Learned, bias: Learned | None,
    window: Geometry, relu: bool,
) -> None:  # fmt: skip
    """Rows for y = x ⋆ weight + bias (then ReLU); weight is (channels, 1, height, width)."""
    kh, kw = window.kernel
    mode = (BIAS if bias else 0) | (RELU if relu else 0)
    nothing, _ = tape.workspace(VECTOR_BYTES)
    tape.emit(
        depthwise(kw, window.stride[1], window.dilation[1]),
        DepthwiseRow(
            x, nothing, weight.values, bias.values if bias else 0, y, *x_size, *y_size[1:], *y_size[1:],
            0, 0, 1, 1, kh, window.stride[0], *window.pads, window.dilation[0], kh * kw, 0, kw, 1, mode,
        ),
    )  # fmt: skip


def emit_backward_data(
    tape: Tape, dy: Operand, y_size: Size, dx: Operand, x_size: Size, weight: Learned, window: Geometry,
    accumulate: bool,
) -> None:  # fmt: skip
    """Rows for dx (+)= the gradient of `emit_forward` with respect to its input."""
    kh, kw = window.kernel

    def emit(rows: Residue, columns: Residue, top: int, left: int) -> None:
        nothing, _ = tape.workspace(VECTOR_BYTES)
        tape.emit(
            depthwise(columns.taps, 1, columns.dilation),
            DepthwiseRow(
                dy, nothing, weight.values, 0, dx, *y_size, *x_size[1:], rows.pixels, columns.pixels,
                top, left, *window.stride, rows.taps, 1, rows.pad, columns.pad, rows.dilation, kh * kw,
                rows.first * kw + columns.first, rows.step * kw, columns.step,
                ACCUMULATE if accumulate else 0,
            ),
        )  # fmt: skip

    for top in range(window.stride[0]):
        rows = residue(top, x_size[1], kh, window.stride[0], window.pads[0], window.dilation[0])
        for left in range(window.stride[1]):
            columns = residue(left, x_size[2], kw, window.stride[1], window.pads[1], window.dilation[1])
            if rows.pixels and columns.pixels:
                emit(rows, columns, top, left)


class DepthwiseGradientRow(NamedTuple):
    """`sums` are each thread's own, `sums_size` bytes; tap (u, v) of channel c is sum (c · taps_h + u) · taps
    + v."""

    x: Operand
    dy: Operand
    nothing: Operand
    sums: Operand
    sums_size: int
    channels: int
    height: int
    width: int
    out_height: int
    out_width: int
    taps_h: int
    stride_h: int
    pad_top: int
    pad_left: int
    dilation_h: int


@family
def depthwise_gradient(taps: int, stride: int, dilation: int) -> Kernel:
    """This thread's share of the weights' gradient, in its own copy, for windows with so many columns."""

    def kernel(row: int, task: int) -> None:
        f, t = read(DepthwiseGradientRow, row), read(Task, task)
        x_step, y_step = f.channels * f.width * VECTOR_BYTES, f.channels * f.out_width * VECTOR_BYTES
        store(f.nothing, zeros())
        sums = f.sums + t.thread * f.sums_size
        if t.fresh:
            clear(sums, f.sums_size)
        piece, end = pieces(f.out_height, t)
        while piece < end:
            block, i0 = piece // f.out_height, piece % f.out_height
            i1 = min(f.out_height, i0 + end - piece)
            piece += i1 - i0
            for tap in range(f.channels * f.taps_h):
                c, down = tap // f.taps_h, tap % f.taps_h * f.dilation_h
                first = max(i0, first_output(f.pad_top, down, f.stride_h))
                last = min(i1, last_output(f.pad_top, down, f.stride_h, f.height, f.out_height))
                if first < last:
                    x_line = (block * f.height + first * f.stride_h + down - f.pad_top) * f.channels + c
                    y_line = (block * f.out_height + first) * f.channels + c
                    tap_gradients(taps, stride, dilation, (
                        f.x + (x_line * f.width - f.pad_left) * VECTOR_BYTES, -f.pad_left, f.width, f.nothing,
                        f.stride_h * x_step, f.dy + y_line * f.out_width * VECTOR_BYTES, f.out_width, y_step,
                        last - first, sums + 4 * tap * taps,
                    ))  # fmt: skip

    return blockwise(kernel)


def emit_weight_gradient(
    tape: Tape, x: Operand, x_size: Size, dy: Operand, y_size: Size, weight: Learned, window: Geometry
) -> None:
    """Rows for the gradient of `emit_forward` with respect to its weight."""
    kh, kw = window.kernel
    sums, size = tape.scratch(4 * x_size[0] * kh * kw)
    nothing, _ = tape.workspace(VECTOR_BYTES)
    tape.emit(
        depthwise_gradient(kw, window.stride[1], window.dilation[1]),
        DepthwiseGradientRow(
            x, dy, nothing, sums, size, *x_size, *y_size[1:], kh, window.stride[0], *window.pads,
            window.dilation[0],
        ),
    )  # fmt: skip
    tape.emit(collect, CollectRow(sums, size, tape.threads, weight.gradient, x_size[0], kh * kw, 1, 1))
