"""Samples to look at: which a network is right about, and which it is wrong about."""

from __future__ import annotations

import numpy as np
import pytest

from core.compile import compile_graph
from core.layers.dense import Dense
from core.layers.output import Classification, Regression
from core.layers.reshape import Flatten
from core.training.verdicts import verdicts
from tests.core.designs import chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("executor")

DATA = shapes_to_tell_apart(150)


def test_verdicts_are_what_the_network_predicts() -> None:
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), Classification()))
    x, targets = DATA.batch(np.arange(len(DATA)))
    answers = program.predict(x).argmax(axis=1)
    found = verdicts(program, DATA, each=len(DATA))
    assert [verdict.sample for verdict in found] == list(range(len(DATA)))
    assert [verdict.answer for verdict in found] == answers.tolist()
    assert [verdict.truth for verdict in found] == targets.tolist()
    few = verdicts(program, DATA, each=2)
    for right in (False, True):
        expected = np.flatnonzero((answers == targets) == right)[:2]
        assert [verdict.sample for verdict in few if verdict.right is right] == expected.tolist()


def test_where_no_classes_are_told_apart_there_are_none() -> None:
    data = type(DATA)(DATA.images, DATA.targets.astype(np.float32), ())
    program = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=1), Regression()))
    assert verdicts(program, data, each=2) == ()
