"""Normalisation: values brought to mean 0 and variance 1, then scaled and shifted as is learned."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from core.errors import Problem, ShapeError
from core.layers.base import Layer, Mode, layer
from core.layers.lowering import Lowering, Value
from core.maths.arrays import Array, Parameter, Params, Shape
from core.schema.param import param
from core.schema.written import counted_text


@layer("batch_norm", group="Normalisation", title="Batch Norm")
class BatchNorm(Layer):
    """y = γ · (x − mean) / √(variance + ε) + β for each channel (Ioffe and Szegedy 2015, arXiv:1502.03167).

    While training, mean and variance are those of the batch, and running ones are kept for later, as in
    torch.nn.BatchNorm2d: running ← (1 − momentum) · running + momentum · batch, with the unbiased variance.
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

    def doubt(self, x: Shape, *, single: bool = False) -> Problem | None:
        if not single or prod(x[1:]) > 1:
            return None
        return Problem(
            "with one sample a step, each value is its own mean: nothing of it is left.",
            "Set the batch size to 2 at least, better to 16 or more, or normalise each sample by Layer Norm.",
            parameter="batch_size",
            severity="warning",
        )

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

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.batch_norm(x, self.momentum, self.epsilon)


class SampleNorm(Layer):
    """What layer and group normalisation share: each sample is normalised by itself, in parts.

    A subclass says how many parts a sample has (`_parts`) and declares `epsilon`; γ and β have `_affine`.
    """

    epsilon: float

    @abstractmethod
    def _parts(self, x: Shape) -> int:
        """How many parts a sample of this shape has."""

    def doubt(self, x: Shape, *, single: bool = False) -> Problem | None:
        if prod(x) > self._parts(x):
            return None
        return Problem(
            "what it normalises together is one value, its own mean: nothing of it is left.",
            "Normalise more values together, or remove the block.",
            severity="warning",
        )

    def _affine(self, x: Shape) -> Shape:
        """The shape of γ and β, to be broadcast over a sample."""
        return x

    def parameters(self, x: Shape) -> dict[str, Parameter]:
        shape = self._affine(x)
        return {"gamma": Parameter(shape, "ones"), "beta": Parameter(shape, "zeros")}

    def forward(self, params: Params, mode: Mode, x: Array) -> tuple[Array, tuple[Array, Array]]:
        parts = x.reshape(len(x), self._parts(x.shape[1:]), -1)
        inverse: Array = 1 / np.sqrt(parts.var(axis=2, keepdims=True) + x.dtype.type(self.epsilon))
        normal: Array = ((parts - parts.mean(axis=2, keepdims=True)) * inverse).reshape(x.shape)
        return self._spread(params["gamma"], x) * normal + self._spread(params["beta"], x), (normal, inverse)

    def backward(
        self, params: Params, saved: tuple[Array, Array], grad: Array
    ) -> tuple[tuple[Array], dict[str, Array]]:
        normal, inverse = saved
        rest = tuple(range(1 + params["gamma"].ndim, grad.ndim))
        grads: dict[str, Array] = {
            "gamma": (grad * normal).sum(axis=(0, *rest)),
            "beta": grad.sum(axis=(0, *rest)),
        }
        shape = (len(grad), inverse.shape[1], -1)
        scaled, flat = (grad * self._spread(params["gamma"], grad)).reshape(shape), normal.reshape(shape)
        mean = scaled.mean(axis=2, keepdims=True)
        along = (scaled * flat).mean(axis=2, keepdims=True)  # mean and variance depend on x, too
        dx: Array = inverse * (scaled - mean - flat * along)
        return (dx.reshape(grad.shape),), grads

    def windows(self, x: Shape) -> tuple[None]:
        return (None,)  # mean and variance depend on every pixel

    def _spread(self, values: Array, x: Array) -> Array:
        return values.reshape(values.shape + (1,) * (x.ndim - 1 - values.ndim))


@layer("layer_norm", group="Normalisation", title="Layer Norm")
class LayerNorm(SampleNorm):
    """Normalises all values of a sample together; γ and β for each value, as torch.nn.LayerNorm
    (Ba et al. 2016, arXiv:1607.06450).
    """

    epsilon: float = param(1e-5, min=1e-10, max=1.0, help="Added to the variance, against division by zero.")

    def _parts(self, x: Shape) -> int:
        return 1

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.sample_norm(x, 1, True, self.epsilon)


@layer("group_norm", group="Normalisation", title="Group Norm")
class GroupNorm(SampleNorm):
    """Normalises the channels of a sample in groups; γ and β for each channel, as torch.nn.GroupNorm
    (Wu and He 2018, arXiv:1803.08494).
    """

    groups: int = param(4, min=1, max=4096, help="Number of groups; must divide the channels.")
    epsilon: float = param(1e-5, min=1e-10, max=1.0, help="Added to the variance, against division by zero.")

    def infer(self, x: Shape) -> Shape:
        if x[0] % self.groups:
            raise ShapeError(
                f"{counted_text(self.groups, 'group')} don't divide {counted_text(x[0], 'channel')}.",
                "Choose groups that divide the channels, such as 1.",
                parameter="groups",
            )
        return x

    def _parts(self, x: Shape) -> int:
        return self.groups

    def doubt(self, x: Shape, *, single: bool = False) -> Problem | None:
        found = super().doubt(x, single=single)
        return found and replace(found, parameter="groups")

    def _affine(self, x: Shape) -> Shape:
        return x[:1]

    def lower(self, engine: Lowering[Value], x: Value) -> Value:
        return engine.sample_norm(x, self.groups, False, self.epsilon)

    def summary(self) -> str:
        return counted_text(self.groups, "group")
