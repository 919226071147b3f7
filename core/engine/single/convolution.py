"""Convolution of one image, with what follows it: normalisation, the sum of a residual block, ReLU."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Kernel, Task, call, operation, read
from core.engine.machine.vectors import VECTOR_BYTES, WIDTH
from core.engine.operations.convolution import Geometry
from core.engine.operations.packed_weights import part_start
from core.engine.single.division import divide, section
from core.engine.single.pixels import Image, PixelNode, Pixels, image
from core.engine.single.product import RELU, RESIDUAL, SCALE, parts_of, products
from core.engine.single.regroup import TapPlace, emit_regroup, merged
from core.engine.single.weights import Norm, emit_affine, emit_pack
from core.engine.tape import Learned, Tape


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


class Weighted(PixelNode):
    """A layer with weights and a bias, which takes over a normalisation and ReLU that follow."""

    def __init__(self, x: Pixels, y: Pixels, weight: Learned, bias: Learned | None) -> None:
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


class Outputs(NamedTuple):
    """The pixels that a row computes: `height` × `width` of them, from (top, left) in steps."""

    height: int
    width: int
    top: int = 0
    left: int = 0
    step_h: int = 1
    step_w: int = 1

    def of(self, value: Pixels) -> Image:
        """These pixels of a value."""
        return Image(value.at(self.top, self.left), self.step_h * value.line, self.step_w * value.pixel)


def emit_products(
    tape: Tape, node: Weighted, panels: Operand, window: Geometry, groups: int, affine: tuple[Buffer, Buffer],
    outputs: Outputs,
) -> None:  # fmt: skip
    """The row for a convolution with packed weights, and for what follows it."""
    x, y = node.x, node.output
    (kh, kw), inputs = window.kernel, x.size[0] // groups
    vectors = -(-y.size[0] // groups // WIDTH)
    parts = parts_of(vectors)
    across = window.dilation[1] * x.pixel
    if across == 4 * inputs:  # the taps of a row lie one behind the other
        loops = (kh, 1, kw * inputs, window.dilation[0] * x.line, 0, 4, kw * inputs, 0, 1)
    elif inputs >= kw:  # the longer loop inside
        loops = (kh, kw, inputs, window.dilation[0] * x.line, across, 4, kw * inputs, inputs, 1)
    else:
        loops = (kh, inputs, kw, window.dilation[0] * x.line, 4, across, kw * inputs, 1, inputs)
    kernels = products(parts, outputs.width)
    residual: tuple[Operand | int, int, int] = outputs.of(node.residual) if node.residual else (0, 0, 0)
    tape.emit(
        convolve,
        ConvolutionRow(
            x.at(-window.pads[0], -window.pads[1]), window.stride[0] * x.line, window.stride[1] * x.pixel,
            *outputs.of(y), *residual, panels, *affine, node.mode,
            *divide(tape.threads, outputs.height, groups * parts.number), *outputs[:2], groups,
            vectors, inputs, inputs * kh * kw * VECTOR_BYTES, *loops, *parts, *kernels,
        ),
    )  # fmt: skip


class Convolution(Weighted):
    """A convolution; weight is (filters, channels / groups, height, width)."""

    def __init__(
        self, x: Pixels, y: Pixels, weight: Learned, bias: Learned | None, window: Geometry, groups: int
    ) -> None:
        super().__init__(x, y, weight, bias)
        self.window, self.groups = window, groups
        surround(x, y.size[1:], window)

    def emit(self, tape: Tape) -> None:
        x, y, taps = self.x, self.output, prod(self.window.kernel)
        inputs, filters = x.size[0] // self.groups, y.size[0] // self.groups
        together = merged(self.groups, filters)
        groups = self.groups // together
        vectors = -(-filters * together // WIDTH)
        parts = parts_of(vectors)
        if together == 1:
            panels = emit_pack(tape, self.weight, groups, filters, inputs, taps, parts)
        else:
            size = groups * vectors * inputs * together * taps * VECTOR_BYTES
            places = [TapPlace(0, taps, number) for number in range(taps)]
            sizes = (self.groups, filters, inputs, together)
            panels = emit_regroup(tape, self.weight, *sizes, parts, places, size, False)
        affine = emit_affine(tape, y.size[0], self.bias, self.norm)
        emit_products(tape, self, panels, self.window, groups, affine, Outputs(*y.size[1:]))


def surround(x: Pixels, size: tuple[int, int], window: Geometry) -> None:
    """Gives x the border that a window reads for `size` outputs."""
    ends = []
    for axis in (0, 1):
        last = (size[axis] - 1) * window.stride[axis] + (window.kernel[axis] - 1) * window.dilation[axis]
        ends.append(last - window.pads[axis] + 1 - x.size[1 + axis])
    x.surround(*window.pads, *(max(0, end) for end in ends))
