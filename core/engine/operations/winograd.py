"""Winograd convolution, F(4 × 4, 3 × 3) or F(2 × 2, 5 × 5), forward and backward to the data.

It needs 36 products for 16 outputs of a 3 × 3 kernel (144 directly) or 4 of a 5 × 5 kernel (100). A thread
takes a group of tiles, transforms their inputs, multiplies, and transforms back; the group is so small that
all this stays in the second-level cache. In float32 the results differ from a direct convolution's by a few
1e-6 of the largest value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import ceil_div, clear, pieces, share
from core.engine.machine.microkernel import ACCUMULATE, BIAS, RELU
from core.engine.machine.operation import (
    Fields,
    Kernel,
    Task,
    blockwise,
    call,
    family,
    helper,
    preparing,
    read,
)
from core.engine.machine.vectors import VECTOR_BYTES, store, zeros
from core.engine.machine.winograd_transforms import (
    POSITIONS,
    TILE,
    finish_products,
    transform_filter,
    transform_inputs,
    transform_products,
)
from core.engine.operations.convolution import Geometry, Size
from core.engine.operations.packed_weights import PanelsRow, Parts, pack_panels, part_start, split
from core.engine.tape import Learned, Tape

_WORKSPACE = 576 * 1024
"""Bytes of a thread's transformed tiles: they stay in the second-level cache."""

_LEAST_TILES = 4
_LINE = 64


def suits(x_size: Size, y_size: Size, window: Geometry, groups: int) -> bool:
    """Whether this algorithm can run a convolution; each window has to reach the image."""
    return (
        window.kernel in ((3, 3), (5, 5))
        and window.stride == window.dilation == (1, 1)
        and groups == 1
        and all(pad < window.kernel[0] for pad in window.pads)
        and all(y - pad <= x for x, y, pad in zip(x_size[1:], y_size[1:], window.pads, strict=True))
    )


class FilterRow(NamedTuple):
    panels: Operand
    transformed: Operand
    parts: int
    vectors: int
    panel: int
    step: int


@family
def transform_filters(kernel: int) -> Kernel:
    """The operation for filters of kernel × kernel taps."""

    def operation(row: int, task: int) -> None:
        """The panels' taps as 36 transformed ones, `step` bytes apart."""
        f, t = read(FilterRow, row), read(Task, task)
        begin, end = share(f.parts * f.vectors, t)
        for piece in range(begin, end):
            part, offset = piece // f.vectors, piece % f.vectors * VECTOR_BYTES
            source = f.panels + part * kernel * kernel * f.panel + offset
            target = f.transformed + part * f.vectors * VECTOR_BYTES + offset
            transform_filter(kernel, source, f.panel, target, f.step)

    return preparing(operation)


def tile_size(kernel: int) -> int:
    """Outputs of a tile along each axis."""
    return TILE + 1 - kernel


class Tiling(NamedTuple):
    """How an image is cut into tiles, and how many of them are done together.

    A unit is up to `across` neighbouring tiles of a row of tiles; a group is up to `down` units. A line of
    pixels under a unit takes `pitch` bytes.
    """

    tiles_h: int
    tiles_w: int
    across: int
    down: int
    pitch: int

    @property
    def group(self) -> int:
        """Tiles in a group."""
        return self.across * self.down

    @property
    def lines_bytes(self) -> int:
        """Six lines of pixels, one of zeros and one to write nonsense to."""
        return (TILE + 2) * self.pitch


