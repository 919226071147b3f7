"""From layers to a table of operations: values, their gradients, and the order of the work.

A layer's `lower` calls the methods of `BatchLowering` (core/engine/lowering.py), which make nodes. A node
knows which rows compute its output and, from the gradient of its output, those of its inputs. The tape
asks all nodes in order, then in reverse; the arena finds out from the rows how long each buffer is
needed. A value that is cheap to compute is not kept from the one pass to the other but computed again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.engine.machine.arena import Buffer, Operand, TableRow
from core.engine.machine.helpers import AddRow, add_up
from core.engine.machine.operation import Kernel, Scope, operation
from core.engine.machine.vectors import VECTOR_BYTES

MOST_EFFORT = 1
"""How many other values may have to be computed once more for one: else long chains of residual blocks would
be computed from their beginning over and over again."""


@dataclass(frozen=True)
class Learned:
    """A learned array: where its values are and where its gradient goes, both in the layers' own order."""

    values: Operand
    gradient: Operand


@dataclass(eq=False)
class Value:
    """A value of the network for a whole batch, laid out [block][row][channel][column][lane].

    `size` is (channels, height, width); a vector of F numbers is (F, 1, 1).
    """

    size: tuple[int, int, int]
    buffer: Buffer
    gradient: Buffer | None = None
    trained: bool = True
    """Whether anything before it needs its gradient."""
    again: Callable[[Buffer], None] | None = None
    """Emits rows that compute the value once more from what is kept anyway; without it, it is kept, too."""
    effort: int = 0
    """How many other values have to be computed once more for that."""

    @property
    def vectors(self) -> int:
        """Vectors in a block."""
        return prod(self.size)


Call: TypeAlias = Callable[[int, int], None]
"""Work outside the table, given the number of samples and of the step."""


class CutRow(NamedTuple):
    number: int


@operation
def cut(row: int, task: int) -> None:
    """Nothing: as all wait for all here, no row of the main path gets to the other side."""


class Node(ABC):
    """A step of the network. `inputs` and `output` are values; both methods only emit rows."""

    inputs: tuple[Value, ...]
    output: Value
    learns: bool = False
    """Whether it has parameters with gradients."""

    @abstractmethod
    def forward(self, tape: Tape) -> None:
        """Emits the rows that compute the output."""

    @abstractmethod
    def backward(self, tape: Tape) -> None:
        """Emits the rows that compute the gradients of the inputs from that of the output."""


@dataclass
class Tape:
    """Collects rows. `blocks` is the largest number of blocks of a batch; `training` asks for training
    behaviour. One that is only `planned` takes no memory: it is to tell how much it would."""

    threads: int
    blocks: int
    training: bool
    to_input: bool = False
    """Whether gradients go back to the batch itself."""
    planned: bool = False
    outside: int = 0
    """Bytes of the arrays that rows or calls use outside the arena."""
    rows: list[TableRow] = field(default_factory=list)
    _chain: int = 0
    _recalled: dict[Value, tuple[int, Buffer]] = field(default_factory=dict)
    each_step: list[tuple[int, int, Callable[[int], int]]] = field(default_factory=list)
    calls: list[tuple[int, Call]] = field(default_factory=list)
    """What is done outside the table, each with the row that cuts it."""

    def emit(self, kernel: Kernel, row: Any, **each_step: Callable[[int], int]) -> None:
        """Appends an operation to the table; `each_step` gives fields anew for every step, from its
        number."""
        for name, compute in each_step.items():
            self.each_step.append((len(self.rows), row._fields.index(name), compute))
        self.rows.append((kernel, row))
        self._chain += kernel.scope in (Scope.SHARED, Scope.GATHERS)

    def call(self, function: Call) -> None:
        """Cuts the table: once the team has done the rows so far, `function(samples, step)` is called."""
        self.calls.append((len(self.rows), function))
        self.emit(cut, CutRow(len(self.calls)))

    def array(self, shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Memory outside the arena, all 0; of a tape that is only planned, an array that takes none."""
        self.outside += prod(shape) * np.dtype(dtype).itemsize
        return np.broadcast_to(np.zeros((), dtype), shape) if self.planned else np.zeros(shape, dtype)

    def value(self, size: tuple[int, int, int]) -> Value:
        """A new value."""
        return Value(size, self.buffer(prod(size)))

    def buffer(self, vectors: int) -> Buffer:
        """Memory for `vectors` vectors in each block."""
        return self.blockwise(vectors * VECTOR_BYTES)

    def blockwise(self, size: int) -> Buffer:
        """Memory of `size` bytes for each block."""
        return Buffer(self.blocks * size, size)

    def scratch(self, size: int) -> tuple[Buffer, int]:
        """`size` bytes for each thread, and the distance between two threads' parts."""
        padded = -(-size // 128) * 128 + 64
        return Buffer(padded * self.threads), padded

    def workspace(self, size: int) -> tuple[Buffer, int]:
        """As `scratch`, but only until the row ends: threads differ in where it is, so the distance is 0."""
        return Buffer(size, passing=True), 0

    def repeatable(self, value: Value, again: Callable[[Buffer], None], sources: Sequence[Value]) -> None:
        """`again` can compute the value once more from `sources`: it isn't kept for the backward pass."""
        self._recalled[value] = self._chain, value.buffer
        value.effort = sum(1 + source.effort for source in sources if source.again)
        if self.training and value.effort <= MOST_EFFORT:
            value.again = again

    def recall(self, value: Value) -> Buffer:
        """The value in the backward pass: where it was kept, or computed once more for the chain to come."""
        if value.again is None:
            return value.buffer
        chain, buffer = self._recalled[value]
        if chain != self._chain:
            buffer = self.buffer(value.vectors)
            value.again(buffer)
            self._recalled[value] = self._chain, buffer
        return buffer

    def gradient_of(self, value: Value) -> Buffer:
        """The gradient of a value, complete when its node's backward pass is asked for."""
        if value.gradient is None:
            raise RuntimeError("the gradient of a value was asked for before anything contributed to it")
        return value.gradient

    def contribute(self, value: Value) -> tuple[Buffer, bool]:
        """Where to write a contribution to a value's gradient, and whether to add to what is there."""
        if value.gradient is not None:
            return value.gradient, True
        value.gradient = self.buffer(value.vectors)
        return value.gradient, False

    def add_into(self, value: Value, emit: Callable[[Buffer], None]) -> None:
        """Contributes what `emit` writes, for operations that can only overwrite."""
        buffer, add = self.contribute(value)
        if not add:
            emit(buffer)
            return
        part = self.buffer(value.vectors)
        emit(part)
        self.emit(add_up, AddRow(buffer, part, value.vectors))

    def hand_on(self, value: Value, buffer: Buffer) -> None:
        """Contributes a finished gradient that nobody else will read or change."""
        if value.gradient is None:
            value.gradient = buffer
        else:
            self.emit(add_up, AddRow(value.gradient, buffer, value.vectors))
