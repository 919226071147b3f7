"""What probes answer: the maps and statistics of a network that stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from core.compile import compile_graph
from core.errors import UsageError
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.probes.feature_maps import FeatureMaps
from core.probes.gradients import Gradients
from core.probes.statistics import statistics
from core.running.program import Program
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

DATA = shapes_to_tell_apart(40)
GRAPH = chain((1, 8, 8), Flatten(), BatchNorm(), Dense(units=3), ReLU(), Dense(units=3), Classification())
BLOCKS = frozenset({"dense_1", "relu_1", "deleted"})
SAMPLE = DATA.batch(slice(0, 1))[0][0]


@pytest.fixture
def program(executor: str) -> Program:
    made = compile_graph(GRAPH)
    list(Session(made, DATA, None, Plan(epochs=2, batch_size=8)))
    return made


def test_feature_maps_are_those_of_evaluation(program: Program) -> None:
    found = FeatureMaps(BLOCKS, SAMPLE).ask(program, step=10)
    assert found.step == 10
    assert set(found.maps) == {"dense_1", "relu_1", "classification_1"}
    assert found.maps["dense_1"].shape == (3,)
    assert np.array_equal(found.maps["relu_1"], np.maximum(found.maps["dense_1"], 0))
    assert found.prediction.argmax() == found.maps["classification_1"].argmax()
    assert not found.maps["dense_1"].flags.writeable


def test_gradients_are_told_in_statistics(program: Program) -> None:
    found = Gradients(BLOCKS, SAMPLE, DATA.targets[0], bins=7).ask(program, step=4)
    assert found.step == 4
    assert found.loss > 0
    assert found.outputs.keys() == found.gradients.keys() == {"dense_1", "relu_1"}
    assert found.parameters.keys() == {"dense_1.weight", "dense_1.bias"}
    assert found.outputs["relu_1"].low >= 0
    assert found.outputs["relu_1"].counts.shape == (7,)
    assert found.parameters["dense_1.weight"].counts.sum() == 3 * 64


def test_gradients_need_a_target(program: Program) -> None:
    with pytest.raises(UsageError, match="the target of the sample"):
        Gradients(BLOCKS, SAMPLE).ask(program, step=0)


def test_a_probe_disturbs_nothing(program: Program) -> None:
    before, sample = program.parameters.save(), SAMPLE.copy()
    for wish in (FeatureMaps(BLOCKS, SAMPLE), Gradients(BLOCKS, SAMPLE, DATA.targets[0])):
        wish.ask(program, step=10)
    after = program.parameters.save()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert np.array_equal(SAMPLE, sample)


def test_statistics_leave_out_what_is_not_finite() -> None:
    found = statistics(np.array([[0.0, 1.0, np.nan], [-3.0, np.inf, 0.0]]), 40)
    assert (found.mean, found.low, found.high, found.zeros) == (-0.5, -3.0, 1.0, 0.5)
    assert found.deviation == pytest.approx(1.5)
    assert found.finite == pytest.approx(4 / 6)
    assert len(found.counts) == 40
    assert (found.counts[0], found.counts[-1], found.counts.sum()) == (1, 1, 4)
    assert statistics(np.array([np.nan]), 5).counts.sum() == 0
    assert statistics(np.full(3, 2.0), 5).counts.sum() == 3