def tiling(tape: Tape, kernel: int, y_size: Size, bytes_per_tile: int, least: int) -> Tiling:
    """A tiling whose groups fit into the cache and can be shared out among the threads.

    Groups of less than `least` tiles would be slower than larger ones that don't fit.
    """
    size = tile_size(kernel)
    tiles_h, tiles_w = -(-y_size[1] // size), -(-y_size[2] // size)
    fits = max(least, _WORKSPACE // bytes_per_tile)
    segments = -(-tiles_w // fits)
    across = -(-tiles_w // segments)
    fair = -(-tiles_h * segments * tape.blocks // tape.threads)
    pitch = (across * size + kernel) * VECTOR_BYTES
    return Tiling(tiles_h, tiles_w, across, min(fair, max(1, fits // across)), pitch)


class WinogradRow(NamedTuple):
    """`step` bytes separate the transformed values of one tile position."""

    x: Operand
    filters: Operand
    bias: Operand | int
    y: Operand
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
    filter_step: int
    filter_part: int
    mode: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


@helper
def units_of_block(f: Fields) -> Any:
    return f.tiles_h * ceil_div(f.tiles_w, f.across)


@helper
def unit_place(size: int, f: Fields, unit: int) -> Any:
    """Block, first output row and column, and number of tiles (of `size` × `size` outputs) of a unit."""
    segments = ceil_div(f.tiles_w, f.across)
    block, within = unit // (f.tiles_h * segments), unit % (f.tiles_h * segments)
    first = within % segments * f.across
    return block, within // segments * size, first * size, min(f.across, f.tiles_w - first)


@helper
def clear_outside(line: int, count: int, first: int, last: int) -> None:
    """Sets the vectors of a line that lie outside first…last to 0."""
    for column in range(first):
        store(line + column * VECTOR_BYTES, zeros())
    for column in range(last, count):
        store(line + column * VECTOR_BYTES, zeros())


@helper
def _load_unit(size: int, f: Fields, unit: int, lines: int, target: int, step: int) -> Any:
    """Transforms the inputs of a unit's tiles into [position][channel][tile]; gives their number."""
    block, i, j, tiles = unit_place(size, f, unit)
    top, left = i - f.pad_top, j - f.pad_left
    columns = tiles * size + TILE - size
    r0, r1, q0, q1 = max(0, -top), min(TILE, f.height - top), max(0, -left), min(columns, f.width - left)
    for r in range(TILE):
        clear_outside(lines + r * f.pitch, columns, q0, q1)
    blank = lines + TILE * f.pitch
    row_step, inside = f.channels * f.width * VECTOR_BYTES, lines + q0 * VECTOR_BYTES
    for c in range(f.channels):
        source = f.x + (((block * f.height + top) * f.channels + c) * f.width + left + q0) * VECTOR_BYTES
        transform_inputs(q1 - q0, source, row_step, VECTOR_BYTES, r0, r1, blank, inside, f.pitch)
        place = target + c * f.across * f.down * VECTOR_BYTES
        for r in range(TILE):
            transform_inputs(tiles, lines + r * f.pitch, VECTOR_BYTES, size * VECTOR_BYTES, 0, TILE, 0,
                             place + r * TILE * step, step)  # fmt: skip
    return tiles


@helper
def _store_unit(size: int, f: Fields, unit: int, lines: int, source: int, step: int) -> Any:
    """Transforms [position][filter][tile] of a unit's tiles back into y; gives their number."""
    block, i, j, tiles = unit_place(size, f, unit)
    rows, columns = min(size, f.out_height - i), min(tiles * size, f.out_width - j)
    waste = lines + (TILE + 1) * f.pitch
    for k in range(f.outputs):
        place = source + k * f.across * f.down * VECTOR_BYTES
        for r in range(TILE):
            transform_products(size, tiles, place + r * TILE * step, step, lines + r * f.pitch)
        target = f.y + (((block * f.out_height + i) * f.outputs + k) * f.out_width + j) * VECTOR_BYTES
        finish_products(size, columns, lines, f.pitch, target, f.outputs * f.out_width * VECTOR_BYTES,
                        rows, waste, f.mode, f.bias + 4 * k)  # fmt: skip
    return tiles


@helper
def multiply_tiles(
    f: Fields, count: int, inputs: int, input_step: int, outputs: int, output_step: int
) -> None:
    """The products of `count` tiles with the filters, at each position."""
    tile_row = f.across * f.down * VECTOR_BYTES
    for position in range(POSITIONS):
        for part in range(f.parts):
            a = f.filters + position * f.filter_step + part * f.filter_part
            start = part_start(part, f.rows, f.full)
            call(f.product if part < f.full else f.smaller_product,
                 (count, a, inputs + position * input_step,
                  outputs + position * output_step + start * tile_row, 1, 1, f.channels, 0, 0, 4 * f.rows,
                  0, 0, tile_row, VECTOR_BYTES, tile_row, VECTOR_BYTES, 0, 0))  # fmt: skip


@family
def winograd(size: int) -> Kernel:
    """The operation for tiles of `size` × `size` outputs: most networks need only one of them compiled."""

    def operation(row: int, task: int) -> None:
        """y (+)= x ⋆ filters (+ bias) (then ReLU)."""
        f, t = read(WinogradRow, row), read(Task, task)
        lines = f.workspace + t.thread * f.workspace_size
        clear(lines + TILE * f.pitch, f.pitch)
        tile_row = f.across * f.down * VECTOR_BYTES
        inputs = lines + (TILE + 2) * f.pitch
        input_step = f.channels * tile_row + _LINE
        outputs = inputs + POSITIONS * input_step
        output_step = f.outputs * tile_row + _LINE
        begin, end = pieces(units_of_block(f), t)
        for first in range(begin, end, f.down):
            last, count = min(end, first + f.down), 0
            for unit in range(first, last):
                count += _load_unit(size, f, unit, lines, inputs + count * VECTOR_BYTES, input_step)
            multiply_tiles(f, count, inputs, input_step, outputs, output_step)
            count = 0
            for unit in range(first, last):
                count += _store_unit(size, f, unit, lines, outputs + count * VECTOR_BYTES, output_step)

    return blockwise(operation)


def emit_tiles(
    tape: Tape, kernel: Kernel, x: Operand, x_size: Size, y: Operand, y_size: Size, tiled: Size,
    panels: PanelsRow, bias: Learned | None, pads: tuple[int, int], mode: int,
) -> None:  # fmt: skip
    """Rows that transform the filters in `panels` and run `kernel`, a WinogradRow, on the tiles of an image
    of the size `tiled`."""
    tape.emit(pack_panels, panels)
    parts = Parts(panels.parts, panels.rows, panels.full)
    panel = 4 * x_size[0] * parts.rows
    vectors = -(-panel // VECTOR_BYTES)
    part = vectors * VECTOR_BYTES
    step = parts.number * part + _LINE
    filters = Buffer(POSITIONS * step)
    row = FilterRow(panels.panels, filters, parts.number, vectors, panel, step)
    tape.emit(transform_filters(panels.taps_h), row)
    per_tile = POSITIONS * (x_size[0] + y_size[0]) * VECTOR_BYTES
    tiles = tiling(tape, panels.taps_h, tiled, per_tile, _LEAST_TILES)
    workspace, size = tape.workspace(tiles.group * per_tile + 2 * POSITIONS * _LINE + tiles.lines_bytes)
    tape.emit(
        kernel,
        WinogradRow(
            x, filters, bias.values if bias else 0, y, workspace, size, *x_size, *y_size, *pads,
            *tiles, step, part, mode, *parts, parts.kernel, parts.smaller_kernel,
        ),
    )  # fmt: skip


def panels_of(weight: Learned, kernel: int, inputs: int, outputs: int, strides: tuple[int, int, int, int],
              first: int = 0) -> PanelsRow:  # fmt: skip
    """The row that packs the filters; `strides` are those of tap rows, tap columns, inputs and outputs."""
    parts = split(outputs)
    panels = Buffer(4 * parts.number * kernel**2 * inputs * parts.rows + VECTOR_BYTES)
    return PanelsRow(weight.values, panels, 1, *parts, kernel, kernel, inputs, first, 0, *strides)


def emit_forward(
    tape: Tape, x: Operand, x_size: Size, y: Operand, y_size: Size, weight: Learned, bias: Learned | None,
    window: Geometry, relu: bool,
) -> None:  # fmt: skip
    """Rows for y = x ⋆ weight + bias (then ReLU)."""
    kernel, inputs = window.kernel[0], x_size[0]
    strides = (kernel, 1, kernel**2, kernel**2 * inputs)
    panels = panels_of(weight, kernel, inputs, y_size[0], strides)
    mode = (BIAS if bias else 0) | (RELU if relu else 0)
    emit_tiles(
        tape, winograd(tile_size(kernel)), x, x_size, y, y_size, y_size, panels, bias, window.pads, mode
    )


def emit_backward_data(
    tape: Tape, dy: Operand, y_size: Size, dx: Operand, x_size: Size, weight: Learned, window: Geometry,
    accumulate: bool,
) -> None:  # fmt: skip
    """Rows for dx (+)= dy ⋆ the filters turned round."""
    kernel, inputs = window.kernel[0], x_size[0]
    strides = (-kernel, -1, kernel**2 * inputs, kernel**2)
    panels = panels_of(weight, kernel, y_size[0], inputs, strides, kernel**2 - 1)
    pads = (kernel - 1 - window.pads[0], kernel - 1 - window.pads[1])
    mode = ACCUMULATE if accumulate else 0
    tiles = winograd(tile_size(kernel))
    emit_tiles(tape, tiles, dy, y_size, dx, x_size, x_size, panels, None, pads, mode)
