"""Transposed convolution of one image: for each residue of a pixel's place, a convolution with some taps."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from core.engine.machine.arena import Fixed
from core.engine.machine.vectors import VECTOR_BYTES, WIDTH
from core.engine.operations.convolution import Geometry, Size, residue
from core.engine.single.convolution import Outputs, Weighted, emit_products, surround
from core.engine.single.pixels import Pixels
from core.engine.single.product import parts_of
from core.engine.single.regroup import TapPlace, emit_regroup, merged
from core.engine.single.weights import emit_affine
from core.engine.tape import Learned, Tape


class _Part(NamedTuple):
    """The pixels of one residue, the convolution that they are, and the numbers of its taps in the layer."""

    outputs: Outputs
    window: Geometry
    taps: list[int]


def _residues(size: Size, window: Geometry) -> Iterator[_Part]:
    (kh, kw), (sh, sw), pads, dilation = window
    for top in range(sh):
        rows = residue(top, size[1], kh, sh, pads[0], dilation[0])
        for left in range(sw):
            columns = residue(left, size[2], kw, sw, pads[1], dilation[1])
            if not rows.pixels or not columns.pixels:
                continue
            outputs = Outputs(rows.pixels, columns.pixels, top, left, sh, sw)
            if not rows.taps or not columns.taps:  # nothing but the bias: a tap whose weight stays 0
                yield _Part(outputs, Geometry((1, 1), (1, 1), (0, 0), (1, 1)), [])
                continue
            taps = [
                (rows.first + u * rows.step) * kw + columns.first + v * columns.step
                for u in range(rows.taps)
                for v in range(columns.taps)
            ]
            reach = (rows.dilation, columns.dilation)
            part = Geometry((rows.taps, columns.taps), (1, 1), (rows.pad, columns.pad), reach)
            yield _Part(outputs, part, taps)


class TransposedConvolution(Weighted):
    """A transposed convolution; weight is (channels, filters / groups, height, width).

    For each residue of a pixel's place, divided by the stride, it is a convolution with some of the taps.
    """

    def __init__(
        self, x: Pixels, y: Pixels, weight: Learned, bias: Learned | None, window: Geometry, groups: int
    ) -> None:
        super().__init__(x, y, weight, bias)
        self.window, self.groups = window, groups
        self._parts = list(_residues(y.size, window))
        for part in self._parts:
            surround(x, part.outputs[:2], part.window)

    def emit(self, tape: Tape) -> None:
        inputs, filters = self.x.size[0] // self.groups, self.output.size[0] // self.groups
        together = merged(self.groups, filters)
        groups = self.groups // together
        vectors = -(-filters * together // WIDTH)
        tap_bytes = groups * vectors * inputs * together * VECTOR_BYTES
        places: dict[int, TapPlace] = {}
        starts, size = [], 0
        for part in self._parts:
            taps = prod(part.window.kernel)
            places |= {tap: TapPlace(size, taps, number) for number, tap in enumerate(part.taps)}
            starts.append(size)
            size += taps * tap_bytes
        unused = TapPlace(size, 1, 0)  # all pixels of its residue are cut off
        found = [places.get(tap, unused) for tap in range(prod(self.window.kernel))]
        panels = emit_regroup(
            tape, self.weight, self.groups, filters, inputs, together, parts_of(vectors), found,
            size + tap_bytes, True,
        )  # fmt: skip
        affine = emit_affine(tape, self.output.size[0], self.bias, self.norm)
        for part, start in zip(self._parts, starts, strict=True):
            emit_products(tape, self, Fixed(panels.array[start:]), part.window, groups, affine, part.outputs)
