"""Whole networks on the engine against the reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.compile import compile_graph
from core.design.graph import Graph
from core.engine.executor import EngineProgram
from core.errors import DataError
from core.layers.activation import Tanh
from core.layers.base import Output
from core.layers.dense import Dense
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.maths.arrays import Array
from core.maths.optim import OPTIMIZERS, SGD, Optimizer, OptimizerState
from core.running.program import Program
from core.running.reference import ReferenceProgram
from tests.core.designs import chain
from tests.core.engine.networks import NETWORKS, inception, lenet, residual, vgg

BATCH = 13  # no multiple of any width


def batch(program: Program, size: int = BATCH, seed: int = 0) -> tuple[Array, NDArray[np.generic]]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((size, *program.shapes[program.input.id])).astype(np.float32)
    outputs = program.shapes[program.output.id]
    if program.output_layer.target == "class":
        return x, rng.integers(0, outputs[0], size)
    return x, rng.uniform(size=(size, *outputs)).astype(np.float32)


def train(program: Program, steps: int, optimizer: Optimizer, size: int = BATCH) -> list[float]:
    state = OptimizerState(optimizer, program.parameters.values)
    x, target = batch(program, size)
    return [program.train_step(x, target, state).loss for _ in range(steps)]


@pytest.mark.parametrize("name", NETWORKS)
def test_first_gradients_are_the_references(name: str) -> None:
    graph = NETWORKS[name]()
    engine, reference = EngineProgram(graph, seed=3), ReferenceProgram(graph, seed=3, dtype=np.float64)
    reference.parameters.load(engine.parameters.save())
    for program in (engine, reference):
        train(program, 1, SGD(learning_rate=0.0))
    expected = reference.parameters.gradients
    np.testing.assert_allclose(
        engine.parameters.gradients, expected, atol=1e-4 * float(np.abs(expected).max())
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_losses_of_twenty_steps_are_the_references(name: str) -> None:
    graph = NETWORKS[name]()
    losses = [train(program(graph, seed=3), 20, SGD()) for program in (EngineProgram, ReferenceProgram)]
    np.testing.assert_allclose(losses[0], losses[1], atol=1e-4)
    assert losses[0][-1] < losses[0][0]


@pytest.mark.parametrize("kind", [kind.kind for kind in OPTIMIZERS])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_optimisers_make_the_references_steps(kind: str, decay: float) -> None:
    make: Any = OPTIMIZERS[kind]
    optimizer = make(weight_decay=decay, learning_rate=0.003)
    ends = []
    for program in (EngineProgram(lenet(), seed=1), ReferenceProgram(lenet(), seed=1)):
        train(program, 4, optimizer)
        ends.append(program.parameters.values)
    np.testing.assert_allclose(ends[0], ends[1], atol=2e-5)


@pytest.mark.parametrize(
    "end",
    [
        Classification(label_smoothing=0.2),
        Classification(class_weights=(1.0, 0.2, 5.0)),
        Classification(label_smoothing=0.1, class_weights=(1.0, 0.2, 5.0)),
        BinaryClassification(),
        Regression(),
        Regression(loss_function="mean absolute error"),
        Regression(loss_function="huber", delta=0.7),
        Reconstruction(loss_function="binary cross-entropy"),
    ],
    ids=lambda end: f"{end.kind} {end.summary()}",
)
def test_losses_and_their_gradients(end: Output) -> None:
    graph = chain((3,), Dense(units=5), Tanh(), Dense(units=3), end)
    engine, reference = (program(graph, seed=4) for program in (EngineProgram, ReferenceProgram))
    losses = [train(program, 1, SGD(learning_rate=0.0)) for program in (engine, reference)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)
    np.testing.assert_allclose(engine.parameters.gradients, reference.parameters.gradients, atol=1e-6)


def test_nesterov_looks_ahead() -> None:
    plain, ahead = (train(EngineProgram(lenet()), 3, SGD(nesterov=nesterov)) for nesterov in (False, True))
    assert plain != ahead
    np.testing.assert_allclose(ahead, train(ReferenceProgram(lenet()), 3, SGD(nesterov=True)), atol=1e-5)


@pytest.mark.parametrize("graph", [vgg(), residual()], ids=["vgg", "residual"])
def test_a_run_can_be_repeated_bit_for_bit(graph: Graph) -> None:
    ends = []
    for _ in range(2):
        program = EngineProgram(graph, seed=5)
        train(program, 3, SGD())
        ends.append(program.parameters.values.tobytes())
    assert ends[0] == ends[1]


def test_outputs_of_all_blocks_also_of_fused_ones() -> None:
    graph = residual()
    engine, reference = EngineProgram(graph, seed=2), ReferenceProgram(graph, seed=2)
    train(engine, 2, SGD())
    reference.parameters.load(engine.parameters.save())
    x, _ = batch(engine, 70)
    found, expected = (program.outputs(x, list(graph.order)) for program in (engine, reference))
    for block in graph.order:
        np.testing.assert_allclose(found[block], expected[block], atol=1e-4, err_msg=block)


@pytest.mark.parametrize("size", [1, 7, 8, 33, 150])
def test_any_batch_size(size: int) -> None:
    engine, reference = (program(residual(), seed=2) for program in (EngineProgram, ReferenceProgram))
    x, target = batch(engine, size)
    assert engine.evaluate(x, target).loss == pytest.approx(reference.evaluate(x, target).loss, abs=1e-5)
    losses = [train(program, 2, SGD(), size) for program in (engine, reference)]
    np.testing.assert_allclose(losses[0], losses[1], atol=1e-4)


def test_a_smaller_batch_leaves_nothing_of_the_larger_one_behind() -> None:
    engine, reference = (program(inception(), seed=2) for program in (EngineProgram, ReferenceProgram))
    losses = []
    for program in (engine, reference):
        state = OptimizerState(SGD(), program.parameters.values)
        losses.append([program.train_step(*batch(program, size), state).loss for size in (40, 3, 17)])
    np.testing.assert_allclose(losses[0], losses[1], atol=1e-4)


def test_evaluation_leaves_the_training_as_it_is() -> None:
    with_evaluation, without = (EngineProgram(residual(), seed=1) for _ in range(2))
    states = [OptimizerState(SGD(), p.parameters.values) for p in (with_evaluation, without)]
    x, target = batch(with_evaluation)
    for _ in range(3):
        with_evaluation.train_step(x, target, states[0])
        with_evaluation.evaluate(x[:5], target[:5])
        without.train_step(x, target, states[1])
    assert with_evaluation.parameters.values.tobytes() == without.parameters.values.tobytes()


def test_a_batch_that_is_not_finite_changes_nothing() -> None:
    program = EngineProgram(residual(), seed=1)
    state = OptimizerState(SGD(), program.parameters.values)
    x, target = batch(program)
    x[3] = np.nan
    before = program.parameters.save()
    with pytest.raises(DataError, match="sample 3 of the batch has NaN"):
        program.train_step(x, target, state)
    assert state.step == 0
    for name, array in program.parameters.save().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_float32_takes_the_engine_and_the_variable_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(compile_graph(lenet()), EngineProgram)
    assert isinstance(compile_graph(lenet(), dtype=np.float64), ReferenceProgram)
    monkeypatch.setenv("CNNGUI_EXECUTOR", "reference")
    assert isinstance(compile_graph(lenet()), ReferenceProgram)
