"""A batch that nobody has gathered: for who only asks how a network computes, not what it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.maths.arrays import Array
from core.running.program import Program


def batch(program: Program, count: int) -> tuple[Array, NDArray[Any]]:
    """Samples (N, *shape) that scatter around 0, in float32, and targets that the output takes."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((count, *program.shapes[program.input.id])).astype(np.float32)
    shape = program.shapes[program.output.id]
    if program.output_layer.target == "class":
        return x, np.arange(count) % shape[0]
    return x, np.random.default_rng(1).random((count, *shape), np.float32)  # every output takes 0 to 1
