"""How people write the digits, read from poses/0.toml to poses/9.toml.

A file has a table for each way to write its digit, a variant:

    weight  how common it is, relative to the digit's other variants
    poses   the same strokes by different hands, any blend of which is a digit again

A pose lists points "x,y" in the order of drawing, in hundredths of the digit's height, x to the right and y
down. "|" lifts the pen, "!" marks a corner; everywhere else the line is smooth.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core.data.digits.splines import catmull_rom_basis

STEPS = 5  # polyline pieces between two control points: enough that no bend shows at 28 pixels


@dataclass(frozen=True, eq=False)
class Variant:
    """One way to write a digit: poses of the same strokes, which may be blended.

    weight: how common it is among the variants of its digit.
    poses: (P, K, 2), x and y of the K control points of all strokes; a digit is about 1 high, y down.
    corners: (K,), True where a stroke breaks its tangent.
    starts: (K,), True at the first point of each stroke.
    """

    name: str
    weight: float
    poses: NDArray[np.float32]
    corners: NDArray[np.bool_]
    starts: NDArray[np.bool_]

    @cached_property
    def basis(self) -> NDArray[np.float32]:
        """(S, K): the polyline's points are `basis @ control points`; strokes follow one another."""
        mean = self.poses.mean(axis=0, dtype=np.float64)
        count = len(mean)
        rows = []
        for first, last in self._strokes():
            stroke = catmull_rom_basis(mean[first:last], self.corners[first:last], STEPS)
            rows.append(np.pad(stroke, ((0, 0), (first, count - last))))
        return np.concatenate(rows).astype(np.float32)

    @cached_property
    def pen_down(self) -> NDArray[np.bool_]:
        """(S,): False where a stroke starts, so that no ink joins it to the stroke before."""
        return np.concatenate(
            [np.arange((last - first - 1) * STEPS + 1) > 0 for first, last in self._strokes()]
        )

    def _strokes(self) -> list[tuple[int, int]]:
        """First control point of each stroke and the one after its last."""
        firsts = [int(i) for i in np.flatnonzero(self.starts)]
        return list(zip(firsts, [*firsts[1:], len(self.starts)], strict=True))


@cache
def variants(digit: int) -> tuple[Variant, ...]:
    """All ways to write a digit."""
    text = (files(__package__) / "poses" / f"{digit}.toml").read_text(encoding="utf-8")
    return tuple(
        _variant(name, entry["weight"], entry["poses"]) for name, entry in tomllib.loads(text).items()
    )


def _variant(name: str, weight: float, poses: list[str]) -> Variant:
    points, corners, starts = zip(*(_pose(pose) for pose in poses), strict=True)
    if len({(other.tobytes(), start.tobytes()) for other, start in zip(corners, starts, strict=True)}) > 1:
        raise ValueError(f"The poses of '{name}' differ in their strokes, points or corners.")
    return Variant(name, weight, np.array(points), corners[0], starts[0])


def _pose(text: str) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Points (K, 2), corners (K,) and starts (K,) of "x,y x,y! x,y | x,y x,y"."""
    strokes = [stroke.split() for stroke in text.split("|")]
    tokens = [token for stroke in strokes for token in stroke]
    points = [[int(number) / 100 for number in token.rstrip("!").split(",")] for token in tokens]
    corners = [token.endswith("!") for token in tokens]
    starts = [i == 0 for stroke in strokes for i in range(len(stroke))]
    return np.array(points, np.float32), np.array(corners), np.array(starts)
