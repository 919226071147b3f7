"""Layers that move values: another shape, a border added or cut off."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import clear_vectors, copy_vectors, pieces
from core.engine.machine.operation import Task, blockwise, read
from core.engine.machine.vectors import VECTOR_BYTES
from core.engine.operations.batch import FlattenRow, flatten, unflatten
from core.engine.tape import Node, Tape, Value


class Unflatten(Node):
    """A vector as an image, channel by channel, row by row."""

    def __init__(self, x: Value, y: Value) -> None:
        self.inputs, self.output = (x,), y

    def forward(self, tape: Tape) -> None:
        tape.emit(unflatten, FlattenRow(self.output.buffer, self.inputs[0].buffer, *self.output.size))

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        tape.add_into(self.inputs[0], lambda dx: tape.emit(flatten, FlattenRow(dy, dx, *self.output.size)))


class ShiftRow(NamedTuple):
    source: Operand
    target: Operand
    channels: int
    height: int
    width: int
    target_height: int
    target_width: int
    top: int
    left: int


@blockwise
def shift(row: int, task: int) -> None:
    """target[i, j] = source[i - top, j - left], and 0 where there is no such pixel."""
    f, t = read(ShiftRow, row), read(Task, task)
    begin, end = pieces(f.target_height, t)
    first, last = max(0, f.left), min(f.target_width, f.width + f.left)
    for piece in range(begin, end):
        block, i = piece // f.target_height, piece % f.target_height - f.top
        for c in range(f.channels):
            target = f.target + (piece * f.channels + c) * f.target_width * VECTOR_BYTES
            if i < 0 or i >= f.height or last <= first:
                clear_vectors(target, f.target_width)
                continue
            source = f.source + ((block * f.height + i) * f.channels + c) * f.width * VECTOR_BYTES
            clear_vectors(target, first)
            copy_vectors(
                target + first * VECTOR_BYTES, source + (first - f.left) * VECTOR_BYTES, last - first
            )
            clear_vectors(target + last * VECTOR_BYTES, f.target_width - last)


class Border(Node):
    """The image shifted by (top, left) into another size: zero padding, or with negative numbers a crop."""

    def __init__(self, x: Value, y: Value, top: int, left: int) -> None:
        self.inputs, self.output = (x,), y
        self.top, self.left = top, left

    def forward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        tape.emit(shift, ShiftRow(x.buffer, y.buffer, *x.size, *y.size[1:], self.top, self.left))

    def backward(self, tape: Tape) -> None:
        x, y = self.inputs[0], self.output
        dy = tape.gradient_of(y)

        def emit(dx: Buffer) -> None:
            tape.emit(shift, ShiftRow(dy, dx, *y.size, *x.size[1:], -self.top, -self.left))

        tape.add_into(x, emit)
