"""The two inner loops of all products, written as LLVM code so that every sum stays in a register.

`product`: a tile of results, each a vector (one lane an image), from scalars times vectors:

    C[i, j] (+)= Σ_s Σ_t Σ_k A[s, t, k, i] · B[s, t, k, j]        i < rows (filters), j < count (pixels)

It is convolution forward and backward to the data, dense layers and Winograd's products alike: only the
strides differ. `correlation` sums over the lanes too, which gives the gradient of weights:

    D[i, j] += Σ_t Σ_k Σ_lane X[t, k, i] · Y[t, k, j]             i < rows (channels), j < columns (filters)

All strides are in bytes. The sums are LLVM stack slots that its optimiser turns into registers; a tile
with more sums than registers still computes the same, only slowly. The tile sizes below were measured for
each register file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from core.engine.machine.operation import Kernel, family
from core.engine.machine.vectors import (
    F32,
    I32,
    I64,
    VECTOR,
    WIDTH,
    constant,
    load_at,
    multiply_add,
    primitive,
    spread,
    store_at,
)
from core.native.target import TARGET

# Tiles that leave registers for the operands.
MANY_REGISTERS = TARGET.registers == 32
PIXELS = 3 if MANY_REGISTERS else 2
MAX_ROWS = 8 if MANY_REGISTERS else 6
COLUMNS = 8 if MANY_REGISTERS else 4
CORRELATION_ROWS = 3

ACCUMULATE, BIAS, RELU = 1, 2, 4
"""Bits of `mode`: add to what C holds; add bias[i]; replace negative results by 0."""


@contextmanager
def loop(builder: Any, count: Any, starts: dict[str, tuple[Any, Any]]) -> Iterator[dict[str, Any]]:
    """A loop of `count` ≥ 1 rounds; `starts` gives the addresses that advance: name → (first value, step)."""
    before, body, after = builder.block, builder.append_basic_block(), builder.append_basic_block()
    builder.branch(body)
    builder.position_at_end(body)
    index = builder.phi(I64)
    index.add_incoming(I64(0), before)
    values = {}
    for name, (first, _) in starts.items():
        values[name] = builder.phi(I64)
        values[name].add_incoming(first, before)
    yield values
    end = builder.block
    following = builder.add(index, I64(1))
    index.add_incoming(following, end)
    for name, (_, step) in starts.items():
        values[name].add_incoming(builder.add(values[name], step), end)
    back = builder.cbranch(builder.icmp_signed("<", following, count), body, after)
    back.set_metadata("llvm.loop", _not_unrolled(builder.module))
    builder.position_at_end(after)


def _not_unrolled(module: Any) -> Any:
    """What tells LLVM to leave a loop as it is: its body is long, and copies of it take long to compile."""
    disabled = module.add_metadata([ir.MetaDataString(module, "llvm.loop.unroll.disable")])
    loop_id = module.add_metadata([disabled])
    loop_id.operands = (loop_id, disabled)  # such a node names itself first
    return loop_id


def slots(builder: Any, count: int) -> list[Any]:
    return [cgutils.alloca_once(builder, VECTOR) for _ in range(count)]


def offset(builder: Any, address: Any, stride: Any, index: int) -> Any:
    return builder.add(address, builder.mul(stride, I64(index))) if index else address


PRODUCT_ARGUMENTS = (
    *("count", "a", "b", "c", "s", "t", "k"),
    *("as", "at", "ak", "bs", "bt", "bk", "bj", "ci", "cj", "mode", "bias"),
)


def _product_tile(builder: Any, rows: int, pixels: int, a: dict[str, Any]) -> None:
    """One tile of `product`, rows × pixels sums, with all loops and the epilogue."""
    sums = slots(builder, rows * pixels)
    tile = [(i, j, sums[i * pixels + j]) for i in range(rows) for j in range(pixels)]

    def result(i: int, j: int) -> Any:
        return offset(builder, offset(builder, a["c"], a["ci"], i), a["cj"], j)

    def wanted(bit: int) -> Any:
        return builder.icmp_signed("!=", builder.and_(a["mode"], I64(bit)), I64(0))

    for _, _, slot in tile:
        builder.store(constant(0.0), slot)
    with builder.if_then(wanted(ACCUMULATE)):
        for i, j, slot in tile:
            builder.store(load_at(builder, result(i, j)), slot)
    with (
        loop(builder, a["s"], {"a": (a["a"], a["as"]), "b": (a["b"], a["bs"])}) as outer,
        loop(builder, a["t"], {"a": (outer["a"], a["at"]), "b": (outer["b"], a["bt"])}) as middle,
        loop(builder, a["k"], {"a": (middle["a"], a["ak"]), "b": (middle["b"], a["bk"])}) as inner,
    ):
        vectors = [load_at(builder, offset(builder, inner["b"], a["bj"], j)) for j in range(pixels)]
        scalars = [
            spread(builder, load_at(builder, builder.add(inner["a"], I64(4 * i)), F32)) for i in range(rows)
        ]
        for i, j, slot in tile:
            builder.store(multiply_add(builder, scalars[i], vectors[j], builder.load(slot)), slot)
    with builder.if_then(wanted(BIAS)):
        for i, _, slot in tile:
            scalar = spread(builder, load_at(builder, builder.add(a["bias"], I64(4 * i)), F32))
            builder.store(builder.fadd(builder.load(slot), scalar), slot)
    with builder.if_then(wanted(RELU)):
        for _, _, slot in tile:
            value = builder.load(slot)
            negative = builder.fcmp_ordered("<", value, constant(0.0))  # false for a NaN, which stays
            builder.store(builder.select(negative, constant(0.0), value), slot)
    for i, j, slot in tile:
        store_at(builder, result(i, j), builder.load(slot))


@primitive
def product(_context: Any, rows: Any, arguments: Any) -> Any:
    """`product` with tiles of `rows` (a literal) rows; `arguments` is a tuple in the order
    PRODUCT_ARGUMENTS."""
    height = rows.literal_value

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        values = cgutils.unpack_tuple(builder, args[1], len(PRODUCT_ARGUMENTS))
        a = dict(zip(PRODUCT_ARGUMENTS, values, strict=True))
        left, b, c = a["count"], a["b"], a["c"]
        for pixels in (PIXELS, 1):
            width = I64(pixels)
            full = builder.sdiv(left, width)
            step_b, step_c = builder.mul(a["bj"], width), builder.mul(a["cj"], width)
            with (
                builder.if_then(builder.icmp_signed(">", full, I64(0))),
                loop(builder, full, {"b": (b, step_b), "c": (c, step_c)}) as here,
            ):
                _product_tile(builder, height, pixels, {**a, **here})
            left = builder.sub(left, builder.mul(full, width))
            b, c = builder.add(b, builder.mul(full, step_b)), builder.add(c, builder.mul(full, step_c))
        return context.get_dummy_value()

    return types.void(rows, arguments), generate


CORRELATION_ARGUMENTS = ("x", "y", "d", "t", "k", "xt", "xk", "xi", "yt", "yk", "yj", "di")


def _shuffle(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(I32, len(lanes)), lanes))


def _lane_sums(builder: Any, vectors: list[Any]) -> Any:
    """The vector whose lane m is the sum over the lanes of vectors[m]; their number is a power of two, 4 at
    least."""
    lanes = WIDTH
    while lanes > len(vectors):  # fold the upper half onto the lower
        lanes //= 2
        low, high = list(range(lanes)), list(range(lanes, 2 * lanes))
        vectors = [builder.fadd(_shuffle(builder, v, v, low), _shuffle(builder, v, v, high)) for v in vectors]
    if len(vectors) > lanes:
        low_sums, high_sums = (_lane_sums(builder, half) for half in (vectors[:lanes], vectors[lanes:]))
        return _shuffle(builder, low_sums, high_sums, list(range(2 * lanes)))
    # First within each 4 lanes, where shuffles are cheap: a0+a2 b0+b2 a1+a3 b1+b3, then a b c d; then across.
    groups = range(0, lanes, 4)
    steps = [([g + offset for g in groups for offset in (0, lanes, 1, lanes + 1)], 2)]
    steps += [([g + offset for g in groups for offset in (0, 1, lanes, lanes + 1)], 2)]
    steps += [([g + lane for g in range(0, 2 * lanes, 8) for lane in range(4)], 4)] * (lanes.bit_length() - 3)
    for lower, distance in steps:
        upper = [lane + distance for lane in lower]
        vectors = [
            builder.fadd(_shuffle(builder, a, b, lower), _shuffle(builder, a, b, upper))
            for a, b in zip(vectors[::2], vectors[1::2], strict=True)
        ]
    return vectors[0]


@primitive
def correlation(_context: Any, rows: Any, columns: Any, arguments: Any) -> Any:
    """`correlation` for one tile of rows × columns (literals); the tuple follows CORRELATION_ARGUMENTS."""
    height, width = rows.literal_value, columns.literal_value

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        values = cgutils.unpack_tuple(builder, args[2], len(CORRELATION_ARGUMENTS))
        a = dict(zip(CORRELATION_ARGUMENTS, values, strict=True))
        sums = slots(builder, height * width)
        for slot in sums:
            builder.store(constant(0.0), slot)
        with (
            loop(builder, a["t"], {"x": (a["x"], a["xt"]), "y": (a["y"], a["yt"])}) as outer,
            loop(builder, a["k"], {"x": (outer["x"], a["xk"]), "y": (outer["y"], a["yk"])}) as inner,
        ):
            lefts = [load_at(builder, offset(builder, inner["x"], a["xi"], i)) for i in range(height)]
            for j in range(width):
                right = load_at(builder, offset(builder, inner["y"], a["yj"], j))
                for i in range(height):
                    slot = sums[i * width + j]
                    builder.store(multiply_add(builder, lefts[i], right, builder.load(slot)), slot)
        padded = max(4, 1 << (width - 1).bit_length())
        for i in range(height):
            row = [builder.load(slot) for slot in sums[i * width : (i + 1) * width]]
            totals = _lane_sums(builder, row + [constant(0.0)] * (padded - width))
            place = offset(builder, a["d"], a["di"], i)
            if width == padded:
                store_at(builder, place, builder.fadd(load_at(builder, place, totals.type), totals))
                continue
            for j in range(width):
                here = builder.add(place, I64(4 * j))
                one = builder.extract_element(totals, I32(j))
                store_at(builder, here, builder.fadd(load_at(builder, here, F32), one))
        return context.get_dummy_value()

    return types.void(rows, columns, arguments), generate


@family
def product_kernel(rows: int) -> Kernel:
    """`product` with tiles of `rows` rows as a kernel of its own: its arguments are PRODUCT_ARGUMENTS."""

    def kernel(
        count: int, a: int, b: int, c: int, s: int, t: int, k: int, a_s: int, a_t: int, a_k: int,
        b_s: int, b_t: int, b_k: int, b_j: int, c_i: int, c_j: int, mode: int, bias: int,
    ) -> None:  # fmt: skip
        product(rows, (count, a, b, c, s, t, k, a_s, a_t, a_k, b_s, b_t, b_k, b_j, c_i, c_j, mode, bias))

    return Kernel(kernel, len(PRODUCT_ARGUMENTS))


@family
def correlation_kernel(rows: int, columns: int) -> Kernel:
    """`correlation` for tiles of rows × columns as a kernel of its own: its arguments are
    CORRELATION_ARGUMENTS."""

    def kernel(
        x: int,
        y: int,
        d: int,
        t: int,
        k: int,
        x_t: int,
        x_k: int,
        x_i: int,
        y_t: int,
        y_k: int,
        y_j: int,
        d_i: int,
    ) -> None:
        correlation(rows, columns, (x, y, d, t, k, x_t, x_k, x_i, y_t, y_k, y_j, d_i))

    return Kernel(kernel, len(CORRELATION_ARGUMENTS))
