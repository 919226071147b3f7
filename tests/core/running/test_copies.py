"""Programs that are copied, or pickled to go to another process, after they have computed."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from core.compile import compile_graph
from core.errors import LayerError
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification
from core.layers.reshape import Flatten
from core.maths.optim import SGD, OptimizerState
from core.running.program import Program
from tests.core.designs import chain, shapes_to_tell_apart

GRAPH = chain((1, 8, 8), Conv2D(filters=4), BatchNorm(), ReLU(), Flatten(), Dense(units=3), Classification())
IMAGES, TARGETS = shapes_to_tell_apart(40).batch(np.arange(40))


def _pickled(program: Program) -> Program:
    found: Program = pickle.loads(pickle.dumps(program))
    return found


def _train(program: Program) -> None:
    state = OptimizerState(SGD(learning_rate=0.5), program.parameters.values)
    for _ in range(3):
        program.train_step(IMAGES, TARGETS, state)


@pytest.mark.usefixtures("executor")
@pytest.mark.parametrize("copied", [_pickled, copy.deepcopy, copy.copy], ids=["pickle", "deepcopy", "copy"])
def test_a_copy_has_learned_the_same_and_learns_by_itself(copied: Callable[[Program], Program]) -> None:
    program = compile_graph(GRAPH)
    _train(program)
    program.inspect(IMAGES, TARGETS, ["conv2d_1"], ["conv2d_1"])
    with pytest.raises(LayerError):  # which looks for the block on the reference
        program.train_step(
            np.full_like(IMAGES, 3e38), TARGETS, OptimizerState(SGD(), program.parameters.values)
        )
    expected, one = program.scores(IMAGES), program.scores(IMAGES[:1])
    other = copied(program)
    assert type(other) is type(program)
    np.testing.assert_array_equal(other.scores(IMAGES), expected)
    np.testing.assert_array_equal(other.scores(IMAGES[:1]), one)
    _train(other)
    assert not np.array_equal(other.scores(IMAGES), expected)
    np.testing.assert_array_equal(program.scores(IMAGES), expected)
    _train(program)
    np.testing.assert_array_equal(other.scores(IMAGES), program.scores(IMAGES))
