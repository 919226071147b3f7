"""Compiling ahead must leave no trace but compiled code."""

from __future__ import annotations

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset
from core.design.graph import Graph
from core.errors import DesignError
from core.training.plan import Plan
from core.training.session import Session
from core.training.warm_up import warm_up
from tests.core.repair.test_repair import chain, made


def data() -> Dataset:
    rng = np.random.default_rng(0)
    return Dataset(rng.integers(0, 256, (20, 1, 6, 6), np.uint8), rng.integers(0, 3, 20), ("a", "b", "c"))


def design() -> Graph:
    return chain(
        made("input", shape=(1, 6, 6)), made("flatten"), made("dense", units=3), made("classification")
    )


def test_a_run_is_the_same_with_and_without_it() -> None:
    losses = []
    for ahead in (False, True):
        if ahead:
            warm_up(design(), Plan(), data())
        program = compile_graph(design())
        session = Session(program, data(), None, Plan(epochs=2, batch_size=8))
        list(session)
        losses.append(session.checkpoint().losses)
    assert losses[0] == losses[1]


def test_a_design_that_cannot_be_trained_is_refused() -> None:
    with pytest.raises(DesignError):
        warm_up(chain(made("input"), made("dense")), Plan(), data())
