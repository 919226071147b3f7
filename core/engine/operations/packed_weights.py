"""Weights as panels: the order in which the product micro-kernel reads them.

`product` makes up to MAX_ROWS results from each vector it loads, so the weights of that many outputs lie
side by side: panels[group][part][tap row][tap column][input][output within the part]. The master copy
stays in the layers' own order, (filters, channels, height, width), which is also that of checkpoints and
of the optimiser.
"""

from __future__ import annotations

from typing import NamedTuple

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import share
from core.engine.machine.microkernel import MAX_ROWS, product_kernel
from core.engine.machine.operation import Kernel, Task, helper, preparing, read
from core.engine.machine.vectors import load_float, store_float


class Parts(NamedTuple):
    """A number of outputs split into the fewest parts of at most MAX_ROWS: `full` of `rows`, the others
    one less."""

    number: int
    rows: int
    full: int

    @property
    def kernel(self) -> Kernel:
        """The product for a part of `rows` rows."""
        return product_kernel(self.rows)

    @property
    def smaller_kernel(self) -> Kernel:
        """The product for a part of one row less."""
        return product_kernel(self.rows if self.full == self.number else self.rows - 1)


def split(outputs: int, limit: int = MAX_ROWS) -> Parts:
    """The parts of `outputs`, as equal as can be."""
    count = -(-outputs // limit)
    rows = -(-outputs // count)
    return Parts(count, rows, count - (count * rows - outputs))


@helper
def part_start(part: int, rows: int, full: int) -> int:
    """The first output of a part."""
    return part * rows - max(0, part - full)


class PanelsRow(NamedTuple):
    """Strides of the source are in float32 elements and may be negative."""

    source: Operand
    panels: Operand
    groups: int
    parts: int
    rows: int
    full: int
    taps_h: int
    taps_w: int
    inputs: int
    first: int
    group_stride: int
    tap_h_stride: int
    tap_w_stride: int
    input_stride: int
    output_stride: int


@preparing
def pack_panels(row: int, task: int) -> None:
    """Copies weights from their master copy into panels."""
    f, t = read(PanelsRow, row), read(Task, task)
    begin, end = share(f.groups * f.parts * f.taps_h * f.taps_w, t)
    for piece in range(begin, end):
        tap = piece % (f.taps_h * f.taps_w)
        part = piece // (f.taps_h * f.taps_w) % f.parts
        group = piece // (f.taps_h * f.taps_w * f.parts)
        rows = f.rows if part < f.full else f.rows - 1
        offset = f.first + group * f.group_stride
        offset += tap // f.taps_w * f.tap_h_stride + tap % f.taps_w * f.tap_w_stride
        source = f.source + 4 * (offset + part_start(part, f.rows, f.full) * f.output_stride)
        target = f.panels + 4 * piece * f.inputs * f.rows
        for k in range(f.inputs):
            for i in range(rows):
                value = load_float(source + 4 * (k * f.input_stride + i * f.output_stride))
                store_float(target + 4 * (k * f.rows + i), value)
