"""A training run as a value: what it was made of, what happened in it, and how it ended.

It is built from entries, one after the other; the same ones that a journal holds
(`core.formats.runs.records`). Kinds of entries that come later are kept as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.design.graph import Graph
from core.running.program import Execution
from core.training.curves import Curves
from core.training.events import EpochEnded, RateChange
from core.training.plan import Plan, PlanChange


@dataclass(frozen=True)
class Machine:
    """What a run was made on."""

    system: str
    version: str
    """Of cnngui."""
    execution: Execution


@dataclass(frozen=True)
class Begun:
    """What a run is made of: all of it together makes the same run again."""

    run: str
    """Its id; no other run has it."""
    when: str
    """In UTC, as ISO 8601 has it."""
    name: str
    """Of the design: that of its file or example."""
    design: Graph
    plan: Plan
    data: str
    """The spec of the data source."""
    fingerprint: str
    """Of its training samples."""
    samples: int
    validation_samples: int
    parameters: int
    machine: Machine
    parent: tuple[str, int] | None = None
    """The run and the step that it went on from, with another design or plan."""
    targets: Mapping[str, str] = field(default_factory=dict)
    """What each output block is to give, by block id: `class` or `value`. Their results are series of their
    own where there are several, as `BLOCK/loss`; `loss` is their total."""
    made_of: Mapping[str, Any] = field(default_factory=dict)
    """How the samples came from the source, as JSON by name: preparation, corrections, augmentation."""


@dataclass(frozen=True)
class Resumed:
    """The run goes on after `step` steps. Those that are recorded already come out the same once more."""

    when: str
    step: int
    machine: Machine


@dataclass(frozen=True, eq=False)
class Steps:
    """Numbers of the steps after the first `first` ones, by series: (steps,) each."""

    first: int
    numbers: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Ended:
    """The run came to rest. `why` says it in words where it has failed."""

    when: str
    step: int
    reason: Literal["completed", "stopped", "failed"]
    why: str = ""


Entry: TypeAlias = Begun | Resumed | Steps | PlanChange | EpochEnded | Curves | Ended


@dataclass
class RunRecord:
    """All that is known of a run. It grows by entries, in the order in which they happened."""

    begun: Begun
    curves: Curves = field(default_factory=Curves)
    plans: list[PlanChange] = field(default_factory=list)
    """The first one is that of the beginning, at step 0."""
    resumed: list[Resumed] = field(default_factory=list)
    """When it went on after a rest, and where."""
    ended: Ended | None = None
    """None while it runs, and where it was killed."""

    def __post_init__(self) -> None:
        self.plans.insert(0, PlanChange(0, self.begun.plan))
        self._note_rates()

    @property
    def steps(self) -> int:
        """How many are recorded."""
        return self.curves.count

    @property
    def plan(self) -> Plan:
        """The plan that it has at its end."""
        return self.plans[-1].plan

    def with_begun(self, begun: Begun) -> RunRecord:
        """The same run with other words on its beginning."""
        return RunRecord(begun, self.curves, self.plans[1:], self.resumed, self.ended)

    def plan_at(self, step: int) -> Plan:
        """The plan that counts after so many steps, for the next one."""
        return [change for change in self.plans if change.step <= step][-1].plan

    def changes_after(self, step: int) -> list[PlanChange]:
        """What a run that goes on from there has to do again."""
        return [change for change in self.plans if change.step > step]

    @property
    def best(self) -> EpochEnded | None:
        """The epoch with the lowest validation loss; the last one, where there is no validation."""
        return self.curves.epochs.best or self.curves.epochs.last

    def add(self, entry: Entry) -> None:
        """Takes what happened next."""
        match entry:
            case Steps():
                self.curves.extend(entry.first, entry.numbers)
            case Curves():  # in place of all steps and epochs until then
                self.curves = entry
                self._note_rates()
            case EpochEnded():
                self.curves.end_epoch(entry)
            case PlanChange() if entry not in self.plans:
                self.curves.cut(entry.step)  # a run that went on from before its end, and took another way
                self.plans = [p for p in self.plans if p.step < entry.step or not p.step] + [entry]
                self._note_rates()
            case Ended():
                self.ended = entry
            case Resumed():
                self.ended = None
                self.resumed.append(entry)
            case PlanChange():
                pass  # made once more, by a run that goes on after a kill
            case Begun():
                raise ValueError("a run begins once")

    def _note_rates(self) -> None:
        rates: list[RateChange] = []
        for change in self.plans:
            rate = change.plan.optimizer.learning_rate
            if rates and rates[-1].step == change.step:
                del rates[-1]
            if not rates or rates[-1].rate != rate:
                rates.append(RateChange(change.step, rate))
        self.curves.set_rates(rates)


def record_of(entries: Iterable[Entry]) -> RunRecord:
    """The run that these entries tell of. Raises ValueError where they don't begin with its beginning."""
    first, *others = entries
    if not isinstance(first, Begun):
        raise ValueError("no beginning of a run")
    record = RunRecord(first)
    for entry in others:
        record.add(entry)
    return record
