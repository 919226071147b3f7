"""Winograd's algorithm turned round: the gradient of the input from the tiles of the output.

From Y = Aᵀ [U ⊙ (Bᵀ d B)] A follows dd = B [U ⊙ (A dY Aᵀ)] Bᵀ: each tile of dY adds to 6 × 6 pixels of dX.
A convolution without padding has fewer tiles in its output than in its input, where `winograd` would take
them. As tiles overlap in dX, a thread needs whole images.
"""

from __future__ import annotations

from typing import Any

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import clear, pieces
from core.engine.machine.microkernel import ACCUMULATE
from core.engine.machine.operation import Fields, Kernel, Task, blockwise, family, helper, read
from core.engine.machine.vectors import VECTOR_BYTES
from core.engine.machine.winograd_transforms import POSITIONS, TILE, add_input_gradients, transform_gradients
from core.engine.operations.convolution import Geometry, Size
from core.engine.operations.winograd import (
    WinogradRow,
    clear_outside,
    emit_tiles,
    multiply_tiles,
    panels_of,
    tile_size,
    unit_place,
    units_of_block,
)
from core.engine.tape import Learned, Tape

_LINE = 64


@helper
def _load_unit(size: int, f: Fields, unit: int, lines: int, target: int, step: int) -> Any:
    """A dY Aᵀ of a unit's tiles as [position][channel][tile]; gives their number."""
    block, i, j, tiles = unit_place(size, f, unit)
    rows, columns = min(size, f.height - i), min(tiles * size, f.width - j)
    for r in range(TILE):
        clear_outside(lines + r * f.pitch, tiles * size, 0, columns)
    blank, row_step = lines + TILE * f.pitch, f.channels * f.width * VECTOR_BYTES
    for c in range(f.channels):
        source = f.x + (((block * f.height + i) * f.channels + c) * f.width + j) * VECTOR_BYTES
        transform_gradients(size, columns, source, row_step, VECTOR_BYTES, rows, blank, lines, f.pitch)
        place = target + c * f.across * f.down * VECTOR_BYTES
        for r in range(TILE):
            transform_gradients(size, tiles, lines + r * f.pitch, VECTOR_BYTES, size * VECTOR_BYTES,
                                size, 0, place + r * TILE * step, step)  # fmt: skip
    return tiles


@helper
def _add_unit(size: int, f: Fields, unit: int, lines: int, source: int, step: int) -> Any:
    """Adds B m Bᵀ of a unit's tiles, [position][filter][tile], to y; gives their number."""
    block, i, j, tiles = unit_place(size, f, unit)
    top, left = i - f.pad_top, j - f.pad_left
    columns = tiles * size + TILE - size
    r0, r1 = max(0, -top), min(TILE, f.out_height - top)
    q0, q1 = max(0, -left), min(columns, f.out_width - left)
    waste, row_step = lines + (TILE + 1) * f.pitch, f.outputs * f.out_width * VECTOR_BYTES
    for k in range(f.outputs):
        place = source + k * f.across * f.down * VECTOR_BYTES
        clear(lines, TILE * f.pitch)
        for r in range(TILE):
            add_input_gradients(tiles, place + r * TILE * step, step, lines + r * f.pitch, VECTOR_BYTES,
                                size * VECTOR_BYTES, 0, TILE, 0)  # fmt: skip
        line = ((block * f.out_height + top) * f.outputs + k) * f.out_width
        target = f.y + (line + left + q0) * VECTOR_BYTES
        add_input_gradients(q1 - q0, lines + q0 * VECTOR_BYTES, f.pitch, target, row_step, VECTOR_BYTES,
                            r0, r1, waste)  # fmt: skip
    return tiles


@family
def winograd_transposed(size: int) -> Kernel:
    """The operation for tiles of `size` × `size` outputs."""

    def operation(row: int, task: int) -> None:
        """y (+)= the gradient of the input from x, that of the output."""
        f, t = read(WinogradRow, row), read(Task, task)
        lines = f.workspace + t.thread * f.workspace_size
        clear(lines + TILE * f.pitch, f.pitch)
        tile_row = f.across * f.down * VECTOR_BYTES
        inputs = lines + (TILE + 2) * f.pitch
        input_step = f.channels * tile_row + _LINE
        outputs = inputs + POSITIONS * input_step
        output_step = f.outputs * tile_row + _LINE
        begin, end = pieces(1, t)
        if not f.mode & ACCUMULATE:
            image = f.outputs * f.out_height * f.out_width * VECTOR_BYTES
            clear(f.y + begin * image, (end - begin) * image)
        units = units_of_block(f)
        for first in range(begin * units, end * units, f.down):
            last, count = min(end * units, first + f.down), 0
            for unit in range(first, last):
                count += _load_unit(size, f, unit, lines, inputs + count * VECTOR_BYTES, input_step)
            multiply_tiles(f, count, inputs, input_step, outputs, output_step)
            count = 0
            for unit in range(first, last):
                count += _add_unit(size, f, unit, lines, outputs + count * VECTOR_BYTES, output_step)

    return blockwise(operation)


def emit_backward_data(
    tape: Tape, dy: Operand, y_size: Size, dx: Operand, x_size: Size, weight: Learned, window: Geometry,
    accumulate: bool,
) -> None:  # fmt: skip
    """Rows for dx (+)= the gradient of a convolution that `winograd.suits`."""
    kernel, inputs = window.kernel[0], x_size[0]
    panels = panels_of(weight, kernel, y_size[0], inputs, (kernel, 1, kernel**2 * inputs, kernel**2))
    mode = ACCUMULATE if accumulate else 0
    tiles = winograd_transposed(tile_size(kernel))
    emit_tiles(tape, tiles, dy, y_size, dx, x_size, y_size, panels, None, window.pads, mode)
