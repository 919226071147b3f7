"""A checkpoint as JSON values and arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.errors import FormatError
from core.formats.curves import curves_arrays, curves_from_json, curves_to_json
from core.formats.results import epoch_from_json, number, rates_from_json, result_values, whole_number
from core.maths.arrays import Array
from core.training.checkpoint import Best, Checkpoint
from core.training.curves import LOSS, Curves
from core.training.evaluate import Mean
from core.training.events import EpochEnded
from core.training.plan import Plan


def to_numbers(checkpoint: Checkpoint) -> dict[str, Any]:
    """What JSON can say of where a run stands."""
    running = checkpoint.running
    return {
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
        "run": checkpoint.run,
        "counts": list(checkpoint.counts),
        "curves": curves_to_json(checkpoint.curves),
    }


def state_of(checkpoint: Checkpoint) -> dict[str, Array]:
    """Its arrays: by prefix, the buffers of the optimiser, the last and the best weights, the curves."""
    state: dict[str, Array] = {f"slot/{name}": slot for name, slot in checkpoint.slots.items()}
    state |= {f"last/{name}": array for name, array in checkpoint.weights.items()}
    if checkpoint.best:
        state |= {f"best/{name}": array for name, array in checkpoint.best.weights.items()}
    return state | {f"curves/{name}": array for name, array in curves_arrays(checkpoint.curves).items()}


def checkpoint_of(numbers: Any, plan: Plan, state: Mapping[str, Array]) -> Checkpoint:
    """The checkpoint with these numbers and arrays, of any version.

    Raises FormatError, KeyError, TypeError or ValueError.
    """
    best = numbers["best_epoch"]
    if "curves" in numbers:
        curves = curves_from_json(numbers["curves"], _part(state, "curves/"))
    else:
        curves = _older_curves(numbers, state)
    if not curves.rates:  # of a run that hasn't begun, or an older file: no other than the plan's is known
        curves.change_rate(plan.optimizer.learning_rate)
    found = Checkpoint(
        plan=plan,
        weights=_part(state, "last/"),
        slots=_part(state, "slot/"),
        optimizer_step=whole_number(numbers["optimizer_step"]),
        epoch=whole_number(numbers["epoch"]),
        position=whole_number(numbers["position"]),
        running=Mean(**result_values(numbers["running"])),
        seconds=number(numbers["seconds"], "a number of seconds"),
        best=None if best is None else Best(whole_number(best), _part(state, "best/")),
        curves=curves,
        run=str(numbers.get("run", "")),
        counts=tuple(map(whole_number, numbers.get("counts", ()))),  # older files have none
    )
    _check(found)
    return found


def _check(found: Checkpoint) -> None:
    """Refuses a run that doesn't fit together."""
    epochs, rates, best = found.curves.epochs, found.curves.rates, found.best
    fits = (
        epochs.total == found.epoch
        and (epochs.last is None or epochs.last.epoch == found.epoch)
        and found.position == found.running.samples
        and (best is None or _is_best(found, best))
        and [change.step for change in rates] == sorted({change.step for change in rates})
        and rates[0].step == 0
        and rates[-1].step <= found.steps
    )
    if not fits:
        raise FormatError("the numbers of the run contradict each other.")


def _is_best(found: Checkpoint, best: Best) -> bool:
    known = found.curves.epochs.find(best.epoch) is not None
    return known and best.weights.keys() == found.weights.keys()


def _older_curves(numbers: Any, state: Mapping[str, Array]) -> Curves:
    """Those of files of versions 1 and 2, whose epochs stand one by one and whose metric has no name."""
    curves = Curves()
    history = [epoch_from_json(epoch) for epoch in numbers["history"]]
    _check_history(history)
    for epoch in history:
        curves.end_epoch(epoch)
    metrics = history[0].train.metrics if history else numbers["running"]["metrics"]
    losses = state["losses"].astype(np.float64)
    columns = {LOSS: losses}
    if "metrics" in state and metrics:
        columns[next(iter(metrics))] = state["metrics"].astype(np.float64)
    if len({len(column) for column in columns.values()}) != 1:
        raise FormatError("the numbers of the run contradict each other.")
    curves.extend(0, columns)
    curves.set_rates(rates_from_json(numbers.get("rates", ())))
    return curves


def _check_history(history: list[EpochEnded]) -> None:
    results = [result for epoch in history for result in (epoch.train, epoch.validation) if result]
    named = {tuple(sorted(result.metrics)) for result in results}
    in_order = [epoch.epoch for epoch in history] == list(range(1, len(history) + 1))
    if not in_order or len(named) > 1 or () in named:
        raise FormatError("the numbers of the run contradict each other.")


def _part(state: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): a for name, a in state.items() if name.startswith(prefix)}
