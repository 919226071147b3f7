"""Maximum over windows of one image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Task, operation, read
from core.engine.machine.vectors import VECTOR_BYTES, load, splat, store, zeros
from core.engine.operations.convolution import Geometry
from core.engine.operations.pooling import keep_larger
from core.engine.single.pixels import PixelNode, Pixels, image
from core.engine.tape import Tape


class PoolRow(NamedTuple):
    x: Operand
    x_line: int
    x_pixel: int
    y: Operand
    y_line: int
    y_pixel: int
    height: int
    width: int
    out_height: int
    out_width: int
    depth: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_top: int
    pad_left: int


@operation
def max_pool(row: int, task: int) -> None:
    """The largest value of each window."""
    f, t = read(PoolRow, row), read(Task, task)
    begin, end = share(f.out_height * f.depth, t)
    for piece in range(begin, end):
        i, q = piece // f.depth, piece % f.depth * VECTOR_BYTES
        top = i * f.stride_h - f.pad_top
        u0, u1 = max(0, top), min(top + f.kernel_h, f.height)
        for j in range(f.out_width):
            left = j * f.stride_w - f.pad_left
            v0, v1 = max(0, left), min(left + f.kernel_w, f.width)
            best, winner = splat(-np.float32(np.inf)), zeros()
            for u in range(u0, u1):
                for v in range(v0, v1):
                    value = load(f.x + u * f.x_line + v * f.x_pixel + q)
                    best, winner = keep_larger(best, winner, value, 0)
            store(f.y + i * f.y_line + j * f.y_pixel + q, best)


class MaxPool(PixelNode):
    """The maximum of each window."""

    def __init__(self, x: Pixels, y: Pixels, window: Geometry) -> None:
        self.inputs, self.output = (x,), y
        self.x, self.window = x, window

    def emit(self, tape: Tape) -> None:
        x, y, w = self.x, self.output, self.window
        sizes = (*x.size[1:], *y.size[1:], x.depth)
        tape.emit(max_pool, PoolRow(*image(x), *image(y), *sizes, *w.kernel, *w.stride, *w.pads))
