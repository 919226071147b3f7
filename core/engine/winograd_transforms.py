"""The linear maps of Winograd's F(4 × 4, 3 × 3) (Lavin and Gray 2016, arXiv:1509.09308), on vectors.

A tile of 4 × 4 outputs depends on 6 × 6 inputs d and a 3 × 3 filter g: Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A,
with 36 products instead of 144. The one-dimensional maps below are the matrices Bᵀ, Aᵀ, G and their
transposes, with the common terms computed once. Near a border, pixels outside the image count as 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba import types

from core.engine.microkernel import ACCUMULATE, BIAS, RELU
from core.engine.vectors import F32, I64, VECTOR, constant, load_at, multiply_add, primitive, spread, store_at

Vectors: TypeAlias = list[Any]
LineMap: TypeAlias = Callable[[Any, Vectors], Vectors]
"""A map of the values along one line of a tile."""

INPUT_ROWS = ((0, 2, 4, 4), (1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4), (1, 3, 5, 5))
INPUT_FACTORS = ((4, -5, 1, 0), (-4, -4, 1, 1), (4, -4, -1, 1), (-2, -1, 2, 1), (2, -1, -2, 1), (4, -5, 1, 0))
"""The rows of Bᵀ: which inputs enter, and with what factor."""

GRADIENT_FACTORS = ((1, 0, 0, 0), (1, 1, 1, 1), (1, -1, 1, -1), (1, 2, 4, 8), (1, -2, 4, -8), (0, 0, 0, 1))
"""The rows of A."""


def _scaled(builder: Any, factor: float, a: Any, b: Any) -> Any:
    return multiply_add(builder, constant(factor), a, b)


def input_line(b: Any, d: Vectors) -> Vectors:
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


def output_line(b: Any, m: Vectors) -> Vectors:
    """Aᵀ · m: 6 → 4."""
    near, near_odd = b.fadd(m[1], m[2]), b.fsub(m[1], m[2])
    far, far_odd = b.fadd(m[3], m[4]), b.fsub(m[3], m[4])
    return [
        b.fadd(m[0], b.fadd(near, far)),
        _scaled(b, 2, far_odd, near_odd),
        _scaled(b, 4, far, near),
        b.fadd(_scaled(b, 8, far_odd, near_odd), m[5]),
    ]


def _gradient_line(b: Any, y: Vectors) -> Vectors:
    """A · y: 4 → 6."""
    even, odd = b.fadd(y[0], y[2]), b.fadd(y[1], y[3])
    even2, odd2 = _scaled(b, 4, y[2], y[0]), _scaled(b, 4, y[3], y[1])
    return [
        y[0],
        b.fadd(even, odd),
        b.fsub(even, odd),
        _scaled(b, 2, odd2, even2),
        _scaled(b, -2, odd2, even2),
        y[3],
    ]


def filter_line(b: Any, g: Vectors) -> Vectors:
    """G · g: 3 → 6."""
    ends = b.fadd(g[0], g[2])
    far = _scaled(b, 4, g[2], g[0])

    def scaled(factor: float, value: Any) -> Any:
        return b.fmul(constant(factor), value)

    return [
        scaled(1 / 4, g[0]),
        scaled(-1 / 6, b.fadd(ends, g[1])),
        scaled(-1 / 6, b.fsub(ends, g[1])),
        scaled(1 / 24, _scaled(b, 2, g[1], far)),
        scaled(1 / 24, _scaled(b, -2, g[1], far)),
        g[2],
    ]


def _filter_gradient_line(b: Any, u: Vectors) -> Vectors:
    """Gᵀ · u: 6 → 3."""
    near, near_odd = b.fadd(u[1], u[2]), b.fsub(u[2], u[1])
    far, far_odd = b.fadd(u[3], u[4]), b.fsub(u[3], u[4])
    sixth, half = constant(-1 / 6), constant(1 / 24)
    return [
        multiply_add(b, half, far, multiply_add(b, sixth, near, b.fmul(constant(1 / 4), u[0]))),
        multiply_add(b, constant(1 / 12), far_odd, b.fmul(constant(1 / 6), near_odd)),
        multiply_add(b, constant(1 / 6), far, multiply_add(b, sixth, near, u[5])),
    ]


def both_ways(builder: Any, tile: list[Vectors], line: LineMap) -> list[Vectors]:
    """The map along the columns, then along the rows; tile[row][column]."""
    columns = [line(builder, [row[j] for row in tile]) for j in range(len(tile[0]))]
    return [line(builder, [column[i] for column in columns]) for i in range(len(columns[0]))]


def _at(builder: Any, address: Any, step: Any, index: int) -> Any:
    return builder.add(address, builder.mul(step, I64(index))) if index else address


def _inside(builder: Any, index: int, first: Any, last: Any) -> Any:
    after = builder.icmp_signed(">=", I64(index), first)
    return builder.and_(after, builder.icmp_signed("<", I64(index), last))


def _clamped(builder: Any, index: int, first: Any, last: Any) -> Any:
    """The index of the nearest row that exists."""
    low = builder.select(builder.icmp_signed("<", I64(index), first), first, I64(index))
    final = builder.sub(last, I64(1))
    return builder.select(builder.icmp_signed(">", low, final), final, low)


def _load_tile(builder: Any, size: int, border: bool, args: Any) -> list[Vectors]:
    source, row_step, column_step, r0, r1, q0, q1 = args
    tile = []
    for i in range(size):
        row = builder.mul(row_step, _clamped(builder, i, r0, r1) if border else I64(i))
        line = []
        for j in range(size):
            value = load_at(builder, _at(builder, builder.add(source, row), column_step, j))
            if border:
                exists = builder.and_(_inside(builder, i, r0, r1), _inside(builder, j, q0, q1))
                value = builder.select(exists, value, constant(0.0))
            line.append(value)
        tile.append(line)
    return tile


@primitive
def transform_input(_context: Any, border: Any, source: Any, row_step: Any, r0: Any, r1: Any, q0: Any,
                    q1: Any, target: Any, step: Any) -> Any:  # fmt: skip
    """Bᵀ d B for the 6 × 6 pixels at `source`; the 36 results lie `step` bytes apart.

    With `border` (a literal), only rows r0…r1 and columns q0…q1 of the tile exist.
    """

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, source, row_step, r0, r1, q0, q1, target, step = args
        pixel = I64(VECTOR.count * 4)
        tile = _load_tile(builder, 6, bool(border.literal_value), (source, row_step, pixel, r0, r1, q0, q1))
        results = both_ways(builder, tile, input_line)
        for k in range(36):
            store_at(builder, _at(builder, target, step, k), results[k // 6][k % 6])
        return context.get_dummy_value()

    return types.void(border, *[types.int64] * 8), generate


@primitive
def transform_output(_context: Any, border: Any, source: Any, step: Any, target: Any, row_step: Any,
                     rows: Any, columns: Any, mode: Any, bias: Any) -> Any:  # fmt: skip
    """Aᵀ m A (+ target) (+ bias) (then ReLU); with `border`, only `rows` × `columns` of the 4 × 4 are
    written."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        _, source, step, target, row_step, rows, columns, mode, bias = args
        tile = [[load_at(builder, _at(builder, source, step, 6 * i + j)) for j in range(6)] for i in range(6)]
        results = both_ways(builder, tile, output_line)

        def wanted(bit: int) -> Any:
            return builder.icmp_signed("!=", builder.and_(mode, I64(bit)), I64(0))

        zero = ir.Constant(F32, 0.0)
        # Without a bias its address may be 0: read the results' own memory instead.
        place = builder.select(wanted(BIAS), bias, source)
        offset = spread(builder, builder.select(wanted(BIAS), load_at(builder, place, F32), zero))
        floor = spread(builder, builder.select(wanted(RELU), zero, ir.Constant(F32, float("-inf"))))
        adds = wanted(ACCUMULATE)
        for i in range(4):
            for j in range(4):
                here = builder.add(_at(builder, target, row_step, i), I64(VECTOR.count * 4 * j))

                def write(value: Any, here: Any) -> None:
                    value = builder.fadd(value, offset)
                    with builder.if_else(adds) as (then, otherwise):
                        with then:
                            store_at(builder, here, builder.fadd(load_at(builder, here), value))
                        with otherwise:
                            low = builder.fcmp_ordered("<", value, floor)
                            store_at(builder, here, builder.select(low, floor, value))

                if border.literal_value:
                    exists = builder.and_(
                        builder.icmp_signed("<", I64(i), rows), builder.icmp_signed("<", I64(j), columns)
                    )
                    with builder.if_then(exists):
                        write(results[i][j], here)
                else:
                    write(results[i][j], here)
        return context.get_dummy_value()

    return types.void(border, *[types.int64] * 8), generate


