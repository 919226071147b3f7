"""Dropout with core/maths/random.py's numbers: a function of key and position, whatever the threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from llvmlite import ir

from core.engine.machine.arena import Operand
from core.engine.machine.helpers import pieces
from core.engine.machine.operation import Task, blockwise, read
from core.engine.machine.vectors import (
    I32,
    VECTOR_BYTES,
    WIDTH,
    constant,
    load,
    primitive,
    spread,
    store,
    vector,
)
from core.engine.tape import Node, Tape, Value
from core.maths.random import STEP

_INTEGERS = ir.VectorType(I32, WIDTH)


def _same(value: int) -> ir.Constant:
    return ir.Constant(_INTEGERS, [value & 0xFFFFFFFF] * WIDTH)


def _spread(builder: Any, number: Any) -> Any:
    first = builder.insert_element(ir.Constant(_INTEGERS, ir.Undefined), builder.trunc(number, I32), I32(0))
    return builder.shuffle_vector(first, first, _same(0))


def _mix(builder: Any, bits: Any) -> Any:
    """core.maths.random.mix on vectors of 32-bit integers."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        bits = builder.mul(builder.xor(bits, builder.lshr(bits, _same(shift))), _same(factor))
    return builder.xor(bits, builder.lshr(bits, _same(16)))


@primitive
def keep(_context: Any, position: Any, image: Any, key: Any, share: Any, scale: Any) -> Any:
    """`scale` in the lanes that are kept, 0 in the others.

    Lane l is element `position` + l · `image` of the batch; it is kept where its number in [0, 1) is ≥ share.
    """

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        position, image, key, share, scale = args
        lanes = ir.Constant(_INTEGERS, list(range(WIDTH)))
        positions = builder.add(_spread(builder, position), builder.mul(_spread(builder, image), lanes))
        bits = _mix(builder, builder.mul(positions, _same(STEP)))
        bits = _mix(builder, builder.xor(bits, _spread(builder, key)))
        numbers = builder.uitofp(builder.lshr(bits, _same(8)), constant(0.0).type)
        numbers = builder.fmul(numbers, constant(2.0**-24))
        kept = builder.fcmp_ordered(">=", numbers, spread(builder, share))
        return builder.select(kept, spread(builder, scale), constant(0.0))

    return vector(position, image, key, share, scale), generate


class DropoutRow(NamedTuple):
    source: Operand
    target: Operand
    channels: int
    height: int
    width: int
    key: int
    share: float
    scale: float


@blockwise
def dropout(row: int, task: int) -> None:
    """target = source · keep; forward on values, backward on gradients."""
    f, t = read(DropoutRow, row), read(Task, task)
    image = f.channels * f.height * f.width
    begin, end = pieces(f.height, t)
    for piece in range(begin, end):
        block, h = piece // f.height, piece % f.height
        for c in range(f.channels):
            offset = (piece * f.channels + c) * f.width * VECTOR_BYTES
            position = block * WIDTH * image + (c * f.height + h) * f.width
            for j in range(f.width):
                kept = keep(position + j, image, f.key, f.share, f.scale)
                store(f.target + offset, load(f.source + offset) * kept)
                offset += VECTOR_BYTES


class Dropout(Node):
    """Sets a share of the values to 0; `key` gives the key of a step's random numbers."""

    def __init__(self, x: Value, y: Value, share: float, key: Callable[[int], int]) -> None:
        self.inputs, self.output = (x,), y
        self.share, self.key = float(share), key

    def _emit(self, tape: Tape, source: Operand, target: Operand) -> None:
        row = DropoutRow(source, target, *self.output.size, 0, self.share, 1 / (1 - self.share))
        tape.emit(dropout, row, key=self.key)

    def forward(self, tape: Tape) -> None:
        self._emit(tape, self.inputs[0].buffer, self.output.buffer)

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        self._emit(tape, dy, dy)
        tape.hand_on(self.inputs[0], dy)
