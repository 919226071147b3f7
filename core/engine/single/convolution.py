"""Convolution of one image, with what follows it: normalisation, the sum of a residual block, ReLU."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.arena import Operand
from core.engine.convolution import Window
from core.engine.helpers import share
from core.engine.operation import Kernel, Task, call, operation, read
from core.engine.panels import part_start
from core.engine.plan import Parameter, Plan
from core.engine.single.division import divide, section
from core.engine.single.pixels import PixelNode, Pixels, image
from core.engine.single.product import RELU, RESIDUAL, SCALE, parts_of, products
from core.engine.single.weights import Norm, emit_affine, emit_pack
from core.engine.vectors import VECTOR_BYTES, WIDTH


class ConvolutionRow(NamedTuple):
    """x_line and x_pixel lead to the inputs of the next output. The numbers s, t, k of rounds and their
    distances are those of the product; distances in the panels count inputs.
    """

    x: Operand
    x_line: int
    x_pixel: int
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
    row_groups: int
    channel_groups: int
    height: int
    width: int
    groups: int
    vectors: int
    inputs: int
    panel: int
    s: int
    t: int
    k: int
    a_s: int
    a_t: int
    a_k: int
    b_s: int
    b_t: int
    b_k: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


@operation
def convolve(row: int, task: int) -> None:
    """y = (x ⋆ weights) · scale + shift (+ residual) (then ReLU)."""
    f, t = read(ConvolutionRow, row), read(Task, task)
    begin, end = share(f.row_groups * f.channel_groups, t)
    for piece in range(begin, end):
        band, slab = piece // f.channel_groups, piece % f.channel_groups
        first, last = section(f.height, f.row_groups, band)
        first_part, last_part = section(f.groups * f.parts, f.channel_groups, slab)
        for index in range(first_part, last_part):
            group, part = index // f.parts, index % f.parts
            vectors = (f.rows if part < f.full else f.rows - 1) * VECTOR_BYTES
            vector = group * f.vectors + part_start(part, f.rows, f.full)
            place = vector * VECTOR_BYTES
            for i in range(first, last):
                call(f.product if part < f.full else f.smaller_product,
                     (f.width, f.x + i * f.x_line + 4 * group * f.inputs, f.panels + vector * f.panel,
                      f.y + i * f.y_line + place, f.s, f.t, f.k, f.a_s, f.a_t, f.a_k,
                      f.b_s * vectors, f.b_t * vectors, f.b_k * vectors, f.x_pixel, f.y_pixel,
                      f.mode, f.scale + place, f.shift + place,
                      f.residual + i * f.residual_line + place, f.residual_pixel))  # fmt: skip


def suits(y: Pixels, groups: int) -> bool:
    """Whether a convolution's groups begin with whole vectors."""
    return groups == 1 or y.size[0] // groups % WIDTH == 0


class Weighted(PixelNode):
    """A layer with weights and a bias, which takes over a normalisation and ReLU that follow."""

    def __init__(self, x: Pixels, y: Pixels, weight: Parameter, bias: Parameter | None) -> None:
        self.inputs, self.output = (x,), y
        self.x, self.weight, self.bias = x, weight, bias
        self.norm: Norm | None = None
        self.residual: Pixels | None = None
        self.relu = False

    @property
    def mode(self) -> int:
        """What is done with the results."""
        return SCALE | (RELU if self.relu else 0) | (RESIDUAL if self.residual else 0)

    @property
    def residual_image(self) -> tuple[Operand | int, int, int]:
        """What is added to the results."""
        return image(self.residual) if self.residual else (0, 0, 0)


class Convolution(Weighted):
    """A convolution; weight is (filters, channels / groups, height, width)."""

    def __init__(
        self, x: Pixels, y: Pixels, weight: Parameter, bias: Parameter | None, window: Window, groups: int
    ) -> None:
        super().__init__(x, y, weight, bias)
        self.window, self.groups = window, groups
        surround(x, y, window)

    def emit(self, plan: Plan) -> None:
        x, y, w = self.x, self.output, self.window
        (kh, kw), inputs, filters = w.kernel, x.size[0] // self.groups, y.size[0] // self.groups
        vectors = -(-filters // WIDTH)
        parts = parts_of(vectors)
        panels = emit_pack(plan, self.weight, self.groups, filters, inputs, kh * kw, parts)
        scale, shift = emit_affine(plan, y.size[0], self.bias, self.norm)
        across = w.dilation[1] * x.pixel
        if across == 4 * inputs:  # the taps of a row lie one behind the other
            loops = (kh, 1, kw * inputs, w.dilation[0] * x.line, 0, 4, kw * inputs, 0, 1)
        elif inputs >= kw:  # the longer loop inside
            loops = (kh, kw, inputs, w.dilation[0] * x.line, across, 4, kw * inputs, inputs, 1)
        else:
            loops = (kh, inputs, kw, w.dilation[0] * x.line, 4, across, kw * inputs, 1, inputs)
        kernels = products(parts, y.size[2])
        plan.emit(
            convolve,
            ConvolutionRow(
                x.at(-w.pads[0], -w.pads[1]), w.stride[0] * x.line, w.stride[1] * x.pixel, *image(y),
                *self.residual_image, panels, scale, shift, self.mode,
                *divide(plan.threads, y.size[1], self.groups * parts.number), *y.size[1:], self.groups,
                vectors, inputs, inputs * kh * kw * VECTOR_BYTES, *loops, *parts, *kernels,
            ),
        )  # fmt: skip


def surround(x: Pixels, y: Pixels, window: Window) -> None:
    """Gives x the border that a window reads."""
    (top, left), ends = window.pads, []
    for axis in (0, 1):
        last = (y.size[1 + axis] - 1) * window.stride[axis] + (window.kernel[axis] - 1) * window.dilation[
            axis
        ]
        ends.append(last - window.pads[axis] + 1 - x.size[1 + axis])
    x.surround(top, left, max(0, ends[0]), max(0, ends[1]))
