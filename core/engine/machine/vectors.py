"""Vectors of float32 as values that numba can compile: `load`, `store`, arithmetic, comparison.

Inside a compiled kernel `load(address)` gives a vector of `WIDTH` floats, `a * b + c` works lane by lane,
a float32 operand is spread over all lanes, and `store(address, a)` writes the vector back. Addresses are
int64 byte addresses; nothing is checked.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import PrimitiveModel
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, register_model

from core.native.target import TARGET

WIDTH = TARGET.width
VECTOR_BYTES = TARGET.vector_bytes

F32 = ir.FloatType()
I32 = ir.IntType(32)
I64 = ir.IntType(64)
VECTOR = ir.VectorType(F32, WIDTH)


class VectorType(types.Type):  # type: ignore[misc]
    """The type of a vector inside a kernel."""

    def __init__(self) -> None:
        super().__init__(name=f"float32x{WIDTH}")


vector = VectorType()


@register_model(VectorType)
class _VectorModel(PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, VECTOR)


# --- building blocks for LLVM code, used here and by the micro-kernels ---


def constant(value: float, lanes: int = WIDTH) -> ir.Constant:
    """The vector with `value` in each lane."""
    return ir.Constant(ir.VectorType(F32, lanes), [value] * lanes)


def pointer(builder: Any, address: Any, kind: Any) -> Any:
    return builder.inttoptr(address, kind.as_pointer())


def load_at(builder: Any, address: Any, kind: Any = VECTOR) -> Any:
    value = builder.load(pointer(builder, address, kind))
    value.align = 4
    return value


def store_at(builder: Any, address: Any, value: Any) -> None:
    builder.store(value, pointer(builder, address, value.type)).align = 4


def spread(builder: Any, scalar: Any) -> Any:
    """The vector with the float `scalar` in each lane."""
    first = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), scalar, I32(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(I32, WIDTH), [0] * WIDTH))


def call_llvm(builder: Any, name: str, *args: Any) -> Any:
    """Calls LLVM's intrinsic `name` for the type of its arguments."""
    kind = args[0].type
    suffix = f"v{kind.count}f32" if isinstance(kind, ir.VectorType) else "f32"
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(kind, [kind] * len(args)), f"llvm.{name}.{suffix}"
    )
    return builder.call(function, args)


def multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, fused where the processor can (llvmlite's own `fma` rejects vectors)."""
    return call_llvm(builder, "fmuladd", a, b, c)


def sum_lanes(builder: Any, value: Any) -> Any:
    """The sum over the lanes as one float, by halving: the order of additions is fixed."""
    lanes = value.type.count
    while lanes > 1:
        lanes //= 2
        kind = ir.VectorType(I32, lanes)
        low = builder.shuffle_vector(value, value, ir.Constant(kind, list(range(lanes))))
        high = builder.shuffle_vector(value, value, ir.Constant(kind, list(range(lanes, 2 * lanes))))
        value = builder.fadd(low, high)
    return builder.extract_element(value, I32(0))


# --- what kernels use ---


def primitive(implementation: Callable[..., Any]) -> Any:
    """Declares a function for kernels by the LLVM code it stands for: returns (signature, code generator)."""
    return intrinsic(prefer_literal=True)(implementation)


@primitive
def load(_context: Any, address: Any) -> Any:
    """The vector at `address`."""
    return vector(types.int64), lambda _c, builder, _s, args: load_at(builder, args[0])


@primitive
def store(_context: Any, address: Any, value: Any) -> Any:
    """Writes the vector `value` to `address`."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        store_at(builder, args[0], args[1])
        return context.get_dummy_value()

    return types.void(types.int64, vector), generate


@primitive
def load_float(_context: Any, address: Any) -> Any:
    """The float32 at `address`."""
    return types.float32(types.int64), lambda _c, builder, _s, args: load_at(builder, args[0], F32)


@primitive
def store_float(_context: Any, address: Any, value: Any) -> Any:
    """Writes the float32 `value` to `address`."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        store_at(builder, args[0], args[1])
        return context.get_dummy_value()

    return types.void(types.int64, types.float32), generate


@primitive
def load_integer(_context: Any, address: Any) -> Any:
    """The int64 at `address`."""
    return types.int64(types.int64), lambda _c, builder, _s, args: load_at(builder, args[0], I64)


@primitive
def store_integer(_context: Any, address: Any, value: Any) -> Any:
    """Writes the int64 `value` to `address`."""

    def generate(context: Any, builder: Any, _s: Any, args: Any) -> Any:
        store_at(builder, args[0], args[1])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@primitive
def splat(_context: Any, value: Any) -> Any:
    """The vector with the float32 `value` in each lane."""
    return vector(types.float32), lambda _c, builder, _s, args: spread(builder, args[0])


@primitive
def zeros(_context: Any) -> Any:
    """The vector of zeros."""
    return vector(), lambda _c, _b, _s, _a: constant(0.0)


@primitive
def total(_context: Any, value: Any) -> Any:
    """The sum over the lanes of `value`, a float32."""
    return types.float32(vector), lambda _c, builder, _s, args: sum_lanes(builder, args[0])


@primitive
def lane_of(_context: Any, value: Any, lane: Any) -> Any:
    """One lane, a float32."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        return builder.extract_element(args[0], builder.trunc(args[1], I32))

    return types.float32(vector, types.int64), generate


@primitive
def fma(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, fused where the processor can."""
    return vector(vector, vector, vector), lambda _c, builder, _s, args: multiply_add(builder, *args)


@primitive
def maximum(_context: Any, a: Any, b: Any) -> Any:
    """The larger of each pair of lanes; a NaN in `a` stays."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[1], args[0])

    return vector(vector, vector), generate


@primitive
def minimum(_context: Any, a: Any, b: Any) -> Any:
    """The smaller of each pair of lanes; a NaN in `a` stays."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[1], args[0])

    return vector(vector, vector), generate


@primitive
def where_positive(_context: Any, condition: Any, value: Any, other: Any) -> Any:
    """`value` in the lanes where `condition` > 0, `other` elsewhere."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", args[0], constant(0.0)), args[1], args[2])

    return vector(vector, vector, vector), generate


@primitive
def first_lanes(_context: Any, count: Any) -> Any:
    """1 in the first `count` lanes, 0 in the others."""

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        integers = ir.VectorType(I64, WIDTH)
        spread_count = builder.insert_element(ir.Constant(integers, ir.Undefined), args[0], I32(0))
        mask = ir.Constant(ir.VectorType(I32, WIDTH), [0] * WIDTH)
        counts = builder.shuffle_vector(spread_count, spread_count, mask)
        inside = builder.icmp_signed("<", ir.Constant(integers, list(range(WIDTH))), counts)
        return builder.select(inside, constant(1.0), constant(0.0))

    return vector(types.int64), generate


@primitive
def sqrt(_context: Any, value: Any) -> Any:
    """The square root of each lane."""
    return vector(vector), lambda _c, builder, _s, args: call_llvm(builder, "sqrt", args[0])


@primitive
def absolute(_context: Any, value: Any) -> Any:
    """The absolute value of each lane."""
    return vector(vector), lambda _c, builder, _s, args: call_llvm(builder, "fabs", args[0])


_INTEGERS = ir.VectorType(I32, WIDTH)
_ROUNDER = 1.5 * 2.0**23
"""Added to a float, makes it round to a whole number, which is then in the lowest bits."""
_RAISED = 64
"""Results are computed 2⁶⁴ times too large first: a subnormal number is then rounded once, at the end."""


def _reduced(builder: Any, x: Any) -> tuple[Any, Any]:
    """2ⁿ⁺⁶⁴ with n = round(x / ln 2), and r = x - n · ln 2, for x from -104 on: below, eˣ is 0.

    A NaN gets through to r. (Cody and Waite, Software Manual for the Elementary Functions, 1980.)
    """
    x = builder.select(builder.fcmp_ordered("<", x, constant(-104.0)), constant(-104.0), x)
    shifted = builder.fadd(builder.fmul(x, constant(1 / math.log(2))), constant(_ROUNDER))
    n = builder.fsub(shifted, constant(_ROUNDER))
    # ln 2 in two parts, so that n·ln 2 is subtracted without rounding away the low bits.
    r = multiply_add(builder, n, constant(-0.693359375), x)
    exponent = builder.shl(builder.bitcast(shifted, _INTEGERS), ir.Constant(_INTEGERS, [23] * WIDTH))
    raised = builder.add(exponent, ir.Constant(_INTEGERS, [(127 + _RAISED) << 23] * WIDTH))
    return builder.bitcast(raised, VECTOR), multiply_add(builder, n, constant(2.12194440e-4), r)


def _series(builder: Any, r: Any, first: int) -> Any:
    """Σ rᵏ⁻ᶠⁱʳˢᵗ / k! for k from `first` to 7."""
    result = constant(1 / math.factorial(7))
    for order in range(6, first - 1, -1):
        result = multiply_add(builder, result, r, constant(1 / math.factorial(order)))
    return result


@primitive
def with_sign(_context: Any, size: Any, signed: Any) -> Any:
    """The absolute value of `size` with the sign of `signed`, in each lane."""
    return vector(vector, vector), lambda _c, builder, _s, args: call_llvm(builder, "copysign", *args)


@primitive
def exp(_context: Any, value: Any) -> Any:
    """e to the power of each lane for x ≤ 0, to about 1e-7 relative, subnormal numbers too.

    exp(x) = 2ⁿ·exp(r), with a polynomial for exp(r), |r| ≤ ln(2)/2.
    """

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        raised, r = _reduced(builder, args[0])
        return builder.fmul(builder.fmul(_series(builder, r, 0), raised), constant(2.0**-_RAISED))

    return vector(vector), generate


@primitive
def exp_and_less_one(_context: Any, value: Any) -> Any:
    """exp(x) and exp(x) - 1 of each lane for x ≤ 0, both to about 1e-7 relative.

    2ⁿ·(exp(r) - 1) + (2ⁿ - 1): where x is small, n is 0, and nothing is lost.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        raised, r = _reduced(builder, args[0])
        rest = multiply_add(builder, builder.fmul(r, r), _series(builder, r, 2), r)
        power = builder.fmul(raised, constant(2.0**-_RAISED))
        whole = builder.fmul(multiply_add(builder, raised, rest, raised), constant(2.0**-_RAISED))
        less_one = multiply_add(builder, power, rest, builder.fsub(power, constant(1.0)))
        return context.make_tuple(builder, signature.return_type, [whole, less_one])

    return types.UniTuple(vector, 2)(vector), generate


def _arithmetic(function: Callable[..., Any], emit: Callable[..., Any]) -> None:
    """Lets kernels write `function` for two vectors, or for a vector and a float32."""

    class Template(ConcreteTemplate):  # type: ignore[misc]
        cases = [  # noqa: RUF012  (numba reads the attribute)
            signature(vector, vector, vector),
            signature(vector, vector, types.float32),
            signature(vector, types.float32, vector),
        ]

    infer_global(function)(Template)

    def lower(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return emit(builder, *(a if a.type == VECTOR else spread(builder, a) for a in args))

    for case in Template.cases:
        lower_builtin(function, *case.args)(lower)


_arithmetic(operator.add, lambda builder, a, b: builder.fadd(a, b))
_arithmetic(operator.sub, lambda builder, a, b: builder.fsub(a, b))
_arithmetic(operator.mul, lambda builder, a, b: builder.fmul(a, b))
_arithmetic(operator.truediv, lambda builder, a, b: builder.fdiv(a, b))
