"""Softmax over the channels as a layer of its own."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import pieces
from core.engine.machine.operation import Task, blockwise, read
from core.engine.machine.vectors import VECTOR_BYTES, exp, load, maximum, store, zeros
from core.engine.tape import Node, Tape, Value


class SoftmaxRow(NamedTuple):
    """Forward x → y; backward dy → dx in place, from y."""

    x: Operand
    y: Operand
    channels: int
    height: int
    width: int


@blockwise
def softmax(row: int, task: int) -> None:
    """y_k = exp(x_k - max) / Σ exp(x_j - max) at each pixel."""
    f, t = read(SoftmaxRow, row), read(Task, task)
    step = f.width * VECTOR_BYTES
    begin, end = pieces(f.height, t)
    for piece in range(begin, end):
        for j in range(f.width):
            offset = (piece * f.channels * f.width + j) * VECTOR_BYTES
            largest = load(f.x + offset)
            for c in range(1, f.channels):
                largest = maximum(load(f.x + offset + c * step), largest)
            powers = zeros()
            for c in range(f.channels):
                power = exp(load(f.x + offset + c * step) - largest)
                store(f.y + offset + c * step, power)
                powers = powers + power
            for c in range(f.channels):
                place = f.y + offset + c * step
                store(place, load(place) / powers)


@blockwise
def softmax_backward(row: int, task: int) -> None:
    """x holds dy and becomes y_k · (dy_k - Σ dy_j · y_j)."""
    f, t = read(SoftmaxRow, row), read(Task, task)
    step = f.width * VECTOR_BYTES
    begin, end = pieces(f.height, t)
    for piece in range(begin, end):
        for j in range(f.width):
            offset = (piece * f.channels * f.width + j) * VECTOR_BYTES
            product = zeros()
            for c in range(f.channels):
                product = product + load(f.x + offset + c * step) * load(f.y + offset + c * step)
            for c in range(f.channels):
                place = f.x + offset + c * step
                store(place, load(f.y + offset + c * step) * (load(place) - product))


class Softmax(Node):
    """Softmax over the channels."""

    def __init__(self, x: Value, y: Value) -> None:
        self.inputs, self.output = (x,), y

    def forward(self, tape: Tape) -> None:
        tape.emit(softmax, SoftmaxRow(self.inputs[0].buffer, self.output.buffer, *self.output.size))

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        tape.emit(softmax_backward, SoftmaxRow(dy, self.output.buffer, *self.output.size))
        tape.hand_on(self.inputs[0], dy)
