"""Maximum over windows; averages are sums with weights, see resampling.py."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types

from core.engine.machine.arena import Buffer, Operand
from core.engine.machine.helpers import clear_vectors, pieces
from core.engine.machine.operation import Kernel, Task, blockwise, family, helper, read
from core.engine.machine.vectors import (
    I32,
    VECTOR,
    VECTOR_BYTES,
    WIDTH,
    constant,
    load,
    pointer,
    primitive,
    splat,
    store,
    vector,
    zeros,
)
from core.engine.operations.convolution import Geometry
from core.engine.tape import Node, Tape, Value

BYTE_TAPS = 255
"""The largest window whose taps a byte can number, when -1 stands for none: ReLU let none through."""

_INTEGERS = ir.VectorType(I32, WIDTH)


def _in_all_lanes(builder: Any, number: Any) -> Any:
    first = builder.insert_element(ir.Constant(_INTEGERS, ir.Undefined), builder.trunc(number, I32), I32(0))
    return builder.shuffle_vector(first, first, ir.Constant(_INTEGERS, [0] * WIDTH))


def _stored(bits: Any) -> Any:
    return ir.VectorType(ir.IntType(bits.literal_value), WIDTH)


@primitive
def tap_number(_context: Any, tap: Any) -> Any:
    """The integer `tap` in all lanes, as a float's bits."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        return builder.bitcast(_in_all_lanes(builder, args[0]), VECTOR)

    return vector(types.int64), generate


@primitive
def keep_larger(_context: Any, best: Any, winner: Any, value: Any, tap: Any) -> Any:
    """Where `value` > best: takes it over and notes `tap`; `winner` holds the `tap_number`s so far."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        best, winner, value, tap = args
        not_a_number = builder.fcmp_unordered("uno", value, value)  # stays visible
        larger = builder.or_(builder.fcmp_ordered(">", value, best), not_a_number)
        taps = builder.bitcast(_in_all_lanes(builder, tap), VECTOR)
        pair = (builder.select(larger, value, best), builder.select(larger, taps, winner))
        return context.make_tuple(builder, sig.return_type, pair)

    return types.UniTuple(best, 2)(best, winner, value, tap), generate


@primitive
def store_winner(_context: Any, bits: Any, address: Any, winner: Any) -> Any:
    """Writes `bits` bits (a literal) of each lane's number."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        numbers = builder.trunc(builder.bitcast(args[2], _INTEGERS), _stored(bits))
        builder.store(numbers, pointer(builder, args[1], _stored(bits))).align = 1
        return context.get_dummy_value()

    return types.void(bits, address, winner), generate


@primitive
def load_winner(_context: Any, bits: Any, address: Any) -> Any:
    """The numbers that `store_winner` wrote."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        numbers = builder.load(pointer(builder, args[1], _stored(bits)))
        numbers.align = 1
        return builder.bitcast(builder.zext(numbers, _INTEGERS), VECTOR)

    return vector(bits, address), generate


@primitive
def where_winner(_context: Any, winner: Any, tap: Any, value: Any) -> Any:
    """`value` in the lanes whose number is `tap`, 0 elsewhere."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        winner, tap, value = args
        numbers = builder.bitcast(winner, _INTEGERS)
        chosen = builder.icmp_signed("==", numbers, _in_all_lanes(builder, tap))
        return builder.select(chosen, value, constant(0.0))

    return value(winner, tap, value), generate


class PoolRow(NamedTuple):
    """`winners` holds a number for each output: the tap with the largest value."""

    x: Operand
    y: Operand
    winners: Operand | int
    channels: int
    height: int
    width: int
    out_height: int
    out_width: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_top: int
    pad_left: int
    relu: int


@helper
def _inside(start: int, kernel: int, size: int) -> tuple[int, int]:
    """The taps of a window from `start` that aren't padding."""
    return max(0, -start), min(kernel, size - start)


