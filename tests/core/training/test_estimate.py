"""The time of an epoch is measured on the real program."""

from __future__ import annotations

import pytest

from core.design.graph import Graph
from core.errors import DesignError
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.training.estimate import LEAST_STEPS, estimate
from core.training.plan import Plan
from tests.core.designs import chain, shapes_to_tell_apart

GRAPH = chain((1, 8, 8), Conv2D(filters=4), Flatten(), Dense(units=3), Classification())


@pytest.mark.parametrize("batch_size", [8, 1000])
def test_an_epoch_is_all_samples(batch_size: int) -> None:
    train = shapes_to_tell_apart(80)
    found = estimate(GRAPH, Plan(batch_size=batch_size), train)
    assert found is not None
    assert found.epoch == pytest.approx(found.step * 80 / min(batch_size, 80))


def test_validation_takes_time_too() -> None:
    train = shapes_to_tell_apart(40)
    found = estimate(GRAPH, Plan(batch_size=40), train, shapes_to_tell_apart(40))
    assert found is not None
    assert found.epoch > found.step


def test_it_can_be_called_off() -> None:
    calls = iter([False] * LEAST_STEPS + [True])
    assert estimate(GRAPH, Plan(), shapes_to_tell_apart(40), stopped=lambda: next(calls)) is None


def test_a_faulty_design_is_refused() -> None:
    with pytest.raises(DesignError):
        estimate(Graph(), Plan(), shapes_to_tell_apart(40))
