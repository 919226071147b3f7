"""How a training run is told in a terminal, in a pipe, and to a program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from tqdm import tqdm

from cnngui.cli.results import numbers, result_text
from cnngui.cli.terminal import is_watched
from cnngui.theme.formatting import duration_text
from core.engine.machine.compilers import Progress, Watch, watched
from core.running.program import Result
from core.schema.written import count_text, counted_text
from core.training.checkpoint import Checkpoint
from core.training.divergence import place_of
from core.training.events import EpochEnded, Event, Finished, Started, Stepped, Validating

STEPS_TOLD = 20
"""A program is told about this many steps of an epoch; each one would be a flood."""


class Report(Protocol):
    """Told about a run; a context, so that a progress bar is always closed."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def show(self, event: Event) -> None: ...
    def went_back(self, sound: Checkpoint, why: str, change: str) -> None:
        """After a divergence, it goes on from a sound checkpoint with a `change` of the plan."""

    def finish(self, finished: Finished, parameters: int, test: Result | None) -> None: ...
    def saved(self, path: Path) -> None: ...


class TextReport:
    """A line an epoch, and a progress bar where somebody watches."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._epochs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_bar()

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def show(self, event: Event) -> None:
        match event:
            case Started():
                self._epochs = event.epochs
                held_out = f" and {count_text(event.validation_samples)} for validation"
                print(
                    f"{counted_text(event.samples, 'sample')}{held_out if event.validation_samples else ''}, "
                    f"{counted_text(event.parameters, 'parameter')}"
                )
                if event.notice:
                    print(event.notice)
            case Stepped():
                self._step(event)
            case Validating():
                if self._bar is not None:
                    self._bar.set_postfix_str("validating")
            case EpochEnded():
                self._end_epoch(event)

    def went_back(self, sound: Checkpoint, why: str, change: str) -> None:
        self._close_bar()
        print(f"{why}\ngoes on from {place_of(sound)} with {change}", flush=True)

    def finish(self, finished: Finished, parameters: int, test: Result | None) -> None:
        self.__exit__()
        steps = counted_text(finished.step, "step")
        print(f"{finished.reason} after {steps} in {duration_text(finished.seconds)}")
        if test is not None:
            print(f"test  {result_text(test)}")

    def saved(self, path: Path) -> None:
        print(f"saved {path}")

    def _step(self, event: Stepped) -> None:
        if self._bar is None:
            self._bar = tqdm(
                total=event.batches,
                initial=event.batch - 1,
                desc=f"epoch {event.epoch}/{self._epochs}",
                unit=" batches",
                leave=False,
                dynamic_ncols=True,
                disable=not is_watched(),
            )
        self._bar.update()
        if event.batch % 10 == 0:
            self._bar.set_postfix_str(result_text(event.result), refresh=False)

    def _end_epoch(self, event: EpochEnded) -> None:
        self._close_bar()
        validation = f"  validation {result_text(event.validation)}" if event.validation else ""
        best = "  best" if event.best else ""
        print(f"epoch {event.epoch}/{self._epochs}  {result_text(event.train)}{validation}{best}", flush=True)


class JsonReport:
    """One JSON object a line on stdout; the last one has `"event": "finished"`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, event: Event) -> None:
        match event:
            case Started():
                self._tell("started", **vars(event))
            case Stepped() if event.batch % max(event.batches // STEPS_TOLD, 1) == 0:
                where = {"step": event.step, "epoch": event.epoch, "batch": event.batch}
                self._tell("step", **where, learning_rate=event.learning_rate, **_flat("train", event.result))
            case EpochEnded():
                results = _flat("train", event.train) | _flat("validation", event.validation)
                self._tell("epoch", epoch=event.epoch, step=event.step, seconds=event.seconds, **results)

    def went_back(self, sound: Checkpoint, why: str, change: str) -> None:
        self._tell("diverged", epoch=sound.epoch, step=sound.steps, why=why, change=change)

    def finish(self, finished: Finished, parameters: int, test: Result | None) -> None:
        results = _flat("train", finished.train) | _flat("validation", finished.validation)
        self._tell(
            "finished",
            reason=finished.reason,
            epochs=finished.epochs,
            steps=finished.step,
            seconds=finished.seconds,
            parameters=parameters,
            **results,
            **_flat("test", test),
        )

    def saved(self, path: Path) -> None:
        pass  # the caller knows the name: it gave it

    def _tell(self, name: str, **values: object) -> None:
        print(json.dumps({"event": name, **values}), flush=True)


@contextmanager
def compilation_shown(cancelled: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """A progress bar while operations are compiled, where somebody watches; `cancelled` calls it off."""
    bar: Any = None

    def show(progress: Progress) -> None:
        nonlocal bar
        if bar is None:
            quiet = not is_watched()
            bar = tqdm(desc="compiling", unit=" operations", leave=False, dynamic_ncols=True, disable=quiet)
        bar.total, bar.n = progress.total, progress.done
        bar.refresh()

    try:
        with watched(Watch(progress=show, cancelled=cancelled)):
            yield
    finally:
        if bar is not None:
            bar.close()


def _flat(part: str, result: Result | None) -> dict[str, float | None]:
    return {} if result is None else {f"{part}_{name}": value for name, value in numbers(result).items()}
