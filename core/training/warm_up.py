"""Compiling what a network needs before somebody waits for it."""

from __future__ import annotations

import numpy as np

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.maths.optim import OptimizerState
from core.training.need import require_room
from core.training.plan import Plan


def warm_up(graph: Graph, plan: Plan, train: Dataset) -> None:
    """Makes one step and one evaluation with a network of its own and forgets it: compiled code stays.

    Raises CoreError as training would, TooLargeError before it takes anything.
    """
    require_room(graph, plan, len(train))
    program = compile_graph(graph, seed=plan.seed)
    first = np.arange(min(plan.batch_size, len(train)))
    program.train_on(train, first, OptimizerState(plan.optimizer, program.parameters.values))
    program.scores_on(train, first[:1])
