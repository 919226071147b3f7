"""LeNet-5 side by side with PyTorch: the same start, the same batches, the same losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.compile import compile_graph
from core.formats.project import load_project
from core.layers.dense import Dense
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import SGD, Adam, Optimizer, OptimizerState
from core.running.program import Program
from core.training.evaluate import evaluate
from tests.core.designs import chain, shapes_to_tell_apart
from tests.paths import RESOURCES
from tests.peers.layers import F, torch

STEPS = 20


def _peer(program: Program, dtype: Any) -> Any:
    nn = torch.nn
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    ).to(dtype)  # fmt: skip
    arrays = program.parameters.save().values()
    with torch.no_grad():
        for parameter, array in zip(network.parameters(), arrays, strict=True):
            parameter.copy_(torch.tensor(array))
    return network


@pytest.mark.parametrize(("dtype", "closeness"), [("float64", 1e-9), ("float32", 1e-3)])
@pytest.mark.parametrize("optimizer", [Adam(), SGD(learning_rate=0.05)], ids=lambda o: o.kind)
def test_twenty_steps(optimizer: Optimizer, dtype: str, closeness: float) -> None:
    graph = load_project(RESOURCES / "examples" / "lenet5.json").project.design
    program = compile_graph(graph, seed=3, dtype=dtype)
    network = _peer(program, getattr(torch, dtype))
    if isinstance(optimizer, Adam):
        peer = torch.optim.Adam(network.parameters(), lr=optimizer.learning_rate)
    else:
        peer = torch.optim.SGD(network.parameters(), lr=optimizer.learning_rate, momentum=0.9)
    state = OptimizerState(optimizer, program.parameters.values)
    rng = np.random.default_rng(13)
    own, expected = [], []
    for _ in range(STEPS):
        x = rng.uniform(size=(16, 1, 28, 28)).astype(dtype)
        labels = rng.integers(0, 10, 16)
        own.append(program.train_step(x, labels, state).loss)
        peer.zero_grad()
        loss = F.cross_entropy(network(torch.tensor(x)), torch.tensor(labels))
        loss.backward()
        peer.step()
        expected.append(loss.item())
    np.testing.assert_allclose(own, expected, rtol=closeness)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_an_evaluation_with_class_weights(smoothing: float) -> None:
    """Over several batches, the loss is PyTorch's over all samples at once."""
    weights, data = (0.2, 1.0, 7.0), shapes_to_tell_apart(600)
    end = Classification(class_weights=weights, label_smoothing=smoothing)
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), end))
    x, labels = data.batch(np.arange(len(data)))
    scores, classes = torch.tensor(program.scores(x)), torch.tensor(labels)
    expected = F.cross_entropy(scores, classes, torch.tensor(weights), label_smoothing=smoothing).item()
    for order in (np.argsort(labels, kind="stable"), np.random.default_rng(0).permutation(len(data))):
        assert evaluate(program, data.take(order)).result.loss == pytest.approx(expected, rel=1e-5)
