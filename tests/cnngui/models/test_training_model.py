"""The training model with a real compute thread: every way a run can begin, go on and end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

import cnngui.compute.thread
from cnngui.compute.thread import ComputeThread
from cnngui.models.run import State, Training
from core.design.edits import set_param
from core.errors import Problem
from core.maths.optim import SGD, Adam
from core.training.session import Session
from tests.cnngui.runs import (
    BATCHES,
    ENDLESS,
    GRAPH,
    PATIENCE,
    PLAN,
    run,
    steps,
    tiny_graph,
    wait_for,
    wait_for_rate,
    wait_for_step,
    write_bars,
)


def test_data_are_split_by_the_plan(training: Training) -> None:
    assert {name: len(part) for name, part in training.parts.items()} == {
        "training": 60,
        "validation": 6,
        "test": 12,
    }


def test_a_run_fills_the_curves_and_leaves_a_checkpoint(qtbot: QtBot, training: Training) -> None:
    run(qtbot, training)
    assert training.state is State.IDLE
    assert training.finished is not None
    assert training.finished.reason == "completed"
    assert training.curves.steps == list(range(1, 2 * BATCHES + 1))
    assert [epoch.epoch for epoch in training.curves.epochs] == [1, 2]
    assert training.checkpoint is not None
    assert list(training.checkpoint.losses) == training.curves.losses


def test_signals_arrive_in_the_thread_of_the_window(qtbot: QtBot, training: Training) -> None:
    seen = set()
    training.state_changed.connect(lambda: seen.add(QThread.currentThread()))
    training.start(GRAPH)
    training.pause()
    wait_for(qtbot, training, State.PAUSED)
    assert seen == {training.thread()}


def test_a_held_run_makes_exactly_the_steps_it_is_asked_for(qtbot: QtBot, training: Training) -> None:
    training.set_plan(ENDLESS)
    training.start(GRAPH)
    training.pause()
    wait_for(qtbot, training, State.PAUSED)
    assert steps(training) == 0
    for wanted in range(1, 2 * BATCHES):  # beyond the validation at the end of the epoch
        training.step()
        wait_for_step(qtbot, training, wanted)
    with qtbot.waitSignal(training.saved, timeout=PATIENCE):  # the thread reads this after any further step
        training.request_checkpoint()
    assert steps(training) == 2 * BATCHES - 1
    assert training.state is State.PAUSED


def test_steps_asked_for_at_once_are_all_made(qtbot: QtBot, training: Training) -> None:
    training.set_plan(ENDLESS)
    training.start(GRAPH)
    training.pause()
    for _ in range(BATCHES + 2):
        training.step()
    wait_for_step(qtbot, training, BATCHES + 2)
    with qtbot.waitSignal(training.saved, timeout=PATIENCE) as saved:
        training.request_checkpoint()
    assert len(saved.args[0].losses) == BATCHES + 2


def test_a_run_goes_on_after_a_pause(qtbot: QtBot, training: Training) -> None:
    training.start(GRAPH)
    training.pause()
    wait_for(qtbot, training, State.PAUSED)
    with qtbot.waitSignal(training.ended, timeout=PATIENCE):
        training.resume()
    assert steps(training) == 2 * BATCHES


def test_a_held_run_can_be_stopped_and_continued(qtbot: QtBot, training: Training) -> None:
    run(qtbot, training)
    uninterrupted = training.curves.losses
    training.start(GRAPH)
    training.pause()
    wait_for(qtbot, training, State.PAUSED)
    for _ in range(3):
        training.step()
    wait_for_step(qtbot, training, 3)
    with qtbot.waitSignal(training.ended, timeout=PATIENCE):
        training.stop()
    assert training.finished is not None
    assert training.finished.reason == "stopped"
    assert steps(training) == 3
    run(qtbot, training, resume=True)
    assert training.curves.losses == uninterrupted
    assert len(training.curves.epochs) == 2


def test_a_run_can_be_stopped_before_it_has_begun(qtbot: QtBot, training: Training) -> None:
    training.set_plan(ENDLESS)
    states = []
    training.state_changed.connect(lambda: states.append(training.state))
    training.start(GRAPH)
    with qtbot.waitSignal(training.ended, timeout=PATIENCE):
        training.stop()
    assert states == [State.PREPARING, State.STOPPING, State.IDLE]


def test_a_new_learning_rate_counts_from_the_next_step(qtbot: QtBot, training: Training) -> None:
    training.start(GRAPH)
    training.pause()
    training.step()
    wait_for_step(qtbot, training, 1)
    training.set_plan(replace(PLAN, optimizer=Adam(learning_rate=0.25)))
    training.step()
    wait_for_rate(qtbot, training, 0.25)


def test_a_new_validation_share_splits_the_data_after_the_run(qtbot: QtBot, training: Training) -> None:
    training.start(GRAPH)
    training.set_plan(replace(PLAN, validation=0.5))
    assert len(training.parts["validation"]) == 6
    qtbot.waitUntil(lambda: len(training.parts["validation"]) == 33, timeout=PATIENCE)
    training.set_plan(replace(PLAN, validation=0.0))
    qtbot.waitUntil(lambda: "validation" not in training.parts, timeout=PATIENCE)
    assert len(training.parts["training"]) == 66


def test_a_diverging_run_names_the_block_and_leaves_the_thread_alive(
    qtbot: QtBot, training: Training
) -> None:
    training.set_plan(replace(PLAN, epochs=50, optimizer=SGD(learning_rate=100.0, weight_decay=10.0)))
    with qtbot.waitSignal(training.failed, timeout=PATIENCE) as failed:
        run(qtbot, training)
    problem: Problem = failed.args[0]
    assert problem.block in GRAPH.by_id
    assert "learning rate" in problem.hint
    assert training.run_problem == problem
    assert training.finished is None
    training.set_plan(PLAN)
    run(qtbot, training)
    assert training.curves.steps == list(range(1, 2 * BATCHES + 1))


def test_an_exception_in_the_thread_becomes_a_problem(
    qtbot: QtBot, training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Session) -> None:
        raise ZeroDivisionError("nothing to divide by")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "__iter__", broken)
        with qtbot.waitSignal(training.failed, timeout=PATIENCE) as failed:
            run(qtbot, training)
        assert "nothing to divide by" in failed.args[0].message
    run(qtbot, training)
    assert training.finished is not None


def test_a_run_that_cannot_go_on_keeps_its_checkpoint(qtbot: QtBot, training: Training) -> None:
    run(qtbot, training)
    kept, losses = training.checkpoint, list(training.curves.losses)
    with (
        qtbot.waitSignal(training.failed, timeout=PATIENCE),
        qtbot.waitSignal(training.ended, timeout=PATIENCE),
    ):
        training.start(set_param(GRAPH, "conv2d_1", "filters", 7), resume=True)
    assert training.checkpoint is kept
    assert training.curves.losses == losses
    assert training.run_graph == GRAPH


def test_maps_are_those_of_the_sample_looked_at(qtbot: QtBot, training: Training) -> None:
    run(qtbot, training)
    with qtbot.waitSignal(training.snapshot_changed, timeout=PATIENCE):
        training.watch("test", ["input_1", "conv2d_1"])
    training.look_at("validation", 4)
    sample = training.parts["validation"].images[4] / np.float32(255)

    def shown() -> bool:
        return training.snapshot is not None and np.array_equal(training.snapshot.maps["input_1"], sample)

    qtbot.waitUntil(shown, timeout=PATIENCE)
    assert training.snapshot is not None
    assert training.snapshot.maps["conv2d_1"].shape == (4, 6, 6)
    assert training.snapshot.step == 2 * BATCHES
    assert training.snapshot.prediction.sum() == pytest.approx(1)


def test_maps_move_while_the_network_learns(qtbot: QtBot, training: Training) -> None:
    training.set_plan(ENDLESS)
    training.watch("test", ["conv2d_1"])
    training.start(GRAPH)
    seen: set[int] = set()
    training.snapshot_changed.connect(lambda: seen.add(training.snapshot.step if training.snapshot else -1))
    qtbot.waitUntil(lambda: len(seen) >= 2, timeout=PATIENCE)


def test_all_viewers_get_their_blocks(qtbot: QtBot, training: Training) -> None:
    run(qtbot, training)
    training.watch("one", ["conv2d_1"])
    training.watch("two", ["relu_1"])
    qtbot.waitUntil(
        lambda: training.snapshot is not None and "relu_1" in training.snapshot.maps, timeout=PATIENCE
    )
    assert training.snapshot is not None
    assert "conv2d_1" in training.snapshot.maps


def test_a_sample_of_another_shape_is_not_sent_through_the_network(
    qtbot: QtBot, training: Training, thread: ComputeThread, tmp_path: Path
) -> None:
    run(qtbot, training)
    problems: list[Problem] = []
    training.failed.connect(problems.append)
    np.savez(tmp_path / "wide.npz", x=np.zeros((9, 8, 16), np.uint8), y=np.arange(9) % 3)
    training.watch("test", ["conv2d_1"])
    for _ in range(2):  # the second answer comes after whatever was asked for by the first
        with qtbot.waitSignal(thread.loaded, timeout=PATIENCE):
            training.load(str(tmp_path / "wide.npz"))
    assert not problems


def test_the_network_is_judged_on_the_test_data(qtbot: QtBot, training: Training) -> None:
    run(qtbot, training)
    training.evaluate()
    qtbot.waitUntil(lambda: training.evaluation is not None, timeout=PATIENCE)
    assert training.evaluation is not None
    assert training.evaluation.done == 12
    assert training.evaluation.confusion is not None
    assert training.evaluation.confusion.sum() == 12


def test_a_source_that_cannot_be_read_leaves_the_data_as_they_were(
    qtbot: QtBot, training: Training, tmp_path: Path
) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK but no zip")
    before = training.source
    with qtbot.waitSignal(training.failed, timeout=PATIENCE):
        training.load(str(tmp_path / "broken.npz"))
    assert training.loading is None
    assert training.data_problem is not None
    assert "broken.npz" in training.data_problem.message
    assert training.source is before


def test_loading_that_was_called_off_changes_nothing(
    qtbot: QtBot, training: Training, thread: ComputeThread, tmp_path: Path
) -> None:
    before = training.source
    with qtbot.waitSignal(thread.loaded, timeout=PATIENCE):
        training.load(str(write_bars(tmp_path / "other.npz", train=30)))
        training.cancel_loading()
    assert training.source is before
    assert training.loading is None


def test_of_two_sources_the_one_chosen_last_stays(qtbot: QtBot, training: Training, tmp_path: Path) -> None:
    training.load(str(write_bars(tmp_path / "one.npz")))
    training.load(str(write_bars(tmp_path / "two.npz")))
    qtbot.waitUntil(lambda: training.loading is None, timeout=PATIENCE)
    assert training.source is not None
    assert training.source.name == "two"


def test_what_a_file_holds_can_be_looked_at_and_continued(qtbot: QtBot, training: Training) -> None:
    run(qtbot, training)
    losses, checkpoint = training.curves.losses, training.checkpoint
    training.adopt(tiny_graph(classes=4), None)
    assert not training.curves.losses
    training.adopt(GRAPH, checkpoint)
    assert training.curves.losses == losses
    training.watch("test", ["dense_1"])
    qtbot.waitUntil(lambda: training.snapshot is not None, timeout=PATIENCE)
    assert training.snapshot is not None
    assert training.snapshot.step == 2 * BATCHES
    training.set_plan(replace(training.plan, epochs=3))
    run(qtbot, training, resume=True)
    assert steps(training) == 3 * BATCHES


def test_shutting_down_ends_a_running_run(qtbot: QtBot, training: Training, thread: ComputeThread) -> None:
    training.set_plan(ENDLESS)
    training.start(GRAPH)
    qtbot.waitUntil(lambda: steps(training) > 2, timeout=PATIENCE)
    thread.shut_down()
    assert thread.isFinished()
    wait_for(qtbot, training, State.IDLE)
    assert training.checkpoint is not None


def test_shutting_down_ends_a_held_run(qtbot: QtBot, training: Training, thread: ComputeThread) -> None:
    training.start(GRAPH)
    training.pause()
    wait_for(qtbot, training, State.PAUSED)
    thread.shut_down()
    assert thread.isFinished()
    wait_for(qtbot, training, State.IDLE)


def test_the_message_of_an_unexpected_error_asks_for_a_report(
    qtbot: QtBot, training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(spec: str) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr(cnngui.compute.thread, "load_source", broken)
    with qtbot.waitSignal(training.failed, timeout=PATIENCE) as failed:
        training.load("digits")
    assert "odd" in failed.args[0].message
    assert "report" in failed.args[0].hint


def test_a_message_after_the_end_does_not_start_the_thread_again(
    qtbot: QtBot, thread: ComputeThread, training: Training
) -> None:
    run(qtbot, training)
    thread.shut_down()
    training.watch("test", ["conv2d_1"])  # as a viewer's timer may still do
    assert not thread.isRunning()
