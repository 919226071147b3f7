"""Tapes made runnable, and those for evaluation: the outputs of a batch, or of one image after the other."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from core.design.infer import cost
from core.engine.machine.arena import Arena, Fixed
from core.engine.machine.guard import guarding, run_guarded
from core.engine.machine.operation import Kernel
from core.engine.machine.team import Team, default_threads
from core.engine.machine.vectors import WIDTH
from core.engine.network import lower
from core.engine.operations.batch import (
    BatchRow,
    LoadRow,
    Samples,
    batch_row,
    load_batch,
    load_row,
    store_batch,
)
from core.engine.single.lowering import SingleLowering
from core.engine.single.moving import PlanesRow, from_planes, planes_row, to_planes
from core.engine.single.pixels import Pixels, emit_border, pixels
from core.engine.tape import Tape, Value
from core.maths.arrays import Array
from core.native.turn import Turn, in_forked_process
from core.running.program import Program

SMALL = 1_000_000
"""Multiply-adds that one thread does for an image before others have begun."""

_turn = Turn()
"""Held while the team works: it serves one caller at a time."""


@cache
def _team(threads: int) -> Team:
    """The team of this process with that many threads."""
    return Team(threads)


in_forked_process(_team.cache_clear)


class Table:
    """A tape made runnable: the arena, and the fields of its rows that change from run to run."""

    def __init__(self, tape: Tape) -> None:
        self.blocks = tape.blocks
        self._tape = tape
        self._guarded = guarding()

    def _finish(self) -> None:
        self._arena = Arena(self._tape.rows, self._tape.threads, self._tape.blocks, guarded=self._guarded)
        self._calls = [(self._arena.stage(row), call) for row, call in self._tape.calls]

    def _emit_load(self, value: Value, capacity: int = 0) -> tuple[int, NDArray[np.float32]]:
        """A row that takes a batch in; gives its index, and the memory that it is taken from: none where it
        will be told from where (`_take`)."""
        memory = self._tape.array((capacity, value.vectors))
        self._tape.emit(load_batch, load_row(memory, value.buffer, value.size))
        return len(self._tape.rows) - 1, memory

    def _emit_store(self, value: Value, capacity: int = 0) -> tuple[int, NDArray[np.float32]]:
        """As `_emit_load`, for a row that takes a batch out."""
        memory = self._tape.array((capacity, value.vectors))
        self._tape.emit(store_batch, batch_row(Fixed(memory), value.buffer, value.size))
        return len(self._tape.rows) - 1, memory

    def _take(self, row: int, samples: Samples) -> None:
        """Lets a row take in other samples."""
        for field, value in samples.fields().items():
            self._arena.set(row, LoadRow._fields.index(field), value)

    def _run(self, samples: int, step: int, *further: Arena) -> None:
        """Runs the table, and those of further arenas behind it."""
        for row, field, compute in self._tape.each_step:
            self._arena.set(row, field, compute(step))
        arenas, blocks = (self._arena, *further), -(-samples // WIDTH)
        with _turn:
            calls = {stage: partial(call, samples, step) for stage, call in self._calls}
            if self._guarded:
                run_guarded(arenas, self._tape.threads, blocks, samples, calls)
            else:
                team = _team(self._tape.threads)
                table, begin = np.concatenate([arena.table for arena in arenas]), 0
                for stage, call in calls.items():
                    team.run(table[begin : stage + 1], blocks, samples)
                    call()
                    begin = stage + 1
                team.run(table[begin:], blocks, samples)


_OUTSIDE = BatchRow._fields.index("outside")
_PLANES = PlanesRow._fields.index("planes")


class Forward(Table):
    """The outputs of some blocks in evaluation mode."""

    def __init__(self, program: Program, wanted: Collection[str], blocks: int) -> None:
        super().__init__(Tape(default_threads(), blocks, training=False))
        network = lower(program, self._tape, wanted)
        self._input, _ = self._emit_load(network.values[program.input.id])
        for node in network.nodes:
            node.forward(self._tape)
        self._outputs = {block: self._emit_store(network.values[block])[0] for block in wanted}
        self._shapes = {block: program.shapes[block] for block in wanted}
        self._finish()

    def outputs(self, samples: Samples) -> dict[str, Array]:
        """The outputs for a batch of any size, as new arrays."""
        count, size = len(samples.places), self.blocks * WIDTH
        results: dict[str, Array] = {
            block: np.empty((count, *shape), np.float32) for block, shape in self._shapes.items()
        }
        for start in range(0, count, size):
            part = samples.part(start, start + size)
            self._take(self._input, part)
            for block, row in self._outputs.items():
                self._arena.set(row, _OUTSIDE, results[block][start:].ctypes.data)
            self._run(len(part.places), 0)
        return results


def _threads_for_one(program: Program) -> int:
    """How many threads predict one image fastest."""
    costs = (cost(program.graph, block.id, program.shapes) for block in program.graph.blocks)
    return 1 if sum(one.multiply_adds for one in costs if one) < SMALL else default_threads()


class SingleImage(Table):
    """The outputs of some blocks in evaluation mode, image by image. Raises NotLoweredError."""

    def __init__(self, program: Program, wanted: Collection[str]) -> None:
        super().__init__(Tape(_threads_for_one(program), 1, training=False))
        tape = self._tape
        network = lower(program, tape, wanted, SingleLowering)
        x = pixels(network.values[program.input.id])
        emit_border(tape, x)
        self._shapes = {block: program.shapes[block] for block in wanted}
        self._input = self._emit(from_planes, x)
        for node in network.nodes:
            node.forward(tape)
        self._outputs = {block: self._emit(to_planes, pixels(network.values[block])) for block in wanted}
        self._finish()

    def _emit(self, kernel: Kernel, value: Pixels) -> int:
        """A row that takes the image in or a value out; gives its index."""
        self._tape.emit(kernel, planes_row(Fixed(np.zeros(0, np.float32)), value))
        return len(self._tape.rows) - 1

    def outputs(self, x: Array) -> dict[str, Array]:
        """The outputs for each image, as new arrays."""
        x = np.ascontiguousarray(x, np.float32)
        results: dict[str, Array] = {
            block: np.empty((len(x), *shape), np.float32) for block, shape in self._shapes.items()
        }
        for number in range(len(x)):
            self._arena.set(self._input, _PLANES, x[number].ctypes.data)
            for block, row in self._outputs.items():
                self._arena.set(row, _PLANES, results[block][number].ctypes.data)
            self._run(1, 0)
        return results
