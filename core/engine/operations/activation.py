"""Curves applied to every value, the sum of branches, and what ReLU and a bias do to a gradient."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import AddRow, SumRow, add_up, clear, copy_over, pieces, sum_copies
from core.engine.machine.operation import Kernel, Task, blockwise, family, helper, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    absolute,
    exp,
    exp_and_less_one,
    load,
    load_float,
    maximum,
    minimum,
    splat,
    store,
    store_float,
    total,
    where_positive,
    with_sign,
    zeros,
)
from core.engine.tape import Learned, Node, Tape, Value

RELU, LEAKY, SIGMOID, TANH, ELU, GELU, SILU, SMOOTH = range(8)
ONE, TWO, FOUR = np.float32(1), np.float32(2), np.float32(4)
_GELU_SCALE, _GELU_CUBE = np.float32((2 / np.pi) ** 0.5), np.float32(0.044715)
_GELU_FAR = np.float32(20)
"""From here on GELU's slope is 0 or 1; its formula would multiply 0 by infinity."""


class CurveRow(NamedTuple):
    """x → y, and where the gradient will be needed, the curve's slopes at x."""

    x: Operand
    y: Operand
    slopes: Operand
    vectors: int
    setting: float


class SlopeRow(NamedTuple):
    """dy → dx in place, from `known`: the slopes, or for ReLU and Leaky ReLU y."""

    dy: Operand
    known: Operand
    vectors: int
    setting: float


@helper
def gate(x: Any) -> Any:
    """sigmoid(x), 1 - sigmoid(x) and their product, from e⁻ˡˣˡ: nothing overflows, all keep their digits."""
    power = exp(zeros() - absolute(x))
    large = splat(ONE) / (power + ONE)
    small = power * large
    return where_positive(x, large, small), where_positive(x, small, large), small * large


@helper
def curve_and_slope(kind: int, x: Any, setting: float) -> Any:
    """The curve and its derivative at x; of a curve that is smooth."""
    one = splat(ONE)
    if kind == SIGMOID:
        share, _, product = gate(x)
        return share, product
    if kind == TANH:
        power, less_one = exp_and_less_one(absolute(x) * -TWO)
        share = one / (power + ONE)
        return with_sign(less_one * share, x), power * share * share * FOUR
    if kind == ELU:
        power, less_one = exp_and_less_one(x)
        return where_positive(x, x, less_one * setting), where_positive(x, one, power * setting)
    if kind == GELU:
        # (1 + tanh(u)) / 2 is sigmoid(2u), which keeps its digits where tanh(u) is near -1.
        near = minimum(maximum(x, splat(-_GELU_FAR)), splat(_GELU_FAR))
        square = near * near
        share, _, product = gate((near + near * square * _GELU_CUBE) * (_GELU_SCALE * TWO))
        inner_slope = (square * (_GELU_CUBE * np.float32(3)) + ONE) * (_GELU_SCALE * TWO)
        return x * share, share + near * product * inner_slope
    share, rest, _ = gate(x)
    return x * share, share * (x * rest + ONE)


@helper
def curve(kind: int, x: Any, setting: float) -> Any:
    """The curve at x."""
    if kind == RELU:
        return maximum(x, zeros())
    if kind == LEAKY:
        return where_positive(x, x, x * setting)
    return curve_and_slope(kind, x, setting)[0]


@family
def only_curve(kind: int) -> Kernel:
    """The operation for a curve where no gradient will be needed, or y tells the slope."""

    def forward(row: int, task: int) -> None:
        f, t = read(CurveRow, row), read(Task, task)
        begin, end = pieces(f.vectors, t)
        for piece in range(begin, end):
            offset = piece * VECTOR_BYTES
            store(f.y + offset, curve(kind, load(f.x + offset), f.setting))

    return blockwise(forward)


@family
def curve_with_slopes(kind: int) -> Kernel:
    """The operation for a smooth curve and its slopes."""

    def forward(row: int, task: int) -> None:
        f, t = read(CurveRow, row), read(Task, task)
        begin, end = pieces(f.vectors, t)
        for piece in range(begin, end):
            offset = piece * VECTOR_BYTES
            y, slope = curve_and_slope(kind, load(f.x + offset), f.setting)
            store(f.y + offset, y)
            store(f.slopes + offset, slope)

    return blockwise(forward)


