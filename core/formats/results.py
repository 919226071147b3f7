"""What a run has measured, as JSON values."""

from __future__ import annotations

import math
import reprlib
from typing import Any

from core.errors import FormatError
from core.running.program import Result
from core.training.events import EpochEnded, RateChange


def result_values(value: Any) -> dict[str, Any]:
    """The fields of a result, or of a mean that still grows."""
    metrics = {str(name): float(number) for name, number in value["metrics"].items()}
    samples = whole_number(value["samples"])
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
    return None if value is None else Result(**result_values(value))


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
        epoch=whole_number(value["epoch"]),
        step=whole_number(value["step"]),
        seconds=number(value["seconds"], "a number of seconds"),
        train=train,
        validation=_result_from_json(value["validation"]),
        best=bool(value["best"]),
    )


def rates_from_json(values: Any) -> list[RateChange]:
    """Changes of the learning rate. Raises FormatError, TypeError or ValueError."""
    return [RateChange(whole_number(step), number(rate)) for step, rate in values]


def whole_number(value: object) -> int:
    """Raises FormatError for anything but a whole number from 0."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise FormatError(f"expected a whole number from 0, got {reprlib.repr(value)}.")
    return value


def number(value: object, expected: str = "a number from 0") -> float:
    """Raises FormatError for anything but a number from 0."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise FormatError(f"expected {expected}, got {reprlib.repr(value)}.")
    return float(value)