@family
def max_pool_kernels(bits: int) -> tuple[Kernel, Kernel]:
    """The operations, forward and backward, with `bits` bits for each winner."""
    winner_bytes = bits // 8 * WIDTH

    def forward(row: int, task: int) -> None:
        """The largest value of each window (then ReLU), the first of equal ones, and which tap it was."""
        f, t = read(PoolRow, row), read(Task, task)
        x_row = f.channels * f.width * VECTOR_BYTES
        begin, end = pieces(f.out_height, t)
        for piece in range(begin, end):
            block, i = piece // f.out_height, piece % f.out_height
            top = i * f.stride_h - f.pad_top
            u0, u1 = _inside(top, f.kernel_h, f.height)
            x_line = f.x + (block * f.height + top) * x_row
            for c in range(f.channels):
                index = (piece * f.channels + c) * f.out_width
                for j in range(f.out_width):
                    left = j * f.stride_w - f.pad_left
                    v0, v1 = _inside(left, f.kernel_w, f.width)
                    x = x_line + (c * f.width + left) * VECTOR_BYTES
                    best, winner = splat(-np.float32(np.inf)), zeros()
                    if f.relu:
                        best, winner = zeros(), tap_number(-1)
                    for u in range(u0, u1):
                        for v in range(v0, v1):
                            value = load(x + u * x_row + v * VECTOR_BYTES)
                            best, winner = keep_larger(best, winner, value, u * f.kernel_w + v)
                    store(f.y + (index + j) * VECTOR_BYTES, best)
                    if f.winners:
                        store_winner(bits, f.winners + (index + j) * winner_bytes, winner)

    def backward(row: int, task: int) -> None:
        """x = the gradient of y, each at its winner; a thread owns whole blocks or, without overlap, bands
        of rows."""
        f, t = read(PoolRow, row), read(Task, task)
        apart = f.kernel_h <= f.stride_h
        adds = not apart or f.kernel_w > f.stride_w
        per_block = f.out_height if apart else 1
        x_row = f.channels * f.width * VECTOR_BYTES
        begin, end = pieces(per_block, t)
        for piece in range(begin, end):
            block, first = piece // per_block, piece % per_block
            last = first + 1 if apart else f.out_height
            # The rows of x that belong to this piece alone.
            top = max(0, first * f.stride_h - f.pad_top) if first else 0
            bottom = min(f.height, last * f.stride_h - f.pad_top) if last < f.out_height else f.height
            clear_vectors(f.x + (block * f.height + top) * x_row, (bottom - top) * f.channels * f.width)
            for i in range(first, last):
                top = i * f.stride_h - f.pad_top
                u0, u1 = _inside(top, f.kernel_h, f.height)
                x_line = f.x + (block * f.height + top) * x_row
                for c in range(f.channels):
                    index = ((block * f.out_height + i) * f.channels + c) * f.out_width
                    for j in range(f.out_width):
                        left = j * f.stride_w - f.pad_left
                        v0, v1 = _inside(left, f.kernel_w, f.width)
                        x = x_line + (c * f.width + left) * VECTOR_BYTES
                        gradient = load(f.y + (index + j) * VECTOR_BYTES)
                        winner = load_winner(bits, f.winners + (index + j) * winner_bytes)
                        for u in range(u0, u1):
                            for v in range(v0, v1):
                                place = x + u * x_row + v * VECTOR_BYTES
                                won = where_winner(winner, u * f.kernel_w + v, gradient)
                                store(place, load(place) + won if adds else won)

    return blockwise(forward), blockwise(backward)


class MaxPool(Node):
    """The maximum of each window, with an optional fused ReLU."""

    def __init__(self, x: Value, y: Value, window: Geometry) -> None:
        self.inputs, self.output = (x,), y
        self.window = window
        self.relu = False
        self._winners: Buffer | int = 0
        self._bits = 8 if prod(window.kernel) <= BYTE_TAPS else 16
        self._forward, self._backward = max_pool_kernels(self._bits)

    def _row(self, x: Buffer, y: Buffer) -> PoolRow:
        w = self.window
        return PoolRow(
            x, y, self._winners, *self.inputs[0].size, *self.output.size[1:], *w.kernel, *w.stride, *w.pads,
            int(self.relu),
        )  # fmt: skip

    def forward(self, tape: Tape) -> None:
        if tape.training:
            self._winners = tape.blockwise(self.output.vectors * WIDTH * self._bits // 8)
        tape.emit(self._forward, self._row(self.inputs[0].buffer, self.output.buffer))

    def backward(self, tape: Tape) -> None:
        dy = tape.gradient_of(self.output)
        tape.add_into(self.inputs[0], lambda dx: tape.emit(self._backward, self._row(dx, dy)))
