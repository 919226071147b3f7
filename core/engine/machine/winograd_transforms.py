"""The linear maps of Winograd's F(m × m, r × r) (Lavin and Gray 2016, arXiv:1509.09308), on vectors.

A tile of m × m outputs depends on 6 × 6 inputs d and an r × r filter g, m + r = 7:
Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, with 36 products instead of m² · r². Products of polynomials are computed
from their values at the points 0, 1, -1, 2, -2 and ∞, so A and G evaluate polynomials of any length there,
Aᵀ and Gᵀ are the transposes, and Bᵀ is the same for F(4 × 4, 3 × 3) and F(2 × 2, 5 × 5). A map of two
dimensions is one along the columns, then one along the rows: each primitive maps many lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from llvmlite import ir
from numba import types

from core.engine.machine.microkernel import ACCUMULATE, BIAS, RELU, loop, offset
from core.engine.machine.vectors import (
    F32,
    I64,
    VECTOR_BYTES,
    constant,
    load_at,
    multiply_add,
    primitive,
    spread,
    store_at,
)

TILE = 6
"""Inputs of a tile along each axis, and points."""

POSITIONS = TILE * TILE

SCALES = (1 / 4, -1 / 6, -1 / 6, 1 / 24, 1 / 24, 1.0)
"""What G multiplies the values at the points with: 1 / Π (point - other point)."""

Vectors: TypeAlias = Sequence[Any]
LineMap: TypeAlias = Callable[[Any, Vectors], list[Any]]
"""A map of the values along one line of a tile."""


def _scaled(builder: Any, factor: float, a: Any, b: Any) -> Any:
    return multiply_add(builder, constant(factor), a, b)


def input_line(b: Any, d: Vectors) -> list[Any]:
    """Bᵀ · d: 6 → 6."""
    even, odd = _scaled(b, -4, d[2], d[4]), _scaled(b, -4, d[1], d[3])
    even2, odd2 = b.fsub(d[4], d[2]), b.fsub(d[3], d[1])
    return [
        _scaled(b, 4, d[0], _scaled(b, -5, d[2], d[4])),
        b.fadd(even, odd),
        b.fsub(even, odd),
        _scaled(b, 2, odd2, even2),
        _scaled(b, -2, odd2, even2),
        _scaled(b, 4, d[1], _scaled(b, -5, d[3], d[5])),
    ]


def _input_gradient_line(b: Any, m: Vectors) -> list[Any]:
    """B · m, the transpose of `input_line`: 6 → 6."""
    near, near_odd = b.fadd(m[1], m[2]), b.fsub(m[1], m[2])
    far, far_odd = b.fadd(m[3], m[4]), b.fsub(m[3], m[4])
    return [
        b.fmul(constant(4), m[0]),
        _scaled(b, -4, b.fsub(near_odd, m[5]), b.fmul(constant(-2), far_odd)),
        _scaled(b, -5, m[0], _scaled(b, -4, near, b.fneg(far))),
        _scaled(b, -5, m[5], _scaled(b, 2, far_odd, near_odd)),
        b.fadd(m[0], b.fadd(near, far)),
        m[5],
    ]


def _horner(b: Any, square: float, values: Vectors) -> Any:
    """values[0] + square · values[1] + square² · values[2] …"""
    result = values[-1]
    for value in reversed(values[:-1]):
        result = b.fadd(value, result) if square == 1 else _scaled(b, square, result, value)
    return result


def _evaluate(b: Any, y: Vectors) -> list[Any]:
    """A · y: the values of the polynomial with coefficients y at the points."""
    even, odd = _horner(b, 1, y[::2]), _horner(b, 1, y[1::2])
    even2, odd2 = _horner(b, 4, y[::2]), _horner(b, 4, y[1::2])
    return [
        y[0],
        b.fadd(even, odd),
        b.fsub(even, odd),
        _scaled(b, 2, odd2, even2),
        _scaled(b, -2, odd2, even2),
        y[-1],
    ]


def collect(count: int) -> LineMap:
    """Aᵀ · m, the transpose of `_evaluate` for `count` coefficients: 6 → count."""

    def line(b: Any, m: Vectors) -> list[Any]:
        near = (b.fadd(m[1], m[2]), b.fsub(m[1], m[2]))
        far = (b.fadd(m[3], m[4]), b.fsub(m[3], m[4]))
        results = []
        for power in range(count):
            start = near[power % 2]
            if power == 0:
                start = b.fadd(m[0], start)
            if power == count - 1:
                start = b.fadd(m[5], start)
            result = b.fadd(far[0], start) if power == 0 else _scaled(b, 2**power, far[power % 2], start)
            results.append(result)
        return results

    return line


def _times_scales(b: Any, values: Vectors) -> list[Any]:
    return [v if scale == 1 else b.fmul(constant(scale), v) for scale, v in zip(SCALES, values, strict=True)]


def filter_line(b: Any, g: Vectors) -> list[Any]:
    """G · g: r → 6."""
    return _times_scales(b, _evaluate(b, g))


def _filter_gradient_line(count: int) -> LineMap:
    """Gᵀ · u: 6 → count."""
    line = collect(count)
    return lambda b, u: line(b, _times_scales(b, u))


def _choose(builder: Any, value: Any, run: Callable[[int], None], first: int = 0) -> None:
    """Code that does what `run` writes for the number that `value`, below TILE, is found to be."""
    if first == TILE - 1:
        run(first)
        return
    with builder.if_else(builder.icmp_signed("==", value, I64(first))) as (then, otherwise):
        with then:
            run(first)
        with otherwise:
            _choose(builder, value, run, first + 1)


class _Lines:
    """The addresses of values of a line, `step` bytes apart; of the indices outside first…last all are
    `blank`."""

    def __init__(self, builder: Any, start: Any, step: Any, count: int, bounds: Any = None) -> None:
        self.bases = [offset(builder, start, step, i) for i in range(count)]
        if bounds:
            first, last, blank = bounds
            for i, base in enumerate(self.bases):
                inside = builder.and_(
                    builder.icmp_signed(">=", I64(i), first), builder.icmp_signed("<", I64(i), last)
                )
                self.bases[i] = builder.select(inside, base, blank)

    def load(self, builder: Any, distance: Any) -> list[Any]:
        return [load_at(builder, builder.add(base, distance)) for base in self.bases]

    def store(self, builder: Any, distance: Any, values: Vectors) -> None:
        for base, value in zip(self.bases, values, strict=True):
            store_at(builder, builder.add(base, distance), value)


def _map_lines(builder: Any, count: Any, source: _Lines, advance: Any, target: _Lines, target_advance: Any,
               line: LineMap, *, adds: bool = False) -> None:  # fmt: skip
    """Maps `count` ≥ 1 lines, the next one `advance` bytes further, into the target or, with `adds`, onto
    it."""
    with loop(builder, count, {"from": (I64(0), advance), "to": (I64(0), target_advance)}) as here:
        results = line(builder, source.load(builder, here["from"]))
        if adds:
            before = target.load(builder, here["to"])
            results = [builder.fadd(a, b) for a, b in zip(before, results, strict=True)]
        target.store(builder, here["to"], results)


@primitive
def transform_inputs(_context: Any, count: Any, source: Any, step: Any, advance: Any, first: Any, last: Any,
                     blank: Any, target: Any, target_step: Any) -> Any:  # fmt: skip
    """Bᵀ · d for `count` ≥ 1 lines of 6 vectors, `step` bytes apart; so are the results `target_step` bytes.

    Vectors outside first…last don't exist: `blank`, which advances alike, is read instead.
    """

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        count, source, step, advance, first, last, blank, target, target_step = args
        lines = _Lines(builder, source, step, TILE, (first, last, blank))
        results = _Lines(builder, target, target_step, TILE)
        _map_lines(builder, count, lines, advance, results, I64(VECTOR_BYTES), input_line)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 9), generate


@primitive
def transform_gradients(_context: Any, size: Any, count: Any, source: Any, step: Any, advance: Any, last: Any,
                        blank: Any, target: Any, target_step: Any) -> Any:  # fmt: skip
    """A · y for `count` ≥ 1 lines of `size` vectors (a literal); of those, as in `transform_inputs`, only the
    first `last` exist."""
    outputs = size.literal_value

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, count, source, step, advance, last, blank, target, target_step = args
        lines = _Lines(builder, source, step, outputs, (I64(0), last, blank))
        results = _Lines(builder, target, target_step, TILE)
        _map_lines(builder, count, lines, advance, results, I64(VECTOR_BYTES), _evaluate)
        return context.get_dummy_value()

    return types.void(size, *[types.int64] * 8), generate


@primitive
def add_input_gradients(_context: Any, count: Any, source: Any, step: Any, target: Any, target_step: Any,
                        advance: Any, first: Any, last: Any, waste: Any) -> Any:  # fmt: skip
    """target += B · m for `count` ≥ 1 lines of 6 vectors, `step` bytes apart, the results `target_step`.

    The next line's results lie `advance` bytes further. Those outside first…last don't exist; they go to
    `waste`.
    """

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        count, source, step, target, target_step, advance, first, last, waste = args
        lines = _Lines(builder, source, step, TILE)
        results = _Lines(builder, target, target_step, TILE, (first, last, waste))
        _map_lines(
            builder, count, lines, I64(VECTOR_BYTES), results, advance, _input_gradient_line, adds=True
        )
        return context.get_dummy_value()

    return types.void(*[types.int64] * 9), generate


def _of_row(line: LineMap, row: int) -> LineMap:
    """Only one of the results; what the others need is never computed."""
    return lambda builder, values: [line(builder, values)[row]]


@primitive
def transform_row(_context: Any, size: Any, row: Any, count: Any, source: Any, step: Any, first: Any,
                  last: Any, blank: Any, target: Any) -> Any:  # fmt: skip
    """Row `row` of Bᵀ · d, if `size` (a literal) is 6, else of A · y, for `count` ≥ 1 columns.

    Rows outside first…last don't exist: `blank`, which advances alike, is read instead.
    """
    rows = size.literal_value
    line = input_line if rows == TILE else _evaluate

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, row, count, source, step, first, last, blank, target = args
        advance = I64(VECTOR_BYTES)
        lines = _Lines(builder, source, step, rows, (first, last, blank))
        result = _Lines(builder, target, I64(0), 1)

        def run(chosen: int) -> None:
            _map_lines(builder, count, lines, advance, result, advance, _of_row(line, chosen))

        _choose(builder, row, run)
        return context.get_dummy_value()

    return types.void(size, *[types.int64] * 8), generate


@primitive
def transform_products(_context: Any, size: Any, count: Any, source: Any, step: Any, target: Any) -> Any:
    """Aᵀ · m for `count` ≥ 1 lines of 6 vectors, `step` bytes apart; the `size` (a literal) results lie one
    behind the other."""
    outputs = size.literal_value

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, count, source, step, target = args
        lines = _Lines(builder, source, step, TILE)
        results = _Lines(builder, target, I64(VECTOR_BYTES), outputs)
        advance = I64(outputs * VECTOR_BYTES)
        _map_lines(builder, count, lines, I64(VECTOR_BYTES), results, advance, collect(outputs))
        return context.get_dummy_value()

    return types.void(size, *[types.int64] * 4), generate


@primitive
def finish_products(_context: Any, size: Any, count: Any, source: Any, step: Any, target: Any, row_step: Any,
                    rows: Any, waste: Any, mode: Any, bias: Any) -> Any:  # fmt: skip
    """Aᵀ · m (+ target) (+ bias) (then ReLU) for `count` ≥ 1 columns; of the `size` (a literal) rows only
    `rows` exist, the others go to `waste`, which advances alike."""
    outputs = size.literal_value

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, count, source, step, target, row_step, rows, waste, mode, bias = args

        def wanted(bit: int) -> Any:
            return builder.icmp_signed("!=", builder.and_(mode, I64(bit)), I64(0))

        zero = ir.Constant(F32, 0.0)
        # Without a bias its address may be 0: read the results' own memory instead.
        place = builder.select(wanted(BIAS), bias, source)
        shift = spread(builder, builder.select(wanted(BIAS), load_at(builder, place, F32), zero))
        floor = spread(builder, builder.select(wanted(RELU), zero, ir.Constant(F32, float("-inf"))))
        advance, line = I64(VECTOR_BYTES), collect(outputs)
        lines = _Lines(builder, source, step, TILE)
        results = _Lines(builder, target, row_step, outputs, (I64(0), rows, waste))
        with builder.if_else(wanted(ACCUMULATE)) as (then, otherwise):
            with then:
                _map_lines(builder, count, lines, advance, results, advance, line, adds=True)
            with otherwise, loop(builder, count, {"at": (I64(0), advance)}) as here:
                values = line(builder, lines.load(builder, here["at"]))
                values = [builder.fadd(value, shift) for value in values]
                low = [builder.fcmp_ordered("<", value, floor) for value in values]
                values = [builder.select(below, floor, v) for below, v in zip(low, values, strict=True)]
                results.store(builder, here["at"], values)
        return context.get_dummy_value()

    return types.void(size, *[types.int64] * 9), generate


def both_ways(builder: Any, tile: list[list[Any]], line: LineMap) -> list[list[Any]]:
    """The map along the columns, then along the rows; tile[row][column]."""
    columns = [line(builder, [row[j] for row in tile]) for j in range(len(tile[0]))]
    return [line(builder, [column[i] for column in columns]) for i in range(len(columns[0]))]


def _load_square(builder: Any, source: Any, step: Any, size: int) -> list[list[Any]]:
    return [
        [load_at(builder, offset(builder, source, step, size * i + j)) for j in range(size)]
        for i in range(size)
    ]


@primitive
def transform_filter(
    _context: Any, kernel: Any, source: Any, source_step: Any, target: Any, step: Any
) -> Any:
    """G g Gᵀ for a vector of filters of size `kernel` (a literal); the taps lie `source_step`, the 36 results
    `step` bytes apart."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, source, source_step, target, step = args
        taps = _load_square(builder, source, source_step, kernel.literal_value)
        results = both_ways(builder, taps, filter_line)
        for k in range(POSITIONS):
            store_at(builder, offset(builder, target, step, k), results[k // TILE][k % TILE])
        return context.get_dummy_value()

    return types.void(kernel, *[types.int64] * 4), generate


@primitive
def transform_filter_gradient(_context: Any, kernel: Any, source: Any, step: Any, target: Any) -> Any:
    """Gᵀ u G for a vector of filters of size `kernel` (a literal); the 36 values lie `step` bytes apart, the
    results one behind the other."""
    size = kernel.literal_value

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, source, step, target = args
        tile = _load_square(builder, source, step, TILE)
        results = both_ways(builder, tile, _filter_gradient_line(size))
        for k in range(size * size):
            place = builder.add(target, I64(VECTOR_BYTES * k))
            store_at(builder, place, results[k // size][k % size])
        return context.get_dummy_value()

    return types.void(kernel, *[types.int64] * 3), generate
