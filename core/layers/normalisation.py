"""Batch normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.layers.base import Array, Layer, Mode, Parameter, Params, Shape, layer
from core.schema import param

if TYPE_CHECKING:
    from core.engine.lowering import Lowering
    from core.engine.plan import Value


@layer("batch_norm", group="Normalisation", title="Batch Norm")
class BatchNorm(Layer):
    """y = γ · (x - mean) / √(variance + ε) + β for each channel (Ioffe and Szegedy 2015, arXiv:1502.03167).

    While training, mean and variance are those of the batch, and running ones are kept for later, as in
    torch.nn.BatchNorm2d: running ← (1 - momentum) · running + momentum · batch, with the unbiased variance.
    """

    momentum: float = param(0.1, min=0.0, max=1.0, help="Weight of a new batch in the running statistics.")
    epsilon: float = param(1e-5, min=1e-10, max=1.0, help="Added to the variance, against division by zero.")

    def parameters(self, x: Shape) -> dict[str, Parameter]:
        channels = (x[0],)
        return {
            "gamma": Parameter(channels, "ones"),
            "beta": Parameter(channels, "zeros"),
            "running_mean": Parameter(channels, "zeros", trainable=False),
            "running_variance": Parameter(channels, "ones", trainable=False),
        }

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, Any]:
        axes = (0, *range(2, x.ndim))
        along = (slice(None), *(None,) * (x.ndim - 2))
        if mode.training:
            mean: Array = x.mean(axis=axes)
            variance: Array = x.var(axis=axes)
            count = x.size // x.shape[1]
            self._keep(params["running_mean"], mean)
            self._keep(params["running_variance"], variance * (count / max(count - 1, 1)))
        else:
            mean, variance = params["running_mean"], params["running_variance"]
        inverse: Array = 1 / np.sqrt(variance + x.dtype.type(self.epsilon))
        normal = (x - mean[along]) * inverse[along]
        y = params["gamma"][along] * normal + params["beta"][along]
        return y, (normal, inverse, axes, along, mode.training)

    def backward(self, params: Params, saved: Any, grad: Array) -> tuple[tuple[Array], dict[str, Array]]:
        normal, inverse, axes, along, training = saved
        grads: dict[str, Array] = {"gamma": (grad * normal).sum(axis=axes), "beta": grad.sum(axis=axes)}
        dx = grad
        if training:  # the batch's own mean and variance depend on x, too
            count = grad.dtype.type(grad.size // grad.shape[1])
            dx = grad - (grads["beta"] / count)[along] - normal * (grads["gamma"] / count)[along]
        return ((params["gamma"] * inverse)[along] * dx,), grads

    def _keep(self, running: Array, batch: Array) -> None:
        running *= 1 - self.momentum
        running += self.momentum * batch

    def lower(self, engine: Lowering, x: Value) -> Value:
        return engine.batch_norm(x, self.momentum, self.epsilon)
