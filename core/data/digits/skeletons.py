"""The strokes of the ten digits, read from skeletons.toml."""

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

    digit: int
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
def variants() -> tuple[Variant, ...]:
    """All ways to write all digits, in the order of skeletons.toml."""
    return read((files(__package__) / "skeletons.toml").read_text(encoding="utf-8"))


def read(text: str) -> tuple[Variant, ...]:
    """The variants of a text in the format of skeletons.toml, which explains itself.

    Raises ValueError where the poses of a variant differ in their strokes, points or corners.
    """
    return tuple(
        _variant(int(digit), name, entry["weight"], entry["poses"])
        for digit, entries in tomllib.loads(text).items()
        for name, entry in entries.items()
    )


def _variant(digit: int, name: str, weight: float, poses: list[str]) -> Variant:
    points, corners, starts = zip(*(_pose(pose) for pose in poses), strict=True)
    if len({(other.tobytes(), start.tobytes()) for other, start in zip(corners, starts, strict=True)}) > 1:
        raise ValueError(f"The poses of {digit} '{name}' differ in their strokes, points or corners.")
    return Variant(digit, name, weight, np.array(points), corners[0], starts[0])


def _pose(text: str) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Points (K, 2), corners (K,) and starts (K,) of "x,y x,y! x,y | x,y x,y"."""
    strokes = [stroke.split() for stroke in text.split("|")]
    tokens = [token for stroke in strokes for token in stroke]
    points = [[int(number) / 100 for number in token.rstrip("!").split(",")] for token in tokens]
    corners = [token.endswith("!") for token in tokens]
    starts = [i == 0 for stroke in strokes for i in range(len(stroke))]
    return np.array(points, np.float32), np.array(corners), np.array(starts)
