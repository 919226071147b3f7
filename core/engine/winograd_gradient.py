"""The gradient of a 3 × 3 convolution with respect to its weights by Winograd's algorithm.

From Y = Aᵀ [U ⊙ V] A follows dU = (A dY Aᵀ) ⊙ V, summed over tiles and images, and dg = Gᵀ dU G. The sum
over a group of tiles is a correlation; to make it long, a group's transformed tiles are held for one row
of six positions at a time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core.engine.arena import Operand
from core.engine.convolution import Size, Window
from core.engine.helpers import SumRow, clear, share, sum_copies
from core.engine.microkernel import COLUMNS, CORRELATION_ROWS, correlation_kernel
from core.engine.operation import Fields, Kernel, Task, blockwise, call, finishing, helper, read
from core.engine.panels import part_start, split
from core.engine.plan import Parameter, Plan
from core.engine.vectors import VECTOR_BYTES, WIDTH, load_float, store_float
from core.engine.winograd import TILE_BYTES, group_size, list_tiles, tile_place
from core.engine.winograd_transforms import (
    GRADIENT_FACTORS,
    INPUT_FACTORS,
    INPUT_ROWS,
    transform_filter_gradient,
    transform_row,
)

F32 = np.float32
_LINE = 64


class WinogradGradientRow(NamedTuple):
    """`sums` is a copy of dU for each thread: [position][channel][filter, `pitch` floats]."""

    x: Operand
    dy: Operand
    sums: Operand
    sums_size: int
    pitch: int
    workspace: Operand
    workspace_size: int
    channels: int
    height: int
    width: int
    outputs: int
    out_height: int
    out_width: int
    pad_top: int
    pad_left: int
    tiles_h: int
    tiles_w: int
    group: int
    parts: int
    rows: int
    full: int
    tile: Kernel  # rows × COLUMNS
    smaller_tile: Kernel
    rest_tile: Kernel  # for the last, fewer columns
    smaller_rest_tile: Kernel


@helper
def _row_place(index: int, first: int, last: int, step: int, factor: float) -> Any:
    """Where row `index` of a tile lies and its factor: a row that doesn't exist counts 0 times an existing
    one."""
    if first <= index < last:
        return index * step, F32(factor)
    return first * step, F32(0)


@helper
def _load_inputs(f: Fields, r: int, places: int, count: int, target: int, step: int) -> None:
    """Row r of Bᵀ x B for each tile and channel: [column][channel][tile]."""
    row_step = f.channels * f.width * VECTOR_BYTES
    rows, factors = INPUT_ROWS[r], INPUT_FACTORS[r]
    for channel in range(f.channels):
        for tile in range(count):
            block, i, j = tile_place(places, tile)
            top, left = i - f.pad_top, j - f.pad_left
            r0, r1 = max(0, -top), min(6, f.height - top)
            a, af = _row_place(rows[0], r0, r1, row_step, factors[0])
            b, bf = _row_place(rows[1], r0, r1, row_step, factors[1])
            c, cf = _row_place(rows[2], r0, r1, row_step, factors[2])
            d, df = _row_place(rows[3], r0, r1, row_step, factors[3])
            q0, q1 = max(0, -left), min(6, f.width - left)
            line = (block * f.height + top) * f.channels + channel
            source = f.x + (line * f.width + left) * VECTOR_BYTES
            place = target + (channel * f.group + tile) * VECTOR_BYTES
            transform_row(6, source, (a, b, c, d), (af, bf, cf, df), q0, q1, place, step)


@helper
def _load_gradients(f: Fields, r: int, places: int, count: int, target: int, step: int) -> None:
    """Row r of A dY Aᵀ for each tile and filter: [column][filter][tile]."""
    row_step = f.outputs * f.out_width * VECTOR_BYTES
    factors = GRADIENT_FACTORS[r]
    for filter in range(f.outputs):
        for tile in range(count):
            block, i, j = tile_place(places, tile)
            last = min(4, f.out_height - i)
            a, af = _row_place(0, 0, last, row_step, factors[0])
            b, bf = _row_place(1, 0, last, row_step, factors[1])
            c, cf = _row_place(2, 0, last, row_step, factors[2])
            d, df = _row_place(3, 0, last, row_step, factors[3])
            line = (block * f.out_height + i) * f.outputs + filter
            source = f.dy + (line * f.out_width + j) * VECTOR_BYTES
            place = target + (filter * f.group + tile) * VECTOR_BYTES
            transform_row(4, source, (a, b, c, d), (af, bf, cf, df), 0, min(4, f.out_width - j), place, step)


@helper
def _correlate(f: Fields, count: int, inputs: int, gradients: int, sums: int) -> None:
    """dU of one position: Σ over tiles and lanes of inputs[channel] · gradients[filter]."""
    tile_row = f.group * VECTOR_BYTES
    for filter in range(0, f.outputs, COLUMNS):
        whole = f.outputs - filter >= COLUMNS
        full, smaller = (f.tile, f.smaller_tile) if whole else (f.rest_tile, f.smaller_rest_tile)
        for part in range(f.parts):
            c = part_start(part, f.rows, f.full)
            call(full if part < f.full else smaller,
                 (inputs + c * tile_row, gradients + filter * tile_row, sums + 4 * (c * f.pitch + filter),
                  1, count, 0, VECTOR_BYTES, tile_row, 0, VECTOR_BYTES, tile_row, 4 * f.pitch))  # fmt: skip


@blockwise
def winograd_gradient(row: int, task: int) -> None:
    """This thread's share of dU, in its own copy."""
    f, t = read(WinogradGradientRow, row), read(Task, task)
    sums = f.sums + t.thread * f.sums_size
    if t.fresh:
        clear(sums, f.sums_size)
    total = (t.last - t.first) * f.tiles_h * f.tiles_w
    places = f.workspace + t.thread * f.workspace_size
    inputs = places + f.group * TILE_BYTES
    input_step = f.channels * f.group * VECTOR_BYTES + _LINE
    gradients = inputs + 6 * input_step
    gradient_step = f.outputs * f.group * VECTOR_BYTES + _LINE
    begin, end = share((total + f.group - 1) // f.group, t)
    for piece in range(begin, end):
        first = t.first * f.tiles_h * f.tiles_w + piece * f.group
        count = min(f.group, total - piece * f.group)
        list_tiles(places, first, count, f.tiles_h, f.tiles_w)
        for r in range(6):
            _load_inputs(f, r, places, count, inputs, input_step)
            _load_gradients(f, r, places, count, gradients, gradient_step)
            for q in range(6):
                into = sums + 4 * (6 * r + q) * f.channels * f.pitch
                _correlate(f, count, inputs + q * input_step, gradients + q * gradient_step, into)


class FilterGradientRow(NamedTuple):
    sums: Operand
    scratch: Operand
    scratch_size: int
    gradient: Operand
    channels: int
    outputs: int
    pitch: int


@finishing
def transform_gradients(row: int, task: int) -> None:
    """dg = Gᵀ dU G, written in the layers' order (filters, channels, 9)."""
    f, t = read(FilterGradientRow, row), read(Task, task)
    scratch = f.scratch + t.thread * f.scratch_size
    vectors = f.pitch // WIDTH
    begin, end = share(f.channels * vectors, t)
    for piece in range(begin, end):
        c, filter = piece // vectors, piece % vectors * WIDTH
        transform_filter_gradient(f.sums + 4 * (c * f.pitch + filter), 4 * f.channels * f.pitch, scratch)
        for lane in range(min(WIDTH, f.outputs - filter)):
            target = f.gradient + 36 * ((filter + lane) * f.channels + c)
            for tap in range(9):
                store_float(target + 4 * tap, load_float(scratch + tap * VECTOR_BYTES + 4 * lane))


def emit_weight_gradient(
    plan: Plan, x: Operand, x_size: Size, dy: Operand, y_size: Size, weight: Parameter, window: Window
) -> None:
    """Rows for the gradient of a convolution that `winograd.suits` with respect to its weight."""
    channels, outputs = x_size[0], y_size[0]
    parts = split(channels, CORRELATION_ROWS)
    smaller = parts.rows if parts.full == parts.number else parts.rows - 1
    rest = outputs % COLUMNS or COLUMNS
    tiles = [correlation_kernel(r, c) for c in (min(COLUMNS, outputs), rest) for r in (parts.rows, smaller)]
    pitch = -(-outputs // WIDTH) * WIDTH
    values = 36 * channels * pitch
    sums, sums_size = plan.scratch(4 * values + VECTOR_BYTES)
    tiles_h, tiles_w = -(-y_size[1] // 4), -(-y_size[2] // 4)
    per_tile = 6 * (channels + outputs) * VECTOR_BYTES
    group = group_size(tiles_h * tiles_w * plan.blocks, per_tile, plan.threads, 8)
    workspace, workspace_size = plan.workspace(group * (per_tile + TILE_BYTES) + 12 * _LINE)
    plan.emit(
        winograd_gradient,
        WinogradGradientRow(
            x, dy, sums, sums_size, pitch, workspace, workspace_size, *x_size, *y_size, *window.pads,
            tiles_h, tiles_w, group, *parts, *tiles,
        ),
    )  # fmt: skip
    plan.emit(sum_copies, SumRow(sums, sums_size, plan.threads, sums, values))
    scratch, scratch_size = plan.workspace(9 * VECTOR_BYTES)
    row = FilterGradientRow(sums, scratch, scratch_size, weight.gradient, channels, outputs, pitch)
    plan.emit(transform_gradients, row)
