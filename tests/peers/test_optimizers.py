"""Fifty steps of every optimiser with every setting, and the ranges of initial weights, against PyTorch's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.maths.arrays import Parameter
from core.maths.initialisers import INITIALISERS
from core.maths.optim import SGD, Adam, AdamW, Optimizer, OptimizerState, RMSprop
from tests.peers.layers import torch

STEPS = 50


def _betas(own: Adam | AdamW) -> dict[str, Any]:
    return {
        "betas": (own.beta1, own.beta2),
        "eps": own.epsilon,
        "weight_decay": own.weight_decay,
        "lr": own.learning_rate,
    }


def peer_of(own: Optimizer, values: list[Any]) -> Any:
    """PyTorch's optimiser with the same settings, for these tensors."""
    match own:
        case SGD():
            settings = {"momentum": own.momentum, "nesterov": own.nesterov, "weight_decay": own.weight_decay}
            return torch.optim.SGD(values, lr=own.learning_rate, **settings)
        case RMSprop():
            settings = {"alpha": own.alpha, "eps": own.epsilon, "weight_decay": own.weight_decay}
            return torch.optim.RMSprop(values, lr=own.learning_rate, **settings)
        case AdamW():
            return torch.optim.AdamW(values, **_betas(own))
        case Adam():
            return torch.optim.Adam(values, **_betas(own))
    pytest.skip(f"no peer is written down for {own.kind}")


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(),
        SGD(momentum=0.0),
        SGD(momentum=0.0, weight_decay=0.1),
        SGD(nesterov=True),
        SGD(nesterov=True, momentum=0.5, weight_decay=0.05),
        RMSprop(),
        RMSprop(alpha=0.5, epsilon=1e-3, weight_decay=0.1),
        Adam(),
        Adam(beta1=0.5, beta2=0.9, epsilon=1e-4, weight_decay=0.1),
        Adam(beta1=0.0),
        AdamW(),
        AdamW(beta1=0.7, beta2=0.99, weight_decay=0.3),
    ],
    ids=str,
)
def test_fifty_steps(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(12)
    values = rng.normal(size=30)
    tensor = torch.tensor(values.copy(), requires_grad=True)
    peer = peer_of(optimizer, [tensor])
    state = OptimizerState(optimizer, values)
    for _ in range(STEPS):
        gradient = np.sin(values) + rng.normal(size=30) * 0.1
        tensor.grad = torch.tensor(gradient)
        peer.step()
        state.update(values, gradient)
        np.testing.assert_allclose(values, tensor.detach().numpy(), rtol=1e-9, atol=1e-12)


def _parameter(layer: Conv2D | Dense, shape: tuple[int, ...], name: str) -> Parameter:
    return layer.parameters(shape)[name]


@pytest.mark.parametrize("name", ["weight", "bias"])
@pytest.mark.parametrize("groups", [1, 4])
def test_pytorch_s_own_start(groups: int, name: str) -> None:
    """The largest of many uniform numbers tells their bound."""
    convolution = _parameter(Conv2D(filters=4096, kernel=(3, 5), groups=groups), (8, 20, 20), name)
    dense = _parameter(Dense(units=4096), (50,), name)
    peers = torch.nn.Conv2d(8, 4096, (3, 5), groups=groups), torch.nn.Linear(50, 4096)
    for spec, peer in zip((convolution, dense), peers, strict=True):
        own = INITIALISERS[spec.initialiser](spec, np.random.default_rng(0))
        expected = getattr(peer, name).detach()
        assert own.shape == tuple(expected.shape)
        assert np.abs(own).max() == pytest.approx(float(expected.abs().max()), rel=5e-3)
        assert abs(own.mean()) < 0.05 * np.abs(own).max()


@pytest.mark.parametrize(
    ("initialiser", "peer"),
    [("he", torch.nn.init.kaiming_normal_), ("glorot", torch.nn.init.xavier_uniform_)],
)
def test_published_starts(initialiser: str, peer: Any) -> None:
    spec = _parameter(Conv2D(filters=500, kernel=(3, 5), initialiser=initialiser), (30, 20, 20), "weight")
    own = INITIALISERS[initialiser](spec, np.random.default_rng(0))
    expected = peer(torch.empty(*spec.shape)).numpy()
    assert own.std() == pytest.approx(expected.std(), rel=0.01)
    assert (np.abs(own).max() / own.std() < 1.8) == (initialiser == "glorot")  # uniform numbers end at √3 σ
