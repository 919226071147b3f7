"""The inner loops of depthwise convolution, written as LLVM code so that neighbours share what they load.

A channel with one filter of its own leaves little to do with each number that is loaded. So a *strip* of
neighbouring outputs, or their gradients, is worked on at a time: where their windows overlap, a column is
loaded once. Taps, stride and dilation along a row are known when this is compiled.

    window_sums:    y[j] (+)= Σ_u Σ_v w[u, v] · x[u, j · stride + v · dilation]  (+ bias) (then ReLU)
    tap_gradients:  g[v] += Σ_i Σ_j Σ_lane dy[i, j] · x[i, j · stride + v · dilation]

Beside the image, where padding would be, columns are loaded from a vector of zeros instead.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils

from core.engine.machine.microkernel import ACCUMULATE, MANY_REGISTERS, RELU, loop, slots
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
    sum_lanes,
)

STRIP = 8 if MANY_REGISTERS else 4
"""Neighbouring outputs at a time."""
GRADIENT_STRIP = 4 if MANY_REGISTERS else 2


class _Columns:
    """Vectors of a line by their column, each loaded once. With a `width`, columns beside the image are
    zero: these vectors are at `nothing`."""

    def __init__(self, builder: Any, line: Any, first: Any, width: Any = None, nothing: Any = None) -> None:
        self._builder, self._line, self._first = builder, line, first
        self._width, self._nothing = width, nothing
        self._loaded: dict[int, Any] = {}

    def __getitem__(self, offset: int) -> Any:
        if offset not in self._loaded:
            builder = self._builder
            place = builder.add(self._line, I64(offset * VECTOR_BYTES))
            if self._width is not None:
                column = builder.add(self._first, I64(offset))
                inside = builder.icmp_unsigned("<", column, self._width)
                place = builder.select(inside, place, self._nothing)
            self._loaded[offset] = load_at(builder, place)
        return self._loaded[offset]


def _literals(*kinds: Any) -> tuple[int, ...]:
    return tuple(kind.literal_value for kind in kinds)


WINDOW_ARGUMENTS = (
    *("x", "column", "width", "nothing", "x_step", "weights", "weights_step", "weight_step", "rows"),
    *("y", "y_step", "count", "bias", "mode"),
)


@primitive
def window_sums(_context: Any, taps: Any, stride: Any, dilation: Any, arguments: Any) -> Any:
    """`count` ≤ STRIP outputs from `rows` lines of x; the tuple follows WINDOW_ARGUMENTS.

    `x` is where the first output's window begins, in this `column` of the image; `bias` is a vector.
    """
    across, apart, spacing = _literals(taps, stride, dilation)

    def sums(builder: Any, a: dict[str, Any], outputs: list[Any], *, checked: bool) -> None:
        with loop(
            builder, a["rows"], {"x": (a["x"], a["x_step"]), "weights": (a["weights"], a["weights_step"])}
        ) as here:
            columns = _Columns(builder, here["x"], a["column"], a["width"] if checked else None, a["nothing"])
            for v in range(across):
                place = builder.add(here["weights"], builder.mul(a["weight_step"], I64(v)))
                weight = spread(builder, load_at(builder, place, F32))
                for k, slot in enumerate(outputs):
                    column = columns[k * apart + v * spacing]
                    builder.store(multiply_add(builder, weight, column, builder.load(slot)), slot)

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        values = cgutils.unpack_tuple(builder, args[3], len(WINDOW_ARGUMENTS))
        a = dict(zip(WINDOW_ARGUMENTS, values, strict=True))
        outputs = slots(builder, STRIP)
        for slot in outputs:
            builder.store(a["bias"], slot)
        end = builder.add(a["column"], I64((STRIP - 1) * apart + (across - 1) * spacing))
        inside = builder.and_(
            builder.icmp_signed(">=", a["column"], I64(0)), builder.icmp_signed("<", end, a["width"])
        )
        with (
            builder.if_then(builder.icmp_signed(">", a["rows"], I64(0))),
            builder.if_else(inside) as (plain, at_the_border),
        ):
            with plain:
                sums(builder, a, outputs, checked=False)
            with at_the_border:
                sums(builder, a, outputs, checked=True)
        for k, slot in enumerate(outputs):
            with builder.if_then(builder.icmp_signed("<", I64(k), a["count"])):
                place = builder.add(a["y"], builder.mul(a["y_step"], I64(k)))
                with builder.if_then(_wants(builder, a["mode"], ACCUMULATE)):
                    builder.store(builder.fadd(builder.load(slot), load_at(builder, place)), slot)
                value = builder.load(slot)
                negative = builder.fcmp_ordered("<", value, constant(0.0))  # false for a NaN, which stays
                clipped = builder.select(negative, constant(0.0), value)
                store_at(builder, place, builder.select(_wants(builder, a["mode"], RELU), clipped, value))
        return context.get_dummy_value()

    return types.void(taps, stride, dilation, arguments), generate


def _wants(builder: Any, mode: Any, bit: int) -> Any:
    return builder.icmp_signed("!=", builder.and_(mode, I64(bit)), I64(0))


GRADIENT_ARGUMENTS = (
    *("x", "column", "width", "nothing", "x_step"),
    *("dy", "out_width", "dy_step", "lines", "gradients"),
)


@primitive
def tap_gradients(_context: Any, taps: Any, stride: Any, dilation: Any, arguments: Any) -> Any:
    """Adds to the gradients of a row of taps what `lines` ≥ 1 lines give.

    The tuple follows GRADIENT_ARGUMENTS; `x` is where the first line's first window begins, in this `column`
    of the image.
    """
    across, apart, spacing = _literals(taps, stride, dilation)

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        values = cgutils.unpack_tuple(builder, args[3], len(GRADIENT_ARGUMENTS))
        a = dict(zip(GRADIENT_ARGUMENTS, values, strict=True))
        sums = slots(builder, across * GRADIENT_STRIP)
        for slot in sums:
            builder.store(constant(0.0), slot)
        size = I64(GRADIENT_STRIP)
        strips = builder.sdiv(builder.add(a["out_width"], I64(GRADIENT_STRIP - 1)), size)
        with (
            loop(builder, a["lines"], {"x": (a["x"], a["x_step"]), "dy": (a["dy"], a["dy_step"])}) as line,
            loop(
                builder,
                strips,
                {
                    "x": (line["x"], I64(GRADIENT_STRIP * apart * VECTOR_BYTES)),
                    "column": (a["column"], I64(GRADIENT_STRIP * apart)),
                    "dy": (line["dy"], I64(GRADIENT_STRIP * VECTOR_BYTES)),
                    "j": (I64(0), size),
                },
            ) as here,
        ):
            columns = _Columns(builder, here["x"], here["column"], a["width"], a["nothing"])
            slopes = _Columns(builder, here["dy"], here["j"], a["out_width"], a["nothing"])
            for k in range(GRADIENT_STRIP):
                for v in range(across):
                    slot = sums[v * GRADIENT_STRIP + k]
                    column = columns[k * apart + v * spacing]
                    builder.store(multiply_add(builder, slopes[k], column, builder.load(slot)), slot)
        for v in range(across):
            own = [builder.load(slot) for slot in sums[v * GRADIENT_STRIP : (v + 1) * GRADIENT_STRIP]]
            while len(own) > 1:
                own = [builder.fadd(one, other) for one, other in zip(own[::2], own[1::2], strict=True)]
            place = builder.add(a["gradients"], I64(4 * v))
            gradient = builder.fadd(load_at(builder, place, F32), sum_lanes(builder, own[0]))
            store_at(builder, place, gradient)
        return context.get_dummy_value()

    return types.void(taps, stride, dilation, arguments), generate
