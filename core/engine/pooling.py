"""Maximum and average over windows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types

from core.engine.arena import Buffer, Operand
from core.engine.convolution import Window
from core.engine.helpers import clear_vectors, pieces
from core.engine.operation import Task, blockwise, helper, read
from core.engine.plan import Node, Plan, Value
from core.engine.vectors import (
    I32,
    VECTOR,
    VECTOR_BYTES,
    WIDTH,
    load,
    pointer,
    primitive,
    splat,
    store,
    zeros,
)

MAX_TAPS = 128
"""The largest window whose taps a byte can number."""

_NONE = np.array(MAX_TAPS, np.int32).view(np.float32)[()]
"""The bits of the number that stands for no tap: ReLU let none through."""

_BYTES = ir.VectorType(ir.IntType(8), WIDTH)
_INTEGERS = ir.VectorType(I32, WIDTH)


def _numbers(value: int, kind: Any) -> Any:
    return ir.Constant(kind, [value] * WIDTH)


@primitive
def keep_larger(_context: Any, best: Any, winner: Any, value: Any, tap: Any) -> Any:
    """Where `value` > best: takes it over and notes `tap`; `winner` holds the taps so far, as float lanes'
    bits."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        best, winner, value, tap = args
        not_a_number = builder.fcmp_unordered("uno", value, value)  # stays visible
        larger = builder.or_(builder.fcmp_ordered(">", value, best), not_a_number)
        spread = builder.insert_element(ir.Constant(_INTEGERS, ir.Undefined), builder.trunc(tap, I32), I32(0))
        taps = builder.bitcast(builder.shuffle_vector(spread, spread, _numbers(0, _INTEGERS)), VECTOR)
        pair = (builder.select(larger, value, best), builder.select(larger, taps, winner))
        return context.make_tuple(builder, sig.return_type, pair)

    return types.UniTuple(best, 2)(best, winner, value, tap), generate


@primitive
def store_bytes(_context: Any, address: Any, winner: Any) -> Any:
    """Writes the lanes' integers as bytes."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        numbers = builder.trunc(builder.bitcast(args[1], _INTEGERS), _BYTES)
        builder.store(numbers, pointer(builder, args[0], _BYTES)).align = 1
        return context.get_dummy_value()

    return types.void(address, winner), generate


@primitive
def where_byte(_context: Any, address: Any, tap: Any, value: Any) -> Any:
    """`value` in the lanes whose byte at `address` is `tap`, 0 elsewhere."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        numbers = builder.load(pointer(builder, args[0], _BYTES))
        numbers.align = 1
        small = builder.trunc(args[1], ir.IntType(8))
        spread = builder.insert_element(ir.Constant(_BYTES, ir.Undefined), small, I32(0))
        taps = builder.shuffle_vector(spread, spread, _numbers(0, _INTEGERS))
        chosen = builder.icmp_signed("==", numbers, taps)
        return builder.select(chosen, args[2], ir.Constant(VECTOR, [0.0] * WIDTH))

    return value(address, tap, value), generate


class PoolRow(NamedTuple):
    """`winners` holds a byte for each output: the tap with the largest value."""

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


@blockwise
def max_pool(row: int, task: int) -> None:
    """The largest value of each window (then ReLU), the first of equal ones, and which tap it was."""
    f, t = read(PoolRow, row), read(Task, task)
    begin, end = pieces(f.out_height, t)
    for piece in range(begin, end):
        block, i = piece // f.out_height, piece % f.out_height
        top = i * f.stride_h - f.pad_top
        u0, u1 = _inside(top, f.kernel_h, f.height)
        for c in range(f.channels):
            index = (piece * f.channels + c) * f.out_width
            for j in range(f.out_width):
                left = j * f.stride_w - f.pad_left
                v0, v1 = _inside(left, f.kernel_w, f.width)
                best, winner = splat(-np.float32(np.inf)), zeros()
                if f.relu:
                    best, winner = zeros(), splat(_NONE)
                for u in range(u0, u1):
                    line = (((block * f.height + top + u) * f.channels + c) * f.width + left) * VECTOR_BYTES
                    for v in range(v0, v1):
                        value = load(f.x + line + v * VECTOR_BYTES)
                        best, winner = keep_larger(best, winner, value, u * f.kernel_w + v)
                store(f.y + (index + j) * VECTOR_BYTES, best)
                if f.winners:
                    store_bytes(f.winners + (index + j) * WIDTH, winner)


