"""How long training would take on this computer: a few real steps are made and timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.maths.optim import OptimizerState
from core.running.program import Program
from core.training.evaluate import BATCH
from core.training.need import require_room
from core.training.plan import Plan

LEAST_STEPS = 3
"""The median of so many is not that of one step which something else held up."""
MOST_STEPS = 50
ENOUGH_SECONDS = 1.0


@dataclass(frozen=True)
class Estimate:
    """Seconds on this computer; an epoch with the validation at its end."""

    step: float
    epoch: float


def estimate(
    graph: Graph,
    plan: Plan,
    train: Dataset,
    validation: Dataset | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Estimate | None:
    """Trains a network of its own for about a second; None where `stopped` called it off.

    The first step isn't counted: it plans the memory and may compile. Raises CoreError as training does.
    """
    require_room(graph, plan, len(train))
    program = compile_graph(graph, seed=plan.seed)
    state = OptimizerState(plan.optimizer, program.parameters.values)
    size = min(plan.batch_size, len(train))
    times: list[float] = []
    while len(times) <= LEAST_STEPS or (sum(times[1:]) < ENOUGH_SECONDS and len(times) <= MOST_STEPS):
        if stopped():
            return None
        begin = time.perf_counter()
        program.train_on(train, (np.arange(size) + len(times) * size) % len(train), state)
        times.append(time.perf_counter() - begin)
    step = float(np.median(times[1:]))
    epoch = step * len(train) / size
    if validation is not None:
        epoch += _evaluation_time(program, validation) * len(validation)
    return Estimate(step, epoch)


def _evaluation_time(program: Program, data: Dataset) -> float:
    """Seconds a sample, of the second of two batches."""
    x, _ = data.batch(slice(BATCH), program.dtype)
    program.scores(x)
    begin = time.perf_counter()
    program.scores(x)
    return (time.perf_counter() - begin) / len(x)
