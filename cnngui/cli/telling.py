"""A report on a standard output that may fail: the run isn't lost with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

from cnngui.cli.reports import Report
from cnngui.cli.streams import give_up
from core.running.program import Result
from core.training.checkpoint import Checkpoint
from core.training.events import Event, Finished


class Telling:
    """Passes on to a report until what it writes can't be written; `failure` says why from then on."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.failure: OSError | None = None

    @property
    def is_alone(self) -> bool:
        """Whether the reader has gone, as `| head -1` does when it has enough."""
        return isinstance(self.failure, BrokenPipeError)

    @property
    def sentence(self) -> str:
        """Why nothing is told any more."""
        if self.is_alone:
            return "Nobody reads the output any more."
        return (
            f"The output can't be written: {self.failure.strerror or self.failure}." if self.failure else ""
        )

    def __enter__(self) -> Self:
        self._report.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._tell(lambda: self._report.__exit__(None, None, None))

    def show(self, event: Event) -> None:
        self._tell(lambda: self._report.show(event))

    def went_back(self, sound: Checkpoint, why: str, change: str) -> None:
        self._tell(lambda: self._report.went_back(sound, why, change))

    def finish(self, finished: Finished, parameters: int, test: Result | None) -> None:
        self._tell(lambda: self._report.finish(finished, parameters, test))

    def saved(self, path: Path) -> None:
        self._tell(lambda: self._report.saved(path))

    def _tell(self, write: Callable[[], None]) -> None:
        if self.failure is not None:
            return
        try:
            write()
            sys.stdout.flush()
        except OSError as error:
            self.failure = error
            give_up(sys.stdout)
