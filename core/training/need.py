"""How much memory a training needs, told before any of it is taken; and the largest batch that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from core.compile import plan_graph
from core.design.graph import Graph
from core.errors import TooLargeError
from core.native import memory
from core.running.program import Program
from core.schema.written import count_text, counted_text, memory_text
from core.training.plan import Plan

RESERVE = 64 * 2**20
"""Bytes that are left to what nobody plans: compiled code, evaluation, the window's pictures."""


@dataclass(frozen=True)
class Need:
    """Bytes that a training adds to a process that has done nothing yet.

    `executor` is what computes, with its compiled code; `learned` the parameters, their gradients, what
    the optimiser keeps, and a copy to go back to after a divergence; `step` what a step on a batch works
    in; `copy` a checkpoint. With `overlap` the last two are there at the same time.
    """

    executor: int
    learned: int
    step: int
    copy: int
    overlap: bool

    @property
    def taken(self) -> int:
        """All but the executor's: it may be there already."""
        return self.learned + (self.step + self.copy if self.overlap else max(self.step, self.copy))

    @property
    def total(self) -> int:
        return self.executor + self.taken


def need(graph: Graph, plan: Plan, samples: int | None = None) -> Need:
    """What training needs in steps of `samples`, or as many as the plan says.

    The fast engine plans its memory as for a run. The reference makes two steps on a few samples to see, so
    there has to be room for what is learned. Raises DesignError for a design that can't be trained.
    """
    return _Planned(plan_graph(graph), plan).need(plan.batch_size if samples is None else samples)


def require_room(graph: Graph, plan: Plan, samples: int) -> None:
    """Raises TooLargeError where a training on `samples` samples needs more memory than is available.

    The error says how much both are and, where a smaller batch would do, suggests the largest. Raises
    DesignError for a design that can't be trained.
    """
    planned = _Planned(plan_graph(graph), plan)
    available = memory.available_memory()
    room = available - RESERVE - memory.space_for_threads() if available else inf
    learned = planned.learned + planned.copy
    if learned > room:
        raise _too_many_parameters(planned, learned, available, aside=int(available - room))
    batch = min(plan.batch_size, samples)
    wanted = planned.need(batch).taken
    if wanted <= room:
        return
    fitting = _largest(batch - 1, lambda count: planned.need(count).taken <= room)
    raise TooLargeError(
        f"Training in steps of {counted_text(batch, 'sample')} needs {memory_text(wanted)} of memory, and "
        f"{memory_text(available)} are available.",
        f"Set the batch size to {count_text(fitting)}, the largest that fits."
        if fitting
        else "Make the network smaller, or its images.",
        parameter="batch_size" if fitting else None,
        suggested=fitting or None,
    )


class _Planned:
    """A program that is only planned, and the plan to train it with."""

    def __init__(self, program: Program, plan: Plan) -> None:
        self.program, self.plan = program, plan
        parameters, slots = program.parameters, len(plan.optimizer.slots)
        self.copy = (1 + slots) * parameters.values.nbytes + parameters.statistics.nbytes
        self.learned = self.copy + parameters.values.nbytes + self.copy  # and as it was when last sound

    def need(self, samples: int) -> Need:
        step = self.program.step_memory(samples, self.plan.optimizer)
        return Need(self.program.own_memory, self.learned, step, self.copy, self.program.keeps_step_memory)


def _largest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to `most` that fits; 0 where not even 1 does."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(middle) else (least, middle - 1)
    return least


def _too_many_parameters(planned: _Planned, needed: int, available: int, aside: int) -> TooLargeError:
    if needed <= available:
        return TooLargeError(
            f"Training needs {memory_text(needed + aside)} of memory, most of it for compiled code and "
            f"threads; {memory_text(available)} are available.",
            "Close other programs, or raise the limit of memory that this process has.",
        )
    program = planned.program
    sizes = {
        block: sum(array.size for array in arrays.values())
        for block, arrays in program.parameters.blocks.items()
    }
    largest = max(sizes, key=lambda block: sizes[block])
    name, count = program.graph[largest].name, count_text(sizes[largest])
    optimizer, parameters = planned.plan.optimizer.title, count_text(program.parameters.count)
    return TooLargeError(
        f"Training needs {memory_text(needed)} of memory for {parameters} parameters, with their gradients, "
        f"what {optimizer} keeps of them and two copies; {memory_text(available)} are available.",
        f"Make {name} smaller, which has {count} of them, or pool more before it.",
        block=largest,
    )
