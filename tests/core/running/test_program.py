"""A design made runnable: what it gives out, and what it says when a block fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.compile import compile_graph
from core.errors import DesignError, LayerError
from core.layers import Layer
from core.layers.activation import ReLU
from core.layers.dense import Dense
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification, Regression
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from core.running.program import Program
from core.running.reference import ReferenceProgram
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

DATA = shapes_to_tell_apart(40)
GRAPH = chain((1, 8, 8), Flatten(), BatchNorm(), Dense(units=3), Classification())


def _trained() -> Program:
    program = compile_graph(GRAPH)
    list(Session(program, DATA, None, Plan(epochs=2, batch_size=8)))
    return program


@pytest.mark.usefixtures("executor")
def test_outputs_are_the_caller_s_own() -> None:
    program = _trained()
    x, _ = DATA.batch(slice(0, 5))
    before = x.copy()
    found = program.outputs(x, ["input_1", "flatten_1", "dense_1"])
    assert {name: array.shape for name, array in found.items()} == {
        "input_1": (5, 1, 8, 8),
        "flatten_1": (5, 64),
        "dense_1": (5, 3),
    }
    for array in found.values():
        array[...] = 7
    assert np.array_equal(x, before)
    assert not np.array_equal(program.outputs(x, ["dense_1"])["dense_1"], found["dense_1"])


@pytest.mark.usefixtures("executor")
def test_predictions_are_probabilities() -> None:
    probabilities = _trained().predict(DATA.batch(slice(0, 9))[0])
    assert probabilities.shape == (9, 3)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert (probabilities >= 0).all()


@pytest.mark.parametrize("phase", ["forward", "backward"])
def test_a_failing_block_is_named(phase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such luck")

    monkeypatch.setattr(ReLU, phase, fail)
    graph = chain((1, 8, 8), ReLU(), Flatten(), Dense(units=3), Classification())
    program = ReferenceProgram(graph)
    state = OptimizerState(SGD(), program.parameters.values)
    x, target = DATA.batch(slice(0, 4))
    with pytest.raises(LayerError, match=rf"ReLU 1 failed in its {phase} pass: no such luck") as caught:
        program.train_step(x, target, state)
    assert (caught.value.problem.block, caught.value.phase) == ("relu_1", phase)


def test_a_gradient_that_overflows_spoils_nothing() -> None:
    graph = chain((1,), Dense(units=1, bias=False), Dense(units=1, bias=False), Regression())
    program = ReferenceProgram(graph)
    program.parameters.values[...] = [1e-30, 1e35]
    before = program.parameters.save()
    state = OptimizerState(SGD(), program.parameters.values)
    one = np.ones((1, 1), np.float32)
    with pytest.raises(LayerError, match="gradient is no longer finite") as caught:
        program.train_step(one, one, state)
    assert caught.value.phase == "backward"
    assert all(np.array_equal(before[name], array) for name, array in program.parameters.save().items())
    assert state.step == 0


def test_a_network_beyond_the_memory_is_refused() -> None:
    graph = chain((4096, 4096, 4096), Flatten(), Dense(units=65_536), Regression())
    with pytest.raises(DesignError, match=r"GiB don't fit into memory"):
        ReferenceProgram(graph)


def test_weights_are_taken_over_by_name_and_shape() -> None:
    arrays = _trained().parameters.save()
    wider = chain((1, 8, 8), Flatten(), BatchNorm(), Dense(units=4), Classification())
    program = compile_graph(wider)
    kept = program.parameters.load(arrays)
    assert kept == ["dense_1.weight", "dense_1.bias"]
    assert np.array_equal(program.parameters.save()["batch_norm_1.gamma"], arrays["batch_norm_1.gamma"])


@pytest.mark.parametrize("initialiser", ["pytorch", "he", "glorot"])
def test_initial_weights_depend_on_the_seed_alone(initialiser: str) -> None:
    layer: Layer = Dense(units=3, initialiser=initialiser)
    graph = chain((1, 8, 8), Flatten(), layer, Classification())
    first, again, other = (compile_graph(graph, seed=seed).parameters.values for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    names = replace(graph, blocks=tuple(replace(b, name="?") for b in graph.blocks))
    assert np.array_equal(compile_graph(names, seed=3).parameters.values, first)
