"""The gradient of a direct convolution with respect to its weights.

dW[u, v, c, f] = Σ over images and outputs of x[window + (u, v), c] · dy[f]. Each thread sums over its own
bands of rows into its own copy, laid out [tap row][tap column][input][filter]; `collect` adds the copies
in a fixed order, so that a run can be repeated bit for bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba import int64

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import ceil_div, clear, pieces, share
from core.engine.machine.microkernel import COLUMNS, CORRELATION_ROWS, correlation_kernel
from core.engine.machine.operation import Fields, Kernel, Task, blockwise, call, finishing, helper, read
from core.engine.machine.vectors import VECTOR_BYTES, load_float, store_float
from core.engine.operations.convolution import Geometry, Size
from core.engine.operations.packed_weights import part_start, split
from core.engine.tape import Learned, Tape

_BAND_BYTES = 256 * 1024
"""Gradient bytes per band of rows: it stays in the second-level cache while all taps pass over it."""


class GradientRow(NamedTuple):
    """Tiles of `rows` inputs (with `along_taps`: neighbouring taps instead) × COLUMNS filters."""

    x: Operand
    dy: Operand
    sums: Operand
    sums_size: int
    channels: int
    height: int
    width: int
    filters: int
    out_height: int
    out_width: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_top: int
    pad_left: int
    dilation_h: int
    dilation_w: int
    groups: int
    band: int
    along_taps: int
    parts: int
    rows: int
    full: int
    tile: Kernel  # rows × COLUMNS
    smaller_tile: Kernel  # one row less
    single_tile: Kernel  # one row
    rest_tile: Kernel  # the same three for the last, fewer columns
    smaller_rest_tile: Kernel
    single_rest_tile: Kernel


@helper
def first_output(pad: int, tap: int, stride: int) -> Any:
    """The first output whose tap at `tap` pixels from the window's start isn't padding."""
    return max(0, ceil_div(pad - tap, stride))


@helper
def last_output(pad: int, tap: int, stride: int, size: int, outputs: int) -> int:
    """The last such output, + 1."""
    return min(outputs, (size - 1 + pad - tap) // stride + 1)


@helper
def _tiles(f: Fields, height: int, x: int, dy: int, sums: int, rows: int, columns: int,
           x_step: int, sums_step: int) -> None:  # fmt: skip
    """One tile of inputs against all filters of a group, over rows × columns outputs."""
    outputs = f.filters // f.groups
    x_row, y_row = f.channels * f.width * VECTOR_BYTES, f.filters * f.out_width * VECTOR_BYTES
    y_channel = f.out_width * VECTOR_BYTES
    full, rest = f.tile, f.rest_tile
    if height != f.rows:
        full, rest = f.smaller_tile, f.smaller_rest_tile
        if height == 1:
            full, rest = f.single_tile, f.single_rest_tile
    for filter in range(0, outputs, COLUMNS):
        call(full if outputs - filter >= COLUMNS else rest,
             (x, dy + filter * y_channel, sums + 4 * filter, rows, columns, f.stride_h * x_row,
              f.stride_w * VECTOR_BYTES, x_step, y_row, VECTOR_BYTES, y_channel, sums_step))  # fmt: skip


@helper
def _band(f: Fields, block: int, i0: int, i1: int, u: int, sums: int) -> None:
    """Adds what output rows i0…i1 of a block give to the taps in row `u` of the kernel."""
    inputs, outputs = f.channels // f.groups, f.filters // f.groups
    first = max(i0, first_output(f.pad_top, u * f.dilation_h, f.stride_h))
    last = min(i1, last_output(f.pad_top, u * f.dilation_h, f.stride_h, f.height, f.out_height))
    if last <= first:
        return
    x_channel, y_channel = f.width * VECTOR_BYTES, f.out_width * VECTOR_BYTES
    top = first * f.stride_h - f.pad_top + u * f.dilation_h
    tap_step, x_step = f.dilation_w * VECTOR_BYTES, f.stride_w * VECTOR_BYTES
    # The outputs for which no tap is padding; only these can share a tile along the taps.
    inner = min(first_output(f.pad_left, int64(0), f.stride_w), f.out_width)
    inner_end = max(
        inner, last_output(f.pad_left, (f.kernel_w - 1) * f.dilation_w, f.stride_w, f.width, f.out_width)
    )
    for group in range(f.groups):
        x = (
            f.x
            + ((block * f.height + top) * f.channels + group * inputs) * x_channel
            - f.pad_left * VECTOR_BYTES
        )
        dy = f.dy + ((block * f.out_height + first) * f.filters + group * outputs) * y_channel
        into = sums + 4 * (group * f.kernel_h + u) * f.kernel_w * inputs * outputs
        if f.along_taps:
            for part in range(f.parts):
                v = part_start(part, f.rows, f.full)
                height = f.rows if part < f.full else f.rows - 1
                for c in range(inputs):
                    if inner_end > inner:
                        _tiles(f, height, x + c * x_channel + v * tap_step + inner * x_step,
                               dy + inner * VECTOR_BYTES, into + 4 * (v * inputs + c) * outputs,
                               last - first, inner_end - inner, tap_step, 4 * inputs * outputs)  # fmt: skip
        for v in range(f.kernel_w):
            j0 = first_output(f.pad_left, v * f.dilation_w, f.stride_w)
            j1 = last_output(f.pad_left, v * f.dilation_w, f.stride_w, f.width, f.out_width)
            if f.along_taps:
                for c in range(inputs):
                    for edge in range(2):  # what is left on either side
                        k0, k1 = (j0, min(j1, inner)) if edge == 0 else (max(j0, inner_end), j1)
                        if k1 > k0:
                            _tiles(f, int64(1), x + c * x_channel + v * tap_step + k0 * x_step,
                                   dy + k0 * VECTOR_BYTES, into + 4 * (v * inputs + c) * outputs,
                                   last - first, k1 - k0, tap_step, 4 * inputs * outputs)  # fmt: skip
            elif j1 > j0:
                for part in range(f.parts):
                    c = part_start(part, f.rows, f.full)
                    height = f.rows if part < f.full else f.rows - 1
                    _tiles(f, height, x + c * x_channel + v * tap_step + j0 * x_step,
                           dy + j0 * VECTOR_BYTES, into + 4 * (v * inputs + c) * outputs,
                           last - first, j1 - j0, x_channel, 4 * outputs)  # fmt: skip


@blockwise
def weight_gradient(row: int, task: int) -> None:
    """This thread's share of dW, in its own copy."""
    f, t = read(GradientRow, row), read(Task, task)
    sums = f.sums + t.thread * f.sums_size
    if t.fresh:
        clear(sums, f.sums_size)
    bands = ceil_div(f.out_height, f.band)
    begin, end = pieces(bands, t)
    for piece in range(begin, end):
        block, i0 = piece // bands, piece % bands * f.band
        for u in range(f.kernel_h):
            _band(f, block, i0, min(f.out_height, i0 + f.band), u, sums)


