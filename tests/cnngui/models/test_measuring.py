"""Measuring the time of an epoch in the compute thread, without disturbing anything else there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cnngui.compute.thread import Measure
from cnngui.models.run import State, Training
from core.maths.optim import SGD, Adam
from tests.cnngui.runs import ENDLESS, GRAPH, regression_graph, tiny_graph, wait_for


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.estimate.ENOUGH_SECONDS", 0.0)


def measure(qtbot: QtBot, training: Training) -> None:
    training.measure(GRAPH)
    qtbot.waitUntil(lambda: not training.measuring, timeout=60_000)


def test_an_estimate_holds_until_what_it_is_of_changes(qtbot: QtBot, training: Training) -> None:
    assert training.estimate_for(GRAPH) is None
    measure(qtbot, training)
    found = training.estimate_for(GRAPH)
    assert found is not None
    assert found.epoch > found.step > 0
    assert training.estimate_for(tiny_graph(classes=2)) is None
    plan = training.plan
    training.set_plan(replace(plan, optimizer=SGD(learning_rate=0.5)))
    held = isinstance(plan.optimizer, SGD)
    assert (training.estimate_for(GRAPH) is found) == held
    training.set_plan(replace(plan, epochs=plan.epochs + 1))
    assert training.estimate_for(GRAPH) is found
    training.set_plan(replace(plan, batch_size=plan.batch_size + 1))
    assert training.estimate_for(GRAPH) is None


def test_measuring_leaves_the_run_alone(qtbot: QtBot, training: Training) -> None:
    training.set_plan(replace(ENDLESS, optimizer=Adam()))
    training.start(GRAPH)
    training.pause()
    wait_for(qtbot, training, State.PAUSED)
    training.measure(GRAPH)
    assert not training.measuring
    training._compute.send(Measure(GRAPH, training.plan, training.parts["training"], None))
    with qtbot.waitSignal(training.measured):
        pass
    assert training.estimate_for(GRAPH) is None
    assert training.state is State.PAUSED


def test_a_failure_is_reported_and_ends_the_measurement(qtbot: QtBot, training: Training) -> None:
    with qtbot.waitSignal(training.failed):
        training.measure(regression_graph())
    qtbot.waitUntil(lambda: not training.measuring)