@primitive
def transform_row(_context: Any, kind: Any, source: Any, places: Any, factors: Any, q0: Any, q1: Any,
                  target: Any, step: Any) -> Any:  # fmt: skip
    """One row of six of a transformed tile: `kind` (a literal) 6 of Bᵀ d B, 4 of A dY Aᵀ.

    The row is the sum of four rows of the tile, at `places` bytes from `source`, times `factors`; columns
    outside q0…q1 don't exist.
    """

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        _, source, places, factors, q0, q1, target, step = args
        rows = [builder.add(source, builder.extract_value(places, i)) for i in range(4)]
        scales = [spread(builder, builder.extract_value(factors, i)) for i in range(4)]
        width = kind.literal_value
        line = []
        for j in range(width):
            offset = I64(VECTOR.count * 4 * j)
            value = builder.fmul(scales[0], load_at(builder, builder.add(rows[0], offset)))
            for i in range(1, 4):
                value = multiply_add(
                    builder, scales[i], load_at(builder, builder.add(rows[i], offset)), value
                )
            line.append(builder.select(_inside(builder, j, q0, q1), value, constant(0.0)))
        results = (input_line if width == 6 else _gradient_line)(builder, line)
        for k, result in enumerate(results):
            store_at(builder, _at(builder, target, step, k), result)
        return context.get_dummy_value()

    return types.void(kind, types.int64, places, factors, *[types.int64] * 4), generate


@primitive
def transform_filter(_context: Any, source: Any, source_step: Any, target: Any, step: Any) -> Any:
    """G g Gᵀ for a vector of filters; the 9 taps lie `source_step`, the 36 results `step` bytes apart."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        source, source_step, target, step = args
        taps = [
            [load_at(builder, _at(builder, source, source_step, 3 * i + j)) for j in range(3)]
            for i in range(3)
        ]
        results = both_ways(builder, taps, filter_line)
        for k in range(36):
            store_at(builder, _at(builder, target, step, k), results[k // 6][k % 6])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), generate


@primitive
def transform_filter_gradient(_context: Any, source: Any, step: Any, target: Any) -> Any:
    """Gᵀ u G for a vector of filters; the 36 values lie `step` bytes apart, the 9 results one behind the
    other."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        source, step, target = args
        tile = [[load_at(builder, _at(builder, source, step, 6 * i + j)) for j in range(6)] for i in range(6)]
        results = both_ways(builder, tile, _filter_gradient_line)
        for k in range(9):
            store_at(builder, builder.add(target, I64(4 * VECTOR.count * k)), results[k // 3][k % 3])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), generate
