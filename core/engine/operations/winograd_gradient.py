"""The gradient of a 3 × 3 or 5 × 5 convolution with respect to its weights by Winograd's algorithm.

From Y = Aᵀ [U ⊙ V] A follows dU = (A dY Aᵀ) ⊙ V, summed over tiles and images, and dg = Gᵀ dU G. The sum
over a group of tiles is a correlation; to make it long, a group's transformed tiles are held for one row
of six positions at a time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import SumRow, clear, pieces, share, sum_copies
from core.engine.machine.microkernel import COLUMNS, CORRELATION_ROWS, correlation_kernel
from core.engine.machine.operation import (
    Fields,
    Kernel,
    Task,
    blockwise,
    call,
    family,
    finishing,
    helper,
    read,
)
from core.engine.machine.vectors import VECTOR_BYTES, WIDTH, load_float, store_float
from core.engine.machine.winograd_transforms import (
    POSITIONS,
    TILE,
    transform_filter_gradient,
    transform_gradients,
    transform_inputs,
    transform_row,
)
from core.engine.operations.convolution import Geometry, Size
from core.engine.operations.packed_weights import part_start, split
from core.engine.operations.winograd import clear_outside, tile_size, tiling, unit_place, units_of_block
from core.engine.tape import Learned, Tape

_LEAST_TILES = 8
_LINE = 64


class WinogradGradientRow(NamedTuple):
    """`sums` is a copy of dU for each thread: [position][channel][filter, `columns` floats]."""

    x: Operand
    dy: Operand
    sums: Operand
    sums_size: int
    columns: int
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
    across: int
    down: int
    pitch: int
    parts: int
    rows: int
    full: int
    tile: Kernel  # rows × COLUMNS
    smaller_tile: Kernel
    rest_tile: Kernel  # for the last, fewer columns
    smaller_rest_tile: Kernel


@helper
def _load_inputs(size: int, f: Fields, r: int, unit: int, line: int, target: int, step: int) -> Any:
    """Row r of Bᵀ x B for a unit's tiles: [column][channel][tile]; gives the number of tiles."""
    block, i, j, tiles = unit_place(size, f, unit)
    top, left = i - f.pad_top, j - f.pad_left
    columns = tiles * size + TILE - size
    r0, r1, q0, q1 = max(0, -top), min(TILE, f.height - top), max(0, -left), min(columns, f.width - left)
    clear_outside(line, columns, q0, q1)
    blank, inside = line + f.pitch, line + q0 * VECTOR_BYTES
    row_step = f.channels * f.width * VECTOR_BYTES
    for c in range(f.channels):
        source = f.x + (((block * f.height + top) * f.channels + c) * f.width + left + q0) * VECTOR_BYTES
        transform_row(TILE, r, q1 - q0, source, row_step, r0, r1, blank, inside)
        transform_inputs(tiles, line, VECTOR_BYTES, size * VECTOR_BYTES, 0, TILE, 0,
                         target + c * f.across * f.down * VECTOR_BYTES, step)  # fmt: skip
    return tiles


@helper
def _load_gradients(size: int, f: Fields, r: int, unit: int, line: int, target: int, step: int) -> None:
    """Row r of A dY Aᵀ for a unit's tiles: [column][filter][tile]."""
    block, i, j, tiles = unit_place(size, f, unit)
    rows, columns = min(size, f.out_height - i), min(tiles * size, f.out_width - j)
    clear_outside(line, tiles * size, 0, columns)
    blank, row_step = line + f.pitch, f.outputs * f.out_width * VECTOR_BYTES
    for k in range(f.outputs):
        source = f.dy + (((block * f.out_height + i) * f.outputs + k) * f.out_width + j) * VECTOR_BYTES
        transform_row(size, r, columns, source, row_step, 0, rows, blank, line)
        place = target + k * f.across * f.down * VECTOR_BYTES
        transform_gradients(size, tiles, line, VECTOR_BYTES, size * VECTOR_BYTES, size, 0, place, step)


@helper
def _correlate(f: Fields, count: int, inputs: int, gradients: int, sums: int) -> None:
    """dU of one position: Σ over tiles and lanes of inputs[channel] · gradients[filter]."""
    tile_row = f.across * f.down * VECTOR_BYTES
    for filter in range(0, f.outputs, COLUMNS):
        whole = f.outputs - filter >= COLUMNS
        full, smaller = (f.tile, f.smaller_tile) if whole else (f.rest_tile, f.smaller_rest_tile)
        for part in range(f.parts):
            c = part_start(part, f.rows, f.full)
            call(full if part < f.full else smaller,
                 (inputs + c * tile_row, gradients + filter * tile_row, sums + 4 * (c * f.columns + filter),
                  1, count, 0, VECTOR_BYTES, tile_row, 0, VECTOR_BYTES, tile_row, 4 * f.columns))  # fmt: skip


