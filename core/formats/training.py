"""A checkpoint as JSON values and arrays."""

from __future__ import annotations

import math
import reprlib
from typing import Any

import numpy as np

from core.errors import FormatError
from core.maths.arrays import Array
from core.running.program import Result
from core.training.checkpoint import Best, Checkpoint
from core.training.evaluate import Mean
from core.training.events import EpochEnded, RateChange
from core.training.plan import Plan


def checkpoint_to_json(checkpoint: Checkpoint) -> tuple[dict[str, Any], dict[str, Array]]:
    """The numbers of the run, and the arrays that only going on needs; the kept weights are written apart."""
    running = checkpoint.running
    numbers = {
        "epoch": checkpoint.epoch,
        "position": checkpoint.position,
        "optimizer_step": checkpoint.optimizer_step,
        "seconds": checkpoint.seconds,
        "best_epoch": checkpoint.best.epoch if checkpoint.best else None,
        "running": {
            "samples": running.samples,
            "loss": running.loss,
            "metrics": running.metrics,
            "weight": running.weight,
        },
        "rates": [list(change) for change in checkpoint.rates],
        "counts": list(checkpoint.counts),
        "history": [epoch_to_json(epoch) for epoch in checkpoint.history],
    }
    state: dict[str, Array] = {f"slot/{name}": slot for name, slot in checkpoint.slots.items()}
    state |= {f"last/{name}": array for name, array in checkpoint.weights.items()}
    if checkpoint.best:
        state |= {f"best/{name}": array for name, array in checkpoint.best.weights.items()}
    state["losses"] = np.array(checkpoint.losses, np.float64)
    state["metrics"] = np.array(checkpoint.metrics, np.float64)
    return numbers, state


def checkpoint_from_json(
    numbers: Any, plan: Plan, weights: dict[str, Array], state: dict[str, Array]
) -> Checkpoint:
    """The inverse of `checkpoint_to_json`. Raises FormatError, KeyError, TypeError or ValueError."""
    last = _part(state, "last/")
    if weights.keys() != last.keys():
        raise FormatError("the weights and the state of the run are of different networks.")
    best = numbers["best_epoch"]
    found = Checkpoint(
        plan=plan,
        weights=last,
        slots=_part(state, "slot/"),
        optimizer_step=_count(numbers["optimizer_step"]),
        epoch=_count(numbers["epoch"]),
        position=_count(numbers["position"]),
        running=Mean(**_result_values(numbers["running"])),
        seconds=_seconds(numbers["seconds"]),
        best=None if best is None else Best(_count(best), _part(state, "best/")),
        history=tuple(epoch_from_json(epoch) for epoch in numbers["history"]),
        losses=tuple(float(loss) for loss in state["losses"]),
        metrics=tuple(float(metric) for metric in _metrics(state)),
        rates=_rates(numbers, plan),
        counts=tuple(map(_count, numbers.get("counts", ()))),  # older files have none
    )
    _check(found)
    return found


def _check(found: Checkpoint) -> None:
    """Refuses a run that doesn't fit together."""
    epochs = [epoch.epoch for epoch in found.history]
    results = [result for epoch in found.history for result in (epoch.train, epoch.validation) if result]
    named = {tuple(sorted(result.metrics)) for result in results}
    best = found.best
    fits = (
        epochs == list(range(1, found.epoch + 1))
        and found.position == found.running.samples
        and (best is None or (best.epoch in epochs and best.weights.keys() == found.weights.keys()))
        and (len(named) <= 1 and () not in named)
        and len(found.metrics) == len(found.losses)
        and [change.step for change in found.rates] == sorted({change.step for change in found.rates})
        and found.rates[0].step == 0
        and found.rates[-1].step <= len(found.losses)
    )
    if not fits:
        raise FormatError("the numbers of the run contradict each other.")


def _metrics(state: dict[str, Array]) -> Array:
    """One a step; older files have none."""
    return state["metrics"] if "metrics" in state else np.full(len(state["losses"]), math.nan)


def _rates(numbers: Any, plan: Plan) -> tuple[RateChange, ...]:
    """Older files have none: nothing is known of others than the plan's."""
    found = numbers.get("rates") or [[0, plan.optimizer.learning_rate]]
    return tuple(RateChange(_count(step), _number(rate)) for step, rate in found)


def _part(state: dict[str, Array], prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): a for name, a in state.items() if name.startswith(prefix)}


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise FormatError(f"expected a whole number from 0, got {reprlib.repr(value)}.")
    return value


def _seconds(value: object) -> float:
    return _number(value, "a number of seconds")


def _number(value: object, expected: str = "a number from 0") -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise FormatError(f"expected {expected}, got {reprlib.repr(value)}.")
    return float(value)


def _result_values(value: Any) -> dict[str, Any]:
    metrics = {str(name): float(number) for name, number in value["metrics"].items()}
    samples = _count(value["samples"])
    weight = float(value.get("weight", samples))  # older files weigh all samples alike
    return {"samples": samples, "loss": float(value["loss"]), "metrics": metrics, "weight": weight}


def _result_to_json(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "loss": result.loss,
        "metrics": result.metrics,
        "samples": result.samples,
        "weight": result.weight,
    }


def _result_from_json(value: Any) -> Result | None:
    return None if value is None else Result(**_result_values(value))


def epoch_to_json(epoch: EpochEnded) -> dict[str, Any]:
    """The end of an epoch as JSON values."""
    return {
        "epoch": epoch.epoch,
        "step": epoch.step,
        "seconds": epoch.seconds,
        "train": _result_to_json(epoch.train),
        "validation": _result_to_json(epoch.validation),
        "best": epoch.best,
    }


def epoch_from_json(value: Any) -> EpochEnded:
    """The inverse of `epoch_to_json`. Raises FormatError, KeyError, TypeError or ValueError."""
    train = _result_from_json(value["train"])
    if train is None:
        raise FormatError("an epoch without a result.")
    return EpochEnded(
        epoch=_count(value["epoch"]),
        step=_count(value["step"]),
        seconds=_seconds(value["seconds"]),
        train=train,
        validation=_result_from_json(value["validation"]),
        best=bool(value["best"]),
    )