@blockwise
def max_pool_backward(row: int, task: int) -> None:
    """x = the gradient of y, each at its winner; a thread owns whole blocks or, without overlap, bands of
    rows."""
    f, t = read(PoolRow, row), read(Task, task)
    apart = f.kernel_h <= f.stride_h
    per_block = f.out_height if apart else 1
    begin, end = pieces(per_block, t)
    for piece in range(begin, end):
        block, first = piece // per_block, piece % per_block
        last = first + 1 if apart else f.out_height
        line_vectors = f.channels * f.width
        # The rows of x that belong to this piece alone.
        top = max(0, first * f.stride_h - f.pad_top) if first else 0
        bottom = min(f.height, last * f.stride_h - f.pad_top) if last < f.out_height else f.height
        clear_vectors(
            f.x + (block * f.height + top) * line_vectors * VECTOR_BYTES, (bottom - top) * line_vectors
        )
        for i in range(first, last):
            u0, u1 = _inside(i * f.stride_h - f.pad_top, f.kernel_h, f.height)
            for c in range(f.channels):
                index = ((block * f.out_height + i) * f.channels + c) * f.out_width
                for j in range(f.out_width):
                    left = j * f.stride_w - f.pad_left
                    v0, v1 = _inside(left, f.kernel_w, f.width)
                    gradient = load(f.y + (index + j) * VECTOR_BYTES)
                    for u in range(u0, u1):
                        h = i * f.stride_h - f.pad_top + u
                        line = (
                            f.x + (((block * f.height + h) * f.channels + c) * f.width + left) * VECTOR_BYTES
                        )
                        for v in range(v0, v1):
                            place = line + v * VECTOR_BYTES
                            won = where_byte(f.winners + (index + j) * WIDTH, u * f.kernel_w + v, gradient)
                            store(place, load(place) + won)


@blockwise
def average_pool(row: int, task: int) -> None:
    """The mean of each window; padding doesn't count."""
    f, t = read(PoolRow, row), read(Task, task)
    begin, end = pieces(f.out_height, t)
    for piece in range(begin, end):
        block, i = piece // f.out_height, piece % f.out_height
        top = i * f.stride_h - f.pad_top
        u0, u1 = _inside(top, f.kernel_h, f.height)
        for c in range(f.channels):
            index = (piece * f.channels + c) * f.out_width
            for j in range(f.out_width):
                left = j * f.stride_w - f.pad_left
                v0, v1 = _inside(left, f.kernel_w, f.width)
                window_sum = zeros()
                for u in range(u0, u1):
                    line = (((block * f.height + top + u) * f.channels + c) * f.width + left) * VECTOR_BYTES
                    for v in range(v0, v1):
                        window_sum = window_sum + load(f.x + line + v * VECTOR_BYTES)
                share = np.float32(1) / np.float32(max(1, (u1 - u0) * (v1 - v0)))
                store(f.y + (index + j) * VECTOR_BYTES, window_sum * share)


@blockwise
def average_pool_backward(row: int, task: int) -> None:
    """x = the gradient of y, spread over its window; a thread owns whole blocks."""
    f, t = read(PoolRow, row), read(Task, task)
    begin, end = pieces(f.channels, t)
    for piece in range(begin, end):
        block, c = piece // f.channels, piece % f.channels
        for h in range(f.height):
            clear_vectors(f.x + ((block * f.height + h) * f.channels + c) * f.width * VECTOR_BYTES, f.width)
        for i in range(f.out_height):
            top = i * f.stride_h - f.pad_top
            u0, u1 = _inside(top, f.kernel_h, f.height)
            for j in range(f.out_width):
                left = j * f.stride_w - f.pad_left
                v0, v1 = _inside(left, f.kernel_w, f.width)
                index = ((block * f.out_height + i) * f.channels + c) * f.out_width + j
                share = np.float32(1) / np.float32(max(1, (u1 - u0) * (v1 - v0)))
                gradient = load(f.y + index * VECTOR_BYTES) * share
                for u in range(u0, u1):
                    line = (
                        f.x
                        + (((block * f.height + top + u) * f.channels + c) * f.width + left) * VECTOR_BYTES
                    )
                    for v in range(v0, v1):
                        store(line + v * VECTOR_BYTES, load(line + v * VECTOR_BYTES) + gradient)


class Pool(Node):
    """Maximum, with an optional fused ReLU, or average over windows."""

    def __init__(self, x: Value, y: Value, window: Window, average: bool) -> None:
        self.inputs, self.output = (x,), y
        self.window, self.average = window, average
        self.relu = False
        self.winners: Buffer | int = 0

    def _row(self, x: Buffer, y: Buffer) -> PoolRow:
        w = self.window
        return PoolRow(
            x, y, self.winners, *self.inputs[0].size, *self.output.size[1:], *w.kernel, *w.stride, *w.pads,
            int(self.relu),
        )  # fmt: skip

    def forward(self, plan: Plan) -> None:
        if plan.training and not self.average:
            self.winners = plan.blockwise(self.output.vectors * WIDTH)
        row = self._row(self.inputs[0].buffer, self.output.buffer)
        plan.emit(average_pool if self.average else max_pool, row)

    def backward(self, plan: Plan) -> None:
        dy = plan.gradient_of(self.output)
        kernel = average_pool_backward if self.average else max_pool_backward
        plan.add_into(self.inputs[0], lambda dx: plan.emit(kernel, self._row(dx, dy)))
