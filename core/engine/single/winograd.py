"""Winograd's F(4 × 4, 3 × 3) for one image: a quarter of the products of a 3 × 3 convolution.

A thread transforms the input of a group of tiles, multiplies it with the transformed weights at each of
the 36 positions of a tile, and transforms the results back; nobody else needs what lies between.
"""

from __future__ import annotations

from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.core import cgutils

from core.engine.machine.arena import Fixed, Operand
from core.engine.machine.helpers import ceil_div, share
from core.engine.machine.microkernel import offset, slots
from core.engine.machine.operation import Fields, Kernel, Task, call, helper, operation, preparing, read
from core.engine.machine.vectors import I64, VECTOR_BYTES, WIDTH, load_at, primitive, store_at
from core.engine.machine.winograd_transforms import POSITIONS, both_ways, collect, filter_line, input_line
from core.engine.operations.convolution import Geometry
from core.engine.operations.packed_weights import part_start
from core.engine.single.changes import MARK_BYTES, changed, marks
from core.engine.single.convolution import Weighted
from core.engine.single.division import divide, section
from core.engine.single.pixels import Pixels, image
from core.engine.single.product import finish, parts_of, products
from core.engine.single.weights import PackRow, emit_affine, gather_lanes, vector_place
from core.engine.tape import Learned, Tape

TILE = 4
AT_ONCE = 4
"""Tiles that the product computes together."""

_WORKSPACE = 448 * 1024
"""Bytes of a thread's transformed tiles: about half of a usual second-level cache."""

_LINE = 64
LEAST_CHANNELS = 16
"""With fewer channels the transforms cost more than the products save."""


def suits(x: Pixels, y: Pixels, window: Geometry, groups: int) -> bool:
    """Whether this algorithm can and should run a convolution."""
    _, height, width = y.size
    return (
        window.kernel == (3, 3)
        and window.stride == window.dilation == (1, 1)
        and groups == 1
        and min(x.size[0], y.size[0]) >= LEAST_CHANNELS
        and 16 * _tiles(height) * _tiles(width) <= 1.5 * height * width
    )