class CollectRow(NamedTuple):
    sums: Operand
    sums_size: int
    copies: int
    gradient: Operand
    groups: int
    taps: int
    inputs: int
    outputs: int


@finishing
def collect(row: int, task: int) -> None:
    """Adds the threads' copies and writes the gradient in the layers' order (filters, channels, taps)."""
    f, t = read(CollectRow, row), read(Task, task)
    begin, end = share(f.groups * f.outputs, t)
    for index in range(begin, end):
        group, output = index // f.outputs, index % f.outputs
        source = f.sums + 4 * (group * f.taps * f.inputs * f.outputs + output)
        for c in range(f.inputs):
            for tap in range(f.taps):
                place = source + 4 * (tap * f.inputs + c) * f.outputs
                value = load_float(place)
                for copy in range(1, f.copies):
                    value += load_float(place + copy * f.sums_size)
                store_float(f.gradient + 4 * ((index * f.inputs + c) * f.taps + tap), value)


def emit_weight_gradient(
    tape: Tape,
    x: Operand,
    x_size: Size,
    dy: Operand,
    y_size: Size,
    weight: Learned,
    window: Geometry,
    groups: int,
) -> None:
    """Rows for the gradient of `convolution.emit_forward` with respect to its weight."""
    (kh, kw), inputs, outputs = window.kernel, x_size[0] // groups, y_size[0] // groups
    along_taps = inputs < CORRELATION_ROWS and kw > inputs
    parts = split(kw if along_taps else inputs, CORRELATION_ROWS)
    smaller = parts.rows if parts.full == parts.number else parts.rows - 1
    rest = outputs % COLUMNS or COLUMNS
    single = 1 if along_taps else parts.rows
    size = 4 * groups * kh * kw * inputs * outputs
    padded = -(-size // 128) * 128 + 64
    sums = Buffer(padded * tape.threads)
    band = max(1, min(y_size[1], _BAND_BYTES // (y_size[0] * y_size[2] * VECTOR_BYTES)))
    tiles = [
        correlation_kernel(r, c) for c in (min(COLUMNS, outputs), rest) for r in (parts.rows, smaller, single)
    ]
    tape.emit(
        weight_gradient,
        GradientRow(
            x, dy, sums, padded, *x_size, *y_size, *window.kernel, *window.stride, *window.pads,
            *window.dilation, groups, band, int(along_taps), *parts, *tiles,
        ),
    )  # fmt: skip
    tape.emit(
        collect, CollectRow(sums, padded, tape.threads, weight.gradient, groups, kh * kw, inputs, outputs)
    )