@family
def slope_kernel(kind: int) -> Kernel:
    """The operation for dy times the slope; SMOOTH for all curves whose slopes are stored."""

    def backward(row: int, task: int) -> None:
        f, t = read(SlopeRow, row), read(Task, task)
        begin, end = pieces(f.vectors, t)
        for piece in range(begin, end):
            offset = piece * VECTOR_BYTES
            dy, known = load(f.dy + offset), load(f.known + offset)
            if kind == RELU:
                known = where_positive(known, splat(ONE), zeros())
            if kind == LEAKY:
                known = where_positive(known, splat(ONE), splat(f.setting))
            store(f.dy + offset, dy * known)

    return blockwise(backward)


class Activation(Node):
    """y = curve(x); in place on the gradient. `setting` is the curve's own, a slope or a depth.

    Slopes of smooth curves are computed with the curve: they share its exponential, and keep their digits
    where they are small, of which tanh'(x) = 1 - y² has none left at x = 10.
    """

    def __init__(self, x: Value, y: Value, kind: int, setting: float = 0.0) -> None:
        self.inputs, self.output = (x,), y
        self.kind, self.setting = kind, float(setting)
        self._smooth = kind not in (RELU, LEAKY)

    def forward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        self._emit(tape, x.buffer, y.buffer)
        if self.kind in (GELU, SILU) or x.again:
            tape.repeatable(y, lambda target: self._emit(tape, tape.recall(x), target), self.inputs)

    def _emit(self, tape: Tape, x: Buffer, y: Buffer) -> None:
        with_slopes = self._smooth and tape.training
        self._known = tape.buffer(self.output.vectors) if with_slopes else y
        kernel = (curve_with_slopes if with_slopes else only_curve)(self.kind)
        tape.emit(kernel, CurveRow(x, y, self._known, self.output.vectors, self.setting))

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        tape.recall(self.output)  # and so what is known of it
        kernel = slope_kernel(SMOOTH if self._smooth else self.kind)
        tape.emit(kernel, SlopeRow(dy, self._known, self.output.vectors, self.setting))
        tape.hand_on(self.inputs[0], dy)


class Add(Node):
    """The sum of values of one size."""

    def __init__(self, inputs: tuple[Value, ...], y: Value) -> None:
        self.inputs, self.output = inputs, y

    def forward(self, tape: Tape) -> None:
        target, vectors = self.output.buffer, self.output.vectors
        tape.emit(copy_over, AddRow(target, self.inputs[0].buffer, vectors))
        for other in self.inputs[1:]:
            tape.emit(add_up, AddRow(target, other.buffer, vectors))

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        for x in self.inputs[1:]:  # copies first: the last to get the gradient may change it in place
            tape.add_into(x, lambda dx: tape.emit(copy_over, AddRow(dx, dy, self.output.vectors)))
        tape.hand_on(self.inputs[0], dy)


class OutputGradientRow(NamedTuple):
    y: Operand
    dy: Operand
    sums: Operand
    sums_step: int
    channels: int
    height: int
    width: int
    relu: int


@blockwise
def output_gradient(row: int, task: int) -> None:
    """With `relu`, sets dy to 0 in place where y isn't positive; adds dy up per channel, a copy for each
    thread."""
    f, t = read(OutputGradientRow, row), read(Task, task)
    sums = f.sums + t.thread * f.sums_step
    if t.fresh:
        clear(sums, 4 * f.channels)
    begin, end = pieces(f.height, t)
    for line in range(begin * f.channels, end * f.channels):
        offset = line * f.width * VECTOR_BYTES
        line_sum = zeros()
        for _ in range(f.width):
            gradient = load(f.dy + offset)
            if f.relu:
                gradient = where_positive(load(f.y + offset), gradient, zeros())
                store(f.dy + offset, gradient)
            line_sum = line_sum + gradient
            offset += VECTOR_BYTES
        place = sums + 4 * (line % f.channels)
        store_float(place, load_float(place) + total(line_sum))


def emit_output_gradient(tape: Tape, y: Value, bias: Learned | None, relu: bool) -> None:
    """Rows that undo a fused ReLU and give the gradient of a bias."""
    if not relu and bias is None:
        return
    sums, step = tape.scratch(4 * y.size[0])
    row = OutputGradientRow(y.buffer, tape.gradient_of(y), sums, step, *y.size, int(relu))
    tape.emit(output_gradient, row)
    if bias:
        tape.emit(sum_copies, SumRow(sums, step, tape.threads, bias.gradient, y.size[0]))