def _tiles(size: int) -> int:
    return -(-size // TILE)


@primitive
def transform_filters(
    _context: Any, source: Any, step: Any, lanes: Any, target: Any, target_step: Any
) -> Any:
    """G g Gᵀ for a vector of filters, `step` bytes apart; the 36 results lie `target_step` bytes apart."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        source, step, lanes, target, target_step = args
        taps = []
        for i in range(3):
            places = [builder.add(source, I64(4 * (3 * i + j))) for j in range(3)]
            taps.append([gather_lanes(builder, place, step, lanes) for place in places])
        results = both_ways(builder, taps, filter_line)
        for n in range(POSITIONS):
            store_at(builder, offset(builder, target, target_step, n), results[n // 6][n % 6])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5), generate


@preparing
def pack_transformed(row: int, task: int) -> None:
    """From [filter][input][tap] to [position][part][input][filter within the part]."""
    f, t = read(PackRow, row), read(Task, task)
    size = 9 * f.inputs
    begin, end = share(f.vectors, t)
    step = f.vectors * f.inputs * VECTOR_BYTES + _LINE
    for piece in range(begin, end):
        lanes = min(WIDTH, f.filters - piece * WIDTH)
        source = f.weights + 4 * piece * WIDTH * size
        if not changed(source, lanes * size, f.marks + MARK_BYTES * piece):
            continue
        start, index, vectors = vector_place(piece, f.parts, f.rows, f.full)
        target = f.panels + (start * f.inputs + index) * VECTOR_BYTES
        for k in range(f.inputs):
            transform_filters(source + 36 * k, 4 * size, lanes, target + k * vectors * VECTOR_BYTES, step)


def _emit_pack(tape: Tape, weight: Learned, filters: int, inputs: int) -> tuple[Operand, int]:
    """The row that transforms weights; gives the panels and the bytes of a position."""
    vectors = -(-filters // WIDTH)
    step = vectors * inputs * VECTOR_BYTES + _LINE
    panels, known = Fixed(np.zeros(POSITIONS * step, np.uint8)), Fixed(marks(vectors))
    parts = parts_of(vectors)
    tape.emit(pack_transformed, PackRow(weight.values, panels, known, 1, filters, vectors, inputs, 9, *parts))
    return panels, step


@primitive
def transform_input(_context: Any, source: Any, line: Any, pixel: Any, target: Any, step: Any) -> Any:
    """Bᵀ d B for the 6 × 6 pixels at `source`; the 36 results lie `step` bytes apart."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        source, line, pixel, target, step = args
        rows = [offset(builder, source, line, i) for i in range(6)]
        tile = [[load_at(builder, offset(builder, row, pixel, j)) for j in range(6)] for row in rows]
        results = both_ways(builder, tile, input_line)
        for n in range(POSITIONS):
            store_at(builder, offset(builder, target, step, n), results[n // 6][n % 6])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5), generate


@primitive
def transform_output(_context: Any, partial: Any, source: Any, step: Any, target: Any, rows: Any,
                     columns: Any, ends: Any) -> Any:  # fmt: skip
    """Aᵀ m A and what `mode` asks for; with `partial` (a literal), only `rows` × `columns` of the 4 × 4
    results exist. `ends` are y's line and pixel, mode, scale, shift and the residual with line and pixel."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, source, step, target, rows, columns, ends = args
        line, pixel, mode, scale, shift, residual, r_line, r_pixel = cgutils.unpack_tuple(builder, ends, 8)
        tile = [
            [load_at(builder, offset(builder, source, step, 6 * i + j)) for j in range(6)] for i in range(6)
        ]
        lines = [slots(builder, 4) for _ in range(4)]
        for places, values in zip(lines, both_ways(builder, tile, collect(4)), strict=True):
            for place, value in zip(places, values, strict=True):
                builder.store(value, place)
        for i, places in enumerate(lines):
            a = {"mode": mode, "scale": scale, "shift": shift, "ri": r_pixel}
            a["residual"] = offset(builder, residual, r_line, i)
            finish(builder, a, [[place] for place in places])
            for j, place in enumerate(places):
                here = offset(builder, offset(builder, target, line, i), pixel, j)
                if partial.literal_value:
                    inside = builder.icmp_signed("<", I64(i), rows)
                    with builder.if_then(builder.and_(inside, builder.icmp_signed("<", I64(j), columns))):
                        store_at(builder, here, builder.load(place))
                else:
                    store_at(builder, here, builder.load(place))
        return context.get_dummy_value()

    return types.void(partial, *[types.int64] * 5, ends), generate


class WinogradRow(NamedTuple):
    """Of a thread's workspace the first part, up to `results`, is for the inputs of a group of tiles.

    There `tiles_step` bytes separate two positions, `tile` bytes two tiles; likewise for the results.
    """

    x: Operand
    x_line: int
    x_pixel: int
    inputs: int
    panels: Operand
    panels_step: int
    workspace: Operand
    workspace_size: int
    results: int
    tiles_step: int
    results_step: int
    y: Operand
    y_line: int
    y_pixel: int
    residual: Operand | int
    residual_line: int
    residual_pixel: int
    scale: Operand
    shift: Operand
    mode: int
    row_groups: int
    channel_groups: int
    height: int
    width: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


@helper
def _transform_inputs(f: Fields, tiles: int, first: int, last: int) -> None:
    """tiles[position][tile][channel] from x."""
    tiles_w = ceil_div(f.width, TILE)
    for tile in range(first, last):
        source = f.x + tile // tiles_w * TILE * f.x_line + tile % tiles_w * TILE * f.x_pixel
        target = tiles + (tile - first) * f.x_pixel
        for place in range(0, f.x_pixel, VECTOR_BYTES):
            transform_input(source + place, f.x_line, f.x_pixel, target + place, f.tiles_step)


@helper
def _transform_results(f: Fields, results: int, first: int, last: int, start: int, end: int) -> None:
    """The channels from byte `start` to `end` of a pixel of y, with what follows the convolution."""
    tiles_w = ceil_div(f.width, TILE)
    for tile in range(first, last):
        i, j = tile // tiles_w * TILE, tile % tiles_w * TILE
        rows, columns = min(TILE, f.height - i), min(TILE, f.width - j)
        source = results + (tile - first) * f.y_pixel
        target = f.y + i * f.y_line + j * f.y_pixel
        residual = f.residual + i * f.residual_line + j * f.residual_pixel
        for place in range(start, end, VECTOR_BYTES):
            ends = (f.y_line, f.y_pixel, f.mode, f.scale + place, f.shift + place,
                    residual + place, f.residual_line, f.residual_pixel)  # fmt: skip
            if rows == TILE and columns == TILE:
                transform_output(0, source + place, f.results_step, target + place, TILE, TILE, ends)
            else:
                transform_output(1, source + place, f.results_step, target + place, rows, columns, ends)


@operation
def winograd(row: int, task: int) -> None:
    """y = (x ⋆ weights) · scale + shift (+ residual) (then ReLU)."""
    f, t = read(WinogradRow, row), read(Task, task)
    tiles = f.workspace + t.thread * f.workspace_size
    results = tiles + f.results
    count = ceil_div(f.height, TILE) * ceil_div(f.width, TILE)
    begin, end = share(f.row_groups * f.channel_groups, t)
    for piece in range(begin, end):
        group = piece // f.channel_groups
        first, last = section(max(1, count // AT_ONCE), f.row_groups, group)
        first, last = AT_ONCE * first, count if group == f.row_groups - 1 else AT_ONCE * last
        first_part, last_part = section(f.parts, f.channel_groups, piece % f.channel_groups)
        _transform_inputs(f, tiles, first, last)
        for position in range(POSITIONS):
            for part in range(first_part, last_part):
                vectors = (f.rows if part < f.full else f.rows - 1) * VECTOR_BYTES
                start = part_start(part, f.rows, f.full) * VECTOR_BYTES
                call(f.product if part < f.full else f.smaller_product,
                     (last - first, tiles + position * f.tiles_step,
                      f.panels + position * f.panels_step + start * f.inputs,
                      results + position * f.results_step + start, 1, 1, f.inputs, 0, 0, 4, 0, 0, vectors,
                      f.x_pixel, f.y_pixel, 0, 0, 0, 0, 0))  # fmt: skip
        start = part_start(first_part, f.rows, f.full) * VECTOR_BYTES
        stop = part_start(last_part, f.rows, f.full) * VECTOR_BYTES
        _transform_results(f, results, first, last, start, stop)


class Winograd(Weighted):
    """A 3 × 3 convolution; weight is (filters, channels, 3, 3)."""

    def __init__(
        self, x: Pixels, y: Pixels, weight: Learned, bias: Learned | None, pads: tuple[int, int]
    ) -> None:
        super().__init__(x, y, weight, bias)
        self.pads = pads
        # Tiles may reach beyond the last row and column that the convolution itself would read.
        ends = (
            TILE * _tiles(n) + 2 - pad - m for n, pad, m in zip(y.size[1:], pads, x.size[1:], strict=True)
        )
        x.surround(*pads, *(max(0, end) for end in ends))

    def emit(self, tape: Tape) -> None:
        x, y = self.x, self.output
        count, parts = _tiles(y.size[1]) * _tiles(y.size[2]), parts_of(y.depth)
        # Groups of tiles that the product takes together; the last has those left over, too.
        units = max(1, count // AT_ONCE)
        fitting = max(1, _WORKSPACE // (AT_ONCE * POSITIONS * (x.pixel + y.pixel)))
        grid = divide(tape.threads, units, parts.number, fitting)
        group = min(count, ceil(units / grid.row_groups) * AT_ONCE + AT_ONCE - 1)
        kernels = products(parts, count)
        tiles_step, results_step = group * x.pixel + _LINE, group * y.pixel + _LINE
        workspace, size = tape.scratch(POSITIONS * (tiles_step + results_step))
        panels, panels_step = _emit_pack(tape, self.weight, y.size[0], x.size[0])
        scale, shift = emit_affine(tape, y.size[0], self.bias, self.norm)
        tape.emit(
            winograd,
            WinogradRow(
                x.at(-self.pads[0], -self.pads[1]), x.line, x.pixel, x.size[0], panels, panels_step,
                workspace, size, POSITIONS * tiles_step, tiles_step, results_step, *image(y),
                *self.residual_image, scale, shift, self.mode, *grid, *y.size[1:], *parts,
                *kernels,
            ),
        )  # fmt: skip
