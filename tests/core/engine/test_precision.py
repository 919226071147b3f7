"""The comparison of the random networks: it forgives what rounding can do, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.design.graph import Graph
from core.layers import Layer
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.output import Regression
from core.layers.pooling import MaxPool
from core.layers.reshape import Flatten, Reshape
from core.maths.arrays import Array
from core.maths.optim import SGD, OptimizerState
from core.running.reference import ReferenceProgram
from tests.core.designs import chain
from tests.core.engine.networks import NETWORKS
from tests.core.engine.precision import Numbers, deviations, step

X, TARGET = np.linspace(0.5, 1, 4, dtype=np.float32)[:, None], np.ones((4, 1), np.float32)


def numbers(graph: Graph, weights: Numbers, batch: tuple[Array, NDArray[Any]]) -> Numbers:
    """What the reference gives in float32."""
    program = ReferenceProgram(graph)
    program.parameters.load(weights)
    return step(program, *batch, OptimizerState(SGD(learning_rate=0.0), program.parameters.values))


def kinked(units: int, *layers: Layer) -> tuple[Graph, Numbers]:
    """A Dense block with weights of 1, behind it the layers, and one with a weight of 1 at the end."""
    graph = chain((1,), Dense(units=units), *layers, Dense(units=1), Regression())
    weights = ReferenceProgram(graph).parameters.save()
    for name in ("dense_1.weight", "dense_2.weight"):
        weights[name][...] = 1
    return graph, weights


KINKS = {
    "a ReLU that opens": (kinked(1, ReLU()), -X.min()),
    "a window's winner": (kinked(2, Reshape(shape=(1, 1, 2)), MaxPool(kernel=(1, 2)), Flatten()), 0.0),
}


@pytest.mark.parametrize(("distance", "possible"), [(1e-7, True), (1e-3, False)])
@pytest.mark.parametrize("kink", KINKS)
def test_only_what_is_near_a_kink_may_be_on_its_other_side(
    kink: str, distance: float, possible: bool
) -> None:
    (graph, weights), middle = KINKS[kink]
    sides = []
    for sign in (1, -1):
        bias = np.zeros_like(weights["dense_1.bias"])
        bias[0] = middle + sign * np.float32(distance)
        sides.append({**weights, "dense_1.bias": bias})
    found = [numbers(graph, side, (X, TARGET)) for side in sides]
    jump = found[0]["gradient of dense_1.bias"] - found[1]["gradient of dense_1.bias"]
    assert np.abs(jump).max() > 0.1
    assert deviations(found[0], graph, sides[0], (X, TARGET)) == []
    assert (deviations(found[1], graph, sides[0], (X, TARGET)) == []) is possible


@pytest.mark.parametrize("name", ["lenet", "inception"])
def test_a_small_fault_is_found(name: str) -> None:
    graph = NETWORKS[name]()
    program = ReferenceProgram(graph)
    weights = program.parameters.save()
    rng = np.random.default_rng(0)
    x = rng.standard_normal((7, *program.shapes[program.input.id])).astype(np.float32)
    outputs = program.shapes[program.output.id][0]
    target = (
        rng.integers(0, outputs, 7) if program.output_layer.target == "class" else rng.random((7, outputs))
    )
    found = numbers(graph, weights, (x, target))
    assert deviations(found, graph, weights, (x, target)) == []
    for array in found.values():
        array.flat[np.abs(array).argmax()] *= 1.05
    wrong = deviations(found, graph, weights, (x, target))
    assert {line.partition(": off")[0] for line in wrong} == {key for key, a in found.items() if a.any()}
