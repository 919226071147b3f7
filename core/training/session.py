"""The training run, as an iterator of events.

Whoever iterates is in control: between two events nothing runs, so to pause is not to ask for the next event,
and to step is to ask for one. A new plan (a new learning rate, say) counts from the next step on.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.errors import DataError, DivergedError
from core.maths.arrays import Array
from core.maths.optim import OptimizerState
from core.running.program import Program, Result
from core.training.checkpoint import Best, Checkpoint
from core.training.curves import LEARNING_RATE, MILLISECONDS, Curves
from core.training.divergence import Watch
from core.training.evaluate import Mean, evaluation
from core.training.events import EpochEnded, Event, Finished, Started, Stepped, Validating
from core.training.plan import Plan, PlanChange


class Session:
    """Trains `program` on `train`, checking it on `validation` after each epoch.

    With `resume`, goes on from a checkpoint: the run is bit for bit the one that was never interrupted. Then
    `changes` are those of the plan that came after the checkpoint; each is made again at its step.
    Raises DataError for data that the program doesn't take or that count nothing in the loss, and UsageError
    while another thread trains it, which may come with the iteration, too, and for settings of the plan that
    a file has and that aren't allowed. Iterating raises LayerError where a block fails, DataError where the
    data are to blame, UsageError for a batch that is too large for the memory; the program then has the
    weights from before that step, and a checkpoint can still be taken. Where the run diverges, DivergedError
    says so, and all is as it was after the last sound epoch, or when the session began: its weights and the
    optimiser's buffers are kept in memory for that.
    """

    def __init__(
        self,
        program: Program,
        train: Dataset,
        validation: Dataset | None,
        plan: Plan,
        resume: Checkpoint | None = None,
        *,
        changes: Iterable[PlanChange] = (),
    ) -> None:
        plan.require_allowed()
        program.require_free()
        for data in filter(None, (train, validation)):
            program.require(data)
        self._plan = plan
        self._changes = list(changes)
        self.run = "" if resume is None else resume.run
        """The id under which it is recorded; empty where it isn't."""
        self._counts = tuple(train.counts())
        if resume is not None and len(resume.counts) == len(self._counts):
            self._counts = resume.counts  # the loss stays the one that the run began with
        program.adapt(self._counts)
        program.require_weight(train, "training data")
        if validation is not None:
            program.require_weight(validation, "validation data")
        self._program = program
        self._train = train
        self._validation = validation
        self._stopping = False
        self._state = OptimizerState(plan.optimizer, program.parameters.values, plan.clipping)
        self._epoch = 0
        self._position = 0
        self._running = Mean()
        self._seconds = 0.0
        self._best: Best | None = None
        self._curves = Curves()
        self._last: dict[str, Array] | None = None
        self._watch = Watch(program, train)
        if resume is not None:
            self._restore(resume)
        self._curves.change_rate(plan.optimizer.learning_rate)
        self._sound = resume or self.checkpoint()

    @property
    def plan(self) -> Plan:
        """Another one counts from the next step on; then no earlier changes are made again."""
        return self._plan

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._changes.clear()
        self._take_plan(plan)

    def _take_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._curves.change_rate(plan.optimizer.learning_rate)

    @property
    def step(self) -> int:
        """The number of steps done, those before a resume too."""
        return self._curves.count

    def stop(self) -> None:
        """Ends the run at the next opportunity; a checkpoint taken then can be resumed."""
        self._stopping = True

    def __iter__(self) -> Iterator[Event]:
        held_out = len(self._validation) if self._validation else 0
        count = self._program.parameters.count
        yield Started(len(self._train), held_out, self.plan.epochs, count, self.step, self._program.notice)
        with self._program.trained_here():
            try:
                while self._goes_on():
                    yield from self._run_epoch()
            except DivergedError:
                self._go_back()
                raise
            finished = self._finish()
        yield finished

    def checkpoint(self) -> Checkpoint:
        """Where the run stands, as a copy."""
        return Checkpoint(
            plan=self.plan,
            weights=self._last or self._program.parameters.save(),
            slots={name: slot.copy() for name, slot in self._state.slots.items()},
            optimizer_step=self._state.step,
            epoch=self._epoch,
            position=self._position,
            running=replace(self._running, metrics=dict(self._running.metrics)),
            seconds=self._seconds,
            best=self._best,
            curves=self._curves.copy(),
            run=self.run,
            counts=self._counts,
        )

    def _restore(self, found: Checkpoint) -> None:
        if self._program.parameters.load(found.weights):
            raise DataError(
                "The checkpoint is of another network.", "Start the training anew, or undo the change."
            )
        if found.slots.keys() == self._state.slots.keys():
            for name, slot in self._state.slots.items():
                if found.slots[name].shape != slot.shape:
                    raise DataError(
                        "The optimiser's state is of another network.", "Start the training anew."
                    )
                slot[...] = found.slots[name]
            self._state.step = found.optimizer_step
        self._epoch, self._position, self._seconds = found.epoch, found.position, found.seconds
        names = self._program.output_layer.measured(self._program.shapes[self._program.output.id])
        self._running = _with_metrics(found.running, names)
        self._best = found.best
        self._curves = found.curves.copy()
        self._curves.keep_metrics(names)

    def _go_back(self) -> None:
        """To the last sound epoch; its optimiser may have been another one."""
        self._state = OptimizerState(self.plan.optimizer, self._program.parameters.values, self.plan.clipping)
        self._restore(self._sound)
        self._watch.forget()

    def _keep_sound(self, ended: EpochEnded) -> None:
        """After an epoch; of thousands of short ones only some, as each copy has all curves."""
        if self._watch.is_sound(ended) and self.step - self._sound.steps >= self.step // 100:
            self._sound = self.checkpoint()

    def _goes_on(self) -> bool:
        self._change_again()
        return self._epoch < self.plan.epochs and not self._stopping

    def _change_again(self) -> None:
        while self._changes and self._changes[0].step <= self.step:
            self._take_plan(self._changes.pop(0).plan)

    def _run_epoch(self) -> Iterator[Event]:
        size, count = self.plan.batch_size, len(self._train)
        order = np.random.default_rng([self.plan.seed, self._epoch]).permutation(count)
        self._train.expect(order[self._position : self._position + size])
        while self._position < count and not self._stopping:
            end = self._position + size
            self._train.expect(order[end : end + size])
            yield self._step(order[self._position : end], -(-count // size))
        validation = yield from self._validate()
        if not self._stopping:
            yield self._end_epoch(validation)

    def _step(self, indices: NDArray[np.int64], batches: int) -> Stepped:
        begin = time.perf_counter()
        self._change_again()
        count = len(self._train)
        optimizer = self.plan.optimizer_at(self._epoch + self._position / count, len(indices) / count)
        self._state.replace(optimizer, self.plan.clipping)
        result = self._program.train_on(self._train, indices, self._state)
        self._position += len(indices)
        self._running.add(result)
        seconds = time.perf_counter() - begin
        self._seconds += seconds
        rate, taken = optimizer.learning_rate, 1000 * seconds
        self._curves.add(result, {LEARNING_RATE: rate, MILLISECONDS: taken})
        self._watch.see(result.loss)
        batch = -(-self._position // self.plan.batch_size)
        return Stepped(self.step, self._epoch + 1, batch, batches, result, rate, taken)

    def _validate(self) -> Generator[Event, None, Result | None]:
        """Yields the progress; its value (`yield from`) is the result, None where there is none."""
        if self._validation is None:
            return None
        result: Result | None = None
        begin = time.perf_counter()
        for found in evaluation(self._program, self._validation):
            self._seconds += time.perf_counter() - begin
            if self._stopping:
                return None
            yield Validating(self._epoch + 1, found.done, found.samples)
            result, begin = found.result, time.perf_counter()
        return result

    def _end_epoch(self, validation: Result | None) -> EpochEnded:
        train = self._running.result()
        assert train is not None  # an epoch has at least one step
        before = self._curves.epochs.best
        least = before.validation.loss if before is not None and before.validation else np.inf
        epoch, best = self._epoch + 1, validation is not None and validation.loss < least
        weights = self._program.parameters.save() if best else None
        ended = EpochEnded(epoch, self.step, self._seconds, train, validation, best)
        self._curves.end_epoch(ended)  # whatever memory it takes is taken before the first number changes
        self._epoch, self._position, self._running = epoch, 0, Mean()
        if weights is not None:
            self._best = Best(epoch, weights)
        self._keep_sound(ended)
        return ended

    def _finish(self) -> Finished:
        shown = self._curves.epochs.last
        if self._best is not None and self.plan.keep_best:
            self._last = self._program.parameters.save()
            self._program.parameters.load(self._best.weights)
            shown = self._curves.epochs.find(self._best.epoch)
        done = self._epoch >= self.plan.epochs
        return Finished(
            reason="completed" if done else "stopped",
            epochs=self._epoch,
            step=self.step,
            seconds=self._seconds,
            train=shown.train if shown else self._running.result(),
            validation=shown.validation if shown else None,
        )


def _with_metrics(mean: Mean, names: Collection[str]) -> Mean:
    """A mean with these metrics alone: a run of an older version may have more of them."""
    return replace(mean, metrics={name: mean.metrics[name] for name in names if name in mean.metrics})
