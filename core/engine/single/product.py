"""The inner loop of convolutions of one image: pixels times weights, with all sums in registers.

    C[i, j] = Σ_s Σ_t Σ_k A[s, t, k, i] · B[s, t, k, j]        i < count (pixels), j < vectors (filters)

It is the counterpart of `product` in machine/microkernel.py with the roles exchanged: A, the image, is
scalar, and B, the weights, are vectors. A result may be scaled, shifted (bias, normalisation), added to
another value (a residual block) and cut off at 0 while it is in its register.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils

from core.engine.machine.microkernel import MANY_REGISTERS, loop, offset, slots
from core.engine.machine.operation import Kernel, family
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
from core.engine.operations.packed_weights import Parts, split

MAX_VECTORS = 4 if MANY_REGISTERS else 3
SCALE, RESIDUAL, RELU = 1, 2, 4
"""Bits of `mode`: C · scale + shift; + residual; 0 for negative results."""

ARGUMENTS = (
    *("count", "a", "b", "c", "s", "t", "k", "as", "at", "ak", "bs", "bt", "bk", "ai", "ci"),
    *("mode", "scale", "shift", "residual", "ri"),
)


def finish(builder: Any, a: dict[str, Any], results: list[list[Any]]) -> None:
    """Does what `mode` asks for with the sums in the slots results[i][j]."""

    def wanted(bit: int) -> Any:
        return builder.icmp_signed("!=", builder.and_(a["mode"], I64(bit)), I64(0))

    columns = range(len(results[0]))
    with builder.if_then(wanted(SCALE)):
        for j in columns:
            scale, shift = (
                load_at(builder, builder.add(a[n], I64(VECTOR_BYTES * j))) for n in ("scale", "shift")
            )
            for line in results:
                builder.store(multiply_add(builder, builder.load(line[j]), scale, shift), line[j])
    with builder.if_then(wanted(RESIDUAL)):
        for i, line in enumerate(results):
            place = offset(builder, a["residual"], a["ri"], i)
            for j in columns:
                other = load_at(builder, builder.add(place, I64(VECTOR_BYTES * j)))
                builder.store(builder.fadd(builder.load(line[j]), other), line[j])
    with builder.if_then(wanted(RELU)):
        for line in results:
            for slot in line:
                value = builder.load(slot)
                negative = builder.fcmp_ordered("<", value, constant(0.0))  # false for a NaN, which stays
                builder.store(builder.select(negative, constant(0.0), value), slot)


def _tile(builder: Any, pixels: int, vectors: int, a: dict[str, Any]) -> None:
    """pixels × vectors results."""
    results = [slots(builder, vectors) for _ in range(pixels)]
    for line in results:
        for slot in line:
            builder.store(constant(0.0), slot)
    with (
        loop(builder, a["s"], {"a": (a["a"], a["as"]), "b": (a["b"], a["bs"])}) as outer,
        loop(builder, a["t"], {"a": (outer["a"], a["at"]), "b": (outer["b"], a["bt"])}) as middle,
    ):
        # Pixels have addresses of their own, which don't change in the loop: only one number advances.
        places = [offset(builder, middle["a"], a["ai"], i) for i in range(pixels)]
        with loop(builder, a["k"], {"a": (I64(0), a["ak"]), "b": (middle["b"], a["bk"])}) as inner:
            weights = [
                load_at(builder, builder.add(inner["b"], I64(VECTOR_BYTES * j))) for j in range(vectors)
            ]
            for place, line in zip(places, results, strict=True):
                value = spread(builder, load_at(builder, builder.add(place, inner["a"]), F32))
                for weight, slot in zip(weights, line, strict=True):
                    builder.store(multiply_add(builder, value, weight, builder.load(slot)), slot)
    finish(builder, a, results)
    for i, line in enumerate(results):
        place = offset(builder, a["c"], a["ci"], i)
        for j, slot in enumerate(line):
            store_at(builder, builder.add(place, I64(VECTOR_BYTES * j)), builder.load(slot))


@primitive
def product(_context: Any, pixels: Any, vectors: Any, arguments: Any) -> Any:
    """`product` for at least `pixels` pixels and exactly `vectors` vectors (literals).

    The last tile begins where it fits, so some pixels may be computed twice.
    """
    height, width = pixels.literal_value, vectors.literal_value

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        values = cgutils.unpack_tuple(builder, args[2], len(ARGUMENTS))
        a = dict(zip(ARGUMENTS, values, strict=True))
        step = I64(height)
        tiles = builder.sdiv(builder.add(a["count"], I64(height - 1)), step)
        last = builder.sub(a["count"], step)
        with loop(builder, tiles, {"pixel": (I64(0), step)}) as here:
            early = builder.icmp_signed("<", here["pixel"], last)
            start = builder.select(early, here["pixel"], last)
            moved = {
                name: builder.add(a[name], builder.mul(a[stride], start))
                for name, stride in (("a", "ai"), ("c", "ci"), ("residual", "ri"))
            }
            _tile(builder, height, width, {**a, **moved})
        return context.get_dummy_value()

    return types.void(pixels, vectors, arguments), generate


@family
def _kernel(pixels: int, vectors: int) -> Kernel:
    """`product` as a kernel of its own; its arguments are ARGUMENTS."""

    def kernel(
        count: int, a: int, b: int, c: int, s: int, t: int, k: int, a_s: int, a_t: int, a_k: int,
        b_s: int, b_t: int, b_k: int, a_i: int, c_i: int, mode: int, scale: int, shift: int,
        residual: int, r_i: int,
    ) -> None:  # fmt: skip
        product(
            pixels, vectors,
            (count, a, b, c, s, t, k, a_s, a_t, a_k, b_s, b_t, b_k, a_i, c_i,
             mode, scale, shift, residual, r_i),
        )  # fmt: skip

    return Kernel(kernel, len(ARGUMENTS))


def parts_of(vectors: int) -> Parts:
    """A pixel's vectors, split into what one product computes."""
    return split(vectors, MAX_VECTORS)


def products(parts: Parts, count: int) -> tuple[Kernel, Kernel]:
    """The products for a full part and for one with a vector less, for at least `count` pixels in a row."""

    def best(vectors: int) -> Kernel:
        pixels = 8 if vectors == 1 else 4
        while pixels > count:
            pixels //= 2
        return _kernel(pixels, vectors)

    full = best(parts.rows)
    return full, full if parts.full == parts.number else best(parts.rows - 1)
