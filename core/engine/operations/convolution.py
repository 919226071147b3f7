"""Direct convolution, forward and backward to the data, for any kernel, stride, padding, dilation and groups.

Values lie as [block][row][channel][column][lane]. For a row of outputs the micro-kernel walks along the
columns; near a border it is given fewer taps instead of zeros, so nothing is ever copied for the padding.
The backward pass to the data is the same operation on the gradient, with the filter turned round; a
stride of s splits it into s × s such convolutions, one for each residue of the pixel's place (the
gradient of a strided convolution, Dumoulin and Visin 2016, arXiv:1603.07285, section 4).
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from numba import int64

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import ceil_div, pieces
from core.engine.machine.microkernel import ACCUMULATE, BIAS, RELU
from core.engine.machine.operation import Fields, Kernel, Task, blockwise, call, helper, read
from core.engine.machine.vectors import VECTOR_BYTES, load_float, maximum, splat, store, zeros
from core.engine.operations.packed_weights import PanelsRow, pack_panels, part_start, split
from core.engine.tape import Learned, Tape


class Geometry(NamedTuple):
    """How a kernel slides: sizes as (vertical, horizontal); `pads` are the zeros before the first row and
    column."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    pads: tuple[int, int]
    dilation: tuple[int, int]


class ConvolutionRow(NamedTuple):
    """Output (i, j) is written to row y_top + i · y_step_h, column y_left + j · y_step_w of y."""

    x: Operand
    panels: Operand
    bias: Operand | int
    y: Operand
    channels: int
    height: int
    width: int
    filters: int
    y_height: int
    y_width: int
    out_height: int
    out_width: int
    y_top: int
    y_left: int
    y_step_h: int
    y_step_w: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_top: int
    pad_left: int
    dilation_h: int
    dilation_w: int
    groups: int
    mode: int
    parts: int
    rows: int
    full: int
    product: Kernel
    smaller_product: Kernel


@helper
def _run(f: Fields, rows: int, panel: int, bias: int, x: int, y: int, count: int,
         u0: int, u1: int, v0: int, v1: int) -> None:  # fmt: skip
    """`count` neighbouring outputs from the taps u0…u1 × v0…v1; x is where the window's first tap lies."""
    y_row = f.y_width * VECTOR_BYTES
    if u1 <= u0 or v1 <= v0:  # nothing but padding
        for i in range(rows):
            value = splat(load_float(bias + 4 * i)) if f.mode & BIAS else zeros()
            if f.mode & RELU:
                value = maximum(value, zeros())
            if not f.mode & ACCUMULATE:
                for j in range(count):
                    store(y + i * y_row + j * f.y_step_w * VECTOR_BYTES, value)
        return
    inputs = f.channels // f.groups
    x_channel = f.width * VECTOR_BYTES
    a_channel = 4 * f.rows
    a_v, a_u = inputs * a_channel, f.kernel_w * inputs * a_channel
    b_v, b_u = f.dilation_w * VECTOR_BYTES, f.dilation_h * f.channels * x_channel
    kernel = f.product if rows == f.rows else f.smaller_product
    a, b = panel + u0 * a_u + v0 * a_v, x + u0 * b_u + v0 * b_v
    b_j, c_j = f.stride_w * VECTOR_BYTES, f.y_step_w * VECTOR_BYTES
    if inputs >= v1 - v0:  # the longer loop inside
        call(kernel, (count, a, b, y, u1 - u0, v1 - v0, inputs, a_u, a_v, a_channel, b_u, b_v, x_channel,
                      b_j, y_row, c_j, f.mode, bias))  # fmt: skip
    else:
        call(kernel, (count, a, b, y, u1 - u0, inputs, v1 - v0, a_u, a_channel, a_v, b_u, x_channel, b_v,
                      b_j, y_row, c_j, f.mode, bias))  # fmt: skip


