"""Kills the application at random moments, half of them in the midst of a write, and looks at what is left.

    python -m tests.faults.kills [--count 200] [--seed 0] [--where window|terminal|both]

Each victim goes on with what the ones before it have left. After each kill, all files have to be whole, no
edit may be lost that was made more than a second before, no step of a training that was recorded then, and
the last checkpoint may be no older than it may get; after the next start, none of the left-over files of
before may be there. The exit status is 1 where that isn't so.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.formats.project import ProjectFile, save_project
from core.native.environment import EXECUTOR_VARIABLE
from core.project import DataChoice, Project
from core.training.plan import Plan
from tests.cnngui.runs import GRAPH, write_bars
from tests.faults.left import Told, check, left_over
from tests.faults.victim import AIMS
from tests.paths import ROOT

WHERE: Final = ("window", "terminal")
VICTIMS_AT_ONE_PLACE: Final = 10
"""Then they begin in an empty folder."""
_START: Final = 60.0
"""Seconds after which a start has failed."""
_LONGEST: Final = 6.0
"""Seconds of work, at most."""
_DURING_START: Final = 0.15
"""So many kills come before the window is there, or the training has begun."""


@dataclass
class Place:
    """Where victims work, one after the other."""

    home: Path
    number: int = 1
    """Of the next edit."""
    left: set[Path] = field(default_factory=set)
    """Over by those that were killed; the next start has to clear it away."""
    states: set[tuple[int, int]] = field(default_factory=set)
    """What was in drafts and files, and may not vanish."""
    done: Counter[str] = field(default_factory=Counter)
    """What victims have done, by kind."""

    def furnish(self, chance: random.Random) -> None:
        """A design, its data, and nothing else; epochs are short, or longer than what a kill may cost."""
        (self.home / "work").mkdir(parents=True)
        data = write_bars(self.home / "bars.npz", train=2000)
        plan = Plan(epochs=100_000, batch_size=chance.choice((1, 20)))
        save_project(self.home / "design.cnn", ProjectFile(Project(GRAPH, plan, DataChoice(str(data)))))


def kill_one(place: Place, chance: random.Random, where: str, *, aimed: bool) -> tuple[list[str], str]:
    """What is wrong after it, and how it was killed."""
    log = place.home / "log"
    log.unlink(missing_ok=True)
    aim = [chance.choice(AIMS[where]), str(int(2 ** chance.uniform(0, 5)))] if aimed else []
    arguments = [where, str(place.home), str(log), str(chance.random()), str(place.number), *aim]
    environment = os.environ | {
        "CNNGUI_DATA_DIR": str(place.home / "data"),
        "XDG_CONFIG_HOME": str(place.home / "config"),
        "QT_QPA_PLATFORM": "offscreen",
        EXECUTOR_VARIABLE: "reference",
    }
    early = not aimed and chance.random() < _DURING_START
    patience = chance.uniform(0.2, 2.5) if early else chance.uniform(0.0, _LONGEST)
    with (
        (place.home / "said").open("wb") as said,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=said,
        ) as victim,
    ):
        _wait(victim, log, 0.0 if early else _START, "ready" if where == "window" else "run")
        _wait(victim, log, _LONGEST + 2 if aimed else patience, "killed")
        victim.send_signal(signal.SIGKILL)  # does nothing to one that has ended
        moment = time.time()
    told = Told.read(log, moment)
    place.done.update(words[0] for _, words in told.lines)
    wrong = []
    complaint = (place.home / "said").read_text(errors="replace")
    if victim.returncode != -signal.SIGKILL:
        wrong.append(f"it ended by itself with status {victim.returncode}: {complaint[-600:]}")
    elif "Traceback" in complaint or "Warning" in complaint:
        wrong.append(f"it said: {complaint[-1500:]}")
    if told.has("ready" if where == "window" else "run"):
        wrong += [f"{path} was left over by an earlier one" for path in place.left if path.exists()]
        place.left = set()
    place.left |= left_over(place.home)
    wrong += check(place.home, told, place.states)
    place.number = max(place.number, *(told.numbers("edit") + told.numbers("plan")), 0)
    how = next((" ".join(words) for words in told.all("killed")), "early" if early else "at random")
    return wrong, f"{where}, {how}"


def _wait(victim: subprocess.Popen[bytes], log: Path, seconds: float, word: str) -> None:
    """Until it logs this, ends, or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and victim.poll() is None:
        if log.exists() and f" {word}" in log.read_text():
            return
        time.sleep(0.01)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--where", choices=(*WHERE, "both"), default="both")
    parser.add_argument("--keep", type=Path, help="a folder for what is left where something is wrong")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    counts, done = Counter[str](), Counter[str]()
    failed, begin = 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cnngui-kills-", ignore_cleanup_errors=True) as made:
        place = Place(Path(made) / "0")
        for number in range(given.count):
            if number % VICTIMS_AT_ONE_PLACE == 0:
                place = Place(Path(made) / str(number))
                place.furnish(chance)
            place.done = done
            where = given.where if given.where != "both" else chance.choice(WHERE)
            wrong, how = kill_one(place, chance, where, aimed=number % 2 == 1)
            counts[how.rpartition(" ")[0] if how.count(" ") > 2 else how] += 1
            print(f"{number}: {how}", *wrong, sep="\n    ", flush=True)
            if wrong and given.keep is not None:
                place.home.rename(given.keep / str(number))
                place = Place(Path(made) / f"{number} anew")
                place.furnish(chance)
            failed += bool(wrong)
    for how, count in sorted(counts.items()):
        print(f"{count:5} {how}")
    print("They", *(f"{word}: {count}" for word, count in sorted(done.items())), sep=", ")
    print(f"{given.count} kills in {time.monotonic() - begin:.0f} s, {failed} with a loss")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
