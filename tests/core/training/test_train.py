"""The training run: reproducible, in the hands of whoever iterates, and stopped by nothing but its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from core.compile import compile_graph
from core.data.dataset import Dataset, split
from core.design.graph import Graph
from core.errors import DataError, LayerError
from core.layers.activation import ReLU
from core.layers.convolution import Conv2D
from core.layers.dense import Dense
from core.layers.dropout import Dropout
from core.layers.normalisation import BatchNorm
from core.layers.output import Classification, Regression
from core.layers.pooling import MaxPool
from core.layers.reconstruction import Reconstruction
from core.layers.reshape import Flatten, Reshape
from core.maths.arrays import Array
from core.maths.optim import SGD, Adam, RMSprop
from core.running.program import Program
from core.training.evaluate import evaluate
from core.training.events import EpochEnded, Event, Finished, Started, Stepped, Validating
from core.training.plan import Plan
from core.training.session import Session
from tests.core.designs import chain, shapes_to_tell_apart

pytestmark = pytest.mark.usefixtures("executor")

DATA = shapes_to_tell_apart(72)
PLAN = Plan(optimizer=Adam(learning_rate=0.01), epochs=3, batch_size=16, validation=0.2)
STEPS_PER_EPOCH = 4  # 58 samples, the last batch smaller


def network() -> Graph:
    """Small, with everything in it that has a state or draws random numbers."""
    return chain(
        (1, 8, 8),
        Conv2D(filters=4),
        BatchNorm(),
        ReLU(),
        MaxPool(),
        Dropout(share=0.2),
        Flatten(),
        Dense(units=3),
        Classification(),
    )


def started(plan: Plan = PLAN, data: Dataset = DATA, graph: Graph | None = None) -> tuple[Session, Program]:
    program = compile_graph(graph or network(), seed=plan.seed)
    return Session(program, *split(data, plan.validation, plan.seed), plan), program


def run(session: Session) -> list[Event]:
    return list(session)


def epochs(events: Sequence[Event]) -> list[EpochEnded]:
    return [event for event in events if isinstance(event, EpochEnded)]


def steps(events: Sequence[Event]) -> list[Stepped]:
    return [event for event in events if isinstance(event, Stepped)]


def finished(events: Sequence[Event]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def assert_equal(first: dict[str, Array], second: dict[str, Array]) -> None:
    """Equal to the last bit."""
    assert first.keys() == second.keys()
    assert [name for name in first if not np.array_equal(first[name], second[name])] == []


def test_events_come_in_order() -> None:
    session, program = started()
    events = run(session)
    assert events[0] == Started(58, 14, 3, program.parameters.count, 0)
    assert [type(event) for event in events[1:7]] == [*[Stepped] * 4, Validating, EpochEnded]
    assert [step.step for step in steps(events)] == list(range(1, 13))
    assert [(s.epoch, s.batch, s.batches) for s in steps(events)[3:6]] == [(1, 4, 4), (2, 1, 4), (2, 2, 4)]
    assert [event.epoch for event in epochs(events)] == [1, 2, 3]
    assert finished(events).reason == "completed"
    assert session.step == finished(events).step == 12


def test_it_learns() -> None:
    session, _ = started(replace(PLAN, epochs=12))
    end = finished(run(session))
    assert end.validation is not None
    assert end.validation.metrics["accuracy"] > 0.9


def test_the_same_seed_gives_the_same_run_to_the_last_bit() -> None:
    (first, one), (second, other) = started(), started()
    losses = [[step.result.loss for step in steps(run(session))] for session in (first, second)]
    assert losses[0] == losses[1]
    assert_equal(one.parameters.save(), other.parameters.save())
    different, _ = started(replace(PLAN, seed=1))
    assert [step.result.loss for step in steps(run(different))] != losses[0]


@dataclass(frozen=True, eq=False)
class Watched(Dataset):
    """Notes which samples are asked for."""

    asked: list[list[int]] = field(default_factory=list)

    def places(self, indices: Any) -> Any:
        self.asked.append([int(i) for i in indices])
        return super().places(indices)


def test_every_epoch_sees_every_sample_once_in_another_order() -> None:
    data = Watched(DATA.images, DATA.targets, DATA.classes)
    plan = replace(PLAN, epochs=2, batch_size=20)
    run(Session(compile_graph(network()), data, None, plan))
    assert [len(batch) for batch in data.asked] == [20, 20, 20, 12] * 2
    first, second = ([i for batch in data.asked[part] for i in batch] for part in (slice(0, 4), slice(4, 8)))
    assert sorted(first) == sorted(second) == list(range(72))
    assert first != second


def test_an_epoch_s_result_weighs_each_sample_alike() -> None:
    events = run(started()[0])
    of_epoch = [step.result for step in steps(events)[:STEPS_PER_EPOCH]]
    assert [result.samples for result in of_epoch] == [16, 16, 16, 10]
    mean = sum(result.loss * result.samples for result in of_epoch) / 58
    assert epochs(events)[0].train.loss == pytest.approx(mean, rel=1e-12)
    assert epochs(events)[0].train.samples == 58


def test_validation_leaves_the_network_alone() -> None:
    session, program = started(replace(PLAN, epochs=1, keep_best=False))
    for event in session:
        if isinstance(event, Stepped) and event.batch == STEPS_PER_EPOCH:
            before = program.parameters.save()
    assert_equal(before, program.parameters.save())


def test_without_validation_data() -> None:
    session, _ = started(replace(PLAN, validation=0.0))
    end = finished(run(session))
    assert end.validation is None
    assert end.train is not None
    assert end.train.samples == 72


def test_keeping_the_best_epoch() -> None:
    rng = np.random.default_rng(0)
    guessed = replace(DATA, targets=rng.permutation(DATA.targets))  # can be learned by heart alone
    plan = replace(PLAN, epochs=6)
    session, program = started(plan, guessed)
    events = run(session)
    results = [epoch.validation for epoch in epochs(events)]
    losses = [result.loss for result in results if result]
    assert losses.index(min(losses)) < len(losses) - 1  # else this run shows nothing
    assert [epoch.best for epoch in epochs(events)] == [
        loss < min(losses[:place], default=np.inf) for place, loss in enumerate(losses)
    ]
    _, validation = split(guessed, plan.validation, plan.seed)
    assert validation is not None
    assert evaluate(program, validation).result.loss == min(losses)
    assert finished(events).validation == results[losses.index(min(losses))]
    checkpoint = session.checkpoint()
    assert_equal(checkpoint.kept, program.parameters.save())

    last_session, last = started(replace(plan, keep_best=False), guessed)
    assert finished(run(last_session)).validation == results[-1]
    assert_equal(checkpoint.weights, last.parameters.save())


def test_another_learning_rate_counts_from_the_next_step() -> None:
    session, program = started(replace(PLAN, validation=0.0))
    events = iter(session)
    next(events), next(events)
    session.plan = replace(session.plan, optimizer=Adam(learning_rate=0.0))
    before = program.parameters.values.copy()
    step = next(events)
    assert isinstance(step, Stepped)
    assert step.learning_rate == 0.0
    assert np.array_equal(program.parameters.values, before)
    session.plan = replace(session.plan, optimizer=RMSprop())
    next(events)
    assert not np.array_equal(program.parameters.values, before)


def test_more_epochs_while_it_runs() -> None:
    session, _ = started(replace(PLAN, epochs=1))
    seen = []
    for event in session:
        seen.append(event)
        session.plan = replace(session.plan, epochs=2)
    assert finished(seen).epochs == 2


def test_nothing_runs_while_nobody_asks() -> None:
    session, program = started()
    events = iter(session)
    next(events), next(events)
    before = program.parameters.save()
    session.checkpoint()
    assert_equal(before, program.parameters.save())
    assert session.step == 1


def test_stopping() -> None:
    session, program = started()
    seen: list[Event] = []
    for event in session:
        seen.append(event)
        if isinstance(event, Stepped) and event.step == 6:
            session.stop()
    end = finished(seen)
    assert (end.reason, end.epochs, end.step) == ("stopped", 1, 6)
    assert session.checkpoint().position == 2 * 16
    assert np.isfinite(program.parameters.values).all()


def test_stopping_before_the_first_step() -> None:
    session, _ = started()
    session.stop()
    end = finished(run(session))
    assert (end.reason, end.step, end.train) == ("stopped", 0, None)


@pytest.mark.parametrize("rate", [3.0, 100.0])
@pytest.mark.parametrize("optimizer", [SGD(), SGD(nesterov=True, momentum=0.99)])
def test_a_diverging_run_names_a_block_and_leaves_finite_numbers(optimizer: SGD, rate: float) -> None:
    graph = chain((1, 8, 8), Conv2D(), BatchNorm(), Flatten(), Dense(units=20), Dense(units=1), Regression())
    data = Dataset(DATA.images, DATA.targets.astype(np.float32) * 1e4, ())
    plan = replace(PLAN, optimizer=replace(optimizer, learning_rate=rate), epochs=50)
    session, program = started(plan, data, graph)
    with pytest.raises(LayerError, match="learning rate") as caught:
        run(session)
    assert caught.value.problem.block in graph.by_id
    assert graph[caught.value.problem.block or ""].name in caught.value.problem.message
    for name, array in program.parameters.save().items():
        assert np.isfinite(array).all(), name
    checkpoint = session.checkpoint()
    assert np.isfinite(checkpoint.losses).all()
    assert len(checkpoint.losses) == session.step == checkpoint.optimizer_step


def test_regression_on_values() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5)).astype(np.float32)
    weights = rng.normal(size=(5, 2)).astype(np.float32)
    data = Dataset(x, x @ weights + 1, ())
    graph = chain((5,), Dense(units=2), Regression())
    plan = Plan(optimizer=SGD(learning_rate=0.1), epochs=30, batch_size=20)
    session, program = started(plan, data, graph)
    end = finished(run(session))
    assert end.validation is not None
    assert end.validation.metrics["mean_absolute_error"] < 1e-3
    assert np.allclose(program.parameters.blocks["dense_1"]["weight"], weights.T, atol=1e-3)
    assert np.allclose(program.parameters.blocks["dense_1"]["bias"], 1, atol=1e-3)


def test_a_reconstruction_learns_its_input_whatever_the_targets_are() -> None:
    """Images of rank one go through a code of one number each."""
    rng = np.random.default_rng(0)
    scales = rng.uniform(0, 255, 200)
    images = (scales[:, None, None, None] * rng.uniform(0, 1, (1, 1, 4, 4))).astype(np.uint8)
    labels = rng.integers(0, 3, 200)
    graph = chain(
        (1, 4, 4), Flatten(), Dense(units=1), Dense(units=16), Reshape(shape=(1, 4, 4)), Reconstruction()
    )
    plan = Plan(optimizer=Adam(learning_rate=0.01), epochs=30, batch_size=20)
    session, program = started(plan, Dataset(images, labels, ("a", "b", "c")), graph)
    last = finished(run(session))
    assert last.validation is not None
    assert last.validation.metrics["mean_absolute_error"] < 0.03
    data = Dataset(images, labels, ("a", "b", "c"))
    found = evaluate(program, data)
    assert found.confusion is None
    x, _ = data.batch(slice(0, 5))
    assert np.abs(program.predict(x) - x).mean() < 0.03


def test_black_and_white_pixels_are_learned_by_cross_entropy() -> None:
    """Three patterns go through a code of two numbers."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200)
    images = (255 * rng.integers(0, 2, (3, 1, 4, 4))[labels]).astype(np.uint8)
    end = Reconstruction(loss_function="binary cross-entropy")
    graph = chain((1, 4, 4), Flatten(), Dense(units=2), Dense(units=16), Reshape(shape=(1, 4, 4)), end)
    plan = Plan(optimizer=Adam(learning_rate=0.05), epochs=20, batch_size=20)
    session, program = started(plan, Dataset(images, labels, ("a", "b", "c")), graph)
    last = finished(run(session))
    assert last.validation is not None
    assert last.validation.metrics["mean_absolute_error"] < 0.02
    x, _ = Dataset(images, labels, ("a", "b", "c")).batch(slice(0, 5))
    np.testing.assert_allclose(program.predict(x), x, atol=0.1)


def test_a_checkpoint_of_another_network_is_refused() -> None:
    session, _ = started()
    run(session)
    other = compile_graph(chain((1, 8, 8), Flatten(), Dense(units=3), Classification()))
    with pytest.raises(DataError, match="another network"):
        Session(other, DATA, None, PLAN, session.checkpoint())
