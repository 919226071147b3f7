"""Curves applied to every value, the sum of branches, and what ReLU and a bias do to a gradient."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import AddRow, SumRow, add_up, clear, copy_over, pieces, sum_copies
from core.engine.machine.operation import Kernel, Task, blockwise, family, helper, read
from core.engine.machine.vectors import (
    VECTOR_BYTES,
    exp,
    load,
    load_float,
    maximum,
    splat,
    store,
    store_float,
    total,
    where_positive,
    zeros,
)
from core.engine.tape import Learned, Node, Tape, Value

RELU, LEAKY, SIGMOID, TANH, ELU, GELU, SILU = range(7)
ONE, TWO = np.float32(1), np.float32(2)
_GELU_SCALE, _GELU_CUBE = np.float32((2 / np.pi) ** 0.5), np.float32(0.044715)


class CurveRow(NamedTuple):
    """Forward x → y; backward dy and `output` → dx, where `output` is y, or for GELU and SiLU x."""

    source: Operand
    output: Operand
    target: Operand
    vectors: int
    slope: float


@helper
def _sigmoid(x: Any) -> Any:
    return splat(ONE) / (exp(zeros() - x) + ONE)


@helper
def _tanh(x: Any) -> Any:
    return splat(ONE) - splat(TWO) / (exp(x + x) + ONE)


@helper
def _gelu_gate(x: Any) -> Any:
    """(1 + tanh(u)) / 2 as sigmoid(2u), which keeps its digits where tanh(u) is near -1."""
    return _sigmoid((x + x * x * x * _GELU_CUBE) * (_GELU_SCALE * TWO))


@helper
def curve(kind: int, x: Any, slope: float) -> Any:
    if kind == RELU:
        return maximum(x, zeros())
    if kind == LEAKY:
        return where_positive(x, x, x * slope)
    if kind == SIGMOID:
        return _sigmoid(x)
    if kind == TANH:
        return _tanh(x)
    if kind == ELU:
        return where_positive(x, x, (exp(x) - ONE) * slope)
    if kind == GELU:
        return x * _gelu_gate(x)
    return x * _sigmoid(x)


@helper
def _slope(kind: int, y: Any, slope: float) -> Any:
    """The curve's derivative, from its value; from its argument for GELU and SiLU."""
    one = splat(ONE)
    if kind == RELU:
        return where_positive(y, one, zeros())
    if kind == LEAKY:
        return where_positive(y, one, splat(slope))
    if kind == SIGMOID:
        return y * (one - y)
    if kind == TANH:
        return one - y * y
    if kind == ELU:
        return where_positive(y, one, y + slope)
    if kind == GELU:
        gate = _gelu_gate(y)
        inner_slope = (y * y * (_GELU_CUBE * np.float32(3)) + ONE) * _GELU_SCALE
        return gate + y * gate * (one - gate) * inner_slope * TWO
    gate = _sigmoid(y)
    return gate * (y * (one - gate) + ONE)


@family
def curve_kernels(kind: int) -> tuple[Kernel, Kernel]:
    """The operations for a curve, forward and backward."""

    def forward(row: int, task: int) -> None:
        f, t = read(CurveRow, row), read(Task, task)
        begin, end = pieces(f.vectors, t)
        for piece in range(begin, end):
            offset = piece * VECTOR_BYTES
            store(f.target + offset, curve(kind, load(f.source + offset), f.slope))

    def backward(row: int, task: int) -> None:
        f, t = read(CurveRow, row), read(Task, task)
        begin, end = pieces(f.vectors, t)
        for piece in range(begin, end):
            offset = piece * VECTOR_BYTES
            store(f.target + offset, load(f.source + offset) * _slope(kind, load(f.output + offset), f.slope))

    return blockwise(forward), blockwise(backward)


class Activation(Node):
    """y = curve(x); in place on the gradient."""

    def __init__(self, x: Value, y: Value, kind: int, slope: float = 0.0) -> None:
        self.inputs, self.output = (x,), y
        self.slope = float(slope)
        self.kernels = curve_kernels(kind)
        self._needs_input = kind in (GELU, SILU)

    def forward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        row = CurveRow(x.buffer, y.buffer, y.buffer, y.vectors, self.slope)
        tape.emit(self.kernels[0], row)
        if self._needs_input or x.again:

            def again(target: Buffer) -> None:
                tape.emit(self.kernels[0], row._replace(source=tape.recall(x), output=target, target=target))

            tape.repeatable(y, again, self.inputs)

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        known = tape.recall(self.inputs[0] if self._needs_input else self.output)
        tape.emit(self.kernels[1], CurveRow(dy, known, dy, self.output.vectors, self.slope))
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
