"""Winograd convolution F(4 × 4, 3 × 3), forward and backward to the data: a quarter of the products.

A thread takes a group of tiles, transforms their inputs, multiplies, and transforms back; the group is so
small that all this stays in the second-level cache. In float32 the results differ from a direct
convolution's by a few 1e-6 of the largest value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from core.engine.arena import Buffer, Operand
from core.engine.convolution import Size, Window
from core.engine.helpers import load_integer, share, store_integer
from core.engine.microkernel import ACCUMULATE, BIAS, RELU
from core.engine.operation import Fields, Kernel, Task, blockwise, call, helper, preparing, read
from core.engine.panels import PanelsRow, Parts, pack_panels, part_start, split
from core.engine.plan import Parameter, Plan
from core.engine.vectors import VECTOR_BYTES
from core.engine.winograd_transforms import transform_filter, transform_input, transform_output

LEAST_CHANNELS = 12
"""With fewer channels the transforms cost more than the products save."""

_WORKSPACE = 448 * 1024
"""Bytes of a thread's transformed tiles: about half of a usual second-level cache."""

_LINE = 64


def suits(x_size: Size, y_size: Size, window: Window, groups: int) -> bool:
    """Whether this algorithm can and should run a convolution."""
    _, height, width = y_size
    tiles = -(-height // 4) * -(-width // 4)
    return (
        window.kernel == (3, 3)
        and window.stride == window.dilation == (1, 1)
        and groups == 1
        and max(*window.pads, height - x_size[1] + 2, width - x_size[2] + 2) <= 2
        and min(x_size[0], y_size[0]) >= LEAST_CHANNELS
        and 16 * tiles <= 2 * height * width
    )


class FilterRow(NamedTuple):
    panels: Operand
    transformed: Operand
    parts: int
    vectors: int
    panel: int
    step: int


@preparing
def transform_filters(row: int, task: int) -> None:
    """The panels' 9 taps as 36 transformed ones, `step` bytes apart."""
    f, t = read(FilterRow, row), read(Task, task)
    begin, end = share(f.parts * f.vectors, t)
    for piece in range(begin, end):
        part, offset = piece // f.vectors, piece % f.vectors * VECTOR_BYTES
        target = f.transformed + part * 36 * f.step + offset
        transform_filter(f.panels + part * 9 * f.panel + offset, f.panel, target, f.step)


class WinogradRow(NamedTuple):
    """`group` tiles are done together; `step` bytes separate the transformed values of one tile position."""

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
    group: int
    filter_step: int
    mode: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


TILE_BYTES = 32
"""What the list of a group's tiles takes for each of them."""


@helper
def list_tiles(places: int, first: int, count: int, tiles_h: int, tiles_w: int) -> None:
    """Notes block, first row and first column of each tile; tiles are numbered block by block, row by row."""
    for tile in range(count):
        index = first + tile
        block, within = index // (tiles_h * tiles_w), index % (tiles_h * tiles_w)
        store_integer(places + tile * TILE_BYTES, block)
        store_integer(places + tile * TILE_BYTES + 8, within // tiles_w * 4)
        store_integer(places + tile * TILE_BYTES + 16, within % tiles_w * 4)


@helper
def tile_place(places: int, tile: int) -> Any:
    """Block, first row and first column of a listed tile."""
    place = places + tile * TILE_BYTES
    return load_integer(place), load_integer(place + 8), load_integer(place + 16)


@helper
def _load_tiles(f: Fields, places: int, count: int, target: int, step: int) -> None:
    """Transforms the inputs of `count` tiles into [position][channel][tile], neighbours in memory in turn."""
    row_step = f.channels * f.width * VECTOR_BYTES
    for c in range(f.channels):
        for tile in range(count):
            block, i, j = tile_place(places, tile)
            top, left = i - f.pad_top, j - f.pad_left
            source = f.x + (((block * f.height + top) * f.channels + c) * f.width + left) * VECTOR_BYTES
            place = target + (c * f.group + tile) * VECTOR_BYTES
            r0, r1, q0, q1 = max(0, -top), min(6, f.height - top), max(0, -left), min(6, f.width - left)
            if r1 - r0 == 6 and q1 - q0 == 6:
                transform_input(0, source, row_step, 0, 6, 0, 6, place, step)
            else:
                transform_input(1, source, row_step, r0, r1, q0, q1, place, step)


@helper
def _store_tiles(f: Fields, places: int, count: int, source: int, step: int) -> None:
    """Transforms [position][filter][tile] back into y."""
    row_step = f.outputs * f.out_width * VECTOR_BYTES
    for k in range(f.outputs):
        for tile in range(count):
            block, i, j = tile_place(places, tile)
            line = (block * f.out_height + i) * f.outputs + k
            target = f.y + (line * f.out_width + j) * VECTOR_BYTES
            rows, columns = min(4, f.out_height - i), min(4, f.out_width - j)
            place = source + (k * f.group + tile) * VECTOR_BYTES
            if rows == 4 and columns == 4:
                transform_output(0, place, step, target, row_step, 4, 4, f.mode, f.bias + 4 * k)
            else:
                transform_output(1, place, step, target, row_step, rows, columns, f.mode, f.bias + 4 * k)


@blockwise
def winograd(row: int, task: int) -> None:
    """y (+)= x ⋆ filters (+ bias) (then ReLU)."""
    f, t = read(WinogradRow, row), read(Task, task)
    total = (t.last - t.first) * f.tiles_h * f.tiles_w
    places = f.workspace + t.thread * f.workspace_size
    inputs = places + f.group * TILE_BYTES
    input_step = f.channels * f.group * VECTOR_BYTES + _LINE
    outputs = inputs + 36 * input_step
    output_step = f.outputs * f.group * VECTOR_BYTES + _LINE
    tile_row = f.group * VECTOR_BYTES
    begin, end = share((total + f.group - 1) // f.group, t)
    for piece in range(begin, end):
        first = t.first * f.tiles_h * f.tiles_w + piece * f.group
        count = min(f.group, total - piece * f.group)
        list_tiles(places, first, count, f.tiles_h, f.tiles_w)
        _load_tiles(f, places, count, inputs, input_step)
        for position in range(36):
            for part in range(f.parts):
                a = f.filters + (part * 36 + position) * f.filter_step
                start = part_start(part, f.rows, f.full)
                call(f.product if part < f.full else f.smaller_product,
                     (count, a, inputs + position * input_step,
                      outputs + position * output_step + start * tile_row, 1, 1,
                      f.channels, 0, 0, 4 * f.rows, 0, 0, tile_row, VECTOR_BYTES, tile_row,
                      VECTOR_BYTES, 0, 0))  # fmt: skip
        _store_tiles(f, places, count, outputs, output_step)


def group_size(tiles: int, bytes_per_tile: int, threads: int, unit: int) -> int:
    """How many of `tiles` tiles to do together: what the cache holds, a multiple of `unit`, and fair."""
    fits = max(unit, _WORKSPACE // bytes_per_tile // unit * unit)
    fair = -(-tiles // threads)
    return max(1, min(fits, fair))


def _emit(
    plan: Plan, x: Operand, x_size: Size, y: Operand, y_size: Size, panels: PanelsRow, parts: Parts,
    bias: Parameter | None, pads: tuple[int, int], mode: int,
) -> None:  # fmt: skip
    plan.emit(pack_panels, panels)
    panel = 4 * x_size[0] * parts.rows
    vectors = -(-panel // VECTOR_BYTES)
    step = vectors * VECTOR_BYTES + _LINE
    filters = Buffer(parts.number * 36 * step)
    plan.emit(transform_filters, FilterRow(panels.panels, filters, parts.number, vectors, panel, step))
    tiles_h, tiles_w = -(-y_size[1] // 4), -(-y_size[2] // 4)
    per_tile = 36 * (x_size[0] + y_size[0]) * VECTOR_BYTES
    group = group_size(tiles_h * tiles_w * plan.blocks, per_tile, plan.threads, 3)
    workspace, size = plan.workspace(group * (per_tile + TILE_BYTES) + 72 * _LINE)
    plan.emit(
        winograd,
        WinogradRow(
            x, filters, bias.values if bias else 0, y, workspace, size, *x_size, *y_size, *pads,
            tiles_h, tiles_w, group, step, mode, *parts, parts.kernel, parts.smaller_kernel,
        ),
    )  # fmt: skip


def emit_forward(
    plan: Plan, x: Operand, x_size: Size, y: Operand, y_size: Size, weight: Parameter, bias: Parameter | None,
    window: Window, relu: bool,
) -> None:  # fmt: skip
    """Rows for y = x ⋆ weight + bias (then ReLU)."""
    parts = split(y_size[0])
    panels = Buffer(4 * parts.number * 9 * x_size[0] * parts.rows + VECTOR_BYTES)
    row = PanelsRow(weight.values, panels, 1, *parts, 3, 3, x_size[0], 0, 0, 3, 1, 9, 9 * x_size[0])
    mode = (BIAS if bias else 0) | (RELU if relu else 0)
    _emit(plan, x, x_size, y, y_size, row, parts, bias, window.pads, mode)


def emit_backward_data(
    plan: Plan, dy: Operand, y_size: Size, dx: Operand, x_size: Size, weight: Parameter, window: Window,
    accumulate: bool,
) -> None:  # fmt: skip
    """Rows for dx (+)= dy ⋆ the filters turned round."""
    parts = split(x_size[0])
    panels = Buffer(4 * parts.number * 9 * y_size[0] * parts.rows + VECTOR_BYTES)
    row = PanelsRow(weight.values, panels, 1, *parts, 3, 3, y_size[0], 8, 0, -3, -1, 9 * x_size[0], 9)
    pads = (2 - window.pads[0], 2 - window.pads[1])
    _emit(plan, dy, y_size, dx, x_size, row, parts, None, pads, ACCUMULATE if accumulate else 0)
