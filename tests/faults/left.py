"""What a kill may leave behind, and what it may not: looked at as the next start does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

from core.errors import CoreError, FormatError
from core.formats.drafts import DRAFT
from core.formats.project import load_project
from core.formats.runs.points import points_in, read_point
from core.formats.runs.records import JOURNAL, read_run, runs_in
from core.formats.snapshot import read_snapshot
from core.formats.versions import versions_of
from tests.faults.victim import AT_MOST_LOST, state_of

SAFE_AFTER: Final = 1.0
"""Seconds after which an edit or a step is on the disk."""
MARGIN: Final = 1.0
"""Seconds more on a machine that is busy with other things."""
_STALLED: Final = 0.3
"""Seconds without a line in the log, which has one each tenth of a second, after which it was stalled."""
_PAUSE: Final = 0.5
"""Seconds between two steps after which the training was held, not at work."""


@dataclass(frozen=True)
class Told:
    """The log of a victim, and when it was killed."""

    lines: tuple[tuple[float, tuple[str, ...]], ...]
    killed: float

    @staticmethod
    def read(log: Path, killed: float) -> Told:
        text = log.read_text() if log.exists() else ""
        found = [(float(time), tuple(words)) for time, *words in map(str.split, text.splitlines())]
        return Told(tuple(found), next((time for time, words in found if words[0] == "killed"), killed))

    @cached_property
    def safe_until(self) -> float:
        """When what was done by then has to be safe. While other programs have the machine, which the log
        shows by its gaps, no time passes."""
        times = [time for time, _ in self.lines if time <= self.killed]
        passed, later = 0.0, self.killed
        for time in reversed(times):
            passed += min(later - time, _STALLED)
            if passed >= SAFE_AFTER + MARGIN:
                return time
            later = time
        return 0.0

    def all(self, word: str, before: float = float("inf")) -> Iterator[tuple[str, ...]]:
        """What was told under this word, up to a time."""
        return (words[1:] for time, words in self.lines if words[0] == word and time <= before)

    def has(self, word: str) -> bool:
        return any(words[0] == word for _, words in self.lines)

    def numbers(self, word: str, before: float = float("inf")) -> list[int]:
        return [int(words[0]) for words in self.all(word, before)]


def left_over(home: Path) -> set[Path]:
    """Half-written files, drafts without a content, and runs without a beginning."""
    found = set(home.rglob(".cnngui-*"))
    for journal in (home / "data" / "runs").glob(f"*/{JOURNAL}*"):
        with suppress(FormatError):
            read_run(journal.parent)
            continue
        if not points_in(journal.parent):
            found.add(journal.parent)
    return found


def check(home: Path, told: Told, states: set[tuple[int, int]]) -> list[str]:
    """What is wrong. `states` are those that were there before; they are brought up to date."""
    wrong, found = [], set[tuple[int, int]]()
    for path in sorted((home / "work").glob("*.cnn")):
        try:
            found.add(state_of(load_project(path).project))
            found |= {state_of(v.snapshot.project) for v in versions_of(home / "data" / "versions", path)}
        except CoreError as error:
            wrong.append(str(error.problem))
    found |= {state_of(v.snapshot.project) for v in versions_of(home / "data" / "versions", None)}
    snapshots = [*home.glob(f"data/drafts/*/{DRAFT}"), *home.glob("data/versions/*/*.json")]
    for path in snapshots:
        try:
            read_snapshot(path)
        except CoreError as error:
            wrong.append(str(error.problem))
    drafts = set[tuple[int, int]]()
    for path in (home / "data" / "drafts").glob(f"*/{DRAFT}"):
        with suppress(CoreError):  # told of above
            drafts.add(state_of(read_snapshot(path).project))
    found |= drafts
    wrong += _lost_edits(told, found)
    recovered = {(int(design), int(plan)) for design, plan in told.all("recovered")}
    wrong += [f"the state {state} of before is lost" for state in states - found - recovered]
    states.clear()
    states |= drafts
    for run in runs_in(home / "data" / "runs"):
        wrong += _damage(run)
    wrong += [
        text
        for run in dict.fromkeys(words[0] for words in told.all("run"))
        for text in _lost_steps(home, told, run)
    ]
    return wrong


def _lost_edits(told: Told, found: set[tuple[int, int]]) -> list[str]:
    design, plan = (max(told.numbers(word, told.safe_until), default=0) for word in ("edit", "plan"))
    if (not design and not plan) or any(one >= design and other >= plan for one, other in found):
        return []
    return [f"edits ({design}, {plan}) are lost; there are {sorted(found)[-5:]}"]


def _damage(run: Path) -> list[str]:
    """Of the checkpoints of a run, and of a journal that isn't just its torn beginning."""
    wrong = []
    for point in points_in(run):
        try:
            read_point(point)
        except CoreError as error:
            wrong.append(str(error.problem))
    try:
        read_run(run)
    except CoreError as error:
        if points_in(run):
            wrong.append(str(error.problem))
    return wrong


def _lost_steps(home: Path, told: Told, run: str) -> list[str]:
    """Whether more of a run is lost than may be, in its journal and since its last checkpoint."""
    folder = home / "data" / "runs" / run
    steps = [(time, int(words[2])) for time, words in told.lines if words[:2] == ("step", run)]
    safe = [step for time, step in steps if time <= told.safe_until]
    if not safe:
        return []
    try:
        recorded = read_run(folder).record.steps
    except CoreError as error:
        return [str(error.problem)]
    wrong = []
    if recorded < safe[-1]:
        wrong.append(f"step {safe[-1]} isn't in the journal of {run}, which ends at {recorded}")
    last = max((point.step for point in points_in(folder)), default=0)
    seconds = _worked(steps, last)
    if seconds > AT_MOST_LOST + MARGIN:
        wrong.append(f"the last checkpoint of {run} is {seconds:.1f} s old")
    return wrong


def _worked(steps: list[tuple[float, int]], since: int) -> float:
    """Seconds of training after this step."""
    times = [time for time, step in steps if step > since]
    return sum(min(b - a, _PAUSE) for a, b in pairwise(times))
