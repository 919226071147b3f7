"""Winograd's F(4 × 4, 3 × 3) for one image: a quarter of the products of a 3 × 3 convolution.

Three steps, each shared by all threads: the input's tiles are transformed, multiplied with the transformed
weights at each of the 36 positions of a tile, and the results transformed back. The products are shared
out by positions, so that each thread reads only its part of the weights, which are four times as many as
before.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.core import cgutils

from core.engine.arena import Buffer, Fixed, Operand
from core.engine.convolution import Window
from core.engine.helpers import ceil_div, share
from core.engine.microkernel import offset, slots
from core.engine.operation import Kernel, Task, call, operation, preparing, read
from core.engine.panels import part_start
from core.engine.plan import Parameter, Plan
from core.engine.single.changes import changed, marks
from core.engine.single.convolution import Weighted
from core.engine.single.pixels import Pixels, image
from core.engine.single.product import finish, parts_of, product_kernel
from core.engine.single.weights import PackRow, emit_affine, gather_lanes, vector_place
from core.engine.vectors import I64, VECTOR_BYTES, WIDTH, load_at, primitive, store_at
from core.engine.winograd_transforms import both_ways, filter_line, input_line, output_line

POSITIONS = 36
_LINE = 64
LEAST_CHANNELS = 16
"""With fewer channels the transforms cost more than the products save."""


def suits(x: Pixels, y: Pixels, window: Window, groups: int) -> bool:
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
    return -(-size // 4)


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
        if not changed(source, lanes * size, f.marks + 128 * piece):
            continue
        start, index, vectors = vector_place(piece, f.parts, f.rows, f.full)
        target = f.panels + (start * f.inputs + index) * VECTOR_BYTES
        for k in range(f.inputs):
            transform_filters(source + 36 * k, 4 * size, lanes, target + k * vectors * VECTOR_BYTES, step)


def _emit_pack(plan: Plan, weight: Parameter, filters: int, inputs: int) -> tuple[Operand, int]:
    """The row that transforms weights; gives the panels and the bytes of a position."""
    vectors = -(-filters // WIDTH)
    step = vectors * inputs * VECTOR_BYTES + _LINE
    panels, known = Fixed(np.zeros(POSITIONS * step, np.uint8)), Fixed(marks(vectors))
    parts = parts_of(vectors)
    plan.emit(pack_transformed, PackRow(weight.values, panels, known, 1, filters, vectors, inputs, 9, *parts))
    return panels, step


class TilesRow(NamedTuple):
    """`step` bytes separate two positions of the transformed tiles, in which a tile has `depth` vectors."""

    x: Operand
    line: int
    pixel: int
    tiles: Operand
    step: int
    depth: int
    tiles_h: int
    tiles_w: int


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


@operation
def transform_tiles(row: int, task: int) -> None:
    """tiles[position][tile][channel] from x."""
    f, t = read(TilesRow, row), read(Task, task)
    begin, end = share(f.tiles_h * f.tiles_w, t)
    for tile in range(begin, end):
        source = f.x + tile // f.tiles_w * 4 * f.line + tile % f.tiles_w * 4 * f.pixel
        target = f.tiles + tile * f.depth * VECTOR_BYTES
        for q in range(f.depth):
            place = q * VECTOR_BYTES
            transform_input(source + place, f.line, f.pixel, target + place, f.step)


class ProductsRow(NamedTuple):
    tiles: Operand
    tiles_step: int
    tile: int
    panels: Operand
    panels_step: int
    results: Operand
    results_step: int
    result: int
    number: int
    inputs: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


@operation
def multiply_tiles(row: int, task: int) -> None:
    """results[position][tile][filter] = Σ over the channels of tiles · panels."""
    f, t = read(ProductsRow, row), read(Task, task)
    begin, end = share(POSITIONS * f.parts, t)
    for piece in range(begin, end):
        position, part = piece // f.parts, piece % f.parts
        vectors = (f.rows if part < f.full else f.rows - 1) * VECTOR_BYTES
        start = part_start(part, f.rows, f.full) * VECTOR_BYTES
        call(f.product if part < f.full else f.smaller_product,
             (f.number, f.tiles + position * f.tiles_step,
              f.panels + position * f.panels_step + start * f.inputs,
              f.results + position * f.results_step + start, 1, 1, f.inputs, 0, 0, 4, 0, 0, vectors,
              f.tile, f.result, 0, 0, 0, 0, 0))  # fmt: skip


class ResultsRow(NamedTuple):
    results: Operand
    step: int
    y: Operand
    y_line: int
    y_pixel: int
    residual: Operand | int
    residual_line: int
    residual_pixel: int
    scale: Operand
    shift: Operand
    mode: int
    height: int
    width: int
    depth: int


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
        for places, values in zip(lines, both_ways(builder, tile, output_line), strict=True):
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


@operation
def transform_results(row: int, task: int) -> None:
    """y from the products, with what follows the convolution."""
    f, t = read(ResultsRow, row), read(Task, task)
    tiles_w = ceil_div(f.width, 4)
    begin, end = share(ceil_div(f.height, 4) * tiles_w, t)
    for tile in range(begin, end):
        i, j = tile // tiles_w * 4, tile % tiles_w * 4
        rows, columns = min(4, f.height - i), min(4, f.width - j)
        target = f.y + i * f.y_line + j * f.y_pixel
        residual = f.residual + i * f.residual_line + j * f.residual_pixel
        for q in range(f.depth):
            place = q * VECTOR_BYTES
            source = f.results + tile * f.depth * VECTOR_BYTES + place
            ends = (f.y_line, f.y_pixel, f.mode, f.scale + place, f.shift + place,
                    residual + place, f.residual_line, f.residual_pixel)  # fmt: skip
            if rows == 4 and columns == 4:
                transform_output(0, source, f.step, target + place, 4, 4, ends)
            else:
                transform_output(1, source, f.step, target + place, rows, columns, ends)


class Winograd(Weighted):
    """A 3 × 3 convolution; weight is (filters, channels, 3, 3)."""

    def __init__(
        self, x: Pixels, y: Pixels, weight: Parameter, bias: Parameter | None, pads: tuple[int, int]
    ) -> None:
        super().__init__(x, y, weight, bias)
        self.pads = pads
        # Tiles may reach beyond the last row and column that the convolution itself would read.
        ends = (4 * _tiles(n) + 2 - pad - m for n, pad, m in zip(y.size[1:], pads, x.size[1:], strict=True))
        x.surround(*pads, *(max(0, end) for end in ends))

    def emit(self, plan: Plan) -> None:
        x, y = self.x, self.output
        tiles_h, tiles_w = _tiles(y.size[1]), _tiles(y.size[2])
        count, parts = tiles_h * tiles_w, parts_of(y.depth)
        tiles_step, results_step = count * x.pixel + _LINE, count * y.pixel + _LINE
        tiles, results = Buffer(POSITIONS * tiles_step), Buffer(POSITIONS * results_step)
        panels, panels_step = _emit_pack(plan, self.weight, y.size[0], x.size[0])
        scale, shift = emit_affine(plan, y.size[0], self.bias, self.norm)
        start = x.at(-self.pads[0], -self.pads[1])
        plan.emit(
            transform_tiles, TilesRow(start, x.line, x.pixel, tiles, tiles_step, x.depth, tiles_h, tiles_w)
        )
        plan.emit(
            multiply_tiles,
            ProductsRow(
                tiles, tiles_step, x.pixel, panels, panels_step, results, results_step, y.pixel, count,
                x.size[0], *parts, product_kernel(parts.rows, count),
                product_kernel(parts.rows - (parts.full < parts.number), count),
            ),
        )  # fmt: skip
        plan.emit(
            transform_results,
            ResultsRow(
                results, results_step, *image(y), *self.residual_image, scale, shift, self.mode,
                *y.size[1:], y.depth,
            ),
        )  # fmt: skip
