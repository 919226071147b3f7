"""The curves of a run as JSON values and arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.errors import FormatError
from core.formats.results import epoch_from_json, epoch_to_json, rates_from_json, whole_number
from core.maths.arrays import Array
from core.training.curves import Curves
from core.training.epochs import MOST_EPOCHS, Epochs
from core.training.events import EpochEnded
from core.training.series import MOST, Numbers, Series

State = tuple[int, Numbers, Numbers]


def curves_to_json(curves: Curves) -> dict[str, Any]:
    """What JSON can say of the curves; their numbers are in `curves_arrays`."""
    epochs = curves.epochs
    return {
        "steps": [[name, series.width] for name, series in curves.steps.items()],
        "epochs": [[name, width] for name, (width, _, _) in epochs.states().items()],
        "best": None if epochs.best is None else epoch_to_json(epochs.best),
        "last": None if epochs.last is None else epoch_to_json(epochs.last),
        "rates": [list(change) for change in curves.rates],
    }


def curves_arrays(curves: Curves) -> dict[str, Array]:
    """The arrays of the curves, by kind and place. Numbers of single steps are their own least, greatest and
    mean, and written once."""
    states = {
        "steps": [series.state() for series in curves.steps.values()],
        "epochs": list(curves.epochs.states().values()),
    }
    arrays: dict[str, Array] = {}
    for kind, found in states.items():
        for index, (width, whole, rest) in enumerate(found):
            arrays[f"{kind}/{index}"] = whole[2] if width == 1 else whole
            if width > 1:
                arrays[f"{kind}/{index}/rest"] = rest
    return arrays


def curves_from_json(values: Any, arrays: Mapping[str, Array]) -> Curves:
    """The inverse. Raises FormatError, KeyError, TypeError or ValueError."""
    curves = Curves()
    states = _read("steps", values["steps"], arrays)
    curves.steps = {name: Series.restored(*state, MOST) for name, state in states.items()}
    states = _read("epochs", values["epochs"], arrays)
    curves.epochs = Epochs.restored(states, _epoch(values["best"]), _epoch(values["last"]))
    curves.rates = rates_from_json(values["rates"])
    if len({len(series) for series in curves.steps.values()}) > 1 or len(curves.epochs) > MOST_EPOCHS:
        raise FormatError("the curves of the run are of different lengths.")
    return curves


def _read(kind: str, values: Any, arrays: Mapping[str, Array]) -> dict[str, State]:
    found: dict[str, State] = {}
    for index, (name, width) in enumerate(values):
        whole, rest = arrays[f"{kind}/{index}"].astype(np.float64), np.empty(0)
        if width == 1:
            whole = np.repeat(whole.reshape(1, -1), 3, axis=0)
        else:
            rest = arrays[f"{kind}/{index}/rest"].astype(np.float64)
        found[str(name)] = whole_number(width), whole, rest
    return found


def _epoch(value: Any) -> EpochEnded | None:
    return None if value is None else epoch_from_json(value)
