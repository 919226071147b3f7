"""Whether weights have changed since they were packed: a few bytes are kept of them, not a copy.

Whoever trains, loads or edits a network writes to its parameters directly and tells nobody. A fingerprint
takes a small part of the time that packing does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from core.engine.machine.microkernel import loop
from core.engine.machine.vectors import I32, I64, load_at, pointer, primitive

LANES = 32
"""Numbers that are looked at together: so many multiplications hide each other's latency."""

MARK_BYTES = 4 * LANES
"""Room for a fingerprint."""

_NUMBERS = ir.VectorType(I32, LANES)
_FACTOR = ir.Constant(_NUMBERS, [0x01000193] * LANES)
"""An odd factor: one changed number always changes the fingerprint."""


def marks(pieces: int) -> NDArray[np.int32]:
    """Room for the fingerprints of that many pieces, none of which has been packed."""
    return np.zeros((pieces, LANES), np.int32)


@primitive
def changed(_context: Any, address: Any, count: Any, mark: Any) -> Any:
    """Whether the `count` float32 at `address` have another fingerprint than that at `mark`, which
    it updates.

    A lane's fingerprint is the polynomial Σ xₙ · factorᵏ⁻ⁿ of its numbers' bits modulo 2³². Fewer numbers
    than LANES always count as changed.
    """

    def generate(_c: Any, builder: Any, _s: Any, args: Any) -> Any:
        address, count, mark = args
        known = builder.alloca(_NUMBERS)
        found = builder.alloca(ir.IntType(1))
        builder.store(ir.Constant(ir.IntType(1), 1), found)
        with builder.if_then(builder.icmp_signed(">=", count, I64(LANES))):
            builder.store(ir.Constant(_NUMBERS, [1] * LANES), known)
            # The last round begins where it fits: what it sees twice does no harm.
            last = builder.sub(count, I64(LANES))
            rounds = builder.sdiv(builder.add(count, I64(LANES - 1)), I64(LANES))
            with loop(builder, rounds, {"n": (I64(0), I64(LANES))}) as here:
                start = builder.select(builder.icmp_signed("<", here["n"], last), here["n"], last)
                numbers = load_at(builder, builder.add(address, builder.mul(start, I64(4))), _NUMBERS)
                builder.store(builder.add(builder.mul(builder.load(known), _FACTOR), numbers), known)
            before = load_at(builder, mark, _NUMBERS)
            differs = builder.icmp_unsigned("!=", before, builder.load(known))
            bits = builder.bitcast(differs, ir.IntType(LANES))
            builder.store(builder.icmp_unsigned("!=", bits, ir.IntType(LANES)(0)), found)
            builder.store(builder.load(known), pointer(builder, mark, _NUMBERS)).align = 4
        return builder.load(found)

    return types.boolean(types.int64, types.int64, types.int64), generate
