"""How a network is to be trained: declared settings, as for a layer."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from core.errors import Problem, UsageError
from core.maths.optim import OPTIMIZERS, Adam, Clipping, Optimizer
from core.maths.schedules import SCHEDULES, Constant, Schedule
from core.schema.making import as_written, changed, explained, normalise
from core.schema.param import Declared, check_settings, param, params_of, problems_of, to_dict, wrong_of
from core.schema.registry import Registry


@explained
@dataclass(frozen=True)
class Plan(Declared):
    """The settings of a training run. Raises UsageError for a value that isn't allowed.

    One that is read from a file raises nothing: `problems` says what is wrong there.
    """

    optimizer: Optimizer = field(default_factory=Adam)
    """This one and the schedule may be given by their kinds, too: `Plan(optimizer="adam")`."""
    schedule: Schedule = field(default_factory=Constant)
    epochs: int = param(5, min=1, max=100_000, help="How often the network sees all training samples.")
    batch_size: int = param(64, min=1, max=65_536, help="Samples that make one step together.")
    validation: float = param(
        0.1, min=0.0, max=0.9, help="Share of the training samples that are only used to check the result."
    )
    seed: int = param(
        0, min=0, max=2**31 - 1, help="Start of all random numbers: the same seed gives the same run."
    )
    keep_best: bool = param(
        True, help="Ends with the weights of the epoch with the lowest validation loss, not the last ones."
    )
    warmup: float = param(
        0.0,
        min=0.0,
        max=10_000.0,
        label="Warm-up",
        help="Epochs in which the learning rate rises from almost 0, before the schedule begins.",
    )
    clip_norm: float = param(
        0.0, min=0.0, max=1e9, help="Shortens the gradient of all parameters to this length; 0: never."
    )
    clip_value: float = param(
        0.0, min=0.0, max=1e9, help="Limits each number of the gradient to ± this, before its norm; 0: never."
    )

    def __post_init__(self) -> None:
        normalise(self)
        for name, registry in _PARTS.items():
            object.__setattr__(self, name, _chosen(registry, getattr(self, name)))

    @property
    def clipping(self) -> Clipping:
        """The limits of the gradient."""
        return Clipping(self.clip_value or math.inf, self.clip_norm or math.inf)

    def learning_rate(self, epoch: float, step: float = 0.0) -> float:
        """The rate of a step that begins after `epoch` epochs, whole ones and parts, and is `step` of one.

        During the warm-up it is proportional to the epochs at the step's end, so that the first step counts.
        """
        share = self.schedule.share(max(0.0, epoch - self.warmup), self.epochs - self.warmup)
        if epoch + step < self.warmup:
            share *= (epoch + step) / self.warmup
        return self.optimizer.learning_rate * share

    def optimizer_at(self, epoch: float, step: float) -> Optimizer:
        """The optimiser with the learning rate of that step."""
        return changed(self.optimizer, learning_rate=self.learning_rate(epoch, step))

    def problems(self) -> tuple[Problem, ...]:
        """What a file has in place of allowed settings, of the optimiser's and the schedule's, too."""
        if not (self.wrong or self.optimizer.wrong or self.schedule.wrong):
            return ()
        return tuple(
            Problem(f"{title}, {label}: {reason}.", "Change the setting.", parameter=name)
            for title, part in (("Training", self), *((p.title, p) for p in (self.optimizer, self.schedule)))
            for name, label, reason in _reasons(part)
        )

    def require_allowed(self) -> None:
        """Raises UsageError for the first of the problems."""
        for problem in self.problems():
            raise UsageError(problem.message, problem.hint, parameter=problem.parameter)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        parts: dict[str, Optimizer | Schedule] = {"optimizer": self.optimizer, "schedule": self.schedule}
        own = {name: {"kind": p.kind, **to_dict(p)} for name, p in parts.items()}
        return {**own, **to_dict(self)}

    @staticmethod
    def from_json(value: dict[str, Any]) -> Plan:
        """The inverse of `to_json`; settings that are missing have their defaults.

        What isn't allowed is kept as it was written, an optimiser or a schedule of an unknown kind, too.
        """
        settings = dict(value)
        parts: dict[str, Any] = {"optimizer": Adam(), "schedule": Constant()}
        for name, registry in _PARTS.items():
            read = _part(registry, settings.get(name, {"kind": parts[name].kind}))
            if read is not None:
                parts[name] = read
                settings.pop(name, None)
        return as_written(Plan, settings, **parts)


T = TypeVar("T")

_PARTS: Final[dict[str, Registry[Any]]] = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES}


def _chosen(registry: Registry[Any], value: object) -> Any:
    """What a run is to use: an entry of the registry, or the one of this kind with its defaults."""
    if isinstance(value, str):
        return registry[value.lower()]()
    if type(value) not in list(registry):
        kinds = " or ".join(repr(entry.kind) for entry in list(registry)[:2])
        example = next(iter(registry)).__name__
        raise UsageError(
            f"Expected a declared {registry.what}, got {reprlib.repr(value)}.",
            f"Give an object such as {example}(), or a kind such as {kinds}.",
        )
    check_settings(value)
    return value


def _reasons(part: Plan | Optimizer | Schedule) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the settings of a part of the plan: the name, the label and why."""
    labels = {p.name: p.label for p in params_of(type(part))}
    wrong = wrong_of(part)
    reasons = problems_of(part)
    if isinstance(part, Plan):
        for name in reasons.keys() & _PARTS.keys():
            kinds = ", ".join(entry.kind for entry in _PARTS[name])
            reasons[name] = f"expected an object of the kind {kinds}, got {reprlib.repr(wrong[name])}"
    for name, reason in reasons.items():
        yield name, labels.get(name, name), reason


def _part(registry: Registry[T], value: object) -> T | None:
    """A declared object by its kind and settings; None where there is no such kind."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in registry:
        return None
    return as_written(registry[kind], {name: v for name, v in value.items() if name != "kind"})


@dataclass(frozen=True)
class PlanChange:
    """Another plan counts from the step after this one on."""

    step: int
    plan: Plan
