"""A run that was stopped, saved, loaded and resumed is, bit for bit, the one that never stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import split
from core.formats.project import ProjectFile, load_project, save_project
from core.maths.optim import OPTIMIZERS, SGD, Optimizer
from core.maths.schedules import Cosine
from core.project import Project
from core.schema.making import changed
from core.training.checkpoint import Checkpoint
from core.training.events import EpochEnded, Event, Stepped, Validating
from core.training.plan import Plan
from core.training.session import Session
from tests.core.training.test_train import DATA, PLAN, STEPS_PER_EPOCH, assert_equal, network, run, started

pytestmark = pytest.mark.usefixtures("executor")

OPTIMIZER_CASES = [*(declared() for declared in OPTIMIZERS), SGD(nesterov=True, weight_decay=0.01)]
PLACES: dict[str, Callable[[Event], bool]] = {
    "in the middle of an epoch": lambda e: isinstance(e, Stepped) and e.step == STEPS_PER_EPOCH + 2,
    "after the last step of an epoch": lambda e: isinstance(e, Stepped) and e.step == STEPS_PER_EPOCH,
    "while validating": lambda e: isinstance(e, Validating),
    "at the end of an epoch": lambda e: isinstance(e, EpochEnded) and e.epoch == 2,
}


def _stopped(plan: Plan, place: Callable[[Event], bool]) -> Checkpoint:
    session, _ = started(plan)
    for event in session:
        if place(event):
            session.stop()
    return session.checkpoint()


def _saved_and_loaded(checkpoint: Checkpoint, path: Path) -> Checkpoint:
    save_project(path, ProjectFile(Project(network(), checkpoint.plan), checkpoint))
    found = load_project(path).checkpoint
    assert found is not None
    return found


def _resumed(checkpoint: Checkpoint) -> Session:
    """Goes on in a network that began with other weights: nothing may depend on them."""
    plan = checkpoint.plan
    program = compile_graph(network(), seed=plan.seed)
    program.parameters.values[...] = 99
    session = Session(program, *split(DATA, plan.validation, plan.seed), plan, checkpoint)
    run(session)
    return session


def _without_time(checkpoint: Checkpoint) -> list[EpochEnded]:
    return [replace(epoch, seconds=0.0) for epoch in checkpoint.history]


@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
@pytest.mark.parametrize("optimizer", OPTIMIZER_CASES, ids=str)
def test_resumed_equals_uninterrupted(
    optimizer: Optimizer, place: Callable[[Event], bool], tmp_path: Path
) -> None:
    plan = replace(PLAN, optimizer=optimizer, schedule=Cosine(), warmup=1.3, clip_norm=0.8, clip_value=0.2)
    whole, _ = started(plan)
    run(whole)
    expected = whole.checkpoint()
    checkpoint = _saved_and_loaded(_stopped(plan, place), tmp_path / "run.cnn")
    assert 0 < len(checkpoint.losses) < len(expected.losses)
    found = _resumed(checkpoint).checkpoint()
    assert_equal(found.weights, expected.weights)
    assert_equal(found.slots, expected.slots)
    assert_equal(found.kept, expected.kept)
    assert found.losses == expected.losses
    assert found.curves.metrics == expected.curves.metrics
    assert len(found.curves.metrics) == len(found.losses)
    assert _without_time(found) == _without_time(expected)
    assert (found.epoch, found.position, found.optimizer_step) == (3, 0, 3 * STEPS_PER_EPOCH)


def test_a_run_can_be_interrupted_after_every_step(tmp_path: Path) -> None:
    whole, _ = started()
    run(whole)
    checkpoint = _stopped(PLAN, lambda e: isinstance(e, Stepped))
    for count in range(2, 3 * STEPS_PER_EPOCH):
        checkpoint = _saved_and_loaded(checkpoint, tmp_path / "run.cnn")
        program = compile_graph(network(), seed=PLAN.seed)
        session = Session(program, *split(DATA, PLAN.validation, PLAN.seed), PLAN, checkpoint)
        for event in session:
            if isinstance(event, Stepped):
                session.stop()
        checkpoint = session.checkpoint()
        assert session.step == count
    assert_equal(_resumed(checkpoint).checkpoint().weights, whole.checkpoint().weights)


def test_a_finished_run_goes_on_for_more_epochs() -> None:
    short, _ = started(replace(PLAN, epochs=2))
    run(short)
    whole, _ = started()
    run(whole)
    longer = replace(short.checkpoint(), plan=PLAN)
    assert_equal(_resumed(longer).checkpoint().weights, whole.checkpoint().weights)


def test_a_checkpoint_is_a_copy() -> None:
    session, program = started()
    events = iter(session)
    next(events), next(events)
    checkpoint = session.checkpoint()
    before = {name: array.copy() for name, array in checkpoint.weights.items()}
    slots = {name: slot.copy() for name, slot in checkpoint.slots.items()}
    for _ in range(3):
        next(events)
    assert_equal(checkpoint.weights, before)
    assert_equal(checkpoint.slots, slots)
    assert checkpoint.position == checkpoint.running.samples == PLAN.batch_size
    assert not np.array_equal(program.parameters.save()["dense_1.weight"], before["dense_1.weight"])


def test_every_learning_rate_of_the_plan_is_kept_with_its_step(tmp_path: Path) -> None:
    session, _ = started(PLAN)
    rates: dict[int, float] = {0: PLAN.optimizer.learning_rate, 2: 0.5, 3: 0.25}
    for event in session:
        if isinstance(event, Stepped) and event.step in rates:
            session.plan = _with_rate(0.125)  # which no step is made with
            session.plan = _with_rate(rates[event.step])
        if isinstance(event, Stepped) and event.step == 4:
            session.stop()
    loaded = _saved_and_loaded(session.checkpoint(), tmp_path / "run.cnn")
    assert loaded.curves.rates == list(rates.items())
    again = Session(compile_graph(network()), *split(DATA, PLAN.validation, PLAN.seed), PLAN, loaded)
    assert again.checkpoint().curves.rates == [*rates.items(), (4, PLAN.optimizer.learning_rate)]


def _with_rate(rate: float) -> Plan:
    return replace(PLAN, optimizer=changed(PLAN.optimizer, learning_rate=rate))
