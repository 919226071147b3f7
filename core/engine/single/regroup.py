"""Weights that can't be packed vector by vector: of groups that don't fill vectors, or of transposed layers.

Where a vector holds filters of several groups, these groups become one, with zeros for the inputs that
belong to the others. A transposed convolution is several convolutions, each with some of the taps.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

import numpy as np

from core.engine.machine.arena import Fixed, Operand
from core.engine.machine.helpers import share
from core.engine.machine.operation import Task, preparing, read
from core.engine.machine.vectors import VECTOR_BYTES, WIDTH, load_float, load_integer, store_float
from core.engine.operations.packed_weights import Parts
from core.engine.single.changes import MARK_BYTES, changed, marks
from core.engine.single.weights import vector_place
from core.engine.tape import Learned, Tape


def merged(groups: int, filters: int) -> int:
    """How many groups of so many filters have to become one: the fewest that fill vectors, or all."""
    if groups == 1:
        return 1
    least = WIDTH // gcd(filters, WIDTH)
    return least if groups % least == 0 else groups


class TapPlace(NamedTuple):
    """Where a tap is in the panels: byte and taps of its convolution, and its number there."""

    start: int
    taps: int
    number: int


class RegroupRow(NamedTuple):
    """`groups`, `filters` and `inputs` of a group are the layer's, `together` groups become one; `places`
    holds a TapPlace for each tap."""

    weights: Operand
    panels: Operand
    places: Operand
    marks: Operand
    groups: int
    filters: int
    inputs: int
    taps: int
    together: int
    transposed: int
    vectors: int
    parts: int
    rows: int
    full: int


@preparing
def regroup(row: int, task: int) -> None:
    """From [filter][input][tap], or [input][filter][tap] with `transposed`, to the panels of `pack`."""
    f, t = read(RegroupRow, row), read(Task, task)
    outer, inner = (f.inputs, f.filters) if f.transposed else (f.filters, f.inputs)
    begin, end = share(f.groups * outer, t)
    for piece in range(begin, end):
        source = f.weights + 4 * piece * inner * f.taps
        if not changed(source, inner * f.taps, f.marks + MARK_BYTES * piece):
            continue
        group = piece // outer
        place, within = group // f.together * f.vectors, group % f.together
        for k in range(inner):
            # Number of the filter and of the input in the merged group.
            one, other = within * outer + piece % outer, within * inner + k
            channel, number = (one, other) if f.transposed else (other, one)
            start, index, vectors = vector_place(number // WIDTH, f.parts, f.rows, f.full)
            for tap in range(f.taps):
                entry = f.places + 24 * tap
                line = load_integer(entry + 16) * f.inputs * f.together + channel
                first = (place + start) * f.inputs * f.together * load_integer(entry + 8)
                target = f.panels + load_integer(entry) + (first + line * vectors + index) * VECTOR_BYTES
                store_float(target + 4 * (number % WIDTH), load_float(source + 4 * (k * f.taps + tap)))


def emit_regroup(
    tape: Tape, weight: Learned, groups: int, filters: int, inputs: int, together: int, parts: Parts,
    places: list[TapPlace], size: int, transposed: bool,
) -> Fixed:  # fmt: skip
    """The row that packs weights into panels of `size` bytes; what no tap reaches stays 0."""
    panels, known = (
        Fixed(array) for array in (np.zeros(size, np.uint8), marks(groups * max(filters, inputs)))
    )
    tape.emit(
        regroup,
        RegroupRow(
            weight.values, panels, Fixed(np.array(places, np.int64)), known, groups, filters, inputs,
            len(places), together, int(transposed), -(-filters * together // WIDTH), *parts,
        ),
    )  # fmt: skip
    return panels
