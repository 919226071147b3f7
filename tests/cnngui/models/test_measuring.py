"""Measuring the time of an epoch in the compute thread, without disturbing anything else there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cnngui.compute.jobs.measure import Measure
from cnngui.compute.thread import ComputeThread
from cnngui.models.models import Models
from cnngui.models.run import State
from core.maths.optim import SGD, Adam
from tests.cnngui.runs import ENDLESS, GRAPH, PATIENCE, regression_graph, tiny_graph, wait_for


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.estimate.ENOUGH_SECONDS", 0.0)


def measure(qtbot: QtBot, models: Models) -> None:
    models.judging.measure(GRAPH)
    qtbot.waitUntil(lambda: not models.judging.measuring, timeout=60_000)


def test_an_estimate_holds_until_what_it_is_of_changes(qtbot: QtBot, models: Models) -> None:
    assert models.judging.estimate_for(GRAPH) is None
    measure(qtbot, models)
    found = models.judging.estimate_for(GRAPH)
    assert found is not None
    assert found.epoch > found.step > 0
    assert models.judging.estimate_for(tiny_graph(classes=2)) is None
    plan = models.document.plan
    models.document.set_plan(replace(plan, optimizer=SGD(learning_rate=0.5)))
    held = isinstance(plan.optimizer, SGD)
    assert (models.judging.estimate_for(GRAPH) is found) == held
    models.document.set_plan(replace(plan, epochs=plan.epochs + 1))
    assert models.judging.estimate_for(GRAPH) is found
    models.document.set_plan(replace(plan, batch_size=plan.batch_size + 1))
    assert models.judging.estimate_for(GRAPH) is None


def test_measuring_leaves_the_run_alone(qtbot: QtBot, models: Models, thread: ComputeThread) -> None:
    models.document.set_plan(replace(ENDLESS, optimizer=Adam()))
    models.run.start(GRAPH)
    models.run.pause()
    wait_for(qtbot, models, State.PAUSED)
    models.judging.measure(GRAPH)
    assert not models.judging.measuring
    thread.send(Measure(GRAPH, models.document.plan, models.data.parts["training"], None))
    with qtbot.waitSignal(models.judging.measured, timeout=PATIENCE):
        pass
    assert models.judging.estimate_for(GRAPH) is None
    assert models.run.state is State.PAUSED


def test_a_failure_is_reported_and_ends_the_measurement(qtbot: QtBot, models: Models) -> None:
    with qtbot.waitSignal(models.judging.failed, timeout=PATIENCE):
        models.judging.measure(regression_graph())
    qtbot.waitUntil(lambda: not models.judging.measuring, timeout=PATIENCE)
