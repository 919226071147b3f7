"""What a layer can ask an executor for: the operations that `Layer.lower` is written in.

An executor that compiles networks implements `Lowering`; layers know nothing of it but this. Shapes of images
are (channels, height, width), and a vector of F numbers is (F, 1, 1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.layers.windows import Pair

Curve: TypeAlias = Literal["leaky_relu", "sigmoid", "tanh", "elu", "gelu", "silu"]


class Sized(Protocol):
    """What layers may know of a value: its size for one sample."""

    @property
    def size(self) -> tuple[int, int, int]:
        """Channels, height and width."""


Value = TypeVar("Value", bound=Sized)
"""The executor's own kind of value: what flows through a wire, for a whole batch."""


class NotLoweredError(Exception):
    """The executor has no operation for a setting of the layer; the reference runs it then."""


class Lowering(ABC, Generic[Value]):
    """Builds the operations of one block at a time; each method gives the block's output.

    The output has the size that the layer's `infer` says, and the learned arrays are those that its
    `parameters` declares, by the names given here. Raises NotLoweredError where the executor lacks an
    operation.
    """

    @abstractmethod
    def enter(self) -> Value:
        """The batch that enters the network."""

    @abstractmethod
    def convolution(  # noqa: PLR0917  # plain numbers, as the table takes them
        self, x: Value, kernel: Pair, stride: Pair, pads: Pair, dilation: Pair, groups: int, bias: bool
    ) -> Value:
        """A convolution with `weight` (F, C/groups, KH, KW) and, with `bias`, `bias` (F,).

        `pads` are the zeros before the first row and column; those after the last follow from the size.
        """

    @abstractmethod
    def transposed_convolution(  # noqa: PLR0917
        self, x: Value, kernel: Pair, stride: Pair, cut: Pair, dilation: Pair, groups: int, bias: bool
    ) -> Value:
        """A transposed convolution with `weight` (C, F/groups, KH, KW) and, with `bias`, `bias` (F,).

        `cut` are the pixels cut off before the first row and column, or the zeros added there if negative.
        """

    @abstractmethod
    def dense(self, x: Value, bias: bool) -> Value:
        """A fully connected layer with `weight` (units, F) and, with `bias`, `bias` (units,)."""

    @abstractmethod
    def max_pool(self, x: Value, kernel: Pair, stride: Pair, pads: Pair) -> Value:
        """The maximum of each window; `pads` are pixels before the first row and column, which never win."""

    @abstractmethod
    def resample(self, x: Value, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> Value:
        """rows · x · columnsᵀ for each channel; the matrices are (outputs, inputs) along their axis."""

    @abstractmethod
    def batch_norm(self, x: Value, momentum: float, epsilon: float) -> Value:
        """Normalisation over batch and pixels, with `gamma` and `beta` (C,).

        `momentum` is the weight of a new batch in `running_mean` and `running_variance` (C,).
        """

    @abstractmethod
    def sample_norm(self, x: Value, groups: int, each: bool, epsilon: float) -> Value:
        """Normalisation of each sample in groups of channels, with `gamma` and `beta`.

        They are for `each` value of a sample, or for each channel.
        """

    @abstractmethod
    def relu(self, x: Value) -> Value:
        """max(x, 0)."""

    @abstractmethod
    def curve(self, x: Value, name: Curve, slope: float = 0.0) -> Value:
        """Another activation; `slope` is its one setting, where it has any."""

    @abstractmethod
    def softmax(self, x: Value) -> Value:
        """Softmax over the channels."""

    @abstractmethod
    def dropout(self, x: Value, share: float) -> Value:
        """Sets a share of the values to 0 while training, and divides the others by 1 - share."""

    @abstractmethod
    def add(self, *inputs: Value) -> Value:
        """The sum; sizes of 1 are repeated."""

    @abstractmethod
    def multiply(self, *inputs: Value) -> Value:
        """The product; sizes of 1 are repeated."""

    @abstractmethod
    def concatenate(self, *inputs: Value) -> Value:
        """The channels one behind the other."""

    @abstractmethod
    def flatten(self, x: Value) -> Value:
        """An image as a vector: channel after channel, row after row."""

    @abstractmethod
    def reshape(self, x: Value) -> Value:
        """The same values, in the order of `flatten`, as another shape."""

    @abstractmethod
    def border(self, x: Value, top: int, left: int) -> Value:
        """Zeros before the first row and column, or so many cut off if negative.

        Those after the last follow from the size.
        """

    @abstractmethod
    def cross_entropy(self, x: Value, smoothing: float, weights: tuple[float, ...]) -> Value:
        """The end of a classifier that gives logits; without weights, all classes count alike."""

    @abstractmethod
    def binary_cross_entropy(self, x: Value) -> Value:
        """The end of a network that gives logits of yes or no, or of pixels from 0 to 1."""

    @abstractmethod
    def distance(self, x: Value, name: str, delta: float) -> Value:
        """The end of a regression: "mean squared error", "mean absolute error", or "huber".

        `delta` is where Huber's distance becomes linear.
        """
