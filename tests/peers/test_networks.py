"""The five networks of the benchmarks, trained by the engine and by PyTorch from the same weights."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.engine.executor import EngineProgram
from core.maths.arrays import Array
from core.maths.optim import SGD, OptimizerState
from tests.peers.layers import F, torch

networks = pytest.importorskip("benchmarks.networks", reason="the benchmarks come with the source only")

BATCH, STEPS = 16, 20
CLOSENESS = 1e-4
NOISE, DISTURBED, FACTOR = 1e-6, 4, 4


def batch(name: str) -> tuple[Array, Any]:
    rng = np.random.default_rng(0)
    shape = networks.NETWORKS[name].shape
    return rng.standard_normal((BATCH, *shape)).astype(np.float32), rng.integers(0, 10, BATCH)


def start(name: str) -> tuple[EngineProgram, Any]:
    """The program and the module, with the same weights."""
    torch.manual_seed(0)
    module = networks.NETWORKS[name].module()
    program = EngineProgram(networks.NETWORKS[name].design())
    networks.copy_weights(module, program)
    return program, module


def gradient(module: Any, x: Array, labels: Any, dtype: Any) -> Array:
    """The first one, with the parameters in the order in which `copy_weights` takes them."""
    module = copy.deepcopy(module).to(dtype)
    F.cross_entropy(module(torch.tensor(x, dtype=dtype)), torch.tensor(labels)).backward()
    kinds = (torch.nn.Conv2d, torch.nn.Linear, torch.nn.BatchNorm2d)
    ordered = [p.grad for part in module.modules() if isinstance(part, kinds) for p in part.parameters()]
    found: Array = torch.cat([part.reshape(-1) for part in ordered]).numpy()
    return found


def losses(module: Any, x: Array, labels: Any, dtype: Any) -> Array:
    module = copy.deepcopy(module).to(dtype)
    optimizer = torch.optim.SGD(module.parameters(), 0.01, momentum=0.9)
    found = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(module(torch.tensor(x, dtype=dtype)), torch.tensor(labels))
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return np.array(found)


def trials(compute: Callable[..., Array], module: Any, x: Array, labels: Any) -> tuple[Array, Array]:
    """Exact numbers, and by how much PyTorch misses them (trials, numbers): in float32, and in float64 with
    images that are off by as much as a layer's rounding. A ReLU that just opens makes a jump of it."""
    exact = compute(module, x, labels, torch.float64)
    rng = np.random.default_rng(1)
    near = (x * (1 + NOISE * rng.uniform(-1, 1, x.shape)) for _ in range(DISTURBED))
    others = [compute(module, images, labels, torch.float64) for images in near]
    others.append(compute(module, x, labels, torch.float32))
    return exact, np.abs(np.stack(others) - exact)


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_the_first_gradient(name: str) -> None:
    """Within 1e-4 of its length, or about as near to the exact one as rounding lets PyTorch come."""
    program, module = start(name)
    x, labels = batch(name)
    program.train_step(x, labels, OptimizerState(SGD(learning_rate=0.0), program.parameters.values))
    exact, missed = trials(gradient, module, x, labels)
    length = np.linalg.norm
    drift = length(missed, axis=1).max()
    assert length(program.parameters.gradients - exact) < max(CLOSENESS * length(exact), FACTOR * drift)


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_the_losses_of_twenty_steps(name: str) -> None:
    """Within 1e-4, or about as near to exact numbers as rounding lets PyTorch come (benchmarks/drift.py)."""
    program, module = start(name)
    x, labels = batch(name)
    exact, missed = trials(losses, module, x, labels)
    state = OptimizerState(SGD(learning_rate=0.01, momentum=0.9), program.parameters.values)
    own = np.array([program.train_step(x, labels, state).loss for _ in range(STEPS)])
    closeness = np.maximum(CLOSENESS, FACTOR * np.maximum.accumulate(missed.max(axis=0)))
    np.testing.assert_array_less(np.abs(own - exact), closeness)
    assert own[-1] < own[0]
