"""Channels one behind the other."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import copy_vectors, pieces
from core.engine.machine.operation import Task, blockwise, read
from core.engine.machine.vectors import VECTOR_BYTES
from core.engine.tape import Node, Tape, Value


class SliceRow(NamedTuple):
    """`part` vectors of each of `rows` rows a block, from `source` to `target`, whose rows are that far
    apart."""

    source: Operand
    target: Operand
    source_step: int
    target_step: int
    part: int
    rows: int


@blockwise
def copy_channels(row: int, task: int) -> None:
    """Copies neighbouring channels of each image row."""
    f, t = read(SliceRow, row), read(Task, task)
    begin, end = pieces(f.rows, t)
    for piece in range(begin, end):
        source, target = f.source + piece * f.source_step, f.target + piece * f.target_step
        copy_vectors(target, source, f.part)


class Concatenate(Node):
    """The channels of several images of one height and width."""

    def __init__(self, inputs: tuple[Value, ...], y: Value) -> None:
        self.inputs, self.output = inputs, y

    def forward(self, tape: Tape) -> None:
        channels, height, width = self.output.size
        start = 0
        for x in self.inputs:
            part = x.size[0] * width
            into = self.output.buffer.at(start * VECTOR_BYTES)
            steps = (part * VECTOR_BYTES, channels * width * VECTOR_BYTES)
            tape.emit(copy_channels, SliceRow(x.buffer, into, *steps, part, height))
            start += part

    def backward(self, tape: Tape) -> None:
        channels, height, width = self.output.size
        dy, start = tape.gradient_of(self.output), 0
        for x in self.inputs:
            part = x.size[0] * width
            source = dy.at(start * VECTOR_BYTES)
            steps = (channels * width * VECTOR_BYTES, part * VECTOR_BYTES)

            row = SliceRow(source, x.buffer, *steps, part, height)
            tape.add_into(x, lambda dx, row=row: tape.emit(copy_channels, row._replace(target=dx)))  # type: ignore[misc]
            start += part
