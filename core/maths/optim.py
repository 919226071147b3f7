"""Optimisers: how a gradient becomes a step. Formulas and defaults are PyTorch's (torch.optim)."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeAlias, TypeVar, dataclass_transform

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from core.schema.making import explained, normalise
from core.schema.param import Declared, param, problems_of
from core.schema.registry import Registry
from core.schema.written import count_text, memory_text

Flat: TypeAlias = NDArray[np.floating[Any]]


class Optimizer(Declared, ABC):
    """The base of all optimisers: settings, and a step on flat buffers.

    `slots` names the buffers that an optimiser keeps, each as long as the values and zero at first.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    slots: ClassVar[tuple[str, ...]] = ()
    learning_rate: float

    def __post_init__(self) -> None:
        """Raises UsageError for a setting that isn't allowed."""
        normalise(self, self.title)

    @abstractmethod
    def update(self, values: Flat, gradients: Flat, slots: Mapping[str, Flat], step: int) -> None:
        """Changes `values` and `slots` in place; `step` counts from 1."""

    def problems(self) -> dict[str, str]:
        """What is wrong with the settings, by setting."""
        return problems_of(self)


OPTIMIZERS: Registry[Optimizer] = Registry("optimiser")

O = TypeVar("O", bound=Optimizer)  # noqa: E741


@dataclass_transform(frozen_default=True)
def optimizer(kind: str, *, title: str) -> Callable[[type[O]], type[O]]:
    """Declares an optimiser: `@optimizer("adam", title="Adam")`."""
    enter: Any = OPTIMIZERS.register(kind, title=title)
    return lambda declared: explained(enter(declared))


def _rate(default: float) -> Any:
    return param(default, min=0.0, max=100.0, help="Length of a step against the gradient.")


def _decay(default: float) -> Any:
    return param(default, min=0.0, max=10.0, help="Pulls every value towards 0; keeps weights small.")


def _beta(default: float, help: str) -> Any:
    return param(default, min=0.0, max=0.999999, help=help)


def _epsilon() -> Any:
    # Smaller ones divide tiny gradients, whose squares are 0 in float32, to steps of any length.
    return param(1e-8, min=1e-15, max=1.0, help="Added to the divisor, against division by zero.")


@optimizer("sgd", title="SGD")
class SGD(Optimizer):
    """v ← momentum · v + g; w ← w - rate · v (Nesterov: rate · (g + momentum · v), Sutskever et al. 2013)."""

    slots = ("velocity",)

    learning_rate: float = _rate(0.01)
    momentum: float = _beta(0.9, "How much of the last step is kept.")
    nesterov: bool = param(False, help="Looks ahead along the momentum.")
    weight_decay: float = _decay(0.0)

    def update(self, values: Flat, gradients: Flat, slots: Mapping[str, Flat], step: int) -> None:
        g = gradients + self.weight_decay * values if self.weight_decay else gradients
        v = slots["velocity"]
        v *= self.momentum
        v += g
        values -= self.learning_rate * (g + self.momentum * v if self.nesterov else v)


@optimizer("rmsprop", title="RMSprop")
class RMSprop(Optimizer):
    """s ← α · s + (1 - α) · g²; w ← w - rate · g / (√s + ε) (Tieleman and Hinton 2012)."""

    slots = ("square",)

    learning_rate: float = _rate(0.001)
    alpha: float = _beta(0.99, "How slowly the mean square forgets.")
    epsilon: float = _epsilon()
    weight_decay: float = _decay(0.0)

    def update(self, values: Flat, gradients: Flat, slots: Mapping[str, Flat], step: int) -> None:
        g = gradients + self.weight_decay * values if self.weight_decay else gradients
        s = slots["square"]
        s *= self.alpha
        s += (1 - self.alpha) * g * g
        values -= self.learning_rate * g / (np.sqrt(s) + self.epsilon)


