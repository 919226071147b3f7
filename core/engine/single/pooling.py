"""Maximum and average over windows of one image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.engine.arena import Operand
from core.engine.convolution import Window
from core.engine.helpers import share
from core.engine.operation import Task, operation, read
from core.engine.plan import Plan
from core.engine.pooling import keep_larger
from core.engine.single.pixels import PixelNode, Pixels, image
from core.engine.vectors import VECTOR_BYTES, load, splat, store, zeros


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
    average: int


@operation
def pool(row: int, task: int) -> None:
    """The largest value or the mean of each window; padding doesn't count."""
    f, t = read(PoolRow, row), read(Task, task)
    begin, end = share(f.out_height * f.depth, t)
    for piece in range(begin, end):
        i, q = piece // f.depth, piece % f.depth * VECTOR_BYTES
        top = i * f.stride_h - f.pad_top
        u0, u1 = max(0, top), min(top + f.kernel_h, f.height)
        for j in range(f.out_width):
            left = j * f.stride_w - f.pad_left
            v0, v1 = max(0, left), min(left + f.kernel_w, f.width)
            best, added, winner = splat(-np.float32(np.inf)), zeros(), zeros()
            for u in range(u0, u1):
                for v in range(v0, v1):
                    value = load(f.x + u * f.x_line + v * f.x_pixel + q)
                    if f.average:
                        added = added + value
                    else:
                        best, winner = keep_larger(best, winner, value, 0)
            if f.average:
                best = added * (np.float32(1) / np.float32(max(1, (u1 - u0) * (v1 - v0))))
            store(f.y + i * f.y_line + j * f.y_pixel + q, best)


class Pool(PixelNode):
    """Maximum or average over windows."""

    def __init__(self, x: Pixels, y: Pixels, window: Window, average: bool) -> None:
        self.inputs, self.output = (x,), y
        self.x, self.window, self.average = x, window, average

    def emit(self, plan: Plan) -> None:
        x, y, w = self.x, self.output, self.window
        row = PoolRow(
            *image(x), *image(y), *x.size[1:], *y.size[1:], x.depth, *w.kernel, *w.stride, *w.pads,
            int(self.average),
        )  # fmt: skip
        plan.emit(pool, row)