@family
def winograd_gradient(size: int) -> Kernel:
    """The operation for tiles of `size` × `size` outputs."""

    def operation(row: int, task: int) -> None:
        """This thread's share of dU, in its own copy."""
        f, t = read(WinogradGradientRow, row), read(Task, task)
        sums = f.sums + t.thread * f.sums_size
        if t.fresh:
            clear(sums, f.sums_size)
        line = f.workspace + t.thread * f.workspace_size
        clear(line + f.pitch, f.pitch)
        tile_row = f.across * f.down * VECTOR_BYTES
        inputs = line + 2 * f.pitch
        input_step = f.channels * tile_row + _LINE
        gradients = inputs + TILE * input_step
        gradient_step = f.outputs * tile_row + _LINE
        begin, end = pieces(units_of_block(f), t)
        for first in range(begin, end, f.down):
            last = min(end, first + f.down)
            for r in range(TILE):
                count = 0
                for unit in range(first, last):
                    place = count * VECTOR_BYTES
                    _load_gradients(size, f, r, unit, line, gradients + place, gradient_step)
                    count += _load_inputs(size, f, r, unit, line, inputs + place, input_step)
                for q in range(TILE):
                    into = sums + 4 * (TILE * r + q) * f.channels * f.columns
                    _correlate(f, count, inputs + q * input_step, gradients + q * gradient_step, into)

    return blockwise(operation)


class FilterGradientRow(NamedTuple):
    sums: Operand
    scratch: Operand
    scratch_size: int
    gradient: Operand
    channels: int
    outputs: int
    columns: int


@family
def transform_filter_gradients(kernel: int) -> Kernel:
    """The operation for filters of kernel × kernel taps."""

    def operation(row: int, task: int) -> None:
        """dg = Gᵀ dU G, written in the layers' order (filters, channels, taps)."""
        f, t = read(FilterGradientRow, row), read(Task, task)
        scratch = f.scratch + t.thread * f.scratch_size
        vectors, taps = f.columns // WIDTH, kernel * kernel
        begin, end = share(f.channels * vectors, t)
        for piece in range(begin, end):
            c, filter = piece // vectors, piece % vectors * WIDTH
            source = f.sums + 4 * (c * f.columns + filter)
            transform_filter_gradient(kernel, source, 4 * f.channels * f.columns, scratch)
            for lane in range(min(WIDTH, f.outputs - filter)):
                target = f.gradient + 4 * taps * ((filter + lane) * f.channels + c)
                for tap in range(taps):
                    store_float(target + 4 * tap, load_float(scratch + tap * VECTOR_BYTES + 4 * lane))

    return finishing(operation)


def emit_weight_gradient(
    tape: Tape, x: Operand, x_size: Size, dy: Operand, y_size: Size, weight: Learned, window: Geometry
) -> None:
    """Rows for the gradient of a convolution that `winograd.suits` with respect to its weight."""
    channels, outputs, kernel = x_size[0], y_size[0], window.kernel[0]
    parts = split(channels, CORRELATION_ROWS)
    smaller = parts.rows if parts.full == parts.number else parts.rows - 1
    rest = outputs % COLUMNS or COLUMNS
    kernels = [correlation_kernel(r, c) for c in (min(COLUMNS, outputs), rest) for r in (parts.rows, smaller)]
    columns = -(-outputs // WIDTH) * WIDTH
    values = POSITIONS * channels * columns
    sums, sums_size = tape.scratch(4 * values + VECTOR_BYTES)
    per_tile = TILE * (channels + outputs) * VECTOR_BYTES
    tiles = tiling(tape, kernel, y_size, per_tile, _LEAST_TILES)
    workspace, workspace_size = tape.workspace(tiles.group * per_tile + 2 * TILE * _LINE + 2 * tiles.pitch)
    tape.emit(
        winograd_gradient(tile_size(kernel)),
        WinogradGradientRow(
            x, dy, sums, sums_size, columns, workspace, workspace_size, *x_size, *y_size, *window.pads,
            *tiles, *parts, *kernels,
        ),
    )  # fmt: skip
    tape.emit(sum_copies, SumRow(sums, sums_size, tape.threads, sums, values))
    scratch, scratch_size = tape.workspace(kernel**2 * VECTOR_BYTES)
    row = FilterGradientRow(sums, scratch, scratch_size, weight.gradient, channels, outputs, columns)
    tape.emit(transform_filter_gradients(kernel), row)
