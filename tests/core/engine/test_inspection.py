"""Looking into a training pass: both executors show the same, fused blocks too, and nothing is changed."""

from __future__ import annotations

import numpy as np
import pytest

from core.design.graph import Graph
from core.engine.executor import EngineProgram
from core.errors import LayerError
from core.layers import Layer
from core.layers.activation import Tanh
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.merge import Add
from core.layers.output import Regression
from core.layers.reshape import Flatten, Reshape
from core.maths.optim import SGD, OptimizerState
from core.running.program import Program
from core.running.reference import ReferenceProgram
from tests.core.designs import Builder, chain
from tests.core.engine.networks import NETWORKS, residual, vgg
from tests.core.engine.test_mixed import Quartic, mixed
from tests.core.engine.test_networks import batch

GRAPHS = {**{name: make() for name, make in NETWORKS.items()}, "mixed": mixed(Quartic())}


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=list(GRAPHS))
def test_outputs_and_gradients_of_all_blocks_are_the_references(graph: Graph) -> None:
    engine, reference = EngineProgram(graph, seed=3), ReferenceProgram(graph, seed=3, dtype=np.float64)
    reference.parameters.load(engine.parameters.save())
    x, target = batch(engine)
    found, expected = (p.inspect(x, target, graph.order, graph.order, step=2) for p in (engine, reference))
    assert found.loss == pytest.approx(expected.loss, rel=1e-4)
    for kind in ("outputs", "gradients", "parameters"):
        own, other = getattr(found, kind), getattr(expected, kind)
        assert own.keys() == other.keys()
        largest = max(float(np.abs(array).max()) for array in other.values())
        for name, array in other.items():
            assert own[name].shape == array.shape
            np.testing.assert_allclose(
                own[name], array, atol=2e-5 * largest, rtol=1e-4, err_msg=f"{kind} {name}"
            )


def test_only_what_is_asked_for_is_brought() -> None:
    program = EngineProgram(vgg())
    x, target = batch(program, 5)
    found = program.inspect(x, target, ["relu_1"], ["conv2d_2"])
    assert set(found.outputs) == {"relu_1"}
    assert set(found.gradients) == {"conv2d_2"}
    assert set(found.parameters) == {"conv2d_2.weight", "conv2d_2.bias"}
    assert (found.outputs["relu_1"] >= 0).all()
    again = program.inspect(x[:3], target[:3], ["relu_1"], ["conv2d_2"])
    assert again.outputs["relu_1"].shape[0] == 3
    assert found.outputs["relu_1"].shape[0] == 5


def _beside(passing: Layer, *, used: bool) -> Graph:
    """A block that only passes its input on, which another block takes as well."""
    build = Builder((6,))
    first = build(Dense(units=6), build.input)
    same = build(passing, build(passing, first))
    other = build(Tanh(), same if used else first)
    build(Regression(), build(Dense(units=6), build(Add(), other, first)))
    return build.graph


@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize(
    "passing",
    [Dropout(share=0.0), Flatten(), Reshape(shape=(6,))],
    ids=lambda layer: layer.kind,
)
def test_a_block_that_only_passes_on_has_a_gradient_of_its_own(passing: Layer, used: bool) -> None:
    graph = _beside(passing, used=used)
    engine, reference = EngineProgram(graph, seed=3), ReferenceProgram(graph, seed=3)
    reference.parameters.load(engine.parameters.save())
    x, target = batch(engine)
    wishes = [graph.order, *([block] for block in graph.order)]
    for wish in wishes:
        found, expected = (p.inspect(x, target, (), wish).gradients for p in (engine, reference))
        assert found.keys() == expected.keys()
        for block, gradient in expected.items():
            np.testing.assert_allclose(found[block], gradient, rtol=1e-3, atol=1e-6, err_msg=block)


@pytest.mark.parametrize("executor", [EngineProgram, ReferenceProgram])
def test_an_inspection_disturbs_no_training(executor: type[Program]) -> None:
    watched, alone = (executor(residual(), seed=1) for _ in range(2))
    states = [OptimizerState(SGD(), p.parameters.values) for p in (watched, alone)]
    x, target = batch(watched)
    for _ in range(3):
        watched.train_step(x, target, states[0])
        watched.inspect(x[:7], target[:7], watched.graph.order, watched.graph.order)
        alone.train_step(x, target, states[1])
    for name, array in watched.parameters.save().items():
        np.testing.assert_array_equal(array, alone.parameters.save()[name], err_msg=name)


def test_a_gradient_that_overflows_is_noticed_by_the_engine() -> None:
    """The loss is finite: only the gradient tells that something is wrong."""
    graph = chain((1,), Dense(units=1, bias=False), Dense(units=1, bias=False), Regression())
    program = EngineProgram(graph)
    program.parameters.values[...] = [1e-30, 1e35]
    before, state = program.parameters.save(), OptimizerState(SGD(), program.parameters.values)
    one = np.ones((1, 1), np.float32)
    with pytest.raises(LayerError, match="Dense 1: the gradient is no longer finite") as caught:
        program.train_step(one, one, state)
    assert (caught.value.problem.block, caught.value.phase) == ("dense_1", "backward")
    assert all(np.array_equal(before[name], array) for name, array in program.parameters.save().items())
    assert state.step == 0
    assert not any(slot.any() for slot in state.slots.values())


def test_the_culprit_is_found_without_drawing_weights_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    program = EngineProgram(vgg())
    x, target = batch(program, 5)
    monkeypatch.setattr("core.running.program.Parameters", None)
    program.parameters.values[...] = np.nan
    assert program.blame(x, target).problem.block == "conv2d_1"
