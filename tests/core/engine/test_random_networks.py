"""Random small networks: the engine has to agree with the reference on all of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from core.layers import LAYERS as REGISTERED
from core.layers.input import Input
from core.layers.unknown import Unknown
from tests.core.engine.random_networks import JOINS, LAYERS, LOSSES, QUIET, Trial, check, trials


@settings(max_examples=50, derandomize=True, **QUIET)
@given(trials)
def test_engine_and_reference_agree(trial: Trial) -> None:
    check(trial)


@pytest.mark.exhaustive
@settings(max_examples=400, derandomize=True, **QUIET)
@given(trials)
def test_engine_and_reference_agree_on_many(trial: Trial) -> None:
    check(trial)


def test_no_layer_is_forgotten() -> None:
    drawn = {*LAYERS, *LOSSES, *map(type, JOINS)}
    assert drawn == set(REGISTERED) - {Input, Unknown}
