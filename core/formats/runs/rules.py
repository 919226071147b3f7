"""What is kept of runs, and how much room their checkpoints may take: a setting of the data folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from core.errors import FormatError
from core.formats.atomic import write_atomically
from core.formats.runs.points import Point, points_in
from core.formats.runs.records import runs_in

_MOST: Final = 1 << 50
_NAME: Final = "rules.json"
GB: Final = 10**9


@dataclass(frozen=True)
class RunRules:
    """How many checkpoints are kept."""

    budget: int = 4 * GB
    """Bytes that the checkpoints of all runs may take."""
    every_epochs: int = 1
    """A checkpoint is due after so many epochs, as far as time allows."""
    every_steps: int = 0
    """Also after so many steps, whatever that costs; 0: as often as time allows."""
    most: int = 24
    """Checkpoints of one run; of more, those are left out that lie closest to their neighbours."""
    weights_in_files: int = 0
    """1: a project file holds the last and the best checkpoint of each of its runs, not the weights of the
    current run alone."""


def read_rules(runs: Path) -> RunRules:
    """The rules of a folder with runs; the usual ones where none, or none that can be read, are set."""
    usual = RunRules()
    try:
        found = json.loads((runs / _NAME).read_text("utf-8"))
        known = {name: found[name] for name in asdict(usual) if _is_allowed(name, found.get(name))}
    except (OSError, ValueError, AttributeError, RecursionError):
        return usual
    return replace(usual, **known)


def write_rules(runs: Path, rules: RunRules) -> None:
    """Raises FormatError."""
    try:
        runs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FormatError(f"{runs} can't be made: {error.strerror or error}.") from None
    write_atomically(runs / _NAME, json.dumps(asdict(rules), indent=2).encode())


def thin_out(runs: Path, rules: RunRules, run: Path) -> int:
    """Leaves out checkpoints of the run that is on, and of the oldest ones, as the rules say.

    The last one of each run stays: gives the bytes that these take beyond the budget, which only the user
    may take away.
    """
    own = points_in(run)
    for point in superfluous(own, rules.most):
        _leave_out(point)
    oldest_first = [path for path in reversed(list(runs_in(runs))) if path != run] + [run]
    found = {path: points_in(path) for path in oldest_first}
    taken = sum(point.size for points in found.values() for point in points)
    for points in found.values():
        for most in (4, 1):
            for point in superfluous(points, most) if taken > rules.budget else ():
                _leave_out(point)
                points.remove(point)
                taken -= point.size
    return max(0, taken - rules.budget)


def superfluous(points: Sequence[Point], most: int) -> Collection[Point]:
    """Which to leave out so that `most` remain, evenly: never the last one, the best after all others."""
    left = list(points)
    while len(left) > max(1, most):
        gaps = [(left[index].is_best, _gap(left, index), index) for index in range(len(left) - 1)]
        del left[min(gaps)[2]]
    kept = set(left)
    return [point for point in points if point not in kept]


def room_of(paths: Iterable[Path]) -> int:
    """Bytes that the checkpoints of these runs take."""
    return sum(point.size for path in paths for point in points_in(path))


def _leave_out(point: Point) -> None:
    with suppress(OSError):  # then it stays until the next time
        point.path.unlink(missing_ok=True)


def _gap(points: Sequence[Point], index: int) -> int:
    """How far its neighbours would be apart without it."""
    before = points[index - 1].step if index else 0
    return points[index + 1].step - before


def _is_allowed(name: str, value: object) -> bool:
    least = 0 if name in ("every_steps", "weights_in_files") else 1
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < _MOST
