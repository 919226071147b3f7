"""What a layer is: one frozen class with declared settings, its inference, and its maths in NumPy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, dataclass_transform

import numpy as np
from numpy.typing import NDArray

from core.errors import Problem
from core.layers.lowering import Lowering, Value
from core.layers.sight import SAME, Windows
from core.maths.arrays import Array, Parameter, Params, Shape
from core.schema.making import explained, normalise
from core.schema.param import Declared, param_of, problems_of
from core.schema.registry import Registry
from core.schema.written import cut_text


@dataclass(frozen=True)
class Mode:
    """How a forward pass runs. `key` seeds the pass's random numbers: a function of seed, step and block."""

    training: bool = False
    key: int = 0


Limits: TypeAlias = tuple[float, float]
"""The least and the largest number that a value can be."""
UNLIMITED: Limits = (-inf, inf)


class Layer(Declared, ABC):
    """The base of all layers. A subclass overrides what differs from "one input, no parameters".

    `forward` takes the batch of each input, `(N, *shape)`, and returns the output with whatever `backward`
    needs; `backward` takes the gradient of the loss with respect to the output and returns the gradients with
    respect to the inputs and to the parameters. Both work in the dtype of their inputs and never change them.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    group: ClassVar[str]
    inputs: ClassVar[int | None] = 1
    """The number of inputs; None means two or more."""
    has_output: ClassVar[bool] = True
    activates: ClassVar[bool] = False
    """Whether it bends values, and neither learns nor changes their shape: an activation."""
    pools: ClassVar[bool] = False
    """Whether it sums up neighbouring pixels and so makes images smaller, without learning."""

    def __post_init__(self) -> None:
        """Takes shorthands, such as `kernel=3`. Raises UsageError for a setting that isn't allowed."""
        normalise(self, self.title)

    def infer(self, *inputs: Any, **_: Any) -> Shape:
        """The output's shape for these input shapes. Raises ShapeError."""
        shape: Shape = inputs[0]
        return shape

    def parameters(self, *inputs: Any, **_: Any) -> dict[str, Parameter]:
        """The learned arrays for these input shapes, by name."""
        return {}

    def multiply_adds(self, *inputs: Any, **_: Any) -> int:
        """Multiply-adds of one forward pass of one sample; 0 where products don't dominate."""
        return 0

    @classmethod
    def has_cost(cls) -> bool:
        """Whether such layers learn or multiply at all: the others needn't say that they cost nothing."""
        return cls.parameters is not Layer.parameters or cls.multiply_adds is not Layer.multiply_adds

    def windows(self, *inputs: Any, **_: Any) -> tuple[Windows | None, ...]:
        """For each input image, which part of it an output depends on; None where on all of it."""
        return (SAME,) * len(inputs)

    @abstractmethod
    def forward(self, params: Params, mode: Mode, *inputs: Any, **_: Any) -> tuple[Array, Any]:
        """The output for these batches, and what `backward` needs."""

    @abstractmethod
    def backward(self, params: Params, saved: Any, grad: Array) -> tuple[tuple[Array, ...], dict[str, Array]]:
        """The gradients with respect to the inputs, and to the parameters by name."""

    def lower(self, engine: Lowering[Value], *inputs: Any, **_: Any) -> Value | None:
        """The layer as work for the fast engine; None where only the reference can do it."""
        return None

    @property
    def keeps(self) -> bool:
        """Whether it passes values on as they are: in another shape, without some, or with zeros."""
        return False

    def keeps_of(self, *inputs: Any, **_: Any) -> bool:
        """Whether it passes values on as they are where inputs of these shapes enter."""
        return self.keeps

    @property
    def limits(self) -> Limits:
        """Between which numbers all that it gives out lies, whatever enters."""
        return UNLIMITED

    def limits_of(self, *inputs: Limits) -> Limits:
        """Between which numbers all that it gives out lies, where what enters lies between these."""
        return self.limits

    def doubt(self, *inputs: Any, **_: Any) -> Problem | None:
        """What is hardly meant, though the layer works on these input shapes; None where nothing is.

        With `single`, each step of the training sees one sample. Whoever asks adds the block.
        """
        return None

    def problems(self) -> Mapping[str, str]:
        """What is wrong with the settings, by setting."""
        return self._problems

    @cached_property
    def _problems(self) -> dict[str, str]:
        """Found once: a layer never changes, and each edit of a design asks all of its layers."""
        return problems_of(self)

    def summary(self) -> str:
        """The key settings in a few characters, as a block shows them: `16, 3 × 3, stride 2`."""
        return ""

    def caption(self) -> str:
        """`summary`, but where settings were written wrongly, those as they are: `kernel "big"`.

        The others say nothing by themselves, and what stands in for the wrong ones was never meant.
        """
        if not self.wrong:
            return self.summary()
        return ", ".join(
            f"{param_of(type(self), name).label.lower()} {cut_text(text)}" for name, text in self.wrong
        )


Target: TypeAlias = Literal["class", "value", "image"]


class Output(Layer):
    """A block that ends a network: it compares the prediction with the target."""

    has_output = False
    metrics: ClassVar[tuple[str, ...]] = ()
    shares: ClassVar[bool] = False
    """Whether the metrics are shares of the samples, shown in percent."""
    target: ClassVar[Target]
    """What the prediction is compared with: the target of the data, or the input itself."""
    most_classes: ClassVar[int | None] = None
    """How many classes a value as the target can tell apart; None where it is a number like any other."""

    @property
    def applies(self) -> str | None:
        """The kind of activation that is part of it, and so is superfluous before it."""
        return None

    def predict(self, x: Array) -> Array:
        """What the user is shown for these network outputs: probabilities, or values."""
        return x

    def decide(self, x: Array) -> NDArray[np.integer[Any]] | None:
        """The class numbers (N,) that the network decides for; None where it doesn't decide for classes."""
        return None

    def measured(self, shape: Shape) -> tuple[str, ...]:
        """Those of `metrics` that say something about outputs (N, *shape)."""
        return self.metrics

    def check(self, shape: Shape, target: NDArray[Any]) -> None:
        """Raises UsageError for a target that outputs (N, *shape) can't be compared with."""

    def fitted(self, counts: Sequence[int]) -> Output:
        """This output for training data with so many samples of each class; empty where it has none."""
        return self

    @abstractmethod
    def loss(self, x: Array, target: NDArray[Any]) -> tuple[float, Array]:
        """The mean loss over the batch and its gradient with respect to `x`."""

    def weigh(self, target: NDArray[Any]) -> float:
        """How much the samples with these targets count together in the mean that is the loss."""
        return float(len(target))

    def measure(self, x: Array, target: NDArray[Any]) -> dict[str, float]:
        """The mean of each metric (see `measured`) over the batch."""
        return {}

    def forward(self, params: Params, mode: Mode, *inputs: Any, **_: Any) -> tuple[Array, Any]:
        return inputs[0], None

    def backward(self, params: Params, saved: Any, grad: Array) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (grad,), {}


LAYERS: Registry[Layer] = Registry("layer")

L = TypeVar("L", bound=Layer)


@dataclass_transform(frozen_default=True)
def layer(kind: str, *, group: str, title: str) -> Callable[[type[L]], type[L]]:
    """Declares a layer: `@layer("conv2d", group="Convolution", title="Conv 2D")`."""
    enter: Any = LAYERS.register(kind, group=group, title=title)
    return lambda declared: explained(enter(declared))