@blockwise
def convolve(row: int, task: int) -> None:
    """y = x ⋆ weights (+ bias) (then ReLU)."""
    f, t = read(ConvolutionRow, row), read(Task, task)
    inputs, outputs = f.channels // f.groups, f.filters // f.groups
    panel_size = 4 * f.kernel_h * f.kernel_w * inputs * f.rows
    x_row, y_row = f.channels * f.width * VECTOR_BYTES, f.filters * f.y_width * VECTOR_BYTES
    # The columns whose window lies inside the image.
    inner = min(max(0, ceil_div(f.pad_left, f.stride_w)), f.out_width)
    reach = f.width - 1 - (f.kernel_w - 1) * f.dilation_w + f.pad_left
    inner_end = max(inner, min(reach // f.stride_w + 1, f.out_width))
    begin, end = pieces(f.out_height, t)
    for piece in range(begin, end):
        block, i = piece // f.out_height, piece % f.out_height
        top = i * f.stride_h - f.pad_top
        u0, u1 = max(0, ceil_div(-top, f.dilation_h)), min(f.kernel_h, ceil_div(f.height - top, f.dilation_h))
        x_start = f.x + (block * f.height + top) * x_row
        y_start = f.y + (block * f.y_height + f.y_top + i * f.y_step_h) * y_row + f.y_left * VECTOR_BYTES
        for index in range(f.groups * f.parts):
            group, part = index // f.parts, index % f.parts
            rows = f.rows if part < f.full else f.rows - 1
            output = group * outputs + part_start(part, f.rows, f.full)
            panel, bias = f.panels + index * panel_size, f.bias + 4 * output
            x = x_start + (group * inputs * f.width - f.pad_left) * VECTOR_BYTES
            y = y_start + output * f.y_width * VECTOR_BYTES
            if inner_end > inner:
                _run(f, rows, panel, bias, x + inner * f.stride_w * VECTOR_BYTES,
                     y + inner * f.y_step_w * VECTOR_BYTES, inner_end - inner,
                     u0, u1, int64(0), f.kernel_w)  # fmt: skip
            for j in range(f.out_width):
                if inner <= j < inner_end:
                    continue
                left = j * f.stride_w - f.pad_left
                v0 = max(0, ceil_div(-left, f.dilation_w))
                v1 = min(f.kernel_w, ceil_div(f.width - left, f.dilation_w))
                _run(f, rows, panel, bias, x + j * f.stride_w * VECTOR_BYTES,
                     y + j * f.y_step_w * VECTOR_BYTES, int64(1), u0, u1, v0, v1)  # fmt: skip


Size = tuple[int, int, int]
"""Channels, height, width."""


def emit_forward(
    tape: Tape, x: Operand, x_size: Size, y: Operand, y_size: Size, weight: Learned, bias: Learned | None,
    window: Geometry, groups: int, relu: bool,
) -> None:  # fmt: skip
    """Rows for y = x ⋆ weight + bias; weight is (filters, channels / groups, height, width)."""
    (kh, kw), inputs, outputs = window.kernel, x_size[0] // groups, y_size[0] // groups
    parts = split(outputs)
    panels = Buffer(4 * groups * parts.number * kh * kw * inputs * parts.rows)
    strides = (outputs * inputs * kh * kw, kw, 1, kh * kw, inputs * kh * kw)
    tape.emit(pack_panels, PanelsRow(weight.values, panels, groups, *parts, kh, kw, inputs, 0, *strides))
    mode = (BIAS if bias else 0) | (RELU if relu else 0)
    tape.emit(
        convolve,
        ConvolutionRow(
            x, panels, bias.values if bias else 0, y, *x_size, *y_size, *y_size[1:], 0, 0, 1, 1,
            kh, kw, *window.stride, *window.pads, *window.dilation, groups, mode, *parts,
            parts.kernel, parts.smaller_kernel,
        ),
    )  # fmt: skip


class Residue(NamedTuple):
    """The part of a filter that pixels of one residue see, along one axis, as a convolution over the
    gradient."""

    first: int  # the tap that comes first when the filter is turned round
    step: int  # to the next one; negative
    taps: int
    pad: int
    dilation: int
    pixels: int


def residue(place: int, size: int, kernel: int, stride: int, pad: int, dilation: int) -> Residue:
    """Pixel q · stride + place gets gradients from outputs (q · stride + place + pad - tap · dilation)
    / stride."""
    fitting = [tap for tap in range(kernel) if (place + pad - tap * dilation) % stride == 0]
    pixels = max(0, -(-(size - place) // stride))
    if not fitting:
        return Residue(0, 0, 0, 0, 1, pixels)
    shared = gcd(stride, dilation)
    last = fitting[-1]
    return Residue(
        last,
        -(stride // shared),
        len(fitting),
        -((place + pad - last * dilation) // stride),
        dilation // shared,
        pixels,
    )


def emit_backward_data(
    tape: Tape, dy: Operand, y_size: Size, dx: Operand, x_size: Size, weight: Learned, window: Geometry,
    groups: int, accumulate: bool, bias: Learned | None = None, relu: bool = False,
) -> None:  # fmt: skip
    """Rows for dx (+)= the gradient of `emit_forward` with respect to its input; also transposed
    convolution."""
    (kh, kw), inputs, outputs = window.kernel, x_size[0] // groups, y_size[0] // groups
    parts = split(inputs)
    mode = (ACCUMULATE if accumulate else 0) | (BIAS if bias else 0) | (RELU if relu else 0)
    for top in range(window.stride[0]):
        rows = residue(top, x_size[1], kh, window.stride[0], window.pads[0], window.dilation[0])
        for left in range(window.stride[1]):
            columns = residue(left, x_size[2], kw, window.stride[1], window.pads[1], window.dilation[1])
            if not rows.pixels or not columns.pixels:
                continue
            taps = rows.taps * columns.taps
            panels = Buffer(4 * max(1, groups * parts.number * taps * outputs * parts.rows))
            strides = (outputs * inputs * kh * kw, rows.step * kw, columns.step, inputs * kh * kw, kh * kw)
            first = rows.first * kw + columns.first
            tape.emit(
                pack_panels,
                PanelsRow(
                    weight.values, panels, groups, *parts, rows.taps, columns.taps, outputs, first, *strides
                ),
            )
            tape.emit(
                convolve,
                ConvolutionRow(
                    dy, panels, bias.values if bias else 0, dx, *y_size, *x_size, rows.pixels, columns.pixels,
                    top, left, *window.stride, rows.taps, columns.taps, 1, 1, rows.pad, columns.pad,
                    rows.dilation, columns.dilation, groups, mode, *parts, parts.kernel, parts.smaller_kernel,
                ),
            )  # fmt: skip
