"""Depthwise convolution of one image: the channels of a pixel side by side, each with a filter of its own."""

from __future__ import annotations

from typing import Any, NamedTuple

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Task, helper, operation, read
from core.engine.machine.vectors import VECTOR_BYTES, fma, load, maximum, store, zeros
from core.engine.operations.convolution import Geometry
from core.engine.operations.packed_weights import split
from core.engine.single.convolution import Weighted, surround
from core.engine.single.pixels import Pixels, image
from core.engine.single.product import RELU, RESIDUAL
from core.engine.single.weights import emit_affine, emit_pack
from core.engine.tape import Learned, Tape


class DepthwiseRow(NamedTuple):
    """x_line and x_pixel lead to the inputs of the next output, tap_line and tap_pixel to the next tap."""

    x: Operand
    x_line: int
    x_pixel: int
    tap_line: int
    tap_pixel: int
    y: Operand
    y_line: int
    y_pixel: int
    residual: Operand | int
    residual_line: int
    residual_pixel: int
    panels: Operand
    scale: Operand
    shift: Operand
    mode: int
    height: int
    width: int
    depth: int
    kernel_h: int
    kernel_w: int


@helper
def _finish(y: int, residual: int, value: Any, scale: Any, shift: Any, mode: int) -> None:
    """Stores a result with what `mode` asks for."""
    value = fma(value, scale, shift)
    if mode & RESIDUAL:
        value = value + load(residual)
    if mode & RELU:
        value = maximum(value, zeros())
    store(y, value)


@operation
def depthwise(row: int, task: int) -> None:
    """y = (x ⋆ weights) · scale + shift (+ residual) (then ReLU); four neighbours share each weight."""
    f, t = read(DepthwiseRow, row), read(Task, task)
    begin, end = share(f.height * f.depth, t)
    for piece in range(begin, end):
        i, place = piece // f.depth, piece % f.depth * VECTOR_BYTES
        x, y = f.x + i * f.x_line + place, f.y + i * f.y_line + place
        residual = f.residual + i * f.residual_line + place
        scale, shift = load(f.scale + place), load(f.shift + place)
        j = 0
        while j < f.width:
            count = 4 if j + 4 <= f.width else 1
            p, q, r, s = zeros(), zeros(), zeros(), zeros()
            weight = f.panels + place * f.kernel_h * f.kernel_w
            for u in range(f.kernel_h):
                tap = x + j * f.x_pixel + u * f.tap_line
                for _ in range(f.kernel_w):
                    w = load(weight)
                    p = fma(w, load(tap), p)
                    if count == 4:
                        q = fma(w, load(tap + f.x_pixel), q)
                        r = fma(w, load(tap + 2 * f.x_pixel), r)
                        s = fma(w, load(tap + 3 * f.x_pixel), s)
                    tap += f.tap_pixel
                    weight += VECTOR_BYTES
            _finish(y + j * f.y_pixel, residual + j * f.residual_pixel, p, scale, shift, f.mode)
            if count == 4:
                _finish(
                    y + (j + 1) * f.y_pixel, residual + (j + 1) * f.residual_pixel, q, scale, shift, f.mode
                )
                _finish(
                    y + (j + 2) * f.y_pixel, residual + (j + 2) * f.residual_pixel, r, scale, shift, f.mode
                )
                _finish(
                    y + (j + 3) * f.y_pixel, residual + (j + 3) * f.residual_pixel, s, scale, shift, f.mode
                )
            j += count


class Depthwise(Weighted):
    """A depthwise convolution; weight is (channels, 1, height, width)."""

    def __init__(self, x: Pixels, y: Pixels, weight: Learned, bias: Learned | None, window: Geometry) -> None:
        super().__init__(x, y, weight, bias)
        self.window = window
        surround(x, y.size[1:], window)

    def emit(self, tape: Tape) -> None:
        x, y, w = self.x, self.output, self.window
        kh, kw = w.kernel
        panels = emit_pack(tape, self.weight, 1, y.size[0], 1, kh * kw, split(y.depth, 1))
        scale, shift = emit_affine(tape, y.size[0], self.bias, self.norm)
        tape.emit(
            depthwise,
            DepthwiseRow(
                x.at(-w.pads[0], -w.pads[1]), w.stride[0] * x.line, w.stride[1] * x.pixel,
                w.dilation[0] * x.line, w.dilation[1] * x.pixel, *image(y), *self.residual_image,
                panels, scale, shift, self.mode, *y.size[1:], y.depth, kh, kw,
            ),
        )  # fmt: skip
