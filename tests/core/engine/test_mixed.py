"""Blocks that the engine has no operation for run in NumPy, between two parts of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.compile import compile_graph
from core.design.graph import Graph
from core.engine.executor import EngineProgram
from core.errors import LayerError
from core.layers import Mode, Output
from core.layers.activation import ReLU
from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.lowering import Lowering, NotLoweredError, Value
from core.layers.merge import Add
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification, Regression
from core.layers.pooling import GlobalAveragePool
from core.layers.reshape import Flatten
from core.maths.arrays import Array, Parameter, Params, Shape
from core.maths.optim import SGD, OptimizerState
from core.running.reference import ReferenceProgram
from tests.core.designs import Builder, chain
from tests.core.engine.test_networks import batch, train


@dataclass(frozen=True)
class Spike(Layer):
    """factor · first² + second: two inputs, a parameter, a running statistic and random numbers."""

    kind = "spike"
    title = "Spike"
    group = "Test"
    inputs = None

    def parameters(self, x: Shape, y: Shape) -> dict[str, Parameter]:
        steps = Parameter((1,), "zeros", trainable=False)
        return {"factor": Parameter((x[0], 1, 1), "pytorch", 1), "steps": steps}

    def forward(self, params: Params, mode: Mode, *inputs: Array, **_: Any) -> tuple[Array, Any]:
        x, y = inputs
        noise = np.random.default_rng(mode.key).normal() * 0.1 if mode.training else 0.0
        if mode.training:
            params["steps"][...] += 1
        return params["factor"] * x**2 + y + x.dtype.type(noise), (x,)

    def backward(self, params: Params, saved: Any, grad: Array) -> tuple[tuple[Array, ...], dict[str, Array]]:
        (x,) = saved
        factor = (x**2 * grad).sum(axis=(0, 2, 3)).reshape(params["factor"].shape)
        return (2 * x * params["factor"] * grad, grad), {"factor": factor}


@dataclass(frozen=True)
class Quartic(Output):
    """The mean of (x - target)⁴."""

    kind = "quartic"
    title = "Quartic"
    group = "Test"
    target = "value"

    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        distance = x - target
        return float((distance**4).mean()), 4 * distance**3 / distance.dtype.type(x.size)


def mixed(end: Output) -> Graph:
    """Two blocks without an operation, one at once behind the other, between blocks that would be fused."""
    build = Builder((2, 7, 6))
    x = build(ReLU(), build(Conv2D(filters=5, padding="same"), build.input))
    y = build(Spike(), build(BatchNorm(), build(Conv2D(filters=5, padding="same"), x)), x)
    y = build(Spike(), y, x)
    z = build(ReLU(), build(BatchNorm(), build(Add(), y, x)))
    build(end, build(Dense(units=3), build(GlobalAveragePool(), z)))
    return build.graph


ENDS = [Classification(), Regression(), Quartic()]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.kind)
def test_a_mixed_network_trains_as_the_reference(end: Output) -> None:
    engine, reference = (program(mixed(end), seed=3) for program in (EngineProgram, ReferenceProgram))
    losses = [train(program, 12, SGD(learning_rate=0.02)) for program in (engine, reference)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    assert losses[0][-1] < losses[0][0]
    found, expected = engine.parameters.save(), reference.parameters.save()
    assert found["spike_1.steps"] == 12
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-4, atol=1e-4, err_msg=name)


def test_outputs_and_sizes_of_a_mixed_network() -> None:
    engine, reference = (program(mixed(Quartic()), seed=3) for program in (EngineProgram, ReferenceProgram))
    for size in (1, 70, 9):
        x, _ = batch(engine, size)
        found, expected = (program.outputs(x, list(engine.graph.order)) for program in (engine, reference))
        for block in engine.graph.order:
            np.testing.assert_allclose(found[block], expected[block], atol=1e-5, err_msg=block)
        one, other = (train(program, 1, SGD(learning_rate=0.02), size) for program in (engine, reference))
        np.testing.assert_allclose(one, other, rtol=1e-4)


def test_a_mixed_run_can_be_repeated_bit_for_bit() -> None:
    programs = [EngineProgram(mixed(Quartic()), seed=3) for _ in range(2)]
    for program in programs:
        train(program, 3, SGD(learning_rate=0.02))
    first, again = (program.parameters.values.tobytes() for program in programs)
    assert first == again


def test_the_notice_names_the_blocks() -> None:
    program = compile_graph(mixed(Quartic()))
    assert isinstance(program, EngineProgram)
    for name in ("Spike 1", "Spike 2", "Quartic 1"):
        assert name in program.notice
    assert "Conv" not in program.notice
    assert compile_graph(chain((1, 3, 3), Flatten(), Dense(units=2), Classification())).notice == ""


class Unsupported(ReLU):
    """A ReLU with a setting that the engine has no operation for."""

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        raise NotLoweredError("no operation for this setting")


def test_a_setting_that_the_engine_lacks_is_left_to_the_reference() -> None:
    layers = (Conv2D(filters=3), Unsupported(), Flatten(), Dense(units=2))
    graph = chain((1, 9, 9), *layers, Classification())
    engine, reference = (program(graph, seed=1) for program in (EngineProgram, ReferenceProgram))
    assert "ReLU 1" in engine.notice
    np.testing.assert_allclose(train(engine, 4, SGD()), train(reference, 4, SGD()), atol=1e-5)


@pytest.fixture(params=["forward", "backward"])
def phase(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    def fail(*_: object) -> None:
        raise ValueError("no such luck")

    monkeypatch.setattr(Spike, request.param, fail)
    yield request.param


def test_a_block_that_fails_is_named_and_nothing_is_changed(phase: str) -> None:
    program = EngineProgram(mixed(Classification()))
    before = program.parameters.save()
    state = OptimizerState(SGD(), program.parameters.values)
    with pytest.raises(LayerError, match=rf"Spike \d failed in its {phase} pass: no such luck"):
        program.train_step(*batch(program), state)
    assert state.step == 0
    for name, array in program.parameters.save().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)