class AdamFamily(Optimizer):
    """What Adam and AdamW share (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1)."""

    slots = ("mean", "square")
    beta1: float
    beta2: float
    epsilon: float

    def _step(self, values: Flat, g: Flat, slots: Mapping[str, Flat], step: int) -> None:
        m, s = slots["mean"], slots["square"]
        m *= self.beta1
        m += (1 - self.beta1) * g
        s *= self.beta2
        s += (1 - self.beta2) * g * g
        rate = self.learning_rate / (1 - self.beta1**step)
        values -= rate * m / (np.sqrt(s) / (1 - self.beta2**step) ** 0.5 + self.epsilon)


_MEAN, _SQUARE = "How slowly the mean gradient forgets.", "How slowly the mean square forgets."


@optimizer("adam", title="Adam")
class Adam(AdamFamily):
    """A step of about the learning rate for every value, whatever the size of its gradient."""

    learning_rate: float = _rate(0.001)
    beta1: float = _beta(0.9, _MEAN)
    beta2: float = _beta(0.999, _SQUARE)
    epsilon: float = _epsilon()
    weight_decay: float = _decay(0.0)

    def update(self, values: Flat, gradients: Flat, slots: Mapping[str, Flat], step: int) -> None:
        g = gradients + self.weight_decay * values if self.weight_decay else gradients
        self._step(values, g, slots, step)


@optimizer("adamw", title="AdamW")
class AdamW(AdamFamily):
    """Adam with the weight decay apart from the gradient (Loshchilov and Hutter 2019, arXiv:1711.05101)."""

    learning_rate: float = _rate(0.001)
    beta1: float = _beta(0.9, _MEAN)
    beta2: float = _beta(0.999, _SQUARE)
    epsilon: float = _epsilon()
    weight_decay: float = _decay(0.01)

    def update(self, values: Flat, gradients: Flat, slots: Mapping[str, Flat], step: int) -> None:
        values *= 1 - self.learning_rate * self.weight_decay
        self._step(values, gradients, slots, step)


class Clipping(NamedTuple):
    """Limits for the gradient of all parameters: first for each number, then for its Euclidean length.

    Both as torch.nn.utils.clip_grad_value_ and clip_grad_norm_ (Pascanu et al. 2013, arXiv:1211.5063).
    """

    value: float = math.inf
    norm: float = math.inf

    def __call__(self, gradients: Flat) -> Flat:
        """The gradient within the limits, as a new array where it was beyond."""
        if self.value < math.inf:
            gradients = np.clip(gradients, -self.value, self.value)
        if self.norm < math.inf:
            length = math.sqrt(np.square(gradients, dtype=np.float64).sum())
            gradients = gradients * min(1.0, self.norm / (length + NORM_EPSILON))
        return gradients


NORM_EPSILON = 1e-6
"""Added to a gradient's length before it divides, as in PyTorch."""


class OptimizerState:
    """An optimiser at work: its buffers, how many steps it has made, and the limits of the gradient."""

    def __init__(self, optimizer: Optimizer, like: Flat, clipping: Clipping | None = None) -> None:
        self.optimizer = optimizer
        self.clipping = clipping or Clipping()
        self.step = 0
        try:
            self.slots = {name: np.zeros_like(like) for name in optimizer.slots}
        except MemoryError:
            needed, parameters = memory_text(len(optimizer.slots) * like.nbytes), count_text(like.size)
            raise UsageError(
                f"{optimizer.title} needs {needed} for {parameters} parameters, which don't fit into memory.",
                "Make the network smaller, or choose an optimiser that keeps less.",
            ) from None

    def replace(self, optimizer: Optimizer, clipping: Clipping | None = None) -> None:
        """Goes on with other settings; buffers of the same names are kept, else they start from zero."""
        if optimizer.slots != self.optimizer.slots:
            like = next(iter(self.slots.values()))
            self.slots = {name: np.zeros_like(like) for name in optimizer.slots}
            self.step = 0
        self.optimizer = optimizer
        self.clipping = clipping or Clipping()

    def update(self, values: Flat, gradients: Flat) -> None:
        """One step on `values`, in place; `gradients` stay as they are."""
        self.step += 1
        self.optimizer.update(values, self.clipping(gradients), self.slots, self.step)
