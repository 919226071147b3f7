"""Every layer's forward and backward pass and every loss against PyTorch's, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.layers import Mode, Output
from core.layers.normalisation import BatchNorm
from core.layers.output import BinaryClassification, Classification, Regression
from core.layers.reconstruction import Reconstruction
from core.maths.arrays import Array
from tests.core.layers.layer_cases import BATCH, HIDDEN, MODES, OUTPUTS, Case
from tests.peers.layers import PEERS, WITHOUT_PEER, F, torch


def _assert_close(own: Array, expected: Any) -> None:
    np.testing.assert_allclose(own, expected, rtol=1e-9, atol=1e-12)


def _tensors(arrays: list[Array], learned: list[bool] | None = None) -> list[Any]:
    wanted = learned or [True] * len(arrays)
    return [torch.tensor(a, requires_grad=flag) for a, flag in zip(arrays, wanted, strict=True)]


@pytest.mark.parametrize("mode", list(MODES.values()), ids=list(MODES))
@pytest.mark.parametrize("case", [c for c in HIDDEN if c.layer.kind not in WITHOUT_PEER], ids=str)
def test_layer(case: Case, mode: Mode) -> None:
    compute = PEERS[case.layer.kind]
    inputs, params = case.inputs(), case.arrays()
    trained = [spec.trainable for spec in case.parameters.values()]
    peer_inputs = _tensors(inputs)
    peer_params = dict(zip(params, _tensors(list(params.values()), trained), strict=True))
    expected = compute(case.layer, peer_params, mode.training, peer_inputs)
    y, saved = case.layer.forward(params, mode, *inputs)
    _assert_close(y, expected.detach().numpy())
    gradient = np.random.default_rng(8).normal(size=y.shape)
    expected.backward(torch.tensor(gradient))
    into_inputs, into_params = case.layer.backward(params, saved, gradient)
    for own, peer in zip(into_inputs, peer_inputs, strict=True):
        _assert_close(own, peer.grad.numpy())
    for name, own in into_params.items():
        _assert_close(own, peer_params[name].grad.numpy())
    for name in set(params) - set(into_params):  # running statistics, changed in place
        _assert_close(params[name], peer_params[name].numpy())


def test_running_statistics_over_several_batches() -> None:
    rng = np.random.default_rng(9)
    layer, peer = BatchNorm(momentum=0.3), torch.nn.BatchNorm2d(4, momentum=0.3, dtype=torch.float64)
    params = {name: np.ones(4) if name in ("gamma", "running_variance") else np.zeros(4)
              for name in layer.parameters((4, 5, 5))}  # fmt: skip
    for _ in range(6):
        x = rng.normal(rng.normal(), 2.0, size=(3, 4, 5, 5))
        layer.forward(params, Mode(training=True), x)
        peer(torch.tensor(x))
    peer.eval()
    _assert_close(params["running_mean"], peer.running_mean.numpy())
    _assert_close(params["running_variance"], peer.running_var.numpy())
    y, _ = layer.forward(params, Mode(), x)
    _assert_close(y, peer(torch.tensor(x)).detach().numpy())


def _peer_loss(layer: Output, x: Any, target: Any) -> Any:
    match layer:
        case Classification():
            weight = torch.tensor(layer.class_weights, dtype=x.dtype) if layer.class_weights else None
            return F.cross_entropy(x, target, weight, label_smoothing=layer.label_smoothing)
        case BinaryClassification():
            return F.binary_cross_entropy_with_logits(x, target)
        case Regression(loss_function="huber") | Reconstruction(loss_function="huber"):
            return F.huber_loss(x, target, delta=layer.delta)
        case (
            Regression(loss_function="mean squared error")
            | Reconstruction(loss_function="mean squared error")
        ):
            return F.mse_loss(x, target)
        case Reconstruction(loss_function="binary cross-entropy"):
            return F.binary_cross_entropy_with_logits(x, target)
        case (
            Regression(loss_function="mean absolute error")
            | Reconstruction(loss_function="mean absolute error")
        ):
            return F.l1_loss(x, target)
    raise AssertionError(f"no peer is written down for {layer}")


@pytest.mark.parametrize("scale", [1.0, 1e3])
@pytest.mark.parametrize("case", OUTPUTS, ids=str)
def test_loss(case: Case, scale: float) -> None:
    layer, values = case.layer, case.inputs()[0] * scale
    assert isinstance(layer, Output)
    rng = np.random.default_rng(10)
    classes = layer.target == "class"
    target = rng.integers(0, values.shape[1], BATCH) if classes else rng.uniform(size=values.shape)
    (x,) = _tensors([values])
    expected = _peer_loss(layer, x, torch.tensor(target))
    expected.backward()
    loss, gradient = layer.loss(values, target)
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    _assert_close(gradient, x.grad.numpy())
