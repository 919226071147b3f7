"""Curves and epochs of runs of any length."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from core.errors import CoreError
from core.formats.curves import curves_arrays, curves_from_json, curves_to_json
from core.running.program import Result
from core.training.curves import LOSS, Curves
from core.training.epochs import MOST_EPOCHS, Epochs
from core.training.events import EpochEnded


def result(loss: float) -> Result:
    return Result(loss, {"accuracy": 1 / (1 + loss), "top5": 1.0}, 40, 38.5)


def epochs(count: int) -> list[EpochEnded]:
    """Every second one is validated; the loss falls until the tenth from the end."""
    return [
        EpochEnded(
            n,
            7 * n,
            0.5 * n,
            result(1.0 / n),
            result(abs(n - count + 10) + 1.0) if n % 2 else None,
            n % 3 == 0,
        )
        for n in range(1, count + 1)
    ]


def test_epochs_are_as_they_were() -> None:
    made = epochs(60)
    found = Epochs(made)
    assert found == made
    assert (len(found), found.total, found.width) == (60, 60, 1)
    assert list(found[57].train.metrics) == ["accuracy", "top5"]
    assert (found.best, found.last) == (made[59], made[59])
    assert found == found.copy()
    assert found.find(17) == made[16]
    assert found.find(61) is None


def test_a_copy_does_not_grow() -> None:
    curves = Curves()
    curves.add(result(1.0))
    kept = curves.copy()
    curves.add(result(0.5))
    curves.end_epoch(epochs(1)[0])
    curves.change_rate(0.1)
    assert (kept.count, len(kept.epochs), kept.rates) == (1, 0, [])
    assert kept.losses == (1.0,)
    assert curves.losses == (1.0, 0.5)


def test_very_many_epochs_take_bounded_room_and_the_best_is_known() -> None:
    count = 3 * MOST_EPOCHS
    found = Epochs()
    one = epochs(1)[0]
    for n in range(1, count + 1):
        found.append(replace(one, epoch=n, step=3 * n, seconds=n / 10, best=n == 4321, train=result(1 / n)))
    assert found.total == count
    assert len(found) <= MOST_EPOCHS
    assert found.width == 4
    assert found.best is not None
    assert found.best.epoch == 4321
    assert found.last is not None
    assert (found.last.epoch, found.last.step) == (count, 3 * count)
    assert found[0].epoch == 4
    assert found[0].step == 12
    assert found[0].train.loss == pytest.approx(np.mean([1, 1 / 2, 1 / 3, 1 / 4]))
    assert [entry.epoch for entry in found if entry.best] == [4324]


def test_a_number_that_comes_later_is_not_known_before() -> None:
    curves = Curves()
    curves.add(result(1.0))
    curves.add(result(0.9), {"dead share": 0.25})
    curves.add(result(0.8))
    assert_array_equal(curves.spans("dead share").mean, [np.nan, 0.25, np.nan])
    assert math.isnan(curves.last("dead share"))
    assert curves.last(LOSS) == 0.8
    assert curves.metric == "accuracy"


@pytest.mark.parametrize("count", [0, 3, 700_001])
def test_they_are_written_and_read(count: int) -> None:
    curves = Curves()
    if count:
        numbers = np.random.default_rng(0).normal(size=count)
        curves.extend(0, {LOSS: numbers, "accuracy": numbers**2})
        curves.change_rate(0.1)
        for epoch in epochs(50):
            curves.end_epoch(epoch)
    values, arrays = curves_to_json(curves), curves_arrays(curves)
    found = curves_from_json(values, arrays)
    assert found.count == count
    assert found.epochs == curves.epochs
    assert found.rates == curves.rates
    for name in curves.steps:
        for a, b in zip(found.spans(name), curves.spans(name), strict=True):
            assert_array_equal(a, b)
    found.extend(count, {LOSS: np.ones(5)})
    assert_allclose(found.last(LOSS), 1.0)


def test_states_that_do_not_fit_are_refused() -> None:
    curves = Curves()
    curves.extend(0, {LOSS: np.ones(9), "accuracy": np.ones(9)})
    for epoch in epochs(3):
        curves.end_epoch(epoch)
    values, arrays = curves_to_json(curves), curves_arrays(curves)
    for wrong in (
        {**values, "last": None},
        {**values, "epochs": values["epochs"][:2]},
        {**values, "steps": [["loss", 3]]},
        {**values, "steps": [["loss", -1]]},
        {**values, "rates": [[0]]},
    ):
        with pytest.raises((ValueError, KeyError, TypeError, CoreError)):
            curves_from_json(wrong, arrays)
    with pytest.raises((ValueError, CoreError)):
        curves_from_json(values, {**arrays, "steps/0": np.ones(8)})
